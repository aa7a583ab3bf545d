"""Which tables are recorded, and which of their columns no seal holds, each with why."""

from __future__ import annotations

NOT_RECORDED: dict[str, str] = {
    "alembic_version": "which schema the database has; the program compares it with its own",
    "run": "when the bot looked; nothing follows from it",
    "run_total": "how often the bot looked long ago; nothing follows from it",
    "notice": "who is to look at which event: made from the event, and changed by reading",
    "notice_read": "who has read which notice",
    "message_media": "what is still to be fetched of messages; what was fetched is a file and an event",
    "message_raw": "messages as they came: the SHA-256 of each is sealed in its message",
    "mail_cursor": "how far a mailbox was read; a mail that is read again is known by its key",
    "mail_look": "when a mailbox was looked into; nothing follows from it",
    "sheet_progress": "how far a sheet was taken in: counted anew from its rows",
    "sheet_fault": "why rows of a sheet were not taken in: found anew from the file",
    "slip": "first passwords on their way to the page that prints them, sealed to its key; printed, they go",
    "gateway_state": "whether a way out works at this moment; nothing follows from it",
    "delivery": "what is tried until it is taken: what became of it is an event of each case it tells of",
    "delivery_notice": "which events a delivery tells of: made from the notices",
    "kept_view": "which views of lists people keep: nothing follows from it",
    "pair_count": "the index of character pairs, made again from the cases",
    "extra_value": "the index of the office's own fields, made again from the rows",
    "article_pair": "the index by which articles are found, made again from them",
    "access": "who came and looked: kept for a time, guarded against change, and exported as it is written",
    "sent_form": "one-time keys of forms, forgotten after some days",
    "day_count": "counted from events; `verify` of figures is the recount",
    "figure_count": "counted from the record, and counted again each night",
    "figure_state": "how far the figures are counted; nothing follows from it",
    "ab_register_user": "Flask-AppBuilder's registration, which is switched off",
    "ab_api_key": "Flask-AppBuilder's keys, which are switched off",
    "ab_group": "Flask-AppBuilder's groups, which are not used",
    "ab_group_role": "Flask-AppBuilder's groups, which are not used",
    "ab_user_group": "Flask-AppBuilder's groups, which are not used",
}
"""table -> why it is no part of the record."""

CHAINED = ("event", "office_head", "checkpoint", "checkpoint_head")
"""The tables that chains cover themselves: each event by its hash and MAC, the office's head by the
last one, each checkpoint with its heads by the signature over its root."""
APPENDED = ("event", "checkpoint", "checkpoint_head")
"""Those of them whose rows are only ever added."""

OTHERWISE: dict[str, dict[str, str]] = {
    "hotline_case": {
        "head_seq": "compared with the last event",
        "head_hash": "compared with the last event",
        "head_at": "compared with the last event",
        "look_again_at": "under a MAC of its own, because the bot moves it without an event",
        "look_seal": "that MAC",
    },
    "series": {"last": "counted again from the numbers that stand"},
    "ab_user_role": dict.fromkeys(
        ("id", "user_id", "role_id"), "sealed as the roles of the account"
    ),
    "ab_permission_view_role": dict.fromkeys(
        ("id", "permission_view_id", "role_id"), "sealed as the permissions of the role"
    ),
}
"""table -> its columns that are compared with something else than a seal over the column itself."""

_INITIALS = "made from the name, which is sealed; a picker looks for it, nothing follows from it"

EXCEPT: dict[str, dict[str, str]] = {
    "hotline_case": {
        "look_failures": "how often the bot could not look: told on the health page, nothing follows from it",
        "look_error": "why the bot could not look: told on the health page, nothing follows from it",
    },
    "unit": {"pinyin": _INITIALS},
    "category": {"pinyin": _INITIALS},
    "ab_user": {
        "pinyin": _INITIALS,
        "last_login": "counted at each login, without an event",
        "login_count": "counted at each login",
        "fail_login_count": "counted at each wrong password; the lock itself is an event",
        "failing_since": "counted at each wrong password; the lock itself is an event",
        "locked_until": "a lock of fifteen minutes; the lock itself is an event",
        "session_version": "raised at each logout; whoever puts it back still needs the signed cookie",
        "factor_step": "the half minute of the last code, written at each login",
        "changed_on": "Flask-AppBuilder's own, read by nobody",
    },
}
"""table -> its columns that no seal holds, and why: at most a tenth of all."""
