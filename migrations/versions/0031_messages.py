"""Messages that arrive in writing: as they came, as they were read, and what became of each.

Why: mail, WeChat, the public form and sheets were words in a drop-down; what came in stood nowhere.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Key, Moment

revision = "0031"
down_revision = "0030"
EMPTY, WAITS = sa.text("''"), "ended_at IS NULL"
PART = {
    "waits": (["own_at", "id"], WAITS),
    "taken": (["taken_by_id", "own_at", "id"], WAITS),
    "overdue": (["own_at", "id"], f"own_overdue_for = own_at AND {WAITS}"),
    "unread": (["id"], "read_at IS NULL"),
    "case": (["case_id"], "case_id IS NOT NULL"),
    "acknowledge": (["id"], "acknowledged IN ('due', 'answer_due')"),
}


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=False, server_default=EMPTY)


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("receipt", sa.String(12), nullable=False),
        sa.Column("raw_sha256", sa.String(64), nullable=False),
        sa.Column("raw_size", sa.Integer(), nullable=False),
        sa.Column("arrived_at", Moment(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("read_at", Moment(), nullable=True),
        _text("thread", 64),
        _text("sender", 320),
        _text("name", 80),
        _text("phone", 40),
        _text("subject", 400),
        sa.Column("words", sa.Text(), nullable=False),
        _text("place", 200),
        _text("kind", 40),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("wants_reply", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("about_id", Key, nullable=True),
        _text("acknowledged", 40),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("ended_as", sa.String(40), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("case_id", Key, nullable=True),
        sa.Column("contact_id", Key, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("own_at", Moment(), nullable=True),
        sa.Column("own_clock", sa.Text(), nullable=True),
        sa.Column("own_overdue_for", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["about_id"], ["hotline_case.id"]),
        sa.ForeignKeyConstraint(["taken_by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["ended_by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["hotline_case.id"]),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "key"),
        sa.UniqueConstraint("receipt"),
    )
    op.create_index("ix_message_received", "message", ["received_at", "id"])
    op.create_index("ix_message_thread", "message", ["thread"])
    op.create_index("ix_message_sender", "message", ["sender", "arrived_at"])
    for name, (columns, where) in PART.items():
        part = {"postgresql_where": sa.text(where), "sqlite_where": sa.text(where)}
        op.create_index(f"ix_message_{name}", "message", columns, **part)
    _beside()


def _beside() -> None:
    """What stands beside messages: their raw content and their files."""
    op.create_table(
        "message_raw",
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["message.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "message_file",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("message_id", Key, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_message_file_message_id", "message_file", ["message_id"])
    op.create_index("ix_message_file_sha256", "message_file", ["sha256"])
    _mailboxes()
    _sheets()


def _mailboxes() -> None:
    """Which mailboxes are read, and how far each was."""
    op.create_table(
        "mailbox",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("speaks", sa.String(40), nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(320), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("folder", sa.String(200), nullable=False),
        _text("address", 254),
        _text("smtp_host", 253),
        sa.Column("smtp_port", sa.Integer(), nullable=True),
        _text("security", 40),
        sa.Column("letters", sa.Text(), nullable=False, server_default=EMPTY),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "mail_cursor",
        sa.Column("mailbox_id", Key, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"]),
        sa.PrimaryKeyConstraint("mailbox_id", "uidvalidity"),
    )
    op.create_table(
        "mail_look",
        sa.Column("mailbox_id", Key, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"]),
        sa.PrimaryKeyConstraint("mailbox_id"),
    )


def _sheets() -> None:
    """Sheets that were handed over, how far each was taken in, and which rows were not."""
    op.create_table(
        "sheet",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("sender", sa.String(80), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(80), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sheet_sender", "sheet", ["sender", "id"])
    op.create_index("ix_sheet_sha256", "sheet", ["sha256"])
    op.create_table(
        "sheet_progress",
        sa.Column("id", Key, autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("rows", "done", "taken", "known", "wrong")
        ),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("failed", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["sheet.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "sheet_fault",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("sheet_id", Key, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sheet_fault_sheet", "sheet_fault", ["sheet_id", "row"])


def downgrade() -> None:
    for table in ("sheet_fault", "sheet_progress", "sheet", "mail_look", "mail_cursor", "mailbox"):
        op.drop_table(table)
    for table in ("message_file", "message_raw", "message"):
        op.drop_table(table)
