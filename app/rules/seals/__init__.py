"""What the record's seals cover: which tables are recorded, and which of their columns no seal
holds, each with why.

An event seals what was written in its transaction: for each row a keyed digest per column, beside
its payload. `app/ledger` makes them, `verify` compares them, `migrations/triggers.py` guards by the
same lists.
"""

from app.rules.seals.changes import FACTS_CHANGE, MAY_CHANGE, MAY_GO
from app.rules.seals.covered import APPENDED, CHAINED, EXCEPT, NOT_RECORDED, OTHERWISE
from app.rules.seals.ended import AFTER_END

__all__ = [
    "AFTER_END",
    "APPENDED",
    "CHAINED",
    "EXCEPT",
    "FACTS_CHANGE",
    "MAY_CHANGE",
    "MAY_GO",
    "NOT_RECORDED",
    "OTHERWISE",
]
