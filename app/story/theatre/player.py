"""The story player: people's steps and daily sweeps by the clock of a story, then exactly what the
bot did."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Sessions, reading, transaction
from app.models import AccountChange, Case, Referral
from app.rules.refusal import NotAllowed
from app.stages.changes import CONFIRMING, KINDS
from app.stages.proposals import waits
from app.story.theatre.furnishing import furnish
from app.story.theatre.hand import Fault, Hand, Refused
from app.story.theatre.record import Told, told
from app.story.theatre.stage import Theatre
from app.story.theatre.stories import Story, day_of, read, timeline
from app.sweep import sweep
from app.words import sentence

APPROVED_BY_THE_PLAYER = {"load_calendar": "approve_calendar", "change_rule": "approve_rule"}
"""What the centre head approves at once, where a story does not say when."""
UNCONFIRMED = "unconfirmed"
"""What a step says that no second person confirms."""
MakeHand = Callable[[Sessions, dict[str, int], Path], Hand]
"""Makes the hand through which a story's people act: sessions, the cases by their letters, the
folder for files."""


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
    if not step.get(UNCONFIRMED):
        _confirm(hand, story, now, step)
    return None


def _confirm(hand: Hand, story: Story, now: datetime, step: Mapping[str, Any]) -> None:
    """What a second person does at once, where the story does not say when."""
    verb = str(step["do"])
    approval = APPROVED_BY_THE_PLAYER.get(verb)
    if approval and not _says(story, approval):
        hand.do(now, "centre_head", approval, {})
    if verb in KINDS and not _says(story, "confirm_account"):
        for word in _waiting_for(hand.sessions):
            hand.do(now, word, "confirm_account", {})
    if verb == "reclassify" and step.get("confidential") is False:
        second = "centre_head" if str(step["as"]) != "centre_head" else "centre_head#2"
        hand.do(now, second, "confirm_lifting", {"case": step["case"]})


def _says(story: Story, verb: str) -> bool:
    """Whether somebody does this in a story."""
    return any(step["do"] == verb for step in story.steps)


def _waiting_for(sessions: Sessions) -> list[str]:
    """Who confirms each change of an account that waits, the oldest first."""
    query = select(AccountChange.confirmers).where(waits(AccountChange))
    with reading(sessions) as session:
        return [
            CONFIRMING[confirmers][-1]
            for confirmers in session.scalars(query.order_by(AccountChange.id))
        ]


def _why(no: NotAllowed | Refused) -> str:
    return f"{no.msgid}: {sentence(no, 'en')}" if isinstance(no, NotAllowed) else str(no)


def _differences(story: Story, events: Sequence[Told]) -> list[str]:
    """What the bot did too much or too little, and how cases stand otherwise than told."""
    did = [event.plain(story.letter) for event in events]
    wanted = [{**row, "day": day_of(row["day"]).isoformat()} for row in story.bot]
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
        furnish(session, story)
    lines = []
    with make_hand(sessions, story.cases, data) as hand:
        for at, step in timeline(story):
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
