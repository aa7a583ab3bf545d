"""Accounts and roles through the panel: nobody gives himself a role, a custom role is what it says
and nothing more, the last administrator stays, and who sees no case content sees none. [procedure,
Who may do what]"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select, text

from app.database import transaction
from app.models import Event, Person
from app.roles import PAGES, SCOPES
from app.stages.rights import EVERYBODYS, NOT_FOR_CUSTOM_ROLES, RIGHTS
from app.stages.roles import COMPOSABLE
from app.views.forms.view import WITHOUT_FORM
from tests.people import fingerprint
from tests.views.canaries import CALLER, WORDS, cases_of
from tests.views.crawl import asked, ids, rules_of, text_of
from tests.views.panel import PASSWORD, Browser, Panel, refused

NEW = "another pass phrase 2"


def _id(panel: Panel, name: str) -> str:
    with transaction(panel.desk.sessions) as session:
        return str(session.scalars(select(Person.id).where(Person.username == name)).one())


def _hire(panel: Panel, name: str, *rights: str, unit: str = "") -> Browser:
    """A custom role of these rights, and somebody in it, made, confirmed and logged in through the
    panel."""
    panel.confirmed("add_role", {"name": f"role {name}", "rights": list(rights)})
    assert f'value="role {name}"' in panel.of("it_admin").get("/do/add_user").text, (
        "it can be given in the form"
    )
    return _entered(panel, name, f"role {name}", unit)


def _entered(panel: Panel, name: str, role: str, unit: str = "") -> Browser:
    """Somebody whose account was just made and confirmed, with a password of his own, logged in."""
    slip = panel.confirmed(
        "add_user", {"username": name, "first_name": name, "roles": role, "unit": unit}
    )
    browser = panel.browser()
    assert browser.login(name, slip).status_code == 302
    browser.get("/do/change_password")
    assert (
        browser.post("/do/change_password", {"old_password": slip, "password": NEW}).status_code
        == 302
    )
    assert browser.login(name, NEW).status_code == 302
    return browser


def _verbs(browser: Browser, case: int) -> set[str]:
    """The verbs that somebody is let in to, of all the table, but those of everybody."""
    from app.verbs import VERBS

    found = set()
    for verb in VERBS.values():
        if verb.name not in (*WITHOUT_FORM, *EVERYBODYS):
            address = f"/do/{verb.name}" if verb.target == "none" else f"/do/{verb.name}/{case}"
            if browser.get(address).status_code == 200:
                found.add(verb.name)
    return found


def _pages(browser: Browser) -> set[str]:
    return {page for page in PAGES if browser.get(f"/{page.lower()}/list/").status_code == 200}


# The caller's name and number.


def test_an_operator_reads_the_caller_of_his_own_entry_and_no_others(sqlite_panel: Panel) -> None:
    """Nor does the centre head read what she entered herself: she has it shown, with a reason."""
    fields = {
        "kind": "help",
        "channel": "phone",
        "urgency": "normal",
        "narrative": "门前路灯不亮已有三天，请尽快修复。",
        "caller.name": "郑新来",
        "caller.phone": "13700001111",
    }
    for who, phone, own in (
        ("operator", "13700001111", True),
        ("centre_head", "13700002222", False),
    ):
        told = fields["narrative"] if own else "井盖缺失多日，行人夜间容易跌落受伤。"
        sent = {**fields, "caller.phone": phone, "narrative": told}
        answer = sqlite_panel.of(who).post("/do/register", sent)
        assert answer.status_code == 302, answer.text
        address = answer.headers["Location"].replace("/intake/registered/", "/cases/")
        assert ("郑新来" in sqlite_panel.of(who).get(address).text) is own
        for other in ("operator#2", "allocator", "officer"):
            told = sqlite_panel.of(other).get(address).text
            assert "郑**" in told and "郑新来" not in told and phone not in told, (who, other)


# What the log auditor reads.


def test_the_log_auditor_reads_why_a_caller_was_shown_and_not_whom(sqlite_panel: Panel) -> None:
    """The reason as it was given, with the caller covered who is named in it; on the list, the page
    and the export, and for nobody else."""
    case, phone = cases_of(sqlite_panel.desk, "HOUSING")[2], "13909121003"
    reason = f"回访{CALLER}HOUSING（{phone}）前核对地址"
    told = (
        sqlite_panel.of("allocator")
        .post(f"/do/reveal/{case}", {"purpose": "verify", "reason": reason})
        .text
    )
    assert phone in told
    with transaction(sqlite_panel.desk.sessions) as session:
        id = session.scalars(
            select(Event.id).where(Event.kind == "caller.revealed").order_by(Event.id.desc())
        ).first()
    auditor = sqlite_panel.of("log_auditor")
    for address in (
        "/events/list/?q_kind=caller.revealed",
        f"/events/show/{id}",
        "/events/export.csv",
    ):
        told = auditor.get(address).text
        assert "核对来电人身份：" in told and "前核对地址" in told, address
        assert CALLER not in told and phone not in told, address
    for role in ("allocator", "centre_head", "officer", "it_admin"):
        assert sqlite_panel.of(role).get(f"/events/show/{id}").status_code == 403


# Passwords.


WEAK = ("", "short", "a" * 11, "operator9123", "123456789012", "aaaaaaaaaaaaaaaa", " " * 14)


@pytest.mark.parametrize("password", WEAK)
def test_a_password_of_ones_own_has_twelve_characters(sqlite_panel: Panel, password: str) -> None:
    browser = sqlite_panel.enter("operator")
    answer = browser.post("/do/change_password", {"old_password": PASSWORD, "password": password})
    assert refused(answer).startswith(("password_", "field_missing"))
    assert f'value="{password}"' not in answer.text or not password.strip()


def test_the_password_of_a_slip_is_shown_once_and_must_be_changed_before_anything_else(
    panel: Panel,
) -> None:
    """Seen failing with `keep_session` leaving `slip_until` out."""
    slip = panel.confirmed(
        "add_user", {"username": "li.hua", "first_name": "李华", "roles": "operator"}
    )
    for word in ("it_admin", "centre_head"):
        assert slip not in panel.of(word).get("/accountchanges/list/").text
    browser = panel.browser()
    assert browser.login("li.hua", slip).status_code == 302
    for address in ("/", "/cases/list/", "/do/register"):
        answer = browser.get(address)
        assert answer.status_code == 302 and answer.headers["Location"].endswith(
            "/do/change_password"
        ), address
    assert "一次性密码" in browser.get("/do/change_password").text
    kept = {"old_password": slip, "password": slip}
    assert refused(browser.post("/do/change_password", kept)) == "nothing_changed"
    assert (
        browser.post("/do/change_password", {"old_password": slip, "password": NEW}).status_code
        == 302
    )
    assert browser.login("li.hua", NEW).status_code == 302
    assert browser.get("/cases/list/").status_code == 200
    assert panel.browser().login("li.hua", slip).status_code == 401


def test_a_form_that_is_sent_twice_shows_the_same_slip_and_half_an_hour_later_none(
    sqlite_panel: Panel,
) -> None:
    """Who clicks twice sees the answer to the second sending. The database holds no password in
    words."""
    sqlite_panel.of("it_admin").post(
        "/do/add_user", {"username": "li.hua", "first_name": "李华", "roles": "operator"}
    )
    head = sqlite_panel.of("centre_head")
    listed = head.get("/accountchanges/list/?work=account_changes").text
    row = max(int(id) for id in re.findall(r"/accountchanges/show/(\d+)", listed))
    sent = {"accept": "y", "row": str(row), "once": head.key("/do/confirm_account")}
    slips = [
        re.findall(r'id="slip">([^<]+)<', head.post("/do/confirm_account", sent).text)
        for _ in range(2)
    ]
    assert slips[0] and slips[0] == slips[1]
    with sqlite_panel.desk.engine.connect() as connection:
        assert slips[0][0] not in str(connection.execute(text("SELECT * FROM sent_form")).all())
    sqlite_panel.now += timedelta(minutes=31)
    late = head.post("/do/confirm_account", sent)
    assert 'id="slip"' not in late.text


def test_a_slip_lets_in_for_a_fortnight(sqlite_panel: Panel) -> None:
    slip = sqlite_panel.confirmed(
        "add_user", {"username": "li.hua", "first_name": "李华", "roles": "operator"}
    )
    sqlite_panel.now += timedelta(days=14)
    assert sqlite_panel.browser().login("li.hua", slip).status_code == 401


def test_who_confirms_reads_what_is_wanted_and_how_it_stood(sqlite_panel: Panel) -> None:
    admin, id = sqlite_panel.of("it_admin"), _id(sqlite_panel, "operator")
    more = {"id": id, "first_name": "某", "roles": ["operator", "visitor"], "active": "y"}
    answer = admin.post("/do/edit_user", more)
    assert "由中心主任确认后生效" in admin.get(answer.headers["Location"]).text
    home = sqlite_panel.of("centre_head").get("/").text
    assert "待确认账号变更 <b>2</b>" in home, "theirs and the one of the sample"
    waits = sqlite_panel.of("centre_head").get("/accountchanges/list/?work=account_changes").text
    row = max(int(id) for id in re.findall(r"/accountchanges/show/(\d+)", waits))
    form = sqlite_panel.of("centre_head").get(f"/do/confirm_account?row={row}").text
    assert "角色：话务员、回访员" in form and "角色：话务员\n" in form and "修改账号" in form
    assert "待确认账号变更 <b>" not in sqlite_panel.of("log_auditor").get("/").text


def test_no_page_shows_a_password_or_its_hash(sqlite_panel: Panel) -> None:
    admin = sqlite_panel.of("it_admin")
    for address in (
        "/users/list/",
        "/users/export.csv",
        f"/users/show/{_id(sqlite_panel, 'operator')}",
        f"/do/edit_user?id={_id(sqlite_panel, 'operator')}",
        "/do/reset_password?id=1",
    ):
        text = admin.get(address).text
        assert "pbkdf2" not in text
        assert "scrypt" not in text


def test_of_several_changes_that_wait_the_form_asks_which(sqlite_panel: Panel) -> None:
    admin = sqlite_panel.of("it_admin")
    for name in ("li.hua", "wang.wu"):
        new = {"username": name, "first_name": name, "roles": "operator"}
        assert admin.post("/do/add_user", new).status_code == 302
    admin.post("/do/reset_password", {"id": _id(sqlite_panel, "operator")})
    head = sqlite_panel.of("centre_head")
    form = head.get("/do/confirm_account").text
    assert (
        "新增账号 姓名：li.hua" in form
        and "新增账号 姓名：wang.wu" in form
        and "重置密码 operator" in form
    )
    assert refused(head.post("/do/confirm_account", {"accept": "y"})) == "name_one"


# Who gives what to whom.


def test_nobody_gives_himself_a_role_or_changes_his_own_custom_one(panel: Panel) -> None:
    admin = panel.of("it_admin")
    own = {"id": _id(panel, "it_admin"), "first_name": "某"}
    before = fingerprint(panel.desk)
    for role in ("centre_head", "officer", "log_auditor"):
        assert (
            refused(admin.post("/do/edit_user", {**own, "roles": ["it_admin", role]})) == "own_role"
        )
        assert refused(admin.post("/do/edit_user", {**own, "roles": role})) == "own_role"
    assert fingerprint(panel.desk) == before


@pytest.mark.parametrize(
    "word", ["operator", "centre_head", "head@HOUSING", "log_auditor", "leader"]
)
def test_nobody_but_it_reaches_accounts_and_roles(sqlite_panel: Panel, word: str) -> None:
    browser = sqlite_panel.of(word)
    for verb in ("add_user", "edit_user", "reset_password", "add_role", "edit_role"):
        assert browser.get(f"/do/{verb}").status_code == 403
        assert browser.post(f"/do/{verb}", {"id": "1", "roles": "it_admin"}).status_code == 403
    for page in ("users", "roles"):
        for view in ("list/", "export.csv", "show/1", "add", "edit/1"):
            assert browser.get(f"/{page}/{view}").status_code == 403


def test_the_last_it_administrator_stays(panel: Panel) -> None:
    """Whoever asks for it: he himself, or a second one about the last that is active."""
    admin = panel.of("it_admin")
    own = {"id": _id(panel, "it_admin"), "first_name": "某"}
    for change in ({"roles": "operator"}, {"roles": "it_admin", "active": "n"}):
        assert refused(admin.post("/do/edit_user", {**own, **change})) in (
            "last_administrator",
            "own_role",
        )
    second = {"username": "second.admin", "first_name": "乙", "roles": "it_admin"}
    panel.confirmed("add_user", second)
    other = {"id": _id(panel, "second.admin"), "first_name": "乙", "roles": "it_admin"}
    panel.confirmed("edit_user", {**other, "active": "n"})
    assert (
        refused(admin.post("/do/edit_user", {**own, "roles": "it_admin", "active": "n"}))
        == "last_administrator"
    )


def test_it_and_the_log_auditor_hold_no_role_beside_theirs(sqlite_panel: Panel) -> None:
    admin = sqlite_panel.of("it_admin")
    id = _id(sqlite_panel, "operator")
    for roles in (
        ["it_admin", "operator"],
        ["log_auditor", "examiner"],
        ["it_admin", "log_auditor"],
    ):
        answer = admin.post("/do/edit_user", {"id": id, "first_name": "某", "roles": roles})
        assert refused(answer) == "role_stands_alone"


# Custom roles.


def test_no_custom_role_holds_what_it_and_the_auditor_have(sqlite_panel: Panel) -> None:
    admin = sqlite_panel.of("it_admin")
    form = admin.get("/do/add_role").text
    for right in sorted(NOT_FOR_CUSTOM_ROLES | {"can_list on Users", "Admin", "can_edit_user"}):
        assert f'value="{right}"' not in form
        answer = admin.post("/do/add_role", {"name": "自设", "rights": [right, "Cases"]})
        assert refused(answer) == "right_not_for_roles"


def test_a_role_of_the_procedure_cannot_be_made_again_or_changed(sqlite_panel: Panel) -> None:
    admin = sqlite_panel.of("it_admin")
    for name in ("it_admin", "IT_ADMIN", " centre_head "):
        assert (
            refused(admin.post("/do/add_role", {"name": name, "rights": "Cases"}))
            == "role_name_taken"
        )


def test_a_custom_role_gets_what_it_says_and_nothing_more(panel: Panel) -> None:
    """The verbs, the pages and the scope that were ticked. Seen failing with `has_access` answering
    True for every page of somebody with a custom role."""
    browser = _hire(panel, "reader", "Cases", "Contacts", "contact", "all")
    case = cases_of(panel.desk, "HOUSING")[0]
    assert _verbs(browser, case) == {"contact"}
    assert _pages(browser) == {"Cases", "Contacts"}
    assert browser.get(f"/cases/{case}").status_code == 200
    assert (
        browser.post(f"/do/contact/{case}", {"kind": "supplement", "words": "补充"}).status_code
        == 302
    )
    assert browser.get("/").status_code == 200


def test_a_custom_role_without_a_scope_sees_no_case(sqlite_panel: Panel) -> None:
    browser = _hire(sqlite_panel, "blind", "Cases", "Assignments", "allocate", "reveal")
    for case in cases_of(sqlite_panel.desk, "HOUSING"):
        assert browser.get(f"/cases/{case}").status_code == 404
        assert (
            browser.post(f"/do/reveal/{case}", {"purpose": "verify", "reason": "想看"}).status_code
            == 404
        )
    assert "共 0 条" in browser.get("/cases/list/").text


def test_a_custom_role_in_a_unit_is_kept_to_the_unit_and_to_what_units_may(panel: Panel) -> None:
    """However much was ticked: other units' rows, the lists of the room and the caller stay hidden.
    Seen failing with `person` of app.stages.rights giving a unit's person every right of his custom role,
    and with masks asking for a role's name."""
    everything = [*COMPOSABLE]
    browser = _hire(panel, "wide", *everything, unit="HOUSING")
    assert _pages(browser) == {page for page, roles in PAGES.items() if "unit_head" in roles}
    own = cases_of(panel.desk, "HOUSING")
    units = {right for role in ("unit_staff", "unit_head") for right in RIGHTS[role]}
    assert _verbs(browser, own[0]) <= units
    assert (
        refused(browser.post(f"/do/reveal/{own[2]}", {"purpose": "verify", "reason": "想看"}))
        == "confidential"
    )


@pytest.mark.long
def test_no_route_shows_a_custom_role_in_a_unit_another_units_words_or_a_caller(
    panel: Panel,
) -> None:
    """The same role, and every address with every row."""
    browser = _hire(panel, "wide", *COMPOSABLE, unit="HOUSING")
    own = cases_of(panel.desk, "HOUSING")
    foreign = [word for unit, word in WORDS.items() if unit != "HOUSING"]
    seen = 0
    for rule in rules_of(panel):
        if "GET" in (rule.methods or ()):
            for address, _, answer in asked(panel, browser, rule, [2, 3, own[2]]):
                told = text_of(answer.data)
                assert not [word for word in foreign if word in told], address
                assert CALLER not in told, address
                seen += told.count(WORDS["HOUSING"])
    assert seen > 20


def test_a_custom_role_outside_of_a_unit_does_nothing_that_only_units_do(
    sqlite_panel: Panel,
) -> None:
    """It would answer for a unit that he is not of."""
    browser = _hire(
        sqlite_panel,
        "outside",
        "reply",
        "sign_for",
        "draft_reply",
        "allocate",
        "all",
        "unit",
        "Cases",
    )
    assert _verbs(browser, cases_of(sqlite_panel.desk, "HOUSING")[0]) == {"allocate"}


def test_changing_a_custom_role_ends_the_sessions_of_who_holds_it(panel: Panel) -> None:
    browser = _hire(panel, "holder", "Cases", "all")
    assert browser.get("/cases/list/").status_code == 200
    with transaction(panel.desk.sessions) as session:
        role = session.scalars(select(Person).where(Person.username == "holder")).one().roles[0].id
    panel.confirmed("edit_role", {"id": str(role), "rights": ["Contacts", "all"]})
    assert browser.get("/cases/list/").status_code == 302
    browser.login("holder", NEW)
    assert _pages(browser) == {"Contacts"}


def test_every_scope_that_can_be_ticked_is_one_of_the_table(sqlite_panel: Panel) -> None:
    form = sqlite_panel.of("it_admin").get("/do/add_role").text
    for scope in set(SCOPES.values()):
        assert f'value="{scope}"' in form


def test_the_rights_of_a_role_are_named_in_chinese_in_the_order_of_the_procedure(
    sqlite_panel: Panel,
) -> None:
    form = sqlite_panel.of("it_admin").get("/do/add_role").text
    told = re.findall(r'name="rights" value="(\w+)"[^>]*> ([^<]+)</label>', form)
    order = [word for word, _ in told]
    assert order.index("register") < order.index("allocate") < order.index("record_visit")
    assert {word for word, _ in told} == set(COMPOSABLE)
    assert [label for _, label in told if re.search("[A-Za-z]", label)] == []
    assert "角色名称" in form and "姓名" not in form


# Who sees no case content.


@pytest.mark.parametrize("word", ["log_auditor", pytest.param("it_admin", marks=pytest.mark.long)])
def test_it_and_the_log_auditor_get_no_case_content_from_any_route(
    sqlite_panel: Panel, word: str
) -> None:
    """Every route with every row: no unit's word, no caller. The directory that IT keeps - posts
    and their duties, a tab of their unit - is no case content. Seen failing with a page of cases added to theirs."""
    kept = {"Posts", "PostsRows", "Units"} if word == "it_admin" else set()
    browser = sqlite_panel.of(word)
    for rule in rules_of(sqlite_panel):
        if (
            "GET" not in (rule.methods or ())
            or rule.endpoint.split(".")[0] in kept
            or "edit_post" in rule.rule
        ):
            continue
        known = ids(sqlite_panel.desk)[:8] if rule.arguments else []
        for address, _, answer in asked(sqlite_panel, browser, rule, known):
            told = text_of(answer.data)
            assert not [one for one in WORDS.values() if one in told], address
            assert CALLER not in told, address
            assert "1390912" not in told, address


def test_it_can_read_no_draft_reply_or_case_through_the_forms_it_has(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("it_admin")
    for verb in ("edit_unit", "edit_category", "edit_user", "change_rule", "load_calendar"):
        for asked_ in ("?draft=1", "?id=1&draft=2", "?unit=WATER&ground=repeated", "?id=1"):
            told = browser.get(f"/do/{verb}{asked_}")
            assert told.status_code in (200, 404)
            assert not [one for one in WORDS.values() if one in told.text]
    assert PASSWORD not in browser.get("/do/reset_password?id=1&password=" + PASSWORD).text


@pytest.mark.parametrize(
    "name",
    [
        "Admin",
        "^it_admin$|x",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("Public", ".*", "centre_head ")),
    ],
)
def test_the_name_of_a_custom_role_gives_nothing(sqlite_panel: Panel, name: str) -> None:
    """Flask-AppBuilder has roles that may everything (Admin) or are everybody's (Public), and takes
    the names of others for patterns: here a role is what it is composed of. The name of a role of
    the procedure is taken."""
    made = {"name": name, "rights": ["Contacts", "all"]}
    if name.strip() in RIGHTS:
        assert refused(sqlite_panel.of("it_admin").post("/do/add_role", made)) == "role_name_taken"
        return
    sqlite_panel.confirmed("add_role", made)
    browser = _entered(sqlite_panel, "holder", name)
    assert (_verbs(browser, cases_of(sqlite_panel.desk, "HOUSING")[0]), _pages(browser)) == (
        set(),
        {"Contacts"},
    )
    assert sqlite_panel.browser().get("/contacts/list/").status_code == 302


def test_who_confirms_a_role_that_grows_is_shown_a_slip_for_each_who_gains_by_it(
    sqlite_panel: Panel,
) -> None:
    """And before that whom it is given to. What IT was shown for their accounts lets in no more."""
    panel, admin = sqlite_panel, sqlite_panel.of("it_admin")
    panel.confirmed("add_role", {"name": "看日历", "rights": ["Calendar"]})
    known = {
        name: panel.confirmed(
            "add_user", {"username": name, "first_name": name, "roles": "看日历", "unit": ""}
        )
        for name in ("zhang", "wang")
    }
    with transaction(panel.desk.sessions) as session:
        role = session.scalars(select(Role.id).where(Role.name == "看日历")).one()
    admin.post("/do/edit_role", {"id": str(role), "rights": ["Calendar", "Cases", "all"]})
    head = panel.of("centre_head")
    form = head.get("/do/confirm_account").text
    assert "持有人：wang、zhang" in form
    row = re.search(r'name="row" value="(\d+)"', form)
    assert row is not None
    page = head.post("/do/confirm_account", {"accept": "y", "row": row[1]}).text
    slips = dict(
        zip(
            re.findall(r'<dd translate="no">(\w+)</dd>', page),
            re.findall(r'id="slip\d*">([^<]+)<', page),
            strict=True,
        )
    )
    assert slips.keys() == known.keys()
    for name, slip in slips.items():
        assert panel.browser().login(name, known[name]).status_code == 401
        assert panel.browser().login(name, slip).status_code == 302
