"""The index of pairs of signs by which cases are found that say much the same: written with a case,
asked at the registration of another. No record: it can be made anew from the cases at any time.

On PostgreSQL an array of numbers with a GIN index, on SQLite a full-text table that keeps no text.
Both hold the same numbers, and give the same answers.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import BigInteger, Table, TextClause, bindparam, delete, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.models.columns import Moment
from app.models.sessions import is_postgres
from app.rules.similarity import PLACE, pairs, place_pairs

INDEX = "case_pairs"
"""The name of the index, with which those of SQLite's tables behind it begin."""
_PUT = {
    True: "INSERT INTO case_pairs (case_id, pairs) SELECT r.id, r.pairs FROM json_to_recordset(CAST(:j AS json)) "
    "AS r(id bigint, pairs int[]) ON CONFLICT (case_id) DO UPDATE SET pairs = excluded.pairs",
    False: "INSERT INTO case_pairs (rowid, pairs) SELECT json_extract(value, '$.id'), json_extract(value, '$.pairs') "
    "FROM json_each(:j)",
}
_TAKE_OUT = (
    "INSERT INTO case_pairs (case_pairs, rowid, pairs) SELECT 'delete', json_extract(value, '$.id'), "
    "json_extract(value, '$.pairs') FROM json_each(:j) "
    "WHERE EXISTS (SELECT 1 FROM case_pairs_docsize d WHERE d.id = json_extract(value, '$.id'))"
)
"""SQLite: a row is taken out by the very pairs with which it was put in."""
_LACKING = {
    True: "NOT EXISTS (SELECT 1 FROM case_pairs p WHERE p.case_id = hotline_case.id)",
    False: "NOT EXISTS (SELECT 1 FROM case_pairs_docsize p WHERE p.id = hotline_case.id)",
}
_COUNTS = {
    True: "SELECT pair, count(*) AS n FROM case_pairs, unnest(pairs) AS pair GROUP BY pair HAVING count(*) > 1",
    False: "SELECT CAST(term AS integer) AS pair, doc AS n FROM case_pair_counts WHERE doc > 1",
}
MOST_OF, ALL_OF, NEWEST_WITH = "most", "all", "newest"
"""How cases are found by pairs: those that hold most of them; the newest that hold all of them; the
newest that hold one that many hold - these are read from the newest on, and few have to be."""
_HITS = {
    (
        MOST_OF,
        True,
    ): "SELECT p.case_id AS id, count(*) AS n FROM unnest(CAST(:{j} AS int[])) AS w(pair) "
    "JOIN LATERAL (SELECT case_id FROM case_pairs WHERE pairs @> ARRAY[w.pair] OFFSET 0) p "
    "ON p.case_id >= {first} GROUP BY p.case_id ORDER BY n DESC, id DESC",
    (MOST_OF, False): "SELECT doc AS id, count(*) AS n FROM case_pair_hits "
    "WHERE term IN (SELECT value FROM json_each(:{j})) AND doc >= {first} GROUP BY doc ORDER BY n DESC, id DESC",
    (ALL_OF, True): "SELECT case_id AS id, 0 AS n FROM (SELECT case_id FROM case_pairs "
    "WHERE pairs @> CAST(:{j} AS int[]) OFFSET 0) AS a WHERE case_id >= {first} ORDER BY case_id DESC",
    (
        ALL_OF,
        False,
    ): "SELECT rowid AS id, 0 AS n FROM case_pairs WHERE case_pairs MATCH :{j} AND rowid >= {first} "
    "ORDER BY rowid DESC",
    (NEWEST_WITH, True): "SELECT case_id AS id, 0 AS n FROM case_pairs "
    "WHERE pairs || CAST(ARRAY[] AS int[]) @> CAST(:{j} AS int[]) AND case_id >= {first} ORDER BY case_id DESC",
}
"""OFFSET 0: PostgreSQL knows nothing of how often a pair stands, and would rather read the table
than the index."""
_HITS[NEWEST_WITH, False] = _HITS[ALL_OF, False]
_FIRST = (
    "(SELECT id FROM hotline_case WHERE registered_at >= :since ORDER BY registered_at, id LIMIT 1)"
)


class PairCount(Model):
    """In how many cases a pair stands, as it was when they were last counted; those that stand in
    one are left out."""

    __tablename__ = "pair_count"

    pair: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    n: Mapped[int]

    def __str__(self) -> str:
        return f"{self.pair}: {self.n}"


def _as_kept(numbers: Collection[int], postgres: bool) -> Any:
    """Pairs as the database keeps them: PostgreSQL's int is signed, SQLite has words."""
    ordered = sorted(numbers)
    return [pair - PLACE for pair in ordered] if postgres else " ".join(map(str, ordered))


def _rows(cases: Iterable[Mapping[str, Any]], postgres: bool) -> str:
    found = []
    for case in cases:
        words = pairs(f"{case['narrative']}\n{case.get('demand') or ''}")
        kept = _as_kept(words | place_pairs(case.get("place") or ""), postgres)
        found.append({"id": case["id"], "pairs": kept})
    return json.dumps(found)


def put_pairs(session: Session, cases: Iterable[Mapping[str, Any]]) -> None:
    """Put new cases into the index, in one statement: each with `id`, `narrative`, `demand`,
    `place`."""
    postgres = is_postgres(session)
    session.execute(text(_PUT[postgres]), {"j": _rows(cases, postgres)})


def change_pairs(session: Session, was: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    """Put a case into the index that said something else before."""
    postgres = is_postgres(session)
    if not postgres:
        session.execute(text(_TAKE_OUT), {"j": _rows([was], postgres)})
    put_pairs(session, [case])


@lru_cache(maxsize=2)
def lacking(postgres: bool) -> TextClause:
    """That a case is not in the index."""
    return text(_LACKING[postgres])


def counts_of(session: Session, asked: Collection[int]) -> dict[int, int]:
    """pair -> in how many cases it stands, of those that stand in several."""
    if not asked:
        return {}
    columns = _table().c
    source = (
        "json_array_elements_text(CAST(:j AS json))"
        if is_postgres(session)
        else "(SELECT value FROM json_each(:j))"
    )
    chosen = text(f"pair IN (SELECT CAST(value AS bigint) FROM {source} w)")  # noqa: S608
    query = select(columns.pair, columns.n).where(chosen)
    return {row.pair: row.n for row in session.execute(query, {"j": json.dumps(sorted(asked))})}


def count_anew(session: Session) -> list[dict[str, int]]:
    """The counts as they are now. It takes seconds where there are a hundred thousand cases, and
    only reads."""
    postgres = is_postgres(session)
    shift = PLACE if postgres else 0
    rows = session.execute(text(_COUNTS[postgres]))
    return [{"pair": int(row.pair) + shift, "n": int(row.n)} for row in rows]


def keep_counts(session: Session, rows: list[dict[str, int]]) -> None:
    """Keep counts in place of those of before."""
    session.execute(delete(PairCount))
    if rows:
        session.execute(_table().insert(), rows)


def _table() -> Table:
    table = PairCount.__table__
    assert isinstance(table, Table)  # noqa: S101
    return table


@dataclass(frozen=True)
class Look:
    """One look into the index: in which way, by which pairs, and how many cases at most it
    finds."""

    way: str
    pairs: Collection[int]
    most: int


def cases_with(
    session: Session, since: datetime, looks: Mapping[str, Look]
) -> dict[str, list[int]]:
    """The cases registered since a moment that each look finds, in one statement: name -> ids,
    those that hold most of the pairs first, of equal ones the newest."""
    looks = {name: look for name, look in looks.items() if look.pairs}
    found: dict[str, list[tuple[int, int]]] = {name: [] for name in looks}
    if looks:
        postgres = is_postgres(session)
        given: dict[str, Any] = {name: _asked(look, postgres) for name, look in looks.items()}
        ways = tuple((name, look.way, look.most) for name, look in looks.items())
        for row in session.execute(_with(postgres, ways), {**given, "since": since}):
            found[row.name].append((row.n, row.id))
    return {name: [id for _, id in sorted(rows, reverse=True)] for name, rows in found.items()}


def _asked(look: Look, postgres: bool) -> str:
    """The pairs of a look as its query takes them."""
    ordered = sorted(look.pairs)
    if postgres:
        return "{" + ",".join(str(pair - PLACE) for pair in ordered) + "}"
    return (
        json.dumps([str(pair) for pair in ordered])
        if look.way == MOST_OF
        else " ".join(map(str, ordered))
    )


@lru_cache(maxsize=64)
def _with(postgres: bool, ways: tuple[tuple[str, str, int], ...]) -> TextClause:
    parts = [
        f"SELECT * FROM (SELECT '{name}' AS name, id, n FROM "  # noqa: S608
        f"({_HITS[way, postgres].format(j=name, first=_FIRST)} LIMIT {most}) AS h) AS of_{name}"
        for name, way, most in ways
    ]
    return text(" UNION ALL ".join(parts)).bindparams(bindparam("since", type_=Moment))
