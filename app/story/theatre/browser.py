"""A person at a browser: logs in, follows links, sends forms as they stand with what was typed.
Knows one address."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import urljoin, urlsplit

from werkzeug.datastructures import MultiDict
from werkzeug.test import Client, TestResponse

from app.story.theatre.hand import Fault
from app.story.theatre.pages import Control, Form, Page, read_page

HOST = "http://localhost"
FIRST = "/"
"""The one address that a person types."""
Upload = tuple[str, bytes]
"""A file that is chosen: its name and its content."""
Typed = Mapping[str, Sequence[str] | Upload]
"""control -> the values that are chosen or typed, or the file."""


class Browser:
    """One person's browser with its session."""

    def __init__(self, client: Client, username: str, password: str) -> None:
        self.client, self.username, self.password = client, username, password

    def get(self, address: str) -> Page:
        """The page at an address that a page gave, logged in. Fault where the panel fails."""
        page = self._read(self.client.get(_local(address), follow_redirects=True))
        form = page.login()
        if form is not None:
            self._log_in(page, form)
            page = self._read(self.client.get(_local(address), follow_redirects=True))
        return page

    def send(self, page: Page, form: Form, typed: Typed) -> Page:
        """Send a form of a page as a browser does: every control as it stands, but for what was
        typed. The page that comes of it, or the paper."""
        sent: MultiDict[str, str | tuple[io.BytesIO, str]] = MultiDict()
        for control in form.controls.values():
            value = typed.get(control.name, control.values)
            if control.kind == "file":
                if isinstance(value, tuple):
                    sent.add(control.name, (io.BytesIO(value[1]), value[0]))
                continue
            for line in _texts(control, value):
                sent.add(control.name, line)
        address = urljoin(page.url, form.action) if form.action else page.url
        answer = self.client.post(
            _local(address), data=sent, content_type="multipart/form-data", follow_redirects=True
        )
        return self._read(answer)

    def _log_in(self, page: Page, form: Form) -> None:
        after = self.send(page, form, {"username": [self.username], "password": [self.password]})
        if after.login() is not None:
            raise Fault(f"{self.username} cannot log in: {after.words[:200]}")

    def _read(self, answer: TestResponse) -> Page:
        """What came back, read; Fault for an error of the panel's own (500) or of the hand's
        (400)."""
        media = answer.mimetype or ""
        page = read_page(answer.get_data(as_text=True)) if media == "text/html" else Page()
        page.url, page.code, page.media = answer.request.url, answer.status_code, media
        if page.code >= 500 or page.code == 400 or page.code == 405:
            raise Fault(
                f"{self.username} got {page.code} at {_local(page.url)}: {page.words[-200:]}"
            )
        return page


def _texts(control: Control, value: Sequence[str] | Upload) -> Iterable[str]:
    """The values of a control as they go over the wire: a line of a text area ends in CR LF."""
    texts = [text for text in value if isinstance(text, str)]
    return [text.replace("\n", "\r\n") for text in texts] if control.kind == "textarea" else texts


def _local(address: str) -> str:
    """An address without its host: everything is on one desk."""
    parts = urlsplit(urljoin(HOST, address))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


Browsers = Callable[[], Client]
"""A browser that nobody has used."""
