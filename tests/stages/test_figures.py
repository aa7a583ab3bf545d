"""(5) reporting: every figure equals an independent count, every list has as many rows as its figure
counts, and a frozen report leads to the same rows a year later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from app import words
from app.database import Sessions, reading, transaction
from app.ledger import verify
from app.models import Case, FigureCount, FigureState, Report, ReportDraft, ReportRows
from app.papers.figures.units import COLUMNS
from app.rules.workdays import BEIJING
from app.stages.reporting import daily, figures, period_of
from app.stages.reporting.behind import ids_now, lines_of
from app.stages.reporting.cells import count_all, tallies
from app.stages.reporting.contents import counted
from app.stages.reporting.kept import rows_behind, unpacked
from app.stages.reporting.live import totals
from app.stages.reporting.measures import CITY, MEASURES
from app.stages.reporting.period import Period
from app.stages.reporting.sources import SOURCE_OF, SOURCES, TRANSIENT
from app.sweep.figures import check_figures, count_figures
from tests.databases import Desk, sqlite_copy
from tests.figures_offices import CHANNELS, plain_counts, played
from tests.office import Office, moment

FIRST, NOW = date(2025, 6, 1), datetime(2025, 7, 1, 8, 30, tzinfo=BEIJING)
JUNE = period_of("monthly", FIRST)


def by_unit(told: dict[str, Any], measure: str) -> dict[int, tuple[int, int]]:
    """A measure of each unit, as a report has it."""
    one = MEASURES[measure]
    found = {
        int(unit): (counts.get(one.top, 0), counts.get(one.of, 0) if one.of else 0)
        for unit, counts in told["by"]["unit"].items()
    }
    return {unit: pair for unit, pair in found.items() if any(pair)}


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 20))]
)
def test_every_measure_equals_a_plain_count_of_a_generated_office(desk: Desk, seed: int) -> None:
    """Of each unit, of the county, and by the second summary."""
    played(desk.sessions, seed, date(2025, 5, 20), 42, 40)
    count_figures(desk.sessions, NOW)
    with reading(desk.sessions) as session:
        told = figures(session, NOW, JUNE, {})
        plain = plain_counts(session, JUNE.first, JUNE.last, NOW)
        daily = totals(session, "unit", JUNE.first, JUNE.last)
        whole = totals(session, "", JUNE.first, JUNE.last).get("", {})
    assert sum(sum(n for n, _ in units.values()) > 0 for units in plain.values()) >= 14
    for name, measure in MEASURES.items():
        wanted = {unit: pair for unit, pair in plain[name].items() if any(pair)}
        assert by_unit(told, name) == wanted, name
        county = tuple(sum(column) for column in zip(*wanted.values(), strict=True)) or (0, 0)
        found = measure.of_counts(told["by"][""].get("", {}))
        assert (found.n, found.of or 0) == county, name
        if not measure.source.of_days:
            continue
        figure = measure.of_counts(whole)
        assert (figure.n, figure.of or 0) == county, f"{name} of the summary"
        for unit, pair in wanted.items():
            one = measure.of_counts(daily[unit])
            assert (one.n, one.of or 0) == pair, f"{name} of the summary, unit {unit}"


def test_the_six_of_the_citys_own_table_and_the_countys_are_told_of_each_unit() -> None:
    county = {"response", "timely", "satisfaction", "solving", "returning", "redoing"}
    assert county | set(CITY) <= set(COLUMNS) and len(CITY) == 6
    for name in MEASURES:
        for language in ("zh", "en"):
            assert words.word(f"measure.{name}", language) and words.word(f"means.{name}", language)


@pytest.fixture(scope="module")
def office_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated office on SQLite, played once for the tests that work on a copy."""
    file = tmp_path_factory.mktemp("figures") / "played.db"
    with sqlite_copy(sqlite_template, file) as desk:
        played(desk.sessions, 7, date(2025, 5, 20), 42, 40)
    return file


@pytest.fixture
def drawn(office_file: Path, tmp_path: Path) -> Iterator[Desk]:
    with sqlite_copy(office_file, tmp_path / "drawn.db") as desk:
        yield desk


def _keys(told: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
    """(whose, counts) of every line of a report."""
    yield {}, told["by"][""].get("", {})
    for by in ("unit", "category", "township"):
        for key, counts in told["by"][by].items():
            yield {by: int(key)}, counts
    for key, counts in told["by"]["channel"].items():
        yield {"channel": key}, counts


@pytest.mark.long
def test_each_figure_leads_to_a_list_with_exactly_as_many_rows(drawn: Desk) -> None:
    """Of the draft as it was kept, of other days as it is now."""
    with reading(drawn.sessions) as session:
        draft = session.scalars(
            select(ReportDraft).where(ReportDraft.kind == "monthly", ReportDraft.first == FIRST)
        ).one()
        told = json.loads(draft.figures)
        assert draft.count_id is not None
        looked = 0
        for of, counts in _keys(told):
            for flag, n in counts.items():
                source = SOURCE_OF[flag].name
                kept = rows_behind(session, draft.count_id, source, flag, **of)
                assert len({row.id for row in kept}) == n, (flag, of)
                looked += 1
        assert looked > 200
        for flag in SOURCE_OF:
            ids = ids_now(session, JUNE, NOW, flag, {})
            assert len(ids) == told["by"][""][""].get(flag, 0), flag
            assert len(lines_of(session, flag, ids)) == len(ids), flag


def test_a_list_tells_no_words_of_a_case(drawn: Desk) -> None:
    with reading(drawn.sessions) as session:
        for flag in SOURCE_OF:
            ids = ids_now(session, JUNE, NOW, flag, {})
            said = json.dumps(lines_of(session, flag, ids), default=str, ensure_ascii=False)
            assert "诉求人" not in said and "路面塌陷" not in said and "139" not in said


def test_a_frozen_report_leads_to_its_rows_a_year_later_too(drawn: Desk) -> None:
    """Though the rows have changed since: the case of a reply was reclassified, its unit dissolved."""
    office = Office(drawn)
    with reading(drawn.sessions) as session:
        said = session.scalars(select(ReportDraft).where(ReportDraft.first == FIRST)).first()
        assert said is not None
    office.do("2025-07-07 09:00", "centre_head", "issue_report", kind="monthly", first=FIRST)
    before = office.row(Report)
    told = json.loads(before.figures)

    def behind() -> dict[str, list[int]]:
        with reading(drawn.sessions) as session:
            assert before.count_id is not None
            return {
                flag: [row.id for row in rows_behind(session, before.count_id, source.name, flag)]
                for flag, source in SOURCE_OF.items()
            }

    kept = behind()
    office.do("2026-06-01 09:00", "it_admin", "succeed_unit", unit="WATER", successor="PARKS")
    with reading(drawn.sessions) as session:
        assert figures(session, moment("2026-06-02 09:00"), JUNE, {})["by"] != told["by"]
    assert behind() == kept
    assert {flag: len(ids) for flag, ids in kept.items() if ids} == told["by"][""][""]
    with reading(drawn.sessions) as session:
        assert verify(session, drawn.key) == []


def test_the_rows_that_were_kept_cannot_be_changed(drawn: Desk) -> None:
    """By nobody: the database refuses it, and the seals tell it."""
    with pytest.raises(Exception, match="append-only"), transaction(drawn.sessions) as session:
        session.execute(update(ReportRows).values(kept="x"))
    with pytest.raises(Exception, match="append-only"), transaction(drawn.sessions) as session:
        session.execute(delete(ReportRows))


def test_what_is_kept_takes_few_bytes_a_row(drawn: Desk) -> None:
    with reading(drawn.sessions) as session:
        for row in session.scalars(select(ReportRows)):
            flags, rows = unpacked(row.kept)
            assert tuple(flags) == SOURCES[row.source].flags
            assert len(row.kept) <= 260 + 10 * len(rows)


def test_a_township_is_where_the_place_of_a_case_says_so_and_never_of_a_confidential_one(
    drawn: Desk,
) -> None:
    with reading(drawn.sessions) as session:
        told = figures(session, NOW, JUNE, {})
        query = (
            "SELECT count(*) FROM hotline_case WHERE place LIKE '%大柳塔%' AND confidential = false "
            "AND registered_at >= '2025-06-01' AND registered_at < '2025-07-01'"
        )
        wanted = session.scalar(text(query))
    towns = {unit["area"]: id for id, unit in told["named"]["unit"].items() if unit["area"]}
    assert told["by"]["township"][towns["大柳塔"]]["registered"] == wanted > 0


# --- the second summary ---


def stood(sessions: Sessions) -> dict[tuple[Any, ...], int]:
    """The whole second summary."""
    with reading(sessions) as session:
        names = ("by", "day", "unit_id", "category_id", "township_id", "channel", "measure", "n")
        query = select(*(getattr(FigureCount, name) for name in names))
        return {tuple(row[:-1]): row.n for row in session.execute(query)}


def test_touched_days_are_counted_anew_and_come_to_the_same_as_all_days(drawn: Desk) -> None:
    """Morning by morning over a fortnight in which people went on, against all of it at once."""
    office = Office(drawn)
    count_figures(drawn.sessions, NOW)
    last = moment("2025-07-16")
    with reading(drawn.sessions) as session:
        handled = select(Case.id).where(Case.state == "handling").order_by(Case.id).limit(6)
        open_ones = list(session.scalars(handled))
    assert len(open_ones) == 6
    for day, case in zip((2, 3, 4, 7, 8, 9), open_ones, strict=False):
        office.do(
            f"2025-07-{day:02} 09:00",
            "allocator",
            "reclassify",
            case,
            category="供水",
            reason="分类有误，予以更正。",
        )
    for day in range(2, 17):
        office.sweep(f"2025-07-{day:02}")
        count_figures(drawn.sessions, moment(f"2025-07-{day:02}"))
    by_days = stood(drawn.sessions)
    with transaction(drawn.sessions) as session:
        session.execute(delete(FigureCount))
        session.execute(delete(FigureState))
    count_figures(drawn.sessions, last)
    anew = stood(drawn.sessions)
    different = {key for key in by_days.keys() | anew.keys() if by_days.get(key) != anew.get(key)}
    assert {key for key in different if key[-1] not in TRANSIENT} == set()
    assert len(by_days) > 1000


def test_a_first_counting_that_was_stopped_goes_on_where_it_was(
    drawn: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_figures(drawn.sessions, NOW)
    whole = stood(drawn.sessions)
    with transaction(drawn.sessions) as session:
        session.execute(delete(FigureCount))
        session.execute(delete(FigureState))
    write, months = daily.fill, []

    def stopped(session: Any, found: Any, until: datetime) -> int:
        months.append(until)
        if len(months) == 2:
            raise KeyboardInterrupt
        return write(session, found, until)

    monkeypatch.setattr(daily, "fill", stopped)
    with pytest.raises(KeyboardInterrupt):
        count_figures(drawn.sessions, NOW)
    with reading(drawn.sessions) as session:
        assert session.get(FigureState, 1) is None
    count_figures(drawn.sessions, NOW)
    assert len(months) == len({*months}) + 1
    assert stood(drawn.sessions) == whole
    with reading(drawn.sessions) as session:
        assert [row.id for row in session.scalars(select(FigureState))] == [1]


def test_a_difference_is_a_finding_that_names_the_first_row_and_is_put_right(drawn: Desk) -> None:
    """Seen failing: nothing was told of a number that somebody had changed."""
    count_figures(drawn.sessions, NOW)
    assert check_figures(drawn.sessions, NOW) == 0
    with reading(drawn.sessions) as session:
        state = session.get_one(FigureState, 1)
        assert (state.differs, state.checked_at) == (None, NOW)
    before = stood(drawn.sessions)
    with transaction(drawn.sessions) as session:
        session.execute(
            update(FigureCount)
            .where(FigureCount.day == date(2025, 6, 10), FigureCount.measure == "registered")
            .values(n=99)
        )
    later = moment("2025-07-02 02:00")
    assert check_figures(drawn.sessions, later) > 0
    with reading(drawn.sessions) as session:
        told = json.loads(session.get_one(FigureState, 1).differs or "")
    assert (told["day"], told["measure"], told["stood"]) == ("2025-06-10", "registered", 99)
    after = stood(drawn.sessions)
    assert {key: n for key, n in after.items() if key[1] < date(2025, 6, 30)} == {
        key: n for key, n in before.items() if key[1] < date(2025, 6, 30)
    }
    assert check_figures(drawn.sessions, moment("2025-07-03 02:00")) == 0


@pytest.mark.long
def test_an_office_of_fifteen_months_is_compared_with_the_month_and_the_year_before(
    sqlite_desk: Desk,
) -> None:
    """And with the twelve months before, each as a plain count has it."""
    played(sqlite_desk.sessions, 3, date(2024, 6, 1), 456, 150)
    now = moment("2025-09-01")
    count_figures(sqlite_desk.sessions, now)
    august = period_of("monthly", date(2025, 8, 1))
    with reading(sqlite_desk.sessions) as session:
        told = counted(session, now, august, {}).figures["compared"]

        def plain(first: date) -> dict[str, tuple[int, int]]:
            month = period_of("monthly", first)
            found = plain_counts(session, month.first, month.last, now)
            return {
                name: (sum(n for n, _ in units.values()), sum(of for _, of in units.values()))
                for name, units in found.items()
            }

        for since, first in (("before", date(2025, 7, 1)), ("year", date(2024, 8, 1))):
            wanted = plain(first)
            for name, measure in MEASURES.items():
                if measure.source.of_days:
                    found = measure.of_counts(told[since])
                    assert (found.n, found.of or 0) == wanted[name], (since, name)
        assert [one["first"] for one in told["series"]] == [
            *(f"2024-{month:02}-01" for month in range(8, 13)),
            *(f"2025-{month:02}-01" for month in range(1, 8)),
        ]
        for one in told["series"]:
            wanted = plain(date.fromisoformat(one["first"]))
            for name in ("received", "timely", "satisfaction", "supervised"):
                found = MEASURES[name].of_counts(one["counts"])
                assert (found.n, found.of or 0) == wanted[name], (one["first"], name)


def test_a_period_before_the_office_began_is_compared_with_nothing(drawn: Desk) -> None:
    count_figures(drawn.sessions, NOW)
    with reading(drawn.sessions) as session:
        told = figures(session, NOW, JUNE, {})["compared"]
    assert told["year"] is None and told["before"] is not None
    assert [one["counts"] is None for one in told["series"]] == [True] * 11 + [False]


def test_days_of_a_span_are_counted_of_any_two_days(drawn: Desk) -> None:
    count_figures(drawn.sessions, NOW)
    span = Period("days", date(2025, 6, 9), date(2025, 6, 17))
    with reading(drawn.sessions) as session:
        found = totals(session, "channel", span.first, span.last)
        told = tallies(count_all(session, span, NOW, of_days=True).values(), "channel")
    assert len(told) == len(CHANNELS)
    for channel, counts in told.items():
        days = {flag: n for flag, n in counts.items() if SOURCE_OF[flag].of_days}
        assert found.get(channel, {}) == days
