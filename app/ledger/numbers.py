"""Gapless numbers: taken as late in a transaction as may be, because the counter is held until it
commits. A case's is taken just before its first event, which seals it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.rules.office import Office

ENDS = "号"
"""What a paper's number ends with, and what people leave out or add when they say one."""
_TAKE = text(
    "INSERT INTO series (name, period, last) VALUES (:name, :period, :n) "
    "ON CONFLICT (name, period) DO UPDATE SET last = series.last + :n RETURNING last"
)


def take(session: Session, name: str, period: int, n: int = 1) -> int:
    """The first of n numbers of a series and period, gapless; given back if the transaction rolls
    back."""
    last = session.execute(_TAKE, {"name": name, "period": period, "n": n}).scalar_one()
    return int(last) - n + 1


def worded(office: Office, name: str, year: int, n: int) -> str:
    """A paper's number, as 神热线催〔2025〕12号."""
    return f"{office.word(f'series.{name}')}〔{year}〕{n}{ENDS}"


def paper(session: Session, office: Office, name: str) -> str:
    """The next number of a paper's series in this year."""
    year = office.now.year
    return worded(office, name, year, take(session, name, year))


def case_period(day: date) -> int:
    """The period in which the cases of a day are numbered: 20260302."""
    return day.year * 10000 + day.month * 100 + day.day


def numbered(day: date, n: int) -> str:
    """A case's number: YYYYMMDD and at least four digits."""
    return f"{case_period(day)}{n:04d}"


def case_number(session: Session, day: date) -> str:
    """The next case number of a day."""
    return numbered(day, take(session, "case", case_period(day)))
