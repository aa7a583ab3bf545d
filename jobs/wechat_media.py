"""Pictures and voices that callers sent by WeChat are fetched from there, one after the other; nothing
is fetched within a transaction. No rule, no decision."""

from __future__ import annotations

import io

from app.channels.line import Limits, Network
from app.channels.reachable import Allowed
from app.channels.setup import built
from app.channels.wechat import WeChat
from app.database import reading, retried
from app.files import Kept, Scanner, keep
from app.files.kinds import kind_of
from app.front.photos import made_anew
from app.models import MessageMedia
from app.rules.files import MEDIA, MOST_BYTES
from app.rules.refusal import NotAllowed
from app.stages.inbox.media import GONE, REFUSED, media_kept, media_missed, waiting_media
from app.stages.outbox import set_up
from app.stages.outbox.gateways import in_force
from jobs.desk import Desk, desk

LIMITS = Limits(read=20.0, whole=60.0, most=MOST_BYTES)
KIND = "wechat"
_MEDIA = {ending: media for media, ending in MEDIA.items()}


def fetch_media() -> dict[str, int]:
    """Fetch what waits, by the account that is in force; without one it waits on."""
    here = desk()
    network = Network(Allowed.read(here.settings.allowed_hosts), LIMITS)
    return fetch_by(here, network)


def fetch_by(here: Desk, network: Network) -> dict[str, int]:
    """The same over a network. Done, missed: how many."""
    account = _account(here, network)
    done = {"kept": 0, "missed": 0}
    with reading(here.sessions) as session:
        waiting = waiting_media(session, here.now())
    for row in waiting:
        done["kept" if _fetched(here, account, row) else "missed"] += 1
    return done


def _account(here: Desk, network: Network) -> WeChat | None:
    with reading(here.sessions) as session:
        name = next((name for name, row in in_force(session).items() if row.kind == KIND), None)
        way = set_up(session, name) if name is not None else None
    if way is None:
        return None
    made = built(way.kind, way.settings, way.secrets, network, here.settings.production)
    return made if isinstance(made, WeChat) else None


def _fetched(here: Desk, account: WeChat | None, row: MessageMedia) -> bool:
    """Fetch one and keep it as a file of its message; whether that could be done."""
    found = account.media(row.media_id) if account is not None else None
    ended = GONE if found is not None and found.gone else None
    if found is not None and found.failed is None:
        try:
            stored = _stored(here, found.content)
        except NotAllowed:
            ended = REFUSED
        else:
            retried(here.sessions, lambda session: media_kept(session, here.now(), row.id, stored))
            return True
    retried(here.sessions, lambda session: media_missed(session, here.now(), row.id, ended))
    return False


def _stored(here: Desk, content: bytes) -> Kept:
    """Keep a content in the store; a picture is made anew first. Raises NotAllowed."""
    scanner = Scanner(here.settings.scanner) if here.settings.scanner else None
    name = f"wechat.{kind_of(content)}" if content else "wechat"
    if _MEDIA.get(name.rpartition(".")[2], "").startswith("image/"):
        photo = made_anew(name, io.BytesIO(content), scanner)
        return keep(here.settings.data, photo.name, photo.content, scanner)
    return keep(here.settings.data, name, content, scanner)
