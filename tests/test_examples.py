"""The examples of docs/extend.md: each is applied to a copy of the tree and does there what it says;
what it touches is no more than the recipe says, and a step that is forgotten is named in a
sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes import FOLDER, MOST_LINES, OFFICE, apply, copy_of_the_tree, run, touched

MIGRATION = "migrations/versions/"
TOUCHED = {"column": 2, "paper": 3, "worklist": 1, "role": 1, "view": 2, "channel": 1}
"""example -> how many files it touches at most, its migration aside: of a page the entry and the
model."""

DOES = {
    "column": """
with office() as (people, panel):
    browser = panel.of("operator")
    form = browser.get("/do/register").text
    assert "附近地标" in form and 'name="landmark"' in form
    told = {"kind": "help", "narrative": "路灯坏了很久，晚上看不见路。", "caller.name": "李四"}
    made = browser.post("/do/register", {**told, "landmark": "百货大楼旁"})
    assert made.status_code == 302, made.text
    assert "路灯坏了很久" in browser.get("/cases/list/?q_landmark=百货").text
    for address in ("/cases/show/1", "/cases/export.csv", "/api/v1/cases/1"):
        assert "百货大楼旁" in browser.get(address).text, address
""",
    "worklist": """
with office() as (people, panel):
    people.case(urgency="urgent")
    people.case()
    browser = panel.of("centre_head")
    assert "紧急待分派" in browser.get("/").text
    shown = browser.get("/cases/list/?work=urgent").text
    assert shown.count("/cases/1") and "共 1 条" in shown, shown
    assert "紧急待分派" not in panel.of("allocator").get("/").text
""",
    "paper": """
with office() as (people, panel):
    case = people.case()
    people.do("allocator", "allocate", case, unit="WATER")
    people.do("head@WATER", "sign_for", case)
    people.sweeps("2025-06-10", "2025-07-01")
    panel.now = people.now
    head = panel.of("head@WATER")
    assert "催办便条" in head.get("/reminders/show/1").text
    paper = head.get("/ownpapers/slip/1.pdf")
    assert paper.status_code == 200 and paper.data.startswith(b"%PDF"), paper.text
    assert panel.of("head@HOUSING").get("/ownpapers/slip/1.pdf").status_code == 404
    assert panel.of("operator").get("/ownpapers/slip/1.pdf").status_code == 404
    assert "打开文书" in panel.of("log_auditor").get("/accesslog/list/").text
""",
    "role": """
from sqlalchemy import select
from app.database import transaction
from app.models import Person
from app.stages.founding import lay_new_roles, hashed, make_account, lay_roles
with office() as (people, panel):
    with transaction(people.desk.sessions) as session:
        lay_new_roles(session)
        make_account(session, "duty_1", [lay_roles(session)["duty_officer"]], hashed("a long password"))
    people.case()
    browser = panel.browser()
    assert browser.login("duty_1", "a long password").status_code == 302
    assert "值班员" in browser.get("/").text
    assert browser.get("/cases/1").status_code == 200
    assert browser.get("/do/contact/1").status_code == 200
    assert browser.get("/do/register").status_code == 403
    assert browser.get("/reminders/list/").status_code == 403
""",
    "channel": """
import json, os, subprocess
from tests.databases import SIGNING
from sqlalchemy import select
from app.database import reading
from app.models import Case, Person
from app.story.theatre.cast import actor_named
with office() as (people, panel):
    data = Path(sys.argv[1])
    (data / "ledger.key").write_bytes(people.desk.key)
    (data / "signing.key").write_bytes(SIGNING)
    (data / "ledger.key").chmod(0o600)
    with reading(people.desk.sessions) as session:
        operator, allocator = (
            session.get_one(Person, actor_named(session, role).id).username
            for role in ("operator", "allocator")
        )
    lines = [
        {"name": "李四", "phone": "13912345678", "text": "路灯坏了很久，晚上看不见路。"},
        {"name": "王五", "phone": "12", "text": "井盖丢了，行人要绕着走。"},
        {"name": "赵六", "phone": "13912345679", "text": "小区门口的垃圾三天没有人清运。"},
    ]
    told = [json.dumps(line, ensure_ascii=False) for line in lines]
    (data / "messages.jsonl").write_text("\\n\\n".join(told), "utf-8")

    def take_in(by):
        line = ["-m", "app", "take-in", "town_app", str(data / "messages.jsonl"), "--by", by]
        clock = people.now.replace(tzinfo=None).isoformat()
        given = {**os.environ, "DATABASE_URL": people.desk.url, "DESK_CLOCK": clock}
        return subprocess.run([sys.executable, *line], env=given, capture_output=True, text=True)

    refused = take_in(allocator)
    assert refused.returncode == 2 and f"{allocator} is no operator" in refused.stderr, refused
    done = take_in(operator)
    with reading(people.desk.sessions) as session:
        cases = session.scalars(select(Case).order_by(Case.id)).all()
        numbers = [case.number for case in cases]
        callers = [(case.channel, case.caller.name) for case in cases]
        assert callers == [("town_app", "李四"), ("town_app", "赵六")], (callers, done)
    # The empty lines count: what is said of a line is found in the file.
    assert done.stdout == f"1: {numbers[0]}\\n5: {numbers[1]}\\n", done
    assert done.returncode == 1 and done.stderr.startswith("3: "), done
    assert len(done.stderr.splitlines()) == 1, done
    shown = panel.of("operator").get("/cases/show/1").text
    assert "掌上城区" in shown and numbers[0] in shown
    assert "town_app" in panel.of("operator").get("/do/register").text
""",
    "view": """
with office() as (people, panel):
    head, other, centre = (panel.of(who) for who in ("head@WATER", "head@HOUSING", "centre_head"))
    assert panel.of("operator").get("/vehicles/list/").status_code == 403
    form = head.get("/vehicles/add", follow_redirects=True).text
    assert "车牌" in form and 'class="btn btn-primary"' in form and "/static/appbuilder" not in form
    made = head.post("/do/add_vehicle", {"plate": "陕K12345", "seats": "7"})
    assert made.status_code == 302 and made.location == "/vehicles/list/", made.text
    for browser, sees in ((head, True), (other, False), (centre, True)):
        for address in ("/vehicles/list/", "/vehicles/export.csv", "/api/v1/vehicles/"):
            assert ("陕K12345" in browser.get(address).text) is sees, address
        for address in ("/vehicles/show/1", "/api/v1/vehicles/1", "/do/edit_vehicle?id=1"):
            assert browser.get(address).status_code == (200 if sees else 404), address
    assert "陕K12345" in head.get("/do/edit_vehicle?id=1").text
    changed = head.post("/do/edit_vehicle?id=1", {"id": "1", "plate": "陕K99999", "seats": "9"})
    assert changed.status_code == 302, changed.text
    assert "陕K99999" in centre.get("/vehicles/list/?q_plate=99999&op_plate=contains").text
    stolen = other.post("/do/edit_vehicle", {"id": "1", "plate": "陕K00000"})
    assert stolen.status_code in (404, 422) and "陕K99999" in centre.get("/vehicles/show/1").text
    assert panel.of("log_auditor").get("/events/list/").text.count("填写台账") == 2
    rules = {str(rule) for rule in panel.app.url_map.iter_rules() if "vehicles" in str(rule)}
    assert not [rule for rule in rules if "delete" in rule], rules
    from app.ledger import verify
    from app.database import reading, transaction
    from app.ledger.keys import ring_of
    from sqlalchemy import text
    with reading(people.desk.sessions) as session:
        ring = ring_of(session, panel.settings.ledger_key, panel.settings.retired_keys)
        assert [*verify(session, ring, None)] == []
    for statement in ("DELETE FROM vehicle", "UPDATE vehicle SET unit_id = 2"):
        try:
            with people.desk.engine.begin() as connection:
                connection.execute(text(statement))
        except Exception as error:
            assert "append-only" in str(error), error
        else:
            raise AssertionError(statement)
""",
}
"""example -> what is so once it is applied."""
FORGOTTEN = [
    (
        "view",
        MIGRATION + "9001_vehicle.py",
        "the database has no table vehicle: write its migration",
    ),
    (
        "column",
        "app/translations/zh/LC_MESSAGES/duban.po",
        "write column.hotline_case.landmark into app/translations/zh/LC_MESSAGES/duban.po",
    ),
    ("column", MIGRATION + "9001_landmark.py", "the database has no column hotline_case.landmark"),
]
"""(example, the step that is left out, what is said)."""


def test_there_is_an_example_of_each_recipe() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} >= set(DOES)


@pytest.mark.parametrize("name", DOES)
def test_an_example_is_short_and_touches_what_its_recipe_says(name: str) -> None:
    lines = (FOLDER / f"{name}.md").read_text("utf-8").splitlines()
    assert len(lines) <= MOST_LINES
    files = [path for path in touched(name) if not path.startswith(MIGRATION)]
    assert len(files) <= TOUCHED[name], files


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.long) for name in DOES])
def test_an_example_does_what_it_says_in_a_copy_of_the_tree(name: str, tmp_path: Path) -> None:
    folder = copy_of_the_tree(tmp_path / "tree")
    apply(name, folder)
    done = run(folder, OFFICE + DOES[name])
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("name", "step", "said"), FORGOTTEN)
def test_a_forgotten_step_is_named_in_a_sentence(
    name: str, step: str, said: str, tmp_path: Path
) -> None:
    folder = copy_of_the_tree(tmp_path / "tree")
    apply(name, folder, without=step)
    done = run(folder, OFFICE + "\nwith office(): pass\n")
    assert done.returncode != 0 and said in done.stderr, done.stderr[-3000:]
