"""请领导关注: what a leader is to look at, found by rule: two to five sentences, each with the rows
behind it. The words stand in the catalogues (`attention.<rule>`), the facts in the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.rules.evaluation import rate

MOST, LEAST = 5, 2
"""So many sentences at most, and so many at least where there is anything to tell."""
HOT, NEW, AGAIN, UNMET, RATED = 3, 3, 2, 2, 5
"""From how many on: cases of a category, of one that is new, repeats, late answers, judgements."""
BELOW = 10
"""How many points below the county's a unit's satisfaction is told."""
RULES = ("new", "place", "rising", "again", "late", "below", "opened", "came", "in_time")
"""What is looked for; the last two are told where there is little else."""
ALONE = ("place_alone", "came_alone")
"""What is said instead where there is nothing to compare with."""

Figures = Mapping[str, Any]
Sentence = dict[str, Any]


def attention(figures: Figures) -> list[Sentence]:
    """The sentences: the rule, the facts of its words, and what it leads to (a flag, and whose)."""
    found = [
        *_hot(figures),
        *_again(figures),
        *_late(figures),
        *_below(figures),
        *_opened(figures),
    ][:MOST]
    return found + [*_plain(figures)][: max(0, LEAST - len(found))]


def _sentence(rule: str, flag: str, of: Mapping[str, Any], **facts: Any) -> Sentence:
    return {"rule": rule, "facts": facts, "flag": flag, "of": dict(of)}


def _largest(tallies: Mapping[str, Any], flag: str, least: int) -> list[tuple[str, int]]:
    """(key, how much) of those that count at least so much, the most first."""
    found = [(key, counts.get(flag, 0)) for key, counts in tallies.items() if key not in ("0", "")]
    return sorted((one for one in found if one[1] >= least), key=lambda one: (-one[1], one[0]))


def _hot(figures: Figures) -> Iterator[Sentence]:
    """The two categories with most cases: new ones, those of one place, those that rose."""
    earlier: Mapping[str, int] = figures["compared"]["categories"]
    known = figures["compared"]["before"] is not None
    for key, n in _largest(figures["by"]["category"], "registered", HOT)[:2]:
        name, was = figures["named"]["category"][key], earlier.get(key, 0)
        place, there = _place(figures, key)
        if 2 * there > n:
            of = {"category": int(key), "township": int(place)}
            facts = {"category": name, "n": n, "there": there, "was": was if known else None}
            place_name = figures["named"]["unit"][place]["area"]
            yield _sentence("place", "registered", of, place=place_name, **facts)
        elif known and not was and n >= NEW:
            yield _sentence("new", "registered", {"category": int(key)}, category=name, n=n)
        elif known and n > was:
            yield _sentence(
                "rising", "registered", {"category": int(key)}, category=name, n=n, was=was
            )


def _place(figures: Figures, category: str) -> tuple[str, int]:
    """The township in which most cases of a category lie, and how many."""
    found = figures["places"].get(category, {})
    return max(found.items(), key=lambda one: (one[1], -int(one[0])), default=("0", 0))


def _again(figures: Figures) -> Iterator[Sentence]:
    """Of which category callers said most often that it is not solved."""
    for key, n in _largest(figures["by"]["category"], "repeats", AGAIN)[:1]:
        name = figures["named"]["category"][key]
        yield _sentence("again", "repeats", {"category": int(key)}, category=name, n=n)


def _late(figures: Figures) -> Iterator[Sentence]:
    """Which unit let most pass of what was due."""
    units = figures["by"]["unit"]
    for key, n in _largest(units, "unmet", UNMET)[:1]:
        facts = {
            "unit": figures["named"]["unit"][key]["name"],
            "n": n,
            "due": units[key].get("due", 0),
            "overdue": units[key].get("overdue", 0),
        }
        yield _sentence("late", "unmet", {"unit": int(key)}, **facts)


def _below(figures: Figures) -> Iterator[Sentence]:
    """Whose callers are least content, where that is far below the county's."""
    whole = figures["by"][""].get("", {})
    county = rate(whole.get("content", 0), whole.get("rated", 0))
    shares = [
        (share, key, counts)
        for key, counts in figures["by"]["unit"].items()
        if key != "0" and counts.get("rated", 0) >= RATED
        if (share := rate(counts.get("content", 0), counts["rated"])) is not None
    ]
    if county is None or not shares:
        return
    share, key, counts = min(shares, key=lambda one: (one[0], one[1]))
    if county - share >= BELOW:
        facts = {"unit": figures["named"]["unit"][key]["name"], "share": str(share)}
        facts |= {"county": str(county), "rated": counts["rated"]}
        yield _sentence("below", "rated", {"unit": int(key)}, **facts)


def _opened(figures: Figures) -> Iterator[Sentence]:
    """How many items the room opened, about how many units."""
    n = figures["by"][""].get("", {}).get("supervised", 0)
    if n:
        units = sum(1 for one in figures["by"]["unit"].values() if one.get("supervised"))
        yield _sentence("opened", "supervised", {}, n=n, units=units)


def _plain(figures: Figures) -> Iterator[Sentence]:
    """How much came, and how much of what was due was answered in time."""
    whole, earlier = figures["by"][""].get("", {}), figures["compared"]["before"]
    was = None if earlier is None else earlier.get("registered", 0)
    yield _sentence("came", "registered", {}, n=whole.get("registered", 0), was=was)
    if whole.get("due"):
        facts = {"n": whole.get("answered_in_time", 0), "due": whole["due"]}
        yield _sentence("in_time", "answered_in_time", {}, **facts)
