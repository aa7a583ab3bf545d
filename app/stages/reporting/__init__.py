"""(5) reporting. "Regularly classify and analyse calls, content and handling; comprehensively
evaluate the organizers; report suggestions to county leaders."

What counts, and on which day (days are Beijing's; a period runs from 00:00 of its first day to
24:00 of its last). What happened is dated by its row; what is known of it - a return accepted, a
reply refused, a visit amended, a unit found not responsible - is as known when the report is
drafted, or counted again. A case counts on the day it was registered, a contact on the day it was
entered, so that each is in exactly one report of a kind. `sources` says which rows are counted,
`measures` what of them is told; how often an event word fell comes from the day's summary.

allocated: assignments (lead, assist, redo) allocated in the period; not those cancelled before
anybody signed (recalled). `returned`: those of them whose return was accepted. Signed in time:
signed before the signing clock ran out. `running`: not signed yet when it is counted, and still in
time or with a return pending. fell due: the due moment lies after the first 00:00 and not after the
last 24:00 - wherever it was moved to by then. Not those returned, nor those `ended` (cancelled)
before that moment. answered in time and not later refused: of those due, a final reply that is not
late and not refused; an emergency is also met by an interim reply filed in time, unless refused. on
time, late, answered: final replies filed in the period and not refused, by the verdict frozen at
filing. open, overdue: at the end of the period allocated, not ended, without a final reply that is
not refused; overdue where due by then. rated, asked: visits that ended in the period, by the
outcome of their newest record; a visit is the unit's whose lead assignment was accepted last before
it was planned, else the centre's own (direct answers). `excluded`: the latest review of that round
found the unit not responsible, under a code. Asked is every visit that was done. redo ordered
(leads of a further round), refused and accepted returns, repeats, supervised (items opened),
referred: of the period, each by its row. reminders: issued in the period and not void; lapsed:
lapsed in the period, not in error. untrue: rounds of cases of which a visit of the period says
untrue, not excluded. leaks: identity leaks that the centre head names when issuing, by unit.
closed: cases closed in the period and still closed, by lead unit.
"""

from __future__ import annotations

from app.stages.reporting.contents import changes, figures
from app.stages.reporting.contesting import agree_figures, answer_contest, contest_figures
from app.stages.reporting.drafting import due_reports, file_drafts, wanted_reports
from app.stages.reporting.issue import issue_report, reissue_report
from app.stages.reporting.period import KINDS, Period, period_of
from app.stages.reporting.summary import drift, recount

__all__ = [
    "KINDS",
    "Period",
    "agree_figures",
    "answer_contest",
    "changes",
    "contest_figures",
    "drift",
    "due_reports",
    "figures",
    "file_drafts",
    "issue_report",
    "period_of",
    "recount",
    "reissue_report",
    "wanted_reports",
]
