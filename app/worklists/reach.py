"""The lists of what comes from outside the panel and what goes there: messages, deliveries, answers on
file."""

from __future__ import annotations

from app.models import Article, ArticleVersion, Delivery, Gateway, Message
from app.models.reach import CALL
from app.models.waiting import holds
from app.stages.inbox.verbs import AT_THE_INBOX
from app.stages.proposals import waits
from app.worklists.conditions import CENTRE, in_own_hand, to_take, unkept
from app.worklists.queue import Queue

OF_THE_INBOX: dict[str, Queue] = {
    "inbox": Queue(
        "work.inbox",
        AT_THE_INBOX,
        Message,
        to_take,
        "own_at",
        desk="Inbox.list",
    ),
    "inbox_mine": Queue(
        "work.inbox_mine",
        AT_THE_INBOX,
        Message,
        in_own_hand,
        "own_at",
        desk="Inbox.list",
    ),
    "inbox_overdue": Queue(
        "work.inbox_overdue",
        AT_THE_INBOX,
        Message,
        lambda who, at: [Message.own_overdue_for == Message.own_at, Message.ended_at.is_(None)],
        "own_at",
        red=True,
        desk="Inbox.list",
    ),
}

OF_ARTICLES: dict[str, Queue] = {
    "article_drafts": Queue(
        "work.article_drafts",
        ("centre_head",),
        ArticleVersion,
        lambda who, at: [waits(ArticleVersion)],
        "drafted_at",
        "ArticleVersions",
    ),
    "unkept_articles": Queue(
        "work.unkept_articles",
        ("centre_head",),
        Article,
        lambda who, at: [unkept(at)],
        "made_at",
        "Articles",
    ),
}

OF_DELIVERIES: dict[str, Queue] = {
    "calls": Queue(
        "work.calls",
        ("operator", *CENTRE),
        Delivery,
        lambda who, at: [holds(Delivery.way, CALL), holds(Delivery.stands, "waiting")],
        "made_at",
        "Deliveries",
        verbs=("record_call", "retry_delivery"),
    ),
    "dead_letters": Queue(
        "work.dead_letters",
        CENTRE,
        Delivery,
        lambda who, at: [holds(Delivery.stands, "dead")],
        "made_at",
        "Deliveries",
        red=True,
        verbs=("retry_delivery",),
    ),
    "gateways": Queue(
        "work.gateways",
        ("centre_head",),
        Gateway,
        lambda who, at: [waits(Gateway)],
        "proposed_at",
        "Gateways",
        verbs=("approve_gateway",),
    ),
}
