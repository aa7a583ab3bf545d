"""Ways out of the desk, where people are reached, and what is sent to them.

Why: a reminder waited in the panel until somebody logged in. What was told before stays told: only new
notices are taken.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Moment

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(40)
DUE = "stands IN ('waiting', 'sending', 'unknown')"
ENDED = "stands IN ('taken', 'dead', 'called', 'dropped')"


def _part(name: str, table: str, columns: list[str], where: str) -> None:
    part = sa.text(where)
    op.create_index(name, table, columns, postgresql_where=part, sqlite_where=part)


def _moment(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, Moment(), nullable=nullable)


def _person(name: str) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    return sa.Column(name, sa.Integer(), nullable=True), sa.ForeignKeyConstraint(
        [name], ["ab_user.id"]
    )


def upgrade() -> None:
    op.add_column("notice", _moment("taken_at"))
    op.execute("UPDATE notice SET taken_at = at")
    _part("ix_notice_untaken", "notice", ["at", "event_id"], "taken_at IS NULL")
    op.create_table(
        "gateway",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("secrets_sealed", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _moment("proposed_at", False),
        *_person("proposed_by_id"),
        _moment("refused_at"),
        _moment("approved_at"),
        *_person("approved_by_id"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_gateway_name", "gateway", ["name", "id"])
    op.create_table(
        "gateway_state",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("held_by", sa.String(20), nullable=False),
        _moment("held_until"),
        _moment("paused_since"),
        _moment("paused_until"),
        _moment("silent_until"),
        sa.Column("why", WORD, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        _moment("minute_at"),
        sa.Column("minute_n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    _contacts()
    _deliveries()


def _contacts() -> None:
    op.create_table(
        "address",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("owner", WORD, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        _moment("changed_at", False),
        *_person("changed_by_id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("owner", "kind"),
    )
    op.create_table(
        "way_choice",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("ways", sa.Text(), nullable=False),
        _moment("changed_at", False),
        *_person("changed_by_id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("unit_id", "kind"),
    )


def _deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("medium", WORD, nullable=False),
        sa.Column("receiver", WORD, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("stands", WORD, nullable=False),
        _moment("made_at", False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _moment("next_try_at", False),
        sa.Column("lease", sa.String(20), nullable=False),
        _moment("lease_until"),
        _moment("ended_at"),
        _moment("noted_at"),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("error", WORD, nullable=False),
        sa.Column("theirs", sa.String(64), nullable=False),
        *_person("by_id"),
        sa.Column("reached", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("instead_of_id", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    _part("ix_delivery_due", "delivery", ["way", "rank", "made_at", "id"], DUE)
    _part("ix_delivery_dead", "delivery", ["made_at", "id"], "stands = 'dead'")
    calls = "way = 'call' AND stands = 'waiting'"
    _part("ix_delivery_calls", "delivery", ["made_at", "id"], calls)
    _part("ix_delivery_unnoted", "delivery", ["id"], f"noted_at IS NULL AND {ENDED}")
    for name, column in (
        ("made", "made_at"),
        ("stands", "stands"),
        ("way", "way"),
        ("kind", "kind"),
    ):
        op.create_index(f"ix_delivery_{name}", "delivery", [column, "id"])
    op.create_table(
        "delivery_notice",
        sa.Column("delivery_id", KEY, autoincrement=False, nullable=False),
        sa.Column("event_id", KEY, autoincrement=False, nullable=False),
        sa.Column("chain", KEY, nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "event_id"),
    )
    op.create_index("ix_delivery_notice_event", "delivery_notice", ["event_id"])


def downgrade() -> None:
    for table in (
        "delivery_notice",
        "delivery",
        "way_choice",
        "address",
        "gateway_state",
        "gateway",
    ):
        op.drop_table(table)
    op.drop_index("ix_notice_untaken", "notice")
    op.drop_column("notice", "taken_at")
