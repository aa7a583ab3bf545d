"""What a delivery says, opened for who sends or reads it."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from app.models import Delivery
from app.rules.office import Office
from app.rules.telling import worded
from app.stages.outbox.facts import PURPOSE
from app.stages.outbox.gateways import unsealed


def fields_of_row(session: Session, row: Delivery) -> dict[str, str]:
    """The named fields of a delivery, opened."""
    found: dict[str, str] = json.loads(
        unsealed(session, PURPOSE, row.fields, f"delivery|{row.key}")
    )
    return found


def text_of(session: Session, office: Office, row: Delivery) -> str:
    """The words of a delivery, as they are sent or said."""
    return worded(office.word(f"tell.{row.kind}"), fields_of_row(session, row))
