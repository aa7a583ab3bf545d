"""When the bot looks by itself: every wake-up as data.

A wake-up is never the only record of something due: what is due stands in the database, and the
next wake-up finds it. The names never change; they stand in Redis, in the rows of runs and in what
watches them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

QUEUE, OUTBOX_QUEUE = "desk", "outbox"
"""The queue that workers listen on, and that of the one who tells people outside the panel: whom a
long pass keeps from nothing."""
JOB_SECONDS, SENDING_SECONDS = 900, 60
"""How long a job may take before its worker ends it, and one that sends; what it had committed stays,
the next one goes on."""


@dataclass(frozen=True)
class Wake:
    """One wake-up: `job` is the function that a worker calls, every `every` seconds, for these
    steps of the pass; which queue it stands in, and how many seconds it may take."""

    name: str
    job: str
    every: int
    steps: Sequence[str]
    queue: str = QUEUE
    seconds: int = JOB_SECONDS


SWEEP = Wake("sweep", "jobs.sweeps.sweep_all", 60, ("marks", "list", "drafts"))
"""The whole pass: the only one that says when a case is looked at again."""
LIST = Wake("supervision-list", "jobs.sweeps.issue_the_list", 300, ("marks", "list"))
"""The list of the working day. What lapses today belongs on it, so it is marked first."""
DRAFTING = Wake("drafting", "jobs.sweeps.draft_dossiers", 300, ("drafts",))
"""The drafting of dossiers."""
PAPERS = Wake("papers", "jobs.sweeps.make_papers", 60, ())
"""The making of the PDFs of reminders that were just issued, before anybody opens one."""
VOLUMES = Wake("volumes", "jobs.sweeps.make_volumes", 10, ())
"""The files of what was sealed. No step of the pass."""
FILES = Wake("files", "jobs.files.compare_a_share", 3600, ())
"""The comparing of stored files, dossiers and papers with the record: a share each hour of the
night."""
BACKUP = Wake("backup", "jobs.backups.back_up_nightly", 3600, (), seconds=4 * 3600)
"""The backup of the night, where a folder for it is set."""
CHECKPOINTS = Wake("checkpoints", "jobs.checkpoints.take_checkpoints", 300, ())
"""The checkpoints over the record: twice in the ten minutes that one counts as fresh."""
FIGURES = Wake("figures", "jobs.figures.count_touched", 600, ())
"""The figures of days that were touched; at night those of all open months."""
FORGETTING = Wake("forgetting", "jobs.sweeps.forget_forms", 3600, ())
"""The answers to forms that were sent too long ago to come again. No step of the pass."""
PAIRS = Wake("pairs", "jobs.sweeps.index_pairs", 6 * 3600, ())
"""The index of the repeat check: what an upgrade left out of it is filled in, pairs are counted
anew."""
MAIL = Wake("mail", "jobs.mail.read_mail", 60, ())
"""The reading of mailboxes, and the telling of receipts and answers."""
SHEETS = Wake("sheets", "jobs.sheets.take_in_sheets", 15, ())
"""The taking in of sheets that were handed over: each goes on where the last round ended."""
SLIPS = Wake("slips", "jobs.slips.hash_slips", 15, ())
"""The making of first passwords for accounts that came by a roster."""
MEDIA = Wake("wechat-media", "jobs.wechat_media.fetch_media", 60, ())
"""The fetching of what callers sent by WeChat, which has it for three days."""
OUTBOX = Wake("outbox", "jobs.outbox.send_waiting", 10, (), OUTBOX_QUEUE, SENDING_SECONDS)
"""The telling of people outside the panel. No step of the pass."""
TIMETABLE = (
    *(SWEEP, LIST, DRAFTING, PAPERS, VOLUMES, CHECKPOINTS, FILES, FIGURES, FORGETTING),
    *(BACKUP, PAIRS, MAIL, SHEETS, SLIPS, MEDIA, OUTBOX),
)
KEPT_SECONDS = 900
"""How long Redis remembers a finished job. The rows of runs remember it for months."""
FAILED_SECONDS = 7 * 24 * 3600
"""How long Redis remembers a failed one, with its error."""
