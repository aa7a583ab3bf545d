"""Which case a form may be about, within what the person sees, and whether its page may be opened."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.models import Case, Referral, Suggestion
from app.verbs import Verb
from app.views.actor import actor, asked, reader

OF_SUGGESTIONS = ("comment_suggestion", "instruct")
"""What a leader does about a suggestion that was kept, whose case is known to them in brief."""


def case_of(verb: Verb, id: int) -> Case | None:
    """The case of a verb, within what the person sees: the case itself, a referral of it that they
    read, or, for what a leader does, a case that is known to them in brief."""
    case: Case | None = asked(Case, id)
    if case is None and 0 < id < 2**62:
        case = _in_brief(verb, id) or _of_referral(verb, id)
    return case


def _in_brief(verb: Verb, id: int) -> Case | None:
    """A case that a leader knows in brief: one under way, to instruct on it, or one whose suggestion
    was kept."""
    if verb.name not in OF_SUGGESTIONS or "leader" not in actor().scopes:
        return None
    if verb.name == "instruct":
        under_way = _beyond_the_scope(id, Case.state == "handling")
        if under_way is not None:
            return under_way
    query = select(Suggestion.id).where(Suggestion.case_id == id, Suggestion.kept.is_(True))
    return _beyond_the_scope(id) if reader().scalar(query) is not None else None


def _of_referral(verb: Verb, id: int) -> Case | None:
    """The case of a referral that the person reads, for the verbs about referrals and papers."""
    if verb.target not in ("referral", "paper"):
        return None
    held = select(Referral.id).where(Referral.case_id == id).limit(1)
    return _beyond_the_scope(id) if reader().scalar(held) is not None else None


def _beyond_the_scope(id: int, *conditions: Any) -> Case | None:
    query = select(Case).where(Case.id == id, *conditions)
    return reader().scalars(query.execution_options(unscoped=True)).first()


def reads_page_of(case: Case | None) -> bool:
    """Whether the person may open the page of a case: a leader is given forms for some that are read
    in brief."""
    who = actor()
    return "Cases" in who.pages and (
        case is None or "leader" not in who.scopes or asked(Case, case.id) is not None
    )
