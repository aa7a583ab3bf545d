"""What leaders have of their own: the page with their matters and what waits for them, and the ledger of
instructions, which the centre head and the room read too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import select

from app import words
from app.models import Case, Instruction, Referral, Report, Suggestion, SuggestionComment
from app.models.waiting import holds
from app.views.acceptance import know_comments
from app.views.actor import actor, language, reader
from app.views.allocation import Instructions
from app.views.case.became import know_became
from app.views.led import ALL, CLOSED, LATE, OPEN, PARTS, SHOWN, Matter, counts, matters, own
from app.views.pages.badge import badge_of
from app.views.pages.lines import lines_of
from app.views.pages.masking import know_callers, masked_text
from app.views.pages.paging import beyond, left_out, number_typed

FEW, NEWEST = 20, 5
"""So many suggestions and submissions stand on a leader's page, so many reports."""
DEEPEST = 100
READERS = ("centre_head", "officer", "supervision_head", "leader")
"""Who reads the ledger of instructions."""


class LedInstructions(Instructions):
    """Instructions, with a leader's own page and the ledger."""

    def menu_address(self) -> str:
        """Where the menu leads: a leader to the page of their own, who reads the ledger there, others
        to the list."""
        if "leader" in actor().scopes:
            return url_for("Instructions.mine")
        return url_for("Instructions.ledger" if reads_ledger() else "Instructions.list")

    @expose("/mine")
    @has_access
    @permission_name("list")
    def mine(self) -> Any:
        """A leader's page: their matters, what is submitted to them, suggestions, reports and what
        waits for their approval."""
        if "leader" not in actor().scopes:
            abort(403)
        found = counts(*own())
        return self.render_template(
            "desk/leader.html",
            title=words.word("leaders.title", language()),
            late=matters(LATE, 0, *own())[:SHOWN],
            open=_without_late(matters(OPEN, 0, *own())[:SHOWN]),
            closed=matters(CLOSED, 0, *own())[:FEW],
            counts=found,
            submitted=_submitted(),
            suggestions=_suggestions(),
            referrals=_referrals(),
            reports=_reports(),
            reports_title=words.page("Reports", language()),
            ledger=url_for("Instructions.ledger", part=ALL),
        )

    @expose("/ledger")
    @has_access
    @permission_name("list")
    def ledger(self) -> Any:
        """The ledger of instructions, with what is late."""
        if not reads_ledger():
            abort(403)
        leader = request.args.get("leader", "").strip()[:80].replace("\0", "")
        part = request.args.get("part", OPEN)
        part = part if part in PARTS else OPEN
        wanted = number_typed(request.args.get("page")) or 0
        only = [Instruction.leader == leader] if leader else []
        page = wanted if wanted <= DEEPEST else 0
        rows = matters(part, page, *only)
        if not rows and page:
            page, rows = 0, matters(part, 0, *only)
        said = left_out(request.args, "page", "part", "leader")
        if page != wanted:
            said.append(beyond(wanted))
        found = counts(*only)
        return self.render_template(
            "desk/ledger.html",
            title=words.word("leaders.ledger", language()),
            rows=rows[:SHOWN],
            tabs=[
                (
                    url_for("Instructions.ledger", part=name, leader=leader or None),
                    words.word(said, language()),
                    found[name],
                    name == part,
                )
                for name, said in PARTS.items()
            ],
            part=part,
            leader=leader,
            leaders=_named(),
            page=page,
            more=len(rows) > SHOWN and page < DEEPEST,
            left_out=said,
        )


def reads_ledger() -> bool:
    """Whether this person reads the ledger of instructions."""
    who = actor()
    return not who.of_a_unit and ("leader" in who.scopes or who.is_a(*READERS))


def _without_late(open_: Sequence[Matter]) -> list[Matter]:
    return [one for one in open_ if not one.late]


def _named() -> Sequence[str]:
    """The names by which leaders stand in the instructions that this person reads."""
    query = select(Instruction.leader).distinct().order_by(Instruction.leader).limit(SHOWN)
    return reader().scalars(query).all()


def _submitted() -> list[dict[str, Any]]:
    """The cases that were submitted to this leader and wait for instruction, in full."""
    query = select(Case.id, Case.own_at).where(holds(Case.state, "submitted"))
    rows = reader().execute(query.order_by(Case.own_at, Case.id).limit(FEW)).all()
    lines = lines_of(row.id for row in rows)
    return [
        {
            "line": lines[row.id],
            "badge": badge_of(row.own_at),
            "href": url_for("Verbs.instruct", case=row.id),
        }
        for row in rows
        if row.id in lines
    ]


def _suggestions() -> list[dict[str, Any]]:
    """The newest suggestions that were kept, in their own words, the callers covered, with what was said
    to them and what became of that."""
    query = select(Suggestion).where(Suggestion.kept.is_(True))
    rows = reader().scalars(query.order_by(Suggestion.screened_at.desc()).limit(FEW)).all()
    cases = [row.case_id for row in rows]
    became, comments, made = know_became(cases), know_comments(cases), _made(cases)
    know_callers(cases)
    return [
        _suggestion(row, became[row.case_id], comments.get(row.case_id, ()), made) for row in rows
    ]


def _suggestion(
    row: Suggestion, became: Any, comments: Sequence[str], made: dict[int, list[str]]
) -> dict[str, Any]:
    tongue, rights = language(), actor().rights
    said = "\n".join(filter(None, (became.narrative, became.demand)))
    verbs = ["comment_suggestion"] if "comment_suggestion" in rights else []
    verbs += ["instruct"] if "instruct" in rights and became.state == "handling" else []
    return {
        "number": became.number,
        "said": masked_text(said, row.case_id),
        "why": masked_text(row.words, row.case_id),
        "state": words.state("case", became.state, tongue),
        "unit": became.unit or "",
        "answer": masked_text(became.result or became.answer or "", row.case_id),
        "comments": comments,
        "made": made.get(row.case_id, ()),
        "verbs": [
            (url_for(f"Verbs.{verb}", case=row.case_id), words.title(verb, tongue))
            for verb in verbs
        ],
    }


def _made(cases: Sequence[int]) -> dict[int, list[str]]:
    """suggestion's case -> what was decided on it: filed, or the matter that it became, with how that
    stands."""
    tongue = language()
    query = select(
        SuggestionComment.case_id, SuggestionComment.then, SuggestionComment.made_case_id
    ).where(SuggestionComment.case_id.in_(cases), SuggestionComment.then.is_not(None))
    rows = reader().execute(query.order_by(SuggestionComment.id)).all()
    became = know_became([row.made_case_id for row in rows if row.made_case_id is not None])
    found: dict[int, list[str]] = {}
    for row in rows:
        told = words.value("then", row.then, tongue)
        if row.made_case_id is not None:
            one = became[row.made_case_id]
            state = words.state("case", one.state, tongue)
            told = words.word(
                "leaders.made", tongue, number=one.number, state=state, unit=one.unit or "—"
            )
        found.setdefault(row.case_id, []).append(told)
    return found


def _referrals() -> list[tuple[str, str, Any]]:
    """(address, words, badge) of the referrals that wait for approval."""
    query = select(Referral).where(holds(Referral.state, "reviewed")).order_by(Referral.own_at)
    rows = reader().scalars(query.limit(FEW)).all()
    became, tongue = know_became(row.case_id for row in rows), language()
    return [
        (
            url_for("Referrals.show", pk=row.id),
            words.pair(became[row.case_id].number, became[row.case_id].unit or "", tongue),
            badge_of(row.own_at),
        )
        for row in rows
    ]


def _reports() -> list[tuple[str, str, Any]]:
    """(address, number, when it was issued) of the newest reports."""
    if "Reports" not in actor().pages:
        return []
    query = select(Report.id, Report.number, Report.issued_at).order_by(Report.id.desc())
    rows = reader().execute(query.limit(NEWEST))
    return [(url_for("Reports.show", pk=row.id), row.number, row.issued_at) for row in rows]
