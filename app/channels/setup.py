"""A way out as an administrator describes it: settings and secrets become a channel, or a sentence that says
which of them is missing or wrong. Nothing is asked over a network here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.channels.channel import Channel, Told
from app.channels.line import Network
from app.channels.reachable import web_address
from app.rules.refusal import NotAllowed

Settings = Mapping[str, Any]
Secrets = Mapping[str, str]
Build = Callable[[Settings, Secrets, Network], Channel]


def _said(told: Mapping[str, Any], name: str, usual: str | None = None) -> str:
    """A word of the settings or the secrets. Raises NotAllowed (gateway_setting) where it is missing."""
    found = told.get(name, usual)
    if not isinstance(found, str) or (usual is None and not found):
        raise NotAllowed("gateway_setting", name=name)
    return found


def _url(settings: Settings, usual: str | None = None) -> str:
    url = _said(settings, "url", usual)
    web_address(url)
    return url


def _templates(settings: Settings) -> dict[str, Any]:
    """kind -> template: `{"reminder": {"id": "SMS_1", "fields": [["number", "code", 20]]}}`."""
    from app.channels.sms import Slot, Template  # noqa: PLC0415

    told = settings.get("templates")
    if not isinstance(told, dict) or not told:
        raise NotAllowed("gateway_setting", name="templates")
    made = {}
    for kind, one in told.items():
        try:
            slots = [
                Slot(str(ours), str(theirs), int(most)) for ours, theirs, most in one["fields"]
            ]
            made[str(kind)] = Template(str(one["id"]), tuple(slots))
        except (KeyError, TypeError, ValueError):
            raise NotAllowed("gateway_template", kind=str(kind)[:40]) from None
    return made


def _sms(gateway: Any, settings: Settings, network: Network) -> Channel:
    from app.channels.sms import Sms  # noqa: PLC0415

    return Sms(network, gateway, _templates(settings))


def _aliyun(settings: Settings, secrets: Secrets, network: Network) -> Channel:
    from app.channels.sms import aliyun  # noqa: PLC0415

    made = aliyun.Aliyun(
        _said(settings, "account"),
        _said(secrets, "secret"),
        _said(settings, "sign_name"),
        _url(settings, aliyun.URL),
        _said(settings, "region", "cn-hangzhou"),
    )
    return _sms(made, settings, network)


def _tencent(settings: Settings, secrets: Secrets, network: Network) -> Channel:
    from app.channels.sms import tencent  # noqa: PLC0415

    made = tencent.Tencent(
        _said(settings, "account"),
        _said(secrets, "secret"),
        _said(settings, "application"),
        _said(settings, "sign_name"),
        _url(settings, tencent.URL),
        _said(settings, "region", "ap-guangzhou"),
    )
    return _sms(made, settings, network)


def _mas(settings: Settings, secrets: Secrets, network: Network) -> Channel:
    from app.channels.sms import mas  # noqa: PLC0415

    made = mas.Mas(
        _said(settings, "office"),
        _said(settings, "account"),
        _said(secrets, "secret"),
        _said(settings, "signature"),
        _said(settings, "extension", ""),
        _url(settings, mas.URL),
    )
    return _sms(made, settings, network)


_DESCRIBED = (
    *("form", "digest", "keyed", "encoding", "over", "headers"),
    *("code_path", "reference_path", "meanings"),
)
"""What may be described of a gateway besides what every one has."""
_ONE_OF: Mapping[str, tuple[str, ...]] = {
    "form": ("json", "form", "base64"),
    "digest": ("", "md5", "sha1", "sha256"),
    "encoding": ("hex", "base64"),
}


def _http(settings: Settings, secrets: Secrets, network: Network) -> Channel:
    from app.channels.sms import Generic  # noqa: PLC0415

    more = {name: settings[name] for name in _DESCRIBED if name in settings}
    for name, words in _ONE_OF.items():
        if more.get(name, words[0]) not in words:
            raise NotAllowed("gateway_setting", name=name)
    for name in ("body", "headers", "meanings"):
        found = settings.get(name, {})
        texts = isinstance(found, dict) and all(isinstance(one, str) for one in found.values())
        if not texts or (name == "body" and not found):
            raise NotAllowed("gateway_setting", name=name)
    for name in ("over", "code_path", "reference_path"):
        _said(settings, name, "")
    made = Generic(
        url=_url({**settings, **secrets}),
        account=_said(settings, "account", ""),
        secret=_said(secrets, "secret", ""),
        body=settings["body"],
        success_path=_said(settings, "success_path"),
        success=_said(settings, "success"),
        **more,
    )
    return _sms(made, settings, network)


def _smtp(settings: Settings, secrets: Secrets, network: Network) -> Channel:
    from app.channels.mail import Mail  # noqa: PLC0415
    from app.channels.reachable import server_address  # noqa: PLC0415

    security, port = _said(settings, "security", "starttls"), settings.get("port", 587)
    if security not in ("starttls", "tls", "plain"):
        raise NotAllowed("gateway_setting", name="security")
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 2**16:
        raise NotAllowed("gateway_setting", name="port")
    host = _said(settings, "host")
    server_address("smtps" if security == "tls" else "smtp", host, port)
    return Mail(
        network,
        host,
        port,
        security,  # type: ignore[arg-type]
        _said(settings, "sender"),
        _said(settings, "name", ""),
        _said(settings, "account", ""),
        _said(secrets, "password", ""),
    )


def _wecom(settings: Settings, secrets: Secrets, network: Network) -> Channel:
    from app.channels.robots import WeCom  # noqa: PLC0415

    return WeCom(network, _url(secrets))


def _dingtalk(settings: Settings, secrets: Secrets, network: Network) -> Channel:
    from app.channels.robots import DingTalk  # noqa: PLC0415

    return DingTalk(network, _url(secrets), _said(secrets, "secret", ""))


def _wechat(settings: Settings, secrets: Secrets, network: Network) -> Channel:
    from app.channels.wechat import PRESETS, URL, WeChat  # noqa: PLC0415

    kind = _said(settings, "account_kind", "service")
    if kind not in PRESETS:
        raise NotAllowed("gateway_setting", name="account_kind")
    # An account that sends no template messages has none.
    templates = _templates(settings) if PRESETS[kind].templates else {}
    app_id, secret = _said(settings, "app_id"), _said(secrets, "secret")
    return WeChat(network, app_id, secret, templates, kind, _url(settings, URL))


_BUILDS: Mapping[str, Build] = {
    "aliyun": _aliyun,
    "tencent": _tencent,
    "mas": _mas,
    "http": _http,
    "smtp": _smtp,
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "wechat": _wechat,
}
"""kind of way out -> how it is made of its settings and secrets."""
PRETEND = "pretend"


def _kept_by_the_desk(reference: str, told: Told) -> None:
    """Nothing more is kept: the desk holds what it sent."""


def built(
    kind: str,
    settings: Settings,
    secrets: Secrets,
    network: Network | None = None,
    production: bool = False,
) -> Channel:
    """The channel of a way out. Raises NotAllowed: gateway_setting (missing or wrong, named),
    gateway_template, gateway_part, gateway_header, gateway_meaning, mail_sender, address_unusable,
    address_with_name, address_port, pretend_in_production."""
    if kind == PRETEND:
        from app.channels.pretend import Pretend  # noqa: PLC0415

        return Pretend(_kept_by_the_desk, production)
    return _BUILDS[kind](settings, secrets, network or Network())
