"""What a request may ask the database with: the ORM, because the scope of a unit sees nothing
else."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.test_rooms import calls, sources

REQUESTS = ("app/views", "app/worklists", "app/web.py")
UNSCOPED = {
    "app/views/figures/live.py:_names": "names of units and townships, whose figures are shown",
    "app/views/figures/live.py:_units": "names of units, for who reads figures of all",
    "app/views/figures/wall.py:_overdue": "how many assignments of each unit are overdue",
    "app/views/figures/wall.py:_tiles": "how many reminders are open and items under way",
    "app/views/keys.py:_scripts": "SHA-256 of the scripts that went along with dossiers, and since when",
    "app/views/setup.py:_accounts": "roles that an account has, for IT",
    "app/views/setup.py:_count": "how much of what an office consists of is there, for its IT",
    "app/views/setup.py:_liaisons": "names of units without a liaison, for IT",
    "app/views/forms/who_called.py:_of_number": "callers of a number, for who enters one: who called",
    "app/views/forms/who_called.py:_named_alike": "which of the same were told of by a name",
    "app/views/forms/outcome.py:_caller": "whether a caller stands on a case that the form was found for, scoped",
    "app/views/forms/once.py:Sending.otherwise": "the key of a form of one's own account: what was done with it",
    "app/views/banners.py:_office": "what the office is called, and whether it is a sample one, which every page says",
    "app/views/machines/metrics.py:_ages": "how many cases are open, how long the oldest due one waits",
    "app/views/pages/searching.py:Contains._candidates": "keys of rows that hold a word; their rows are scoped",
    "app/views/pages/operators.py:among_newest": "where the newest rows begin: one id, no row",
    "app/views/pages/searching.py:Contains._among_newest": "the same, among the newest",
    "app/views/waiting.py:rows_of_list": "keys of a leader's list of cases under way; the others are scoped",
    "app/views/waiting.py:in_list": "how many of the same",
    "app/views/forms/likely.py:_shares": "how many cases of a category each unit had: each part holds the scope",
    "app/views/forms/likely.py:_units": "units by name, with how many assignments each has in hand",
    "app/views/forms/who_changed.py:_newest": "who changed a row last whose form was opened, scoped",
    "app/views/waiting.py:_briefs": "of the same cases number, kind, state and unit: no word of what they are about",
    "app/worklists/__init__.py:pressing": "the first rows of lists: a union, each part of which holds the scope itself",
    "app/views/visiting.py:_rows": "whom a person may visit: a union, each part of which holds the scope itself",
    "app/views/access.py:AccessLog._equal": "the id of a case by its number, for the auditor of the log",
    "app/views/forms/unit_words.py:beside": "what callers said to a case that the form was found for, scoped",
    "app/views/bell.py:_newest": "notices to his roles and his unit, with the number of the case",
    "app/views/bar.py:_count": "how many of the same, and counts of work: parts that hold the scope themselves",
    "app/views/bell.py:Bell.read": "which of the same are marked as read",
    "app/views/case/became.py:know_became": "what became of cases, in brief, for who was told of them; callers covered",
    "app/views/praise.py:PraiseInterface.apply_filters": "the praise of his own unit, which is no case of it",
    "app/views/praise.py:PraiseInterface.query_count": "how much of the same",
    "app/views/office.py:Bot.failing": "the rows that the bot fails on: numbers and errors, no case content",
    "app/views/case/rows.py:rows_of": "the parts are scoped one by one; the union of them cannot be",
    "app/views/articles.py:know_used": "how often answers on file were used: numbers alone",
    "app/views/forms/articles.py:_approved": "an answer on file that was approved: of no case",
    "app/views/led.py:_from": "instructions, with what their reader may see of them held in the statement",
    "app/views/led.py:_assists": "units that assist with cases of instructions that were read so",
    "app/worklists/__init__.py:counted": "counts of work: a union, each part of which holds the scope itself",
    "app/views/forms/foreseen.py:_moves": "cases by their numbers alone, whose clocks a calendar would lengthen",
    "app/views/forms/case_access.py:_beyond_the_scope": "a case whose referral is read, or on which a leader instructs",
}
"""Every use of `unscoped`, with why it gives away nothing. Reviewed by hand: a new one fails until
it stands here."""


def _named(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every function of a module by its name, those of classes with the class."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from (
                (f"{node.name}.{one.name}", one)
                for one in node.body
                if isinstance(one, ast.FunctionDef)
            )
        elif isinstance(node, ast.FunctionDef):
            yield node.name, node


def test_every_unscoped_statement_of_a_request_is_reviewed() -> None:
    found = set()
    for path, tree in sources(*REQUESTS).items():
        inside = 0
        for name, function in _named(tree):
            uses = sum(
                isinstance(node, ast.keyword) and node.arg == "unscoped"
                for node in ast.walk(function)
            )
            uses += sum(
                isinstance(node, ast.Name) and node.id == "UNSCOPED" for node in ast.walk(function)
            )
            inside += uses
            if uses:
                found.add(f"{path}:{name}")
        everywhere = sum(
            isinstance(node, ast.keyword) and node.arg == "unscoped" for node in ast.walk(tree)
        )
        everywhere += sum(
            isinstance(node, ast.Name) and node.id == "UNSCOPED" for node in ast.walk(tree)
        )
        assert everywhere == inside, f"{path}: unscoped outside of a function"
    # The addresses for machines count cases and tell no word of one.
    assert {one for one in found if not one.startswith("app/views/machines/health.py")} == set(
        UNSCOPED
    )


def test_requests_ask_with_the_orm_only() -> None:
    """No text, no bare table, no connection of one's own, no session that is not scoped but for
    writing."""
    wrong = []
    for path, tree in sources(*REQUESTS).items():
        for name, call in calls(tree):
            owner = getattr(getattr(call.func, "value", None), "id", "")
            if name in (
                "text",
                "literal_column",
                "exec_driver_sql",
                "connect",
                "raw_connection",
                "from_statement",
            ):
                wrong.append(f"{path}:{call.lineno} {name}")
            if name in ("session", "Session", "sessionmaker") and owner != "g":
                wrong.append(f"{path}:{call.lineno} {name}")
            if name in ("aliased", "with_polymorphic"):
                wrong.append(
                    f"{path}:{call.lineno} {name}: the scope does not reach an alias that is joined"
                )
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("__table__", "metadata")
                and path.name != "web.py"
            ):
                wrong.append(f"{path}:{node.lineno} {node.attr}")
            if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy":
                wrong += [
                    f"{path}:{node.lineno} {one.name}"
                    for one in node.names
                    if one.name in ("text", "table")
                ]
    assert wrong == []


def test_what_writes_in_a_request_is_a_verb_a_login_or_a_notice_read() -> None:
    """`written` hands out a session that is not scoped: each use is known. [architecture: the web
    fetches the target scoped, then the stage runs unscoped]"""
    found = {
        f"{path}:{name}"
        for path, tree in sources(*REQUESTS).items()
        for name, function in _named(tree)
        if any(called == "written" for called, _ in calls(ast.Module([function], [])))  # type: ignore[list-item]
    }
    assert found == {
        "app/views/find.py:Find._callers",
        "app/views/forms/sent.py:_done",
        "app/views/forms/looked_up.py:_asked",
        "app/views/files.py:Files._on_record",
        "app/views/many/doing.py:_tried",
        "app/views/triage/page.py:_tried",
        "app/views/papers/notices.py:Papers._opened",
        "app/views/papers/forms.py:Forms.service",
        "app/views/papers/forms.py:Letters._sent",
        "app/views/papers/sending.py:list_facts",
        "app/views/papers/slips.py:Slips.slip",
        "app/views/rosters.py:Rosters._taken",
        "app/views/rosters.py:Rosters._printed",
        "app/views/rosters.py:Rosters.slips",
        "app/views/accountability.py:Referrals.paper",
        "app/views/accountability.py:Referrals.dossier",
        "app/views/login/page.py:Login.logout",
        "app/views/login/second_factor.py:code_is_right",
        "app/views/login/page.py:enter_by_password",
        "app/views/login/trying.py:wrong_try",
        "app/views/bell.py:Bell.read",
        "app/views/kept_views.py:KeptViews.keep",
        "app/views/kept_views.py:KeptViews.drop",
        "app/views/access_notes.py:note",
        "app/views/sheets.py:Sheets._taken",
    }
