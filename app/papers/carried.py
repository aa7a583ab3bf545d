"""The slip 交接单 that goes with a medium to the committee's own network, to be signed there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.papers.blocks import Page, aside, moment, pairs, paragraph, say, value
from app.papers.letter import page
from app.papers.notices import verified_by

Facts = Mapping[str, Any]


def handover(facts: Facts) -> Page:
    """交接单: what is on the medium, what it is verified by, who hands it over, and room for who
    takes it."""
    volume = say("papers.receipt.volume", case_number=facts["case_number"], volume=facts["version"])
    return page(
        facts,
        say("papers.handover.title"),
        paragraph(say("papers.handover.said", number=facts["number"], volume=volume)),
        pairs(
            [
                (
                    "papers.handover.medium",
                    aside(value("carried_on", facts["medium"]), facts["label"]),
                ),
                *verified_by(facts),
                ("papers.handover.size", say("papers.handover.bytes", n=facts["size"])),
                ("papers.handover.by", facts["handed_by"]),
                ("papers.handover.at", moment(facts["at"])),
                ("papers.handover.carrier", facts["carrier"]),
                ("papers.handover.taken_by", say("papers.blank")),
                ("papers.handover.taken_at", say("papers.blank_date")),
                ("papers.handover.verified", say("papers.handover.choices")),
            ]
        ),
        paragraph(say("papers.handover.end")),
    )
