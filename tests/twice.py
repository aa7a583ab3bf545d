"""A browser in which every form is sent twice at once, and once more after going back."""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.test import Client, TestResponse

from tests.views.panel import msgid_in


class Twice(Client):
    """Sends each form of a verb as two clients at once, then again: all three get the same answer.
    `told` are the answers that the two got: (path, code, where it leads, message id)."""

    told: list[tuple[str, int, str, str]]
    alone = False

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """One request; of a verb's form three."""
        address = args[0] if args and isinstance(args[0], str) else ""
        if self.alone or kwargs.get("method") != "POST" or not address.startswith("/do/"):
            return super().open(*args, **kwargs)
        content = kwargs.pop("data")
        both = at_once(*(self._twin(address, content, kwargs) for _ in range(2)))
        assert both[0] == both[1], both
        self.told.append(both[0])
        again = self._twin(address, content, kwargs)()
        assert again == both[0], (again, both[0])
        return super().open(*args, data=_fresh(content), **kwargs)

    def _twin(self, address: str, content: Any, given: Mapping[str, Any]) -> Any:
        """What sends the form as another window of the same person does."""
        twin = type(self)(self.application, use_cookies=True)
        twin.alone = True
        twin._cookies = dict(self._cookies or {})
        more = {**given, "follow_redirects": False, "buffered": True}
        sent = _fresh(content)

        def send() -> tuple[str, int, str, str]:
            answer = twin.open(address, data=sent, **more)
            return (
                address,
                answer.status_code,
                answer.headers.get("Location", ""),
                msgid_in(answer.text),
            )

        return send


def at_once(*works: Any) -> list[Any]:
    """What each gave, all of them begun at the same moment in threads of their own."""
    begin, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int) -> None:
        begin.wait(30)
        found[place] = works[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found


def _fresh(content: Any) -> Any:
    """The same content once more: a file that was sent is read to its end."""
    if not isinstance(content, MultiDict):
        return content
    made: MultiDict[str, Any] = MultiDict()
    for name, value in content.items(multi=True):
        if isinstance(value, tuple):
            value = (io.BytesIO(value[0].getvalue()), *value[1:])
        made.add(name, value)
    return made
