"""The page of a case with forty events, thirty files and nine thousand signs: the demand in sight on
an ordinary screen, nothing wider than a phone, a picture shown on a click."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from app.clock import clock_from
from app.database import transaction
from app.files import keep
from app.models import Person
from app.stages.rights import person
from app.verbs import perform
from tests.browser.conftest import NOW, Served, Window
from tests.browser.table import Measure

FULL, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
FIRST, TOP = 120, 360
"""The title begins above the one, the demand above the other. [pixels]"""
TASK = "title and demand on the case page"
PEOPLE = ("operator", "allocator", "centre_head", "officer", "supervision_head", "water_head")
TEXT = "滨河新区三号楼前路灯坏了半个月，晚上看不见路，老人孩子出行很不安全，"
KINDS = ("certificate", "contact", "handling")


class Hands:
    """People of the sample office at work, past the panel."""

    def __init__(self, office: Served) -> None:
        self.desk = office.app.extensions["desk"]
        self.now = clock_from(NOW)()

    def do(self, username: str, verb: str, **given: object) -> int:
        with transaction(self.desk.sessions) as session:
            who = session.scalars(select(Person).where(Person.username == username)).one()
            roles = [role.name for role in who.roles]
            actor = person(who.id, who.first_name or username, roles, who.unit_id)
            return int(perform(session, self.now, actor, verb, **given).id)

    def attach(self, case: int, name: str, content: bytes, kind: str) -> None:
        data: Path = self.desk.settings.data
        kept = keep(data, name, content)
        told = {"name": kept.name, "sha256": kept.sha256, "size": kept.size}
        media = kept.media_type
        self.do("operator", "attach", case=case, kind=kind, media_type=media, **told)


def photograph(n: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (1200, 900), (n * 8, 120, 160)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def heavy(office: Served) -> int:
    """A case with all of it."""
    hands = Hands(office)
    caller = {"name": "赵六六", "phone": "13900001234"}
    told = {"channel": "phone", "received_at": hands.now, "caller": caller}
    case = hands.do(
        "operator",
        "register",
        kind="help",
        place="滨河新区三号楼",
        category=1,
        urgency="normal",
        narrative=(TEXT * 300)[:9000],
        demand="尽快修好路灯。",
        **told,
    )
    for n in range(30):
        name = f"现场照片{n}滨河新区三号楼前路灯损坏情况说明.jpg"
        hands.attach(case, name, photograph(n), KINDS[n % 3])
    for _ in range(20):
        hands.do("operator", "contact", case=case, kind="supplement", words=TEXT * 5, **told)
    hands.do("allocator", "allocate", case=case, unit="water")
    hands.do("water_staff", "sign_for", case=case)
    return case


def closed(window: Window) -> None:
    """One banner at most, as on a day on which the others were closed."""
    window.page.evaluate(
        "() => [...document.querySelectorAll('.sample, .calendar, .late-bot')].slice(1)"
        ".forEach(one => one.remove())"
    )


@pytest.mark.parametrize(
    "username", [PEOPLE[0], *(pytest.param(one, marks=pytest.mark.long) for one in PEOPLE[1:])]
)
def test_the_demand_is_in_sight_and_nothing_is_wider_than_a_phone(
    window: Window, heavy: int, username: str, measured: Measure
) -> None:
    window.page.set_viewport_size(FULL)
    window.login(username)
    window.open(f"/cases/{heavy}")
    closed(window)
    demand = window.page.locator(".card.demand").bounding_box()
    title = window.page.locator("h1").bounding_box()
    assert demand is not None and title is not None
    measured(TASK, "y of the title", title["y"], FIRST)
    measured(TASK, "y of the demand", demand["y"], TOP)
    for size in (FULL, PHONE):
        window.page.set_viewport_size(size)
        window.open(f"/cases/{heavy}")
        window.page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        wide = window.page.evaluate("document.documentElement.scrollWidth")
        measured("case page on a phone", f"width of {size['width']}", wide, size["width"])
    assert window.errors == []


def test_a_picture_is_shown_on_a_click_and_not_before(window: Window, heavy: int) -> None:
    window.page.set_viewport_size(FULL)
    window.login("water_staff")
    window.open(f"/cases/{heavy}")
    assert window.page.locator(".preview img").count() == 0
    newest = window.page.locator(".files ul >> nth=0 >> li >> nth=0").inner_text()
    assert newest.startswith("现场照片27"), "what was attached last is not in sight"
    window.page.click(".files li a.btn >> nth=0")
    window.page.wait_for_selector(".preview img")
    size = window.page.eval_on_selector(".preview img", "one => one.naturalWidth")
    assert size == 1200
    assert window.page.url.endswith(f"/cases/{heavy}")
    window.keep("case-preview")
    assert window.errors == []


@pytest.mark.long
def test_the_timeline_is_filtered_in_its_place(window: Window, heavy: int) -> None:
    window.page.set_viewport_size(FULL)
    window.login("centre_head")
    window.open(f"/cases/{heavy}")
    window.page.click("#timeline .sorts a >> nth=2")
    window.page.wait_for_selector("#timeline .sorts a[aria-current] >> text=单位")
    assert "来电登记" not in window.page.inner_text("#timeline ol")
    assert "签收" in window.page.inner_text("#timeline ol")
    window.open(f"/cases/{heavy}")
    window.page.click("details.why > summary")
    assert "规则第1版" in window.page.inner_text("details.why")
    window.keep("case-why")
    assert window.errors == []


@pytest.mark.long
def test_a_form_stands_beside_the_text(window: Window, heavy: int) -> None:
    window.login("water_head")
    for size, beside in ((FULL, True), (PHONE, False)):
        window.page.set_viewport_size(size)
        window.open(f"/do/request_extension/{heavy}")
        text = window.page.locator(".card.matter").first.bounding_box()
        form = window.page.locator("form.verb").bounding_box()
        assert text is not None and form is not None
        assert (form["x"] > text["x"] + text["width"]) is beside
        assert window.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
