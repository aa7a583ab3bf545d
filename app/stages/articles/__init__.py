"""(1) Answers on file: "screen, answer and register" needs the same words for the same question. Units
keep articles, the centre head approves each version, and the record knows which was used.
"""

from __future__ import annotations

from app.stages.articles.finding import Found, found
from app.stages.articles.using import use

__all__ = ["Found", "found", "use"]
