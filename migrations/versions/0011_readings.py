"""What the procedure says anew of handling, supervision and papers.

Why: it was silent or harsh in places, and has been changed. A reminder is for one due date: one that lapsed before due
was lengthened counts no more. A reply of an assist is examined within a working day, like the lead's. A review that was
asked for in time takes the measure of a closing back.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NEXT_MIDNIGHT = {
    "postgresql": "CAST(CAST(e.payload AS json)->>'due_on' AS date) + INTERVAL '1 day'",
    "sqlite": "strftime('%Y-%m-%d 00:00:00.000000', json_extract(e.payload, '$.due_on'), '+1 day')",
}
"""The end of the day that a reminder named when it was issued."""
_FOR_DUE = """UPDATE reminder SET for_due_at = COALESCE(
(SELECT a.due_at FROM assignment a WHERE a.id = reminder.assignment_id AND a.due_at <= reminder.issued_at),
(SELECT {named} FROM event e WHERE e.subject = 'reminder' AND e.subject_id = reminder.id
AND e.kind = 'reminder.issued'), reminder.issued_at)"""
"""What was due when it was issued: the date of today, unless it was moved since."""


def upgrade() -> None:
    op.add_column("reminder", sa.Column("for_due_at", Moment(), nullable=True))
    op.execute(_FOR_DUE.format(named=_NEXT_MIDNIGHT[op.get_bind().dialect.name]))
    with op.batch_alter_table("reminder") as table:
        table.alter_column("for_due_at", existing_type=Moment(), nullable=False)
    for column in ("own_at", "own_overdue_for"):
        op.add_column("reply", sa.Column(column, Moment(), nullable=True))
    op.add_column("reply", sa.Column("own_clock", sa.Text(), nullable=True))
    op.add_column("supervision", sa.Column("taken_back", sa.String(20), nullable=True))


def downgrade() -> None:
    op.drop_column("supervision", "taken_back")
    for column in ("own_clock", "own_overdue_for", "own_at"):
        op.drop_column("reply", column)
    op.drop_column("reminder", "for_due_at")
