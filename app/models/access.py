"""The access log 查阅日志: who came and looked, beside the record of what was done."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.models.acceptance import Case
from app.models.columns import AMoment, Id, Key, MaybePerson, Word, Words
from app.models.people import Person
from app.models.waiting import waiting


class Access(Model):
    """Somebody came or looked: when, how (`kind`), with which account, from which address; the case
    that was shown, the page that was exported, by which filters and how many rows. `account_id` is
    empty where no account has the name that was typed, and the name is kept nowhere: people type
    passwords into that field. `filters` names what was filtered, and the words of fixed
    vocabularies only. Rows never change, and go when they are older than the office keeps them."""

    __tablename__ = "access"
    __table_args__ = (
        Index("ix_access_at", "at", "id"),
        Index("ix_access_account_id", "account_id", "id"),
        Index("ix_access_case_id", "case_id", "id"),
        Index("ix_access_address", "address", "id"),
        waiting("ix_access_rows", "rows", "id", where="rows IS NOT NULL"),
        waiting("ix_access_logins", "address", "account_id", "at", where="kind = 'login'"),
        waiting(
            "ix_access_tries",
            "account_id",
            "address",
            "id",
            where="kind IN ('login', 'login_failed', 'code_failed')",
        ),
    )

    id: Mapped[Id]
    at: Mapped[AMoment]
    kind: Mapped[Word]
    account_id: Mapped[MaybePerson]
    address: Mapped[str] = mapped_column(String(45))
    case_id: Mapped[int | None] = mapped_column(Key)
    page: Mapped[Word] = mapped_column(default="")
    filters: Mapped[Words]
    rows: Mapped[int | None]

    account: Mapped[Person | None] = relationship(viewonly=True)
    # No key in the database: PostgreSQL would open the table of cases for each login, and wait
    # where it is locked.
    case: Mapped[Case | None] = relationship(
        primaryjoin=lambda: foreign(Access.case_id) == Case.id, viewonly=True
    )

    def __str__(self) -> str:
        return f"access:{self.id}"
