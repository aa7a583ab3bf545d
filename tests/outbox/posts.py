"""An office whose people are told: ways out, numbers, and the outbox at a moment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.channels import Channel, Sent, Told
from app.channels.line import Network
from app.channels.reachable import Allowed
from app.database import reading
from app.models import Delivery
from app.stages.outbox import SetUp, fields_of_row
from jobs.outbox import Counts, Make, Post, channels
from tests.databases import Desk
from tests.office import Office, moment

SMS = {
    "url": "https://gateway.example/send",
    "body": {"to": "{to}", "key": "{key}", "template": "{template}", "values": "{params}"},
    "success_path": "ok",
    "success": "true",
    "templates": {
        kind: {
            "id": f"T_{kind}",
            "fields": [["number", "number", 40], ["due", "due", 12], ["n", "n", 4]],
        }
        for kind in (
            "allocated",
            "reminder",
            "overdue",
            "several",
            "warned",
            "lapsed",
            "supervised",
        )
    },
}
MOBILE = "13800138021"


def way(office: Office, at: str, name: str, kind: str = "pretend", **told: Any) -> None:
    """A way out that IT proposes and the centre head approves."""
    settings = json.dumps(told.pop("settings", {}))
    secrets = json.dumps(told.pop("secrets", {}))
    row = office.do(
        at,
        "it_admin",
        "propose_gateway",
        name=name,
        kind=kind,
        settings=settings,
        secrets=secrets,
        **told,
    )
    office.do(at, "centre_head", "approve_gateway", row=row.id, accept=True)


def sms(office: Office, at: str, name: str = "sms", **settings: Any) -> None:
    """A described text gateway."""
    way(
        office,
        at,
        name,
        "http",
        settings={**SMS, **settings},
        secrets={"secret": "the gateway's key"},
    )


def post(desk: Desk, at: str | datetime, make: Make | None = None, seconds: float = 20.0) -> Counts:
    """The outbox looks once, at a moment."""
    network = Network(Allowed.read(("127.0.0.1",)))
    return Post(desk.sessions, lambda: moment(at), make or channels(network, False), seconds).run()


def deliveries(office: Office, **equal: Any) -> list[Delivery]:
    """The deliveries with these values, oldest first."""
    return office.rows(Delivery, **equal)


def fields(desk: Desk, row: Delivery) -> dict[str, str]:
    """The named fields of a delivery, opened."""
    with reading(desk.sessions) as session:
        return fields_of_row(session, row)


class Script:
    """A way out that answers as it is told to, and keeps what it was given: the protocol's other side,
    where no network is asked for."""

    def __init__(self, answers: Sequence[Sent] = (), usual: Sent | None = None) -> None:
        self.answers = list(answers)
        self.usual = usual or Sent("taken", "taken", "r1")
        self.told: list[Told] = []

    def send(self, told: Told) -> Sent:
        """The next answer."""
        self.told.append(told)
        return self.answers.pop(0) if self.answers else self.usual

    def make(self, way: SetUp, robot: str) -> Channel:
        """This one for every way."""
        return self
