"""The jobs that workers call: one pass of the bot each, restricted to its steps; and one that keeps
an index. No rule, no decision.

A whole pass makes the other two find nothing; run without it, they do their part. Only the whole
pass moves the moment at which a case is looked at again.
"""

from __future__ import annotations

import time

from app.forgetting import forget
from app.logs import logger
from app.papers.dossier import make_waiting
from app.papers.issued import make_notices
from app.reindex import reindex
from app.sweep import sweep
from jobs.clocks import refuse_wrong_clock
from jobs.desk import desk
from jobs.timetable import DRAFTING, LIST, SWEEP, Wake

log = logger("duban.pass")
Told = dict[str, int]
"""What a job leaves in Redis: counts, never a word of a case."""


def _pass(wake: Wake) -> Told:
    here = desk()
    refuse_wrong_clock(here.sessions)
    began = time.monotonic()
    done = sweep(here.sessions, here.now(), wake.steps, wake.name)
    seconds = round(time.monotonic() - began, 3)
    log.info("pass", wake=wake.name, cases=done.cases, failures=done.failures, seconds=seconds)
    return {"cases": done.cases, "failures": done.failures}


def sweep_all() -> Told:
    """The whole pass over every case that is due."""
    return _pass(SWEEP)


def issue_the_list() -> Told:
    """Issue the supervision list of the working day."""
    return _pass(LIST)


def draft_dossiers() -> Told:
    """Draft the dossiers that are due."""
    return _pass(DRAFTING)


def make_volumes() -> Told:
    """Make the files of what was sealed without them: here, because typesetting takes seconds that a
    page has not."""
    here = desk()
    return {"volumes": len(make_waiting(here.sessions, here.settings.data, here.now()))}


def make_papers() -> Told:
    """Make the PDFs of the reminders of the last day that have none yet."""
    here = desk()
    return {"papers": make_notices(here.sessions, here.settings.data, here.now())}


def forget_forms() -> Told:
    """Forget the answers to forms that can no longer be sent again."""
    here = desk()
    return {"forms": forget(here.sessions, here.now())}


def index_pairs() -> Told:
    """Bring the index of the repeat check up to date."""
    here = desk()
    return {"cases": reindex(here.sessions, here.now())}
