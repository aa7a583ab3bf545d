"""The desk as a front on another machine has it: parcels are sealed and wait, questions are held for
the desk's next request, and what the office calls itself is what the desk last said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from app.files.store import write_whole
from app.front.behind import Answer, Parcel
from app.front.questions import Questions
from app.front.sealing import DeskSeen
from app.front.spool import Spool
from app.rules.office import NOTICE, SETTINGS

TOLD = "office.json"
"""The file of what the desk said of itself."""
MOST_SIGNS = 4000


class Away:
    """A desk on another machine."""

    def __init__(self, folder: Path, desk: DeskSeen) -> None:
        self.spool, self.questions = Spool(folder / "spool", desk), Questions()
        self._file = folder / TOLD
        self._told = self._read()

    def take(self, parcel: Parcel) -> None:
        """Seal a parcel and keep it."""
        self.spool.put(parcel)
        self.questions.look_again()

    def ask(self, question: Mapping[str, str]) -> Answer:
        """Hold a question for the desk."""
        return self.questions.ask(question)

    def office(self) -> str:
        """The office's name."""
        return self._told.get("office") or SETTINGS["office"]

    def notice(self) -> str:
        """The office's notice."""
        return self._told.get("notice") or SETTINGS[NOTICE].replace("{office}", self.office())

    def tell(self, told: Mapping[str, object]) -> None:
        """Take what the desk says of itself."""
        plain = {
            name: told[name] for name in ("office", "notice") if isinstance(told.get(name), str)
        }
        fresh = {name: str(words)[:MOST_SIGNS] for name, words in plain.items()}
        if fresh and fresh != self._told:
            write_whole(self._file, json.dumps(fresh).encode())
            self._told = fresh

    def _read(self) -> dict[str, str]:
        try:
            told = json.loads(self._file.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return {str(name): str(words) for name, words in told.items()}
