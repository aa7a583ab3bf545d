"""What is done about the record from the server's shell: it is verified, its keys are told and
changed."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

import config
from app.cli import front
from app.cli.passphrases import seal
from app.database import engine_from, reading
from app.ledger import NoWitness, found_rows, verify, witness_flaws
from app.ledger.keys import ring_of
from app.supervisor.keyring import ROTATIONS, told_keys
from app.supervisor.signing import told_signers
from app.words import SPOKEN, Message, both
from jobs.children import clock_of
from jobs.files import lost_files
from jobs.servable import Refused, at_our_schema, opened, sessions_of

COULD_NOT_LOOK = 3
"""How `verify` ends where it cannot say whether the record is whole."""


def run_verify(settings: config.Config, given: Namespace) -> int:
    """Name the first broken row of each chain. 0: whole, 1: it is not, 3: it could not be looked
    at."""
    with reading(opened(settings)) as session:
        ring = ring_of(session, settings.ledger_key, settings.retired_keys)
        flaws: list[Any] = [*verify(session, ring, given.case)]
        found = found_rows(session) if given.case is None else {}
        flaws += _unwitnessed(session, given.witness)
        if given.files:
            flaws += lost_files(session, settings.data, given.case)
    for day, n in found.items():
        print(both("shell.sealed_as_found", rows=n, day=day))
    for flaw in flaws:
        print(" ".join(flaw.told(language) for language in SPOKEN))
    if not flaws:
        print(both("shell.record_whole"))
    return 1 if flaws else 0


def _unwitnessed(session: Session, file: Path | None) -> list[Any]:
    """What papers bear, in a file, and no checkpoint has. Raises Refused where it holds nothing of
    the kind."""
    if file is None:
        return []
    try:
        return [*witness_flaws(session, file.read_text("utf-8-sig", "replace").splitlines())]
    except NoWitness:
        raise Refused(Message("shell.no_witness", {"file": file}), COULD_NOT_LOOK) from None


def run_keys(settings: config.Config, given: Namespace) -> int:
    """Say which keys seal the record, or add one (`keys rotate`)."""
    if given.action == "front":
        return front.show_keys(settings.data)
    if given.action == "seal":
        return seal(settings, given)
    if given.action in ROTATIONS:
        print(ROTATIONS[given.action](settings, clock_of(settings)()))
        return 0
    engine = engine_from(settings.database_url)
    at_our_schema(engine)
    with reading(sessions_of(settings, engine)) as session:
        for line in told_keys(settings, session):
            print(line)
        for line in told_signers(settings, session):
            print(line)
    return 0
