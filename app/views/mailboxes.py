"""The mailboxes that the desk reads: how each is set up, and how the last look into it went. No secret is
shown."""

from __future__ import annotations

from typing import Any

from flask import url_for

from app import words
from app.models import Mailbox, MailLook
from app.rules.workdays import minute
from app.views.actor import language, reader
from app.views.inbox_words import MAILBOX, MAILBOX_NEVER, MAILBOX_UNREAD
from app.views.pages.base import DeskView
from app.views.pages.row_query import DeskInterface


class Mailboxes(DeskView):
    """Mailboxes, added and changed by one verb: a name is a mailbox."""

    datamodel = DeskInterface(Mailbox)
    page = "Mailboxes"
    add_verb = edit_verb = "set_mailbox"
    extra = ("looked",)
    list_columns = ("name", "host", "active", "looked")

    def beside(self, item: Any, name: str, always: bool) -> str:
        """When it was looked into last, and why it could not be read, where it could not."""
        row = reader().get(MailLook, item.id)
        if row is None:
            return words.word(MAILBOX_NEVER, language())
        said = words.word(MAILBOX.get(row.code, MAILBOX_UNREAD), language())
        return words.aside(said, minute(row.at), language())

    def edit_href(self, item: Any) -> str:
        """The form that changes it, with what stands on file but the secret."""
        names = ("host", "speaks", "port", "folder", "smtp_host", "smtp_port", "security")
        told = {name: getattr(item, name) for name in names if getattr(item, name)}
        told |= {"mailbox": item.name, "active": "y" if item.active else "n"}
        return url_for("Verbs.set_mailbox", **told)
