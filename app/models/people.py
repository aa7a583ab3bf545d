"""People with an account: Flask-AppBuilder's user, with the unit he works in."""

from __future__ import annotations

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.columns import MaybeMoment, MaybeWords
from app.models.posts import Unit


class Person(User):
    """An account. `unit_id` is set for unit staff and heads only; `session_version` ends sessions when raised;
    `failing_since` is when the present run of wrong passwords began, `locked_until` when he may try again.
    `factor_sealed` is the secret of his second factor, `factor_since` when he first proved to have it, `factor_step`
    the half minute of the last code that was taken: no code is taken twice."""

    __tablename__ = "ab_user"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    session_version: Mapped[int] = mapped_column(default=0, server_default="0")
    failing_since: Mapped[MaybeMoment]
    locked_until: Mapped[MaybeMoment]
    factor_sealed: Mapped[MaybeWords]
    factor_since: Mapped[MaybeMoment]
    factor_step: Mapped[int | None]

    unit: Mapped[Unit | None] = relationship(viewonly=True)

    def __str__(self) -> str:
        return str(self.username)
