"""What a dossier 移送卷宗 holds, as facts: gathered when it is sealed, in the order of its pages, the
caller redacted. (8) "Units and responsible persons ... are, after being supervised, handed to the
county supervisory committee."
"""

from __future__ import annotations

from app.stages.dossier.whole import contents

__all__ = [
    "contents",
]
