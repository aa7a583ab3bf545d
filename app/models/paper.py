"""Papers: the gapless number series, what each paper says, frozen when it is issued, and the PDFs that
were made of it; the office's wordings of papers, version by version."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Flag, Id, Key, MaybePerson, Word


class Series(Model):
    """The last number given out in a series and a period (a year, or a day for cases)."""

    __tablename__ = "series"

    name: Mapped[Word] = mapped_column(primary_key=True)
    period: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]

    def __str__(self) -> str:
        return f"{self.name} {self.period}"


class Paper(Model):
    """What one paper says: its number and its facts as JSON, frozen when it was issued.
    `subject_id` is the row that the paper is about, in the table that its kind means."""

    __tablename__ = "paper"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)

    id: Mapped[Id]
    kind: Mapped[Word]
    subject_id: Mapped[int] = mapped_column(Key)
    number: Mapped[str] = mapped_column(String(60), default="")
    facts: Mapped[str] = mapped_column(Text)

    def __str__(self) -> str:
        return self.number or f"{self.kind}:{self.subject_id}"


class PaperPrint(Model):
    """A PDF that was made of a paper, known by its SHA-256: the first is served ever after. `void`: it
    bears the mark 作废; `n`: 1, and from 2 on a reprint 重印, made because those before it were lost."""

    __tablename__ = "paper_print"
    __table_args__ = (UniqueConstraint("paper_id", "void", "n"),)

    id: Mapped[Id]
    paper_id: Mapped[int] = mapped_column(Key, ForeignKey("paper.id"))
    void: Mapped[Flag]
    n: Mapped[int] = mapped_column(default=1)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    made_at: Mapped[AMoment]

    def __str__(self) -> str:
        return self.sha256[:16]


class WordingVersion(Model):
    """A wording of a paper as the office set it, never changed: `version` counts those of its name."""

    __tablename__ = "wording_version"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[Id]
    name: Mapped[Word]
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[AMoment]
    made_by_id: Mapped[MaybePerson]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
