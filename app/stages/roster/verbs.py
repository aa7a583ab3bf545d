"""The verbs of rosters."""

from __future__ import annotations

from app.models import Roster
from app.stages.roster.handing import confirm_roster, take_in_roster
from app.stages.roster.slips import make_slips, print_slips
from app.stages.verb import ACCEPT, NO_CASE, ROW, Verb, field, proposals

VERBS = (
    Verb(
        "take_in_roster",
        run=take_in_roster,
        on=NO_CASE,
        fields=(field("name!", most=120), field("sha256!", most=64), field("rows!")),
        roles=("it_admin",),
        event="roster.taken_in",
    ),
    Verb(
        "confirm_roster",
        run=confirm_roster,
        on=proposals(Roster),
        fields=(ACCEPT,),
        roles=("centre_head",),
        event=("roster.confirmed", "roster.refused"),
        guarded=True,
    ),
    Verb(
        "make_slips",
        run=make_slips,
        on=NO_CASE,
        fields=(ROW, field("public!", most=64)),
        roles=("centre_head",),
        event="roster.slips_asked",
        guarded=True,
    ),
    Verb(
        "print_slips",
        run=print_slips,
        on=NO_CASE,
        fields=(ROW, field("own!", most=64)),
        roles=("centre_head",),
        event="roster.slips_printed",
        guarded=True,
    ),
)
