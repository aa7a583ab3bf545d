"""Callers 诉求人, kept apart from their cases: who a case is of can then be hidden."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.models.columns import Id, Key, MaybeMoment
from app.models.waiting import waiting
from app.rules.callers import name_key
from app.rules.phones import canonical

NUMBER, NAMED = 40, 160
"""How long the forms are in which numbers and names are compared."""


def compared(name: str, phone: str) -> dict[str, str]:
    """The columns of a name and a number: as typed, and as they are compared. The office's own area
    code stands in a number only where it was typed, so that it may change: see
    `rules.phones.forms`."""
    number, named = canonical(phone)[:NUMBER], name_key(name)[:NAMED]
    return {"name": name, "phone": phone, "number": number, "named": named}


class _Compared:
    """A name with a number, as typed and as compared."""

    name: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    number: Mapped[str] = mapped_column(
        String(NUMBER), default="", server_default=text("''"), index=True
    )
    named: Mapped[str] = mapped_column(String(NAMED), default="", server_default=text("''"))

    @validates("name", "phone")
    def _compare(self, column: str, said: Any) -> Any:
        # Half of it may not be set yet; the other half is compared by itself.
        form = (
            compared(said or "", "")["named"]
            if column == "name"
            else compared("", said or "")["number"]
        )
        setattr(self, "named" if column == "name" else "number", form)
        return said


class Caller(_Compared, Model):
    """A caller 诉求人: a name with a number. One number with two names is two callers."""

    __tablename__ = "caller"
    __table_args__ = (waiting("ix_caller_named", "named", where="named <> ''"),)

    id: Mapped[Id]
    flagged_at: Mapped[MaybeMoment]

    def __str__(self) -> str:
        return f"caller:{self.id}"


class ToldAs(_Compared, Model):
    """The name and number typed of a known caller at a contact, where they differ from those on
    file: another spelling of the number, another name that is the same person's. `case_id` is the
    case that this contact brought."""

    __tablename__ = "told_as"
    __table_args__ = (waiting("ix_told_as_named", "named", where="named <> ''"),)

    id: Mapped[Id]
    caller_id: Mapped[int] = mapped_column(Key, ForeignKey("caller.id"), index=True)
    contact_id: Mapped[int] = mapped_column(Key, ForeignKey("contact.id"), unique=True)
    case_id: Mapped[int | None] = mapped_column(Key, ForeignKey("hotline_case.id"), index=True)

    def __str__(self) -> str:
        return f"told_as:{self.contact_id}"
