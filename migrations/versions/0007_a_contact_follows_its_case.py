"""No table changes: the guards are made anew, and one of them is another.

Why: a caller who was entered wrongly is corrected until his case is allocated, and the contact that
brought the case follows it; the guard of before refused any other caller of a contact.
"""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
