"""What the figures of a report are called, and in which order they stand. [procedure 5]"""

from __future__ import annotations

UNITS = {
    "allocated": "figures.unit.allocated",
    "on_time": "figures.unit.on_time",
    "late": "figures.unit.late",
    "open": "figures.unit.open",
    "overdue": "figures.unit.overdue",
    "average_workdays": "figures.unit.average_workdays",
    "returns": "figures.unit.returns",
    "reminders": "figures.unit.reminders",
    "lapsed": "figures.unit.lapsed",
    "supervised": "figures.unit.supervised",
    "redo": "figures.unit.redo",
    "repeats": "figures.unit.repeats",
    "closed": "figures.unit.closed",
    "rated": "figures.unit.rated",
    "satisfaction": "figures.unit.satisfaction",
    "unrated": "figures.unit.unrated",
    "asked": "figures.unit.asked",
    "solved": "figures.unit.solved",
    "partly": "figures.unit.partly",
    "unreasonable": "figures.unit.unreasonable",
}
"""A unit's line: the order of the columns, and their heads."""
COUNTY = {
    **{name: UNITS[name] for name in ("allocated", "on_time", "late")},
    "in_time": "figures.county.in_time",
    **{
        name: UNITS[name]
        for name in ("closed", "rated", "satisfaction", "asked", "solved", "repeats")
    },
}
"""The whole county's figures, over all units and the centre."""
CENTRE = {
    "closed": "figures.county.closed",
    "rated": "figures.county.rated",
    "satisfaction": "figures.county.satisfaction",
    "asked": "figures.county.asked",
    "solved": "figures.county.solved",
    "repeats": "figures.county.repeats",
    "centre_overdue": "figures.county.centre_overdue",
    "room_overdue": "figures.county.room_overdue",
}
ITEMS = {
    "signing": "figures.item.signing",
    "answering": "figures.item.answering",
    "satisfaction": "figures.item.satisfaction",
    "solving": "figures.item.solving",
    "redo": "figures.unit.redo",
    "returns": "figures.item.returns",
}
EXCLUDED = {
    "ended": "figures.excluded.ended",
    "declined": "figures.excluded.declined",
    "excluded": "figures.excluded.excluded",
    "unreachable": "figures.excluded.unreachable",
    "returned": "figures.excluded.returned",
    "running": "figures.excluded.running",
}
DEDUCTED = {
    "reminder": "figures.unit.reminders",
    "lapsed": "figures.unit.lapsed",
    "supervised": "figures.unit.supervised",
    "untrue": "figures.deducted.untrue",
    "leak": "figures.deducted.leak",
    "referred": "figures.deducted.referred",
}
TITLES = {
    "by_channel": "figures.by_channel",
    "by_kind": "figures.by_kind",
    "by_mode": "figures.by_mode",
    "by_category": "figures.by_category",
    "by_place": "figures.by_place",
}
DOMAINS = {"by_channel": "channel", "by_kind": "kind", "by_mode": "mode"}
OTHERS = {
    "by_mode": {"none": "figures.not_allocated"},
    "by_place": {"other": "figures.other"},
}
