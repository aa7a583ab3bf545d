"""Which case a form may be about, within what the person sees, and whether its page may be opened."""

from __future__ import annotations

from sqlalchemy import select

from app.models import Case, Referral, Suggestion
from app.verbs import Verb
from app.views.actor import actor, asked, reader

OF_SUGGESTIONS = ("comment_suggestion", "instruct")
"""What a leader does about a suggestion that was kept, whose case he knows in brief."""


def case_of(verb: Verb, id: int) -> Case | None:
    """The case of a verb, within what the person sees: the case itself, a referral of it that he
    reads, or, for a leader's instruction, a case under way that he knows in brief."""
    case: Case | None = asked(Case, id)
    if case is None and verb.name == "instruct" and "leader" in actor().scopes and 0 < id < 2**62:
        brief = (
            select(Case)
            .where(Case.id == id, Case.state == "handling")
            .execution_options(unscoped=True)
        )
        case = reader().scalars(brief).first()
    if (
        case is None
        and verb.name in OF_SUGGESTIONS
        and "leader" in actor().scopes
        and 0 < id < 2**62
    ):
        kept = select(Suggestion.id).where(Suggestion.case_id == id, Suggestion.kept.is_(True))
        if reader().scalar(kept) is not None:
            case = (
                reader()
                .scalars(select(Case).where(Case.id == id).execution_options(unscoped=True))
                .first()
            )
    if case is None and verb.target in ("referral", "paper") and 0 < id < 2**62:
        held = select(Referral.id).where(Referral.case_id == id).limit(1)
        if reader().scalar(held) is not None:
            query = select(Case).where(Case.id == id).execution_options(unscoped=True)
            case = reader().scalars(query).first()
    return case


def reads_page_of(case: Case | None) -> bool:
    """Whether the person may open the page of a case: a leader is given forms for some that he
    reads in brief."""
    who = actor()
    return "Cases" in who.pages and (
        case is None or "leader" not in who.scopes or asked(Case, case.id) is not None
    )
