"""Papers on the panel: who opens one, behind the check of which row, and what is given out."""

from app.views.papers.forms import Forms, Letters, form_link
from app.views.papers.noticed import Noticed
from app.views.papers.notices import Papers
from app.views.papers.sending import list_facts, sent, sent_issued, volumes
from app.views.papers.slips import Slips, slips

__all__ = [
    "Forms",
    "Letters",
    "Noticed",
    "Papers",
    "Slips",
    "form_link",
    "list_facts",
    "sent",
    "sent_issued",
    "slips",
    "volumes",
]
