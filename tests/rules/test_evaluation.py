"""(5) evaluation of units: 100 points, each sentence of the table and its worked example."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.rules.evaluation import (
    Evaluation,
    Points,
    UnitCounts,
    band,
    evaluate,
    half_up,
    points_of,
    ranking,
    rate,
    tier,
)
from app.rules.refusal import NotAllowed

EXAMPLE = UnitCounts(
    allocated=120,
    signed_in_time=117,
    due=110,
    answered_in_time=104,
    satisfied=70,
    basically=12,
    dissatisfied=8,
    asked=90,
    solved=76,
    redo_ordered=5,
    answered=108,
    refused_returns=2,
    reminders=6,
    lapsed=1,
    supervised=1,
    closed=100,
)
GOOD = UnitCounts(
    allocated=100,
    signed_in_time=100,
    due=100,
    answered_in_time=100,
    satisfied=100,
    asked=100,
    solved=100,
    answered=100,
    closed=100,
)


def points(name: str, **counts: int) -> Decimal | None:
    """The points of one item of an otherwise faultless unit."""
    return evaluate(replace(GOOD, **counts)).items[name].points


def total(**counts: int) -> Decimal:
    """The total of an otherwise faultless unit."""
    found = evaluate(replace(GOOD, **counts)).total
    assert found is not None
    return found


def test_worked_example() -> None:
    found = evaluate(EXAMPLE)
    assert {name: str(line.points) for name, line in found.items.items()} == {
        "signing": "8.75",
        "answering": "24.55",
        "satisfaction": "28.05",
        "solving": "8.61",
        "redo": "5.37",
        "returns": "8.33",
    }
    assert (str(found.subtotal), str(found.deducted)) == ("83.66", "3.70")
    assert (str(found.total), found.band) == ("79.96", "合格")


def test_the_rate_r_is_rounded_half_up_to_2_decimals() -> None:
    assert [str(rate(*pair)) for pair in ((104, 110), (1, 3), (2, 3), (1, 800))] == [
        "94.55",
        "33.33",
        "66.67",
        "0.13",
    ]


def test_the_points_lost_are_computed_from_that_r_and_rounded_half_up_1945_is_195() -> None:
    assert half_up(Decimal("1.945")) == Decimal("1.95")
    line = evaluate(EXAMPLE).items["satisfaction"]
    assert line.rate == Decimal("91.11")
    assert 30 - Decimal("0.5") * (95 - Decimal("91.11")) == Decimal("28.055")
    assert line.points == Decimal("28.05"), "the points lost are rounded, not the points left"


@pytest.mark.parametrize(
    ("signed", "left"), [(100, "10.00"), (90, "5.00"), (80, "0.00"), (20, "0.00")]
)
def test_signed_in_time(signed: int, left: str) -> None:
    assert str(points("signing", signed_in_time=signed)) == left


def test_signed_in_time_of_allocated_less_accepted_returns() -> None:
    line = evaluate(replace(GOOD, returned=20, running=5, signed_in_time=60)).items["signing"]
    assert (line.numerator, line.denominator, line.rate) == (60, 75, Decimal("80.00"))
    assert line.excluded == {"returned": 20, "running": 5}


@pytest.mark.parametrize(
    ("answered", "left"), [(100, "30.00"), (99, "29.00"), (70, "0.00"), (10, "0.00")]
)
def test_answered_in_time_of_what_fell_due(answered: int, left: str) -> None:
    assert str(points("answering", answered_in_time=answered)) == left


@pytest.mark.parametrize(
    ("pleased", "left"),
    [(100, "30.00"), (95, "30.00"), (94, "29.50"), (65, "15.00"), (64, "15.00"), (0, "15.00")],
)
def test_satisfaction_r_from_95_has_30_and_never_less_than_15(pleased: int, left: str) -> None:
    assert (
        str(points("satisfaction", satisfied=0, basically=pleased, dissatisfied=100 - pleased))
        == left
    )


def test_refusals_unreachable_and_excluded_are_left_out_of_the_rated_and_shown() -> None:
    line = evaluate(
        replace(GOOD, satisfied=5, dissatisfied=5, declined=3, unreachable=2, excluded=1)
    )
    assert line.items["satisfaction"].denominator == 10
    assert line.items["satisfaction"].excluded == {"declined": 3, "unreachable": 2, "excluded": 1}


@pytest.mark.parametrize(
    ("solved", "left"), [(100, "10.00"), (90, "10.00"), (89, "9.75"), (50, "0.00"), (0, "0.00")]
)
def test_solved_of_asked(solved: int, left: str) -> None:
    assert str(points("solving", solved=solved)) == left


@pytest.mark.parametrize(
    ("ordered", "left"), [(0, "10.00"), (1, "9.00"), (10, "0.00"), (150, "0.00")]
)
def test_redo_ordered_of_answered(ordered: int, left: str) -> None:
    assert str(points("redo", redo_ordered=ordered)) == left


@pytest.mark.parametrize(
    ("refused", "left"), [(0, "10.00"), (2, "8.00"), (10, "0.00"), (50, "0.00")]
)
def test_refused_returns_of_allocated(refused: int, left: str) -> None:
    assert str(points("returns", refused_returns=refused)) == left


@pytest.mark.parametrize(
    ("name", "each"),
    [
        ("reminders", "0.2"),
        ("lapsed", "0.5"),
        ("supervised", "2"),
        ("untrue", "5"),
        ("leaks", "10"),
        ("referred", "10"),
    ],
)
def test_deductions(name: str, each: str) -> None:
    assert total(**{name: 1}) == 100 - Decimal(each)
    assert total(**{name: 2}) == 100 - 2 * Decimal(each)


def test_deductions_together_are_at_most_30() -> None:
    found = evaluate(replace(GOOD, referred=3, leaks=2, reminders=5))
    assert sum(found.deductions.values()) == Decimal("51.0")
    assert (found.deducted, found.total) == (30, 70)


@pytest.mark.parametrize(
    ("reached", "word"),
    [
        ("100", "优秀"),
        ("90", "优秀"),
        ("89.99", "良好"),
        ("80", "良好"),
        ("79.99", "合格"),
        ("60", "合格"),
        ("59.99", "不合格"),
        ("-15", "不合格"),
    ],
)
def test_bands_are_never_rounded_up(reached: str, word: str) -> None:
    assert band(Decimal(reached), Points()) == word


def test_a_band_is_not_reached_by_rounding_where_weight_is_spread() -> None:
    whole = evaluate(replace(GOOD, asked=0, solved=0, answered_in_time=91))
    assert (whole.total, whole.band) == (Decimal("90.00"), "优秀"), "81 of 90"
    cut = evaluate(replace(GOOD, asked=0, solved=0, satisfied=93, dissatisfied=7))
    assert 89 * Decimal(100) / 90 > Decimal("98.888")
    assert cut.total == Decimal("98.88"), "cut, not rounded"


def test_a_zero_denominator_is_a_dash_and_its_weight_is_spread_over_the_others() -> None:
    found = evaluate(replace(EXAMPLE, asked=0, solved=0))
    assert (found.items["solving"].rate, found.items["solving"].points) == (None, None)
    assert found.subtotal == Decimal("83.38"), "(83.66 - 8.61) / 90 x 100, cut"
    assert found.total == Decimal("79.68")
    assert total(asked=0, solved=0, answered=0) == 100


def test_nothing_measured_is_a_dash_throughout() -> None:
    found = evaluate(UnitCounts(reminders=2, closed=9))
    assert (found.subtotal, found.total, found.band, found.ranked) == (None, None, None, False)


def ranked(**closed: tuple[int, int]) -> dict[int, list[tuple[int, str]]]:
    """The ranking of units given as name=(closed, answered in time of 100)."""
    units: dict[str, Evaluation] = {
        name: evaluate(replace(GOOD, closed=one, answered_in_time=answered))
        for name, (one, answered) in closed.items()
    }
    return ranking(units)


def test_fewer_than_5_closed_is_listed_not_ranked() -> None:
    assert not evaluate(replace(GOOD, closed=4)).ranked
    assert evaluate(replace(GOOD, closed=4)).total == 100
    assert evaluate(replace(GOOD, closed=5)).ranked
    assert ranked(A=(4, 100), B=(5, 90)) == {3: [(1, "B")]}


def test_ranked_within_tiers_of_volume() -> None:
    assert [tier(closed, Points()) for closed in (500, 50, 49, 10, 9, 5)] == [1, 1, 2, 2, 3, 3]
    assert ranked(A=(50, 80), B=(49, 100), C=(60, 90), D=(10, 99), E=(9, 70)) == {
        1: [(1, "C"), (2, "A")],
        2: [(1, "B"), (2, "D")],
        3: [(1, "E")],
    }


def test_ties_share_a_rank_and_the_next_is_passed_over() -> None:
    assert ranked(A=(60, 90), B=(70, 90), C=(80, 80), D=(90, 95))[1] == [
        (1, "D"),
        (2, "A"),
        (2, "B"),
        (4, "C"),
    ]


def test_numerator_denominator_and_exclusions_are_shown() -> None:
    line = evaluate(replace(EXAMPLE, returned=0, ended=4)).items["answering"]
    assert (line.numerator, line.denominator, line.excluded) == (104, 110, {"ended": 4})


def test_points_are_settings() -> None:
    ours = points_of(
        {
            "evaluation.signing.weight": "20",
            "evaluation.answering.weight": "20",
            "evaluation.deductions.reminder": "1",
        }
    )
    found = evaluate(EXAMPLE, ours)
    assert (found.items["signing"].points, found.items["answering"].points) == (
        Decimal("18.75"),
        Decimal("14.55"),
    )
    assert found.deductions["reminder"] == 6
    assert points_of({}) == Points()
    assert Points().whole == 100


@pytest.mark.parametrize(
    ("name", "value", "msgid"),
    [
        ("evaluation.signing.weight", "11", "evaluation_not_100"),
        ("evaluation.satisfaction.least", "31", "evaluation_not_100"),
        ("evaluation.signing.weight", "ten", "evaluation_setting"),
        ("evaluation.signing.weight", "NaN", "evaluation_setting"),
        ("evaluation.signing.each", "-1", "evaluation_setting"),
        ("evaluation.signing.falling", "1", "evaluation_setting"),
        ("evaluation.speed.weight", "1", "evaluation_setting"),
        ("evaluation.bands", "1", "evaluation_setting"),
    ],
)
def test_points_that_make_no_sense_are_refused(name: str, value: str, msgid: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        points_of({name: value})
    assert refused.value.msgid == msgid
