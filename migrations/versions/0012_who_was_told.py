"""Instructions, suggestions and notices remember who was told.

Why: a leader's instruction and a kept suggestion could be read by nobody, who reissued a
supervision notice sent it under the first one's number, and one clerk who had read the notices of
his unit emptied the bell of his head.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_READ_BY = (
    "INSERT INTO notice_read (person_id, event_id, at) SELECT who.id, n.event_id, min(n.read_at) FROM notice n JOIN ("
    "SELECT ur.user_id AS id, r.name AS told FROM ab_user_role ur JOIN ab_role r ON r.id = ur.role_id UNION ALL "
    "SELECT u.id, 'unit:' || u.unit_id FROM ab_user u WHERE u.unit_id IS NOT NULL) who ON who.told = n.recipient "
    "WHERE n.read_at IS NOT NULL GROUP BY who.id, n.event_id"
)
"""What a role or a unit had read, each of its people has."""
_HIS_OWN = (
    "UPDATE instruction SET leader_id = entered_by_id WHERE entered_by_id IN (SELECT ur.user_id FROM ab_user_role ur "
    "JOIN ab_role r ON r.id = ur.role_id WHERE r.name = 'leader')"
)
"""An instruction that a leader entered is his."""
_READ_AGAIN = "UPDATE notice SET read_at = (SELECT min(at) FROM notice_read r WHERE r.event_id = notice.event_id)"


def _tables() -> None:
    op.create_table(
        "notice_read",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", KEY, autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("person_id", "event_id"),
    )
    op.create_table(
        "instruction_notice",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("instruction_id", KEY, nullable=False),
        sa.Column("assignment_id", KEY, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["hotline_case.id"]),
        sa.ForeignKeyConstraint(["instruction_id"], ["instruction.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("instruction_id", "assignment_id"),
        sa.UniqueConstraint("number"),
    )
    for column in ("assignment_id", "case_id", "unit_id"):
        op.create_index(
            op.f(f"ix_instruction_notice_{column}"), "instruction_notice", [column], unique=False
        )
    op.create_table(
        "suggestion_comment",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["hotline_case.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_suggestion_comment_case_id"), "suggestion_comment", ["case_id"], unique=False
    )


def upgrade() -> None:
    _tables()
    op.execute(_READ_BY)
    with op.batch_alter_table("notice") as batch:
        batch.drop_column("read_at")
    with op.batch_alter_table("instruction") as batch:
        batch.add_column(sa.Column("leader_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_instruction_leader", "ab_user", ["leader_id"], ["id"])
    op.execute(_HIS_OWN)
    with op.batch_alter_table("supervision") as batch:
        batch.add_column(sa.Column("notice_number", sa.String(length=40), nullable=True))
        batch.create_unique_constraint("uq_supervision_notice_number", ["notice_number"])


def downgrade() -> None:
    with op.batch_alter_table("supervision") as batch:
        batch.drop_constraint("uq_supervision_notice_number", type_="unique")
        batch.drop_column("notice_number")
    with op.batch_alter_table("instruction") as batch:
        batch.drop_constraint("fk_instruction_leader", type_="foreignkey")
        batch.drop_column("leader_id")
    with op.batch_alter_table("notice") as batch:
        batch.add_column(sa.Column("read_at", Moment(), nullable=True))
    op.execute(_READ_AGAIN)
    for table in ("suggestion_comment", "instruction_notice", "notice_read"):
        op.drop_table(table)
