"""What the procedure says anew of handling, supervision and papers.

Why: it was silent or harsh in places, and has been changed. A reminder is for one due date: one
that lapsed before due was lengthened counts no more. A reply of an assist is examined within a
working day, like the lead's. A review that was asked for in time takes the measure of a closing
back. The words of a refusal that was turned down leave the case.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

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


_TURNED_DOWN = """INSERT INTO turned_down (event_id, case_id, at, by_id, proposed_by_id, reason, words)
SELECT e.id, k.id, e.at, {by}, NULL, '', k.told_caller FROM hotline_case k JOIN event e ON e.id = (
SELECT max(l.id) FROM event l WHERE l.chain = k.id AND l.kind = 'case.edited' AND l.payload LIKE '%"refusal":%')
WHERE k.refusal_reason IS NULL AND k.told_caller <> ''"""
_BY = "CASE WHEN e.actor LIKE 'user:%' THEN CAST(substr(e.actor, 6) AS INTEGER) END"
_NOT_TOLD = "UPDATE hotline_case SET told_caller = '' WHERE id IN (SELECT case_id FROM turned_down)"
_TOLD = """UPDATE hotline_case SET told_caller = (SELECT t.words FROM turned_down t WHERE t.case_id = hotline_case.id
ORDER BY t.id DESC LIMIT 1) WHERE told_caller = '' AND id IN (SELECT case_id FROM turned_down)"""


def upgrade() -> None:
    op.add_column("reminder", sa.Column("for_due_at", Moment(), nullable=True))
    op.execute(_FOR_DUE.format(named=_NEXT_MIDNIGHT[op.get_bind().dialect.name]))
    with op.batch_alter_table("reminder") as table:
        table.alter_column("for_due_at", existing_type=Moment(), nullable=False)
    for column in ("own_at", "own_overdue_for"):
        op.add_column("reply", sa.Column(column, Moment(), nullable=True))
    op.add_column("reply", sa.Column("own_clock", sa.Text(), nullable=True))
    op.add_column("supervision", sa.Column("taken_back", sa.String(20), nullable=True))
    _turned_down()


def _turned_down() -> None:
    """The words of refusals that were turned down, where they were not written over since."""
    op.create_table(
        "turned_down",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["hotline_case.id"]),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id"),
    )
    op.create_index(op.f("ix_turned_down_case_id"), "turned_down", ["case_id"], unique=False)
    op.execute(_TURNED_DOWN.format(by=_BY))
    op.execute(_NOT_TOLD)


def downgrade() -> None:
    op.execute(_TOLD)
    op.drop_table("turned_down")
    op.drop_column("supervision", "taken_back")
    for column in ("own_clock", "own_overdue_for", "own_at"):
        op.drop_column("reply", column)
    op.drop_column("reminder", "for_due_at")
