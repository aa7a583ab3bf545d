"""Checkpoints over the record, what signs a dossier, and how it was carried.

Why: nothing outside the database remembered how far a chain had come; the committee could not tell a
dossier from one that was made anew; how it reached the committee's own network stood nowhere.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Key, Moment

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def _checkpoints() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("merkle", sa.String(length=64), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=160), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("upto", Key, nullable=False),
        sa.Column("settled", Key, nullable=False),
        sa.Column("taken_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "checkpoint_head",
        sa.Column("checkpoint_id", Key, autoincrement=False, nullable=False),
        sa.Column("chain", Key, autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["checkpoint_id"], ["checkpoint.id"]),
        sa.PrimaryKeyConstraint("checkpoint_id", "chain"),
    )
    op.create_index("ix_checkpoint_head_chain", "checkpoint_head", ["chain", "seq"])


def _handovers() -> None:
    op.create_table(
        "handover",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("referral_id", Key, nullable=False),
        sa.Column("dossier_id", Key, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("medium", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("carrier", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"]),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["by_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_handover_referral_id", "handover", ["referral_id"])


def upgrade() -> None:
    _checkpoints()
    _handovers()
    with op.batch_alter_table("supervision_list") as batch:
        batch.add_column(sa.Column("witness", sa.String(length=16), nullable=True))
    with op.batch_alter_table("dossier") as batch:
        batch.add_column(sa.Column("signed_with", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("script_sha256", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("dossier") as batch:
        batch.drop_column("script_sha256")
        batch.drop_column("signed_with")
    with op.batch_alter_table("supervision_list") as batch:
        batch.drop_column("witness")
    for table in ("handover", "checkpoint_head", "checkpoint"):
        op.drop_table(table)
