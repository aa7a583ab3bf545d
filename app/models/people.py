"""People with an account: Flask-AppBuilder's user, with the unit they work in; and what is proposed
about accounts."""

from __future__ import annotations

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.models.columns import AMoment, Id, MaybeMoment, MaybePerson, MaybeWords, Word
from app.models.initials import LONGEST, named
from app.models.posts import Unit


class Person(User):
    """An account. `unit_id` is set for unit staff and heads only; `session_version` ends sessions
    when raised; `failing_since` is when the present run of wrong passwords began, `locked_until`
    the end of a lock. `factor_sealed` is the secret of the second factor, `factor_since` when it
    was first proved, `factor_step` the half minute of the last code that was taken: no code is
    taken twice. `slip_until` stands while the password is the one of a slip: until then it lets in,
    to choose another."""

    __tablename__ = "ab_user"
    __allow_unmapped__ = True

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    session_version: Mapped[int] = mapped_column(default=0, server_default="0")
    failing_since: Mapped[MaybeMoment]
    locked_until: Mapped[MaybeMoment]
    factor_sealed: Mapped[MaybeWords]
    factor_since: Mapped[MaybeMoment]
    factor_step: Mapped[int | None]
    slip_until: Mapped[MaybeMoment]
    pinyin: Mapped[str] = mapped_column(String(LONGEST), default="", server_default=text("''"))

    unit: Mapped[Unit | None] = relationship(viewonly=True)
    slip: str | None = None
    """The password of a slip in words, on the object that it was just made for; it is kept
    nowhere."""

    @validates("first_name")
    def _read(self, column: str, said: str) -> str:
        return named(self, said)

    def __str__(self) -> str:
        return str(self.username)


class AccountChange(Model):
    """What was proposed about an account or a role, waiting for a second person: the verb, whom it
    is about (nobody yet, where an account or a role is to be made), how that stood and what is
    wanted (JSON, field -> value). `confirmers` is `centre_head`, `log_auditor` or `either`. Who
    proposed it is nobody where that was done in the server's shell."""

    __tablename__ = "account_change"
    __allow_unmapped__ = True
    __table_args__ = (Index("ix_account_change_waits", "approved_at", "refused_at"),)

    id: Mapped[Id]
    verb: Mapped[Word]
    person_id: Mapped[MaybePerson]
    role_id: Mapped[int | None] = mapped_column(ForeignKey("ab_role.id"))
    stood: Mapped[str] = mapped_column(Text)
    wanted: Mapped[str] = mapped_column(Text)
    confirmers: Mapped[Word]
    proposed_at: Mapped[AMoment]
    proposed_by_id: Mapped[MaybePerson]
    refused_at: Mapped[MaybeMoment]
    approved_at: Mapped[MaybeMoment]
    approved_by_id: Mapped[MaybePerson]

    person: Mapped[Person | None] = relationship(
        foreign_keys="AccountChange.person_id", viewonly=True
    )
    role: Mapped[Role | None] = relationship(viewonly=True)
    proposed_by: Mapped[Person | None] = relationship(
        foreign_keys="AccountChange.proposed_by_id", viewonly=True
    )
    approved_by: Mapped[Person | None] = relationship(
        foreign_keys="AccountChange.approved_by_id", viewonly=True
    )
    made: Person | Role | None = None
    """What came of it, on the object of whoever confirmed it just now."""
    slips: tuple[Person, ...] = ()
    """The accounts that were given the password of a slip because they gained by it."""

    def __str__(self) -> str:
        return f"account_change:{self.id}"
