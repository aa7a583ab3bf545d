"""The one masking of callers: 138****1234, 张**. What is shown in full is a verb with a reason, never a page."""

from __future__ import annotations

from sqlalchemy import select

from app.models import Caller, Case
from app.roles import UNIT_ROLES
from app.rules.redaction import redacted, secrets
from app.views.actor import actor, language, reader

def masked_phone(phone: str) -> str:
    """A number with its middle covered; a short one wholly."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)


def masked_name(name: str) -> str:
    """The family name only."""
    return f"{name[:1]}**" if name else ""


def masked_text(told: str, case: Case) -> str:
    """Free words with telephone and identity numbers covered, and of a confidential caller also his name."""
    hidden = []
    if case.confidential and case.caller_id is not None:
        query = select(Caller.name, Caller.phone).where(Caller.id == case.caller_id)
        # Unscoped, because what is to be covered has to be known; it goes nowhere else.
        hidden = [secrets([row.name], [row.phone]) for row in reader().execute(query.execution_options(unscoped=True))]
    return redacted(told, hidden[0] if hidden else ())


def masked_caller(case: Case) -> dict[str, str]:
    """The caller of a case as its page shows him: covered; not at all to units where the case is confidential."""
    zh = language() == "zh"
    if case.anonymous or case.caller_id is None:
        return {"note": "匿名" if zh else "anonymous"}
    if case.confidential and actor().is_a(*UNIT_ROLES):
        return {"note": "保密，不向承办单位提供" if zh else "confidential: not given to units"}
    caller = case.caller
    if caller is None:
        return {"note": "不可查看" if zh else "not to be seen"}
    return {"name": masked_name(caller.name), "phone": masked_phone(caller.phone)}
