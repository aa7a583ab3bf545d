"""The story player: people's steps and daily sweeps by the clock of a story, then exactly what the
bot did."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Sessions, reading, transaction
from app.models import AccountChange, Case, Category, Referral, SlaRule
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING, sweep_on
from app.stages.calendar import fill, set_days
from app.stages.changes import CONFIRMING, KINDS
from app.stages.proposals import waits
from app.story.theatre.cast import actor_named, unit_named
from app.story.theatre.hand import Fault, Hand, Refused
from app.story.theatre.record import Told, told
from app.story.theatre.stage import Theatre
from app.sweep import sweep
from app.words import sentence

APPROVED_BY_THE_PLAYER = {"load_calendar": "approve_calendar", "change_rule": "approve_rule"}
"""What the centre head approves at once, where a story does not say when."""
UNCONFIRMED = "unconfirmed"
"""What a step says that no second person confirms."""
MakeHand = Callable[[Sessions, dict[str, int], Path], Hand]
"""Makes the hand through which a story's people act: sessions, the cases by their letters, the
folder for files."""


@dataclass
class Story:
    """One file: its steps in order, its sweeps, what the bot must have done and how cases must
    stand at the end."""

    path: Path
    steps: list[dict[str, Any]]
    days: list[date]
    office: dict[str, Any]
    calendar: dict[date, bool]
    bot: list[dict[str, Any]]
    finally_: list[dict[str, Any]]
    cases: dict[str, int] = field(default_factory=dict)

    @property
    def start(self) -> datetime:
        """The first moment of the story."""
        moments = [moment_of(step["at"]) for step in self.steps] + [
            sweep_on(day) for day in self.days
        ]
        return min(moments)

    def letter(self, id: int) -> str:
        """The letter of a case."""
        return next((letter for letter, known in self.cases.items() if known == id), f"#{id}")


def moment_of(value: Any) -> datetime:
    """A story's moment: `2025-09-23 09:00`, Beijing time."""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return at.replace(tzinfo=BEIJING) if at.tzinfo is None else at


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _down(spans: Sequence[Any]) -> set[date]:
    days: set[date] = set()
    for span in spans:
        first, _, last = str(span).partition("..")
        day, end = _day(first), _day(last or first)
        while day <= end:
            days.add(day)
            day += timedelta(days=1)
    return days


def read(path: Path) -> Story:
    """Read a story; ValueError names what is wrong with it."""
    raw = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(raw, Mapping) or "people" not in raw:
        raise ValueError(f"{path}: a story has people")
    sweeps = raw.get("sweeps") or {}
    days = []
    if sweeps:
        day, last, down = _day(sweeps["from"]), _day(sweeps["to"]), _down(sweeps.get("down") or ())
        while day <= last:
            if day not in down:
                days.append(day)
            day += timedelta(days=1)
    calendar = {_day(day): word == "work" for day, word in (raw.get("calendar") or {}).items()}
    steps = sorted(raw["people"], key=lambda step: moment_of(step["at"]))
    return Story(
        path,
        steps,
        days,
        dict(raw.get("office") or {}),
        calendar,
        list(raw.get("bot") or ()),
        list(raw.get("finally") or ()),
    )


def _timeline(story: Story) -> Iterator[tuple[datetime, dict[str, Any] | None]]:
    """Steps and sweeps (None) in order; a step at 08:30 happens before that day's sweep."""
    moments: list[tuple[datetime, int, dict[str, Any] | None]] = [
        (moment_of(step["at"]), 0, step) for step in story.steps
    ]
    moments += [(sweep_on(day), 1, None) for day in story.days]
    for at, _, step in sorted(moments, key=lambda one: one[:2]):
        yield at, step


def _furnish(session: Session, story: Story) -> None:
    """The office of a story: its calendar, its settings, every unit and category that it names."""
    fill(session, story.start, max(story.calendar, default=None))
    if story.calendar:
        set_days(session, story.calendar)
    since = datetime(2000, 1, 1, tzinfo=BEIJING)
    for name, value in story.office.items():
        word = (
            {True: "true", False: "false"}.get(value, str(value))
            if isinstance(value, bool)
            else str(value)
        )
        session.add(
            SlaRule(
                name=name,
                value=word,
                valid_from=since,
                reason="",
                changed_at=since,
                approved_at=since,
            )
        )
    for step in story.steps:
        _, _, code = str(step["as"]).partition("#")[0].partition("@")
        units = (
            code,
            *map(step.get, ("unit", "successor", "complained_unit")),
            *(step.get("assists") or ()),
        )
        for named in filter(None, units):
            unit_named(session, named)
        actor_named(session, str(step["as"]))
    made = {step["name"] for step in story.steps if step["do"] == "add_category" and "name" in step}
    there = set(session.scalars(select(Category.name)))
    session.add_all(Category(name=name) for name in sorted(_categories(story) - made - there))


def _categories(story: Story) -> set[str]:
    """The categories by which a story classifies."""
    return {
        str(step["category"])
        for step in story.steps
        if step["do"] in ("register", "reclassify")
        and step.get("category")
        and not step.get("refused")
    }


def _before(hand: Hand, now: datetime, step: Mapping[str, Any]) -> None:
    """What the player does by itself: completes a draft that is reviewed, opens the paper as the
    approver."""
    case = hand.cases.get(str(step.get("case")))
    if step["do"] == "review_referral" and not _completed(hand, case):
        hand.do(now, "officer", "complete_referral", {"case": step["case"], **_unit(step)})
    if (
        step["do"] == "approve_referral"
        and str(step["as"]).partition("#")[0] == "leader"
        and _drafted(hand, case)
    ):
        hand.do(now, str(step["as"]), "open_paper", {"case": step["case"], **_unit(step)})


def _unit(step: Mapping[str, Any]) -> dict[str, Any]:
    return {"unit": step["unit"]} if "unit" in step else {}


def _referral(hand: Hand, case: int | None) -> Referral | None:
    with transaction(hand.sessions) as session:
        return session.scalars(
            select(Referral).where(Referral.case_id == case).order_by(Referral.id.desc())
        ).first()


def _completed(hand: Hand, case: int | None) -> bool:
    row = _referral(hand, case)
    return row is None or row.state != "drafted" or row.completed_by_id is not None


def _drafted(hand: Hand, case: int | None) -> bool:
    return _referral(hand, case) is not None


def _act(hand: Hand, story: Story, now: datetime, step: Mapping[str, Any]) -> str | None:
    """One step; what is wrong with how it went, or None."""
    verb, refused = str(step["do"]), bool(step.get("refused"))
    where = f"{step['at']} {step['as']} {verb}"
    try:
        _before(hand, now, step)
        hand.do(now, str(step["as"]), verb, step)
    except (NotAllowed, Refused) as no:
        return None if refused else f"! {where}: refused: {_why(no)}"
    except Fault as fault:
        return f"! {where}: {fault}"
    if refused:
        return f"! {where}: was not refused"
    approval = APPROVED_BY_THE_PLAYER.get(verb)
    if (
        approval
        and not step.get(UNCONFIRMED)
        and not any(one["do"] == approval for one in story.steps)
    ):
        hand.do(now, "centre_head", approval, {})
    if (
        verb in KINDS
        and not step.get(UNCONFIRMED)
        and not any(one["do"] == "confirm_account" for one in story.steps)
    ):
        for word in _waiting_for(hand.sessions):
            hand.do(now, word, "confirm_account", {})
    if verb == "reclassify" and step.get("confidential") is False and not step.get(UNCONFIRMED):
        second = "centre_head" if str(step["as"]) != "centre_head" else "centre_head#2"
        hand.do(now, second, "confirm_lifting", {"case": step["case"]})
    return None


def _waiting_for(sessions: Sessions) -> list[str]:
    """Who confirms each change of an account that waits, the oldest first."""
    query = select(AccountChange.confirmers).where(waits(AccountChange))
    with reading(sessions) as session:
        return [CONFIRMING[one][-1] for one in session.scalars(query.order_by(AccountChange.id))]


def _why(no: NotAllowed | Refused) -> str:
    return f"{no.msgid}: {sentence(no, 'en')}" if isinstance(no, NotAllowed) else str(no)


def _differences(story: Story, events: Sequence[Told]) -> list[str]:
    """What the bot did too much or too little, and how cases stand otherwise than told."""
    did = [event.plain(story.letter) for event in events]
    wanted = [{**row, "day": _day(row["day"]).isoformat()} for row in story.bot]
    wanted = [
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in row.items()
        }
        for row in wanted
    ]
    lines = []
    for row in wanted:
        if row in did:
            did.remove(row)
        else:
            lines.append(f"- {row}")
    return lines + [f"+ {row}" for row in did]


def _standing(session: Session, story: Story) -> list[str]:
    lines = []
    for row in story.finally_:
        case = session.get(Case, story.cases.get(str(row["case"]), 0))
        if case is None:
            lines.append(f"= case {row['case']}: not there")
            continue
        for name in ("state", "round", "repeats"):
            if name in row and getattr(case, name) != row[name]:
                lines.append(
                    f"= case {row['case']}: {name} is {getattr(case, name)}, not {row[name]}"
                )
    return lines


def perform_story(
    sessions: Sessions, story: Story, data: Path | None = None, hand: MakeHand = Hand
) -> tuple[list[Told], list[str]]:
    """Play a story on an empty office: the bot's events, and all differences from what it says.
    Dossiers are made in `data`, or in a folder that is gone afterwards; `hand`: through what its
    people act."""
    with tempfile.TemporaryDirectory(prefix="duban-story-") as folder:
        return _performed(sessions, story, data or Path(folder), hand)


def _performed(
    sessions: Sessions, story: Story, data: Path, make_hand: MakeHand
) -> tuple[list[Told], list[str]]:
    with transaction(sessions) as session:
        _furnish(session, story)
    lines = []
    with make_hand(sessions, story.cases, data) as hand:
        for at, step in _timeline(story):
            if step is None:
                sweep(sessions, at)
            else:
                wrong = _act(hand, story, at, step)
                if wrong:
                    lines.append(wrong)
    with transaction(sessions) as session:
        events = told(session)
        return events, lines + _differences(story, events) + _standing(session, story)


def play(
    paths: Sequence[Path], url: str, key: bytes, hand: MakeHand = Hand
) -> Iterator[tuple[Path, Story, list[Told], list[str]]]:
    """Play files one after another, each on an empty database of its own."""
    with Theatre(url, key) as theatre:
        for path in paths:
            story = read(path)
            with theatre.empty() as sessions:
                events, lines = perform_story(sessions, story, hand=hand)
            yield path, story, events, lines
