"""The pages of a dossier that show the record itself, page by page. [procedure 8, page order]"""

from __future__ import annotations

from app.papers.blocks import (
    NONE,
    Block,
    aside,
    before,
    day,
    heading,
    listed,
    moment,
    pairs,
    paragraph,
    say,
    table,
    value,
    with_extra,
)
from app.papers.telling import Facts, told_outside


def letter_number(facts: Facts) -> str:
    """The letter's number is allotted when it is sent: here stands its place."""
    return say("papers.letter.number_open", series=facts["offices"]["series.referral"])


def case_pages(facts: Facts) -> list[Block]:
    """Case and allocation papers, signing."""
    return [
        heading("papers.case.title", label="case"),
        _about_case(facts),
        _allocations(facts["assignments"]),
        *_instructed(facts["instructions"]),
    ]


def _about_case(facts: Facts) -> Block:
    matter = facts["matter"]
    confidential = [say("papers.case.confidential")] if matter["confidential"] else []
    anonymous = [say("papers.case.anonymous")] if matter["anonymous"] else []
    flags = listed([*confidential, *anonymous])
    caller = say("papers.case.hidden_as", flags=flags) if flags else say("papers.case.hidden")
    told = pairs(
        [
            ("papers.case_number", facts["case_number"]),
            ("papers.received_at", moment(matter["received_at"])),
            ("papers.case.registered_at", moment(matter["registered_at"])),
            ("papers.head.channel", value("channel", matter["channel"])),
            ("papers.case.kind", value("kind", matter["kind"])),
            ("papers.case.category", matter["category"]),
            ("papers.case.urgency", value("urgency", matter["urgency"])),
            ("papers.case.place", matter["place"]),
            ("papers.narrative", matter["narrative"]),
            ("papers.demand", matter["demand"]),
            ("papers.case.caller", caller),
            ("papers.case.repeats", matter["repeats"]),
        ]
    )
    return with_extra(told, matter)


def _allocations(assignments: list[Facts]) -> Block:
    rows = [
        [
            assignment["number"],
            assignment["unit"],
            value("role_of_unit", assignment["role"]),
            assignment["round"],
            moment(assignment["at"]),
            served(assignment),
            f"{moment(assignment['signed_at'])}\n{value('signed_by', assignment['signed_by'] or '')}",
            before(assignment["due_at"]),
        ]
        for assignment in assignments
    ]
    head = (
        "papers.head.number",
        "papers.head.unit",
        "papers.head.role",
        "papers.head.round",
        "papers.head.allocated",
        "papers.head.served",
        "papers.head.signed",
        "papers.head.clock",
    )
    widths = ("1.2fr", "1fr", "11mm", "9mm", "21mm", "21mm", "21mm", "22mm")
    return table(head, rows, widths)


def _instructed(instructions: list[Facts]) -> list[Block]:
    """What leaders wrote, where they wrote anything."""
    said = [
        say(
            "papers.instructed",
            leader=instruction["leader"],
            level=value("level", instruction["level"]),
            on=day(instruction["on"]),
            words=instruction["words"],
        )
        for instruction in instructions
    ]
    if not said:
        return []
    return [heading("papers.case.instructions", 2), paragraph("\n".join(said))]


def served(one: Facts) -> str:
    """When a paper was served, and how: it was first opened, or stood in the panel to the end of
    the next working day."""
    held = one.get("served")
    if not held:
        return NONE
    if held["at"] is None:
        return say("papers.not_served")
    return f"{moment(held['at'])}\n{how_served(one)}"


def how_served(one: Facts) -> str:
    """How a paper was served that was."""
    held = one["served"]
    return value("service", held.get("how") or ("opened" if held["opened"] else "stood"))


def reminders_pages(facts: Facts) -> list[Block]:
    """Reminder, service, reply."""
    rows = [
        [
            reminder["number"],
            reminder["unit"],
            moment(reminder["at"]),
            served(reminder),
            before(reminder["reply_by_at"]),
            _heeded(reminder),
        ]
        for reminder in facts["reminders"]
    ]
    head = (
        "papers.head.number",
        "papers.head.unit",
        "papers.head.issued",
        "papers.head.served",
        "papers.head.reply_by",
        "papers.head.result",
    )
    blocks = [heading("papers.reminders.title", label="reminders")]
    widths = ("1.2fr", "1fr", "24mm", "24mm", "26mm", "1fr")
    blocks.append(table(head, rows, widths) if rows else paragraph(say("papers.reminders.none")))
    blocks += [paragraph(line) for line in map(told_outside, facts["reminders"]) if line]
    asked = [
        [
            value("request", request["kind"]),
            request["unit"],
            moment(request["at"]),
            request["words"],
            request["promised_on"],
            say(STATES[request["state"]]),
        ]
        for request in facts["requests"]
    ]
    if asked:
        titles = (
            "papers.head.request",
            "papers.head.of_unit",
            "papers.head.filed",
            "papers.head.words",
            "papers.head.promised",
            "papers.head.ruling",
        )
        blocks += [heading("papers.requests.title", 2)]
        blocks.append(table(titles, asked, ("18mm", "1fr", "24mm", "1.6fr", "22mm", "16mm")))
    blocks.append(heading("papers.replies.title.second" if asked else "papers.replies.title", 2))
    for reply in facts["replies"]:
        blocks.append(_reply(reply))
    return blocks if facts["replies"] else [*blocks, paragraph(say("papers.replies.none"))]


STATES = {
    "pending": "papers.request.pending",
    "accepted": "papers.request.accepted",
    "refused": "papers.request.refused",
    "withdrawn": "papers.request.withdrawn",
}


def _heeded(one: Facts) -> str:
    if one["state"] == "void":
        return say("papers.reminder.void", void=one["void"] or "").strip()
    if one["state"] == "lapsed":
        return say("papers.reminder.lapsed", lapsed_at=moment(one["lapsed_at"]))
    return {
        "open": say("papers.reminder.open"),
        "satisfied": say("papers.reminder.late") if one["late"] else say("papers.reminder.in_time"),
    }[one["state"]]


def _reply(one: Facts) -> Block:
    verdict = {
        "filed": say("papers.reply.filed"),
        "passed": say("papers.reply.passed"),
        "refused": say("papers.reply.refused"),
        "withdrawn": say("papers.reply.withdrawn"),
    }[one["state"]]
    if one["refusal"]:
        verdict = say(
            "papers.reply.why",
            verdict=verdict,
            reason=value("examination", one["refusal"]),
            words=one["refusal_words"] or "",
        )
    told = pairs(
        [
            (
                "papers.reply.head.filed",
                f"{one['unit']} {moment(one['at'])}" + (say("papers.late") if one["late"] else ""),
            ),
            ("papers.reply.opinion", one["opinion"]),
            ("papers.reply.next_step", aside(one["next_step"] or NONE, day(one["step_on"]))),
            ("papers.reply.handling", one["handling"]),
            ("papers.reply.public_answer", one["public_answer"]),
            (
                "papers.reply.contact",
                say("papers.reply.contacted")
                if one["contacted"]
                else say(
                    "papers.reply.not_contacted", why_not_contacted=one["why_not_contacted"] or NONE
                ),
            ),
            (
                "papers.reply.examination",
                say("papers.reply.examined", verdict=verdict, at=moment(one["examined_at"])),
            ),
        ]
    )
    return with_extra(told, one)


def _supervision_notice(notice: Facts) -> list[Block]:
    """A notice with its service and what was fed back on it."""
    fed, feedback = notice["feedback"], say("papers.supervision.no_feedback")
    if fed:
        late = say("papers.late") if fed["late"] else ""
        feedback = f"{moment(fed['at'])}{late}\n{fed['words']}"
    due = before(notice.get("due_at"), notice["due_on"])
    return [
        heading("papers.supervision.notice", 2, n=notice["n"], at=moment(notice["at"])),
        pairs(
            [
                ("papers.supervision.requirement", notice["requirement"]),
                ("papers.head.served", served(notice)),
                ("papers.supervision.feedback_by", due),
                ("papers.supervision.feedback", feedback),
            ]
        ),
    ]


def supervision_pages(facts: Facts) -> list[Block]:
    """Supervision notice, feedback, finding, conclusion."""
    listed = aside(facts["list"] or NONE, facts["listed_on"] or NONE)
    blocks = [
        heading("papers.supervision.pages", label="supervision"),
        pairs(
            [
                ("papers.supervision.number", facts["item"]),
                ("papers.supervision.ground", value("ground", facts["ground"])),
                ("papers.supervision.list", listed),
                ("papers.supervision.opened", moment(facts["opened_at"])),
                ("papers.supervision.opened_because", facts["reason"]),
            ]
        ),
    ]
    for notice in facts["notices"]:
        blocks += _supervision_notice(notice)
    found = say(
        "papers.supervision.suspected",
        finding=value("finding", facts["finding"] or ""),
        finding_words=facts["finding_words"],
    )
    return [
        *blocks,
        heading("papers.supervision.finding_title", 2),
        pairs(
            [
                ("papers.supervision.finding", found),
                ("papers.supervision.found_by", facts["found_by"]),
                (
                    "papers.supervision.confirmed",
                    f"{facts['confirmed_by'] or NONE} {moment(facts['confirmed_at'])}",
                ),
                ("papers.supervision.heard", moment(facts["heard"])),
                ("papers.supervision.conclusion", facts["conclusion"]),
                (
                    "papers.supervision.concluded",
                    f"{facts['concluded_by'] or NONE} {moment(facts['concluded_at'])}",
                ),
            ]
        ),
    ]
