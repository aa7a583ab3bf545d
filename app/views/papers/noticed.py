"""Pages of rows of which each came to its unit with a paper."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import select

from app import words
from app.database import reading
from app.models import InstructionNotice
from app.rules.workdays import last_day, minute
from app.stages.calendar import days_known
from app.stages.delivery import Service, of_row
from app.stages.papers import assignment_paper
from app.views.actor import actor, desk, language, now, reader
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.delivered import told_by
from app.views.pages.values import Labelled


class Noticed(DeskView):
    """A page of rows of which each came to its unit with a paper: how that was served, and where it
    is opened."""

    subject = ""

    def values_of(self, item: Any) -> Labelled:
        """What is shown of the row, of the service of its papers, and how people were told of it."""
        reader().commit()
        with reading(desk().sessions) as session:
            found = sorted(
                of_row(session, days_known(session, now()), self.subject, item.id).items()
            )
        several = sum(key[0] == self.subject for key, _ in found) > 1
        return [
            *super().values_of(item),
            *(
                (
                    words.word(
                        "served.instruction" if key[0] == "instruction" else "served.paper",
                        language(),
                    ),
                    _worded(service, several, key[2]),
                )
                for key, service in found
            ),
            *told_by(self.subject, item.id),
        ]

    def links(self, item: Any) -> Links:
        """The paper."""
        if not item.number or "open_paper" not in actor().rights:
            return super().links(item)
        kind = assignment_paper(item) if self.subject == "assignment" else self.subject
        label = words.word("case_page.open_paper", language())
        return [
            *super().links(item),
            (url_for("Papers.of", kind=kind, id=item.id), label),
            *self._for_the_office(kind, item),
            *self._instructions(item),
        ]

    def _for_the_office(self, kind: str, item: Any) -> Links:
        """What the office has of a paper beside it: the twin for editing, and the proof of service."""
        if actor().of_a_unit:
            return []
        ways = (("Papers.twin", "papers.page.twin"), ("Forms.service", "papers.page.service"))
        return [
            (url_for(way, kind=kind, id=item.id), words.word(msgid, language()))
            for way, msgid in ways
        ]

    def _instructions(self, item: Any) -> Links:
        """The papers with which leaders' instructions came to the unit."""
        if self.subject != "assignment" or not item.leader_assigned:
            return []
        query = select(InstructionNotice.id, InstructionNotice.number).where(
            InstructionNotice.assignment_id == item.id
        )
        title = words.table("instruction_notice", language())
        return [
            (
                url_for("Papers.of", kind="instruction", id=row.id),
                words.aside(f"{title} {row.number}", "PDF", language()),
            )
            for row in reader().execute(query.order_by(InstructionNotice.id))
        ]


def _worded(service: Service, several: bool, n: int) -> str:
    """How a paper was served, in words: `n` says which of several notices."""
    at = service.served_at(now())
    if at is None:
        till = f"{last_day(service.stood_until)}"
        said = words.word("case_page.not_opened", language(), till=till)
    else:
        how = words.value("service", service.how, language())
        said = words.word("case_page.served", language(), at=minute(at), how=how)
    return words.word("case_page.notice", language(), n=n, said=said) if several else said
