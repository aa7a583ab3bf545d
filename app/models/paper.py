"""The gapless number series of papers and cases."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import Word


class Series(Model):
    """The last number given out in a series and a period (a year, or a day for cases)."""

    __tablename__ = "series"

    name: Mapped[Word] = mapped_column(primary_key=True)
    period: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]

    def __str__(self) -> str:
        return f"{self.name} {self.period}"
