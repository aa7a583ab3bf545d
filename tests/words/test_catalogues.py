"""The catalogues: whole in Chinese and in English, with the same facts, and nothing that nobody says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app import words
from app.stages.reporting.period import KINDS
from app.verbs import VERBS
from app.views.forms.field_looks import domain_of
from app.words.catalogue import CATALOGUES, Catalogues
from tests.words.catalogues import LANGUAGES, ROOT, calls, extracted, placeholders, texts
from tests.words.of_rules import OF_RULES

FACTS = {
    "place": {"category", "n", "there", "place", "was"},
    "place_alone": {"category", "n", "there", "place"},
    "new": {"category", "n"},
    "rising": {"category", "n", "was"},
    "again": {"category", "n"},
    "late": {"unit", "due", "n", "overdue"},
    "below": {"unit", "share", "rated", "county"},
    "opened": {"n", "units"},
    "came": {"n", "was"},
    "came_alone": {"n"},
    "in_time": {"due", "n"},
}
"""What each rule for the attention of leaders hands to its sentence."""
HANDED_ON = {
    "form.hint.file": {"taken", "megabytes"},
    "form.hint.files": {"megabytes"},
    "form.on_file": {"now"},
    "form.taken_over": {"now"},
    "case_page.clock.feedback": {"number"},
    "finding.clock_ahead.said": {"seconds"},
    "finding.clock_ahead.todo": {"most"},
    "finding.clock_behind.said": {"seconds"},
    "finding.clock_behind.todo": {"most"},
    "case_page.trace.hours": {"start", "n", "at"},
    "case_page.trace.named": {"on"},
    "case_page.trace.workdays": {"start", "n", "on"},
    "left.days": {"n"},
    "left.over": {"n"},
    "left.today": {"hour"},
    "left.today_minute": {"at"},
    "question.choose": {"field"},
    "own_rows.add": {"page"},
    "own_rows.edit": {"page"},
    "papers.length.hours": {"n"},
    "papers.length.workdays": {"n"},
    "case_page.clock.hearing": {"number"},
    "papers.until.hour": {"day", "hour"},
    "papers.until.minute": {"day", "hour", "minute"},
    "until.hour": {"day", "hour"},
    "until.minute": {"day", "hour", "minute"},
}
"""The messages whose facts are not given where their id stands."""
ROW, NUMBER = {"table", "row"}, {"series", "period", "number"}
HANDED_ON |= {
    **dict.fromkeys(("flaw.row.unwritten", "flaw.day.gap", "flaw.day.unpublished"), ROW),
    **{f"flaw.{what}": {*ROW, "kind"} for what in ("row.again", "row.gone", "column.unmoved")},
    **{f"flaw.{what}": {*ROW, "kind"} for what in ("column.altered", "day.gone", "day.altered")},
    **dict.fromkeys(("flaw.series.gone", "flaw.series.never_given"), NUMBER),
    "flaw.series.direct": {"series", "period"},
    **{
        f"flaw.checkpoint.{what}": {"checkpoint"}
        for what in ("missing", "heads", "altered", "another_key", "unsigned")
    },
    **dict.fromkeys(("flaw.witness.lost", "flaw.witness.unreadable"), {"line", "digits"}),
    "flaw.in_office": {"seq", "what"},
    "flaw.in_case": {"case", "seq", "what"},
}
"""What the ledger adds to what is wrong: where that is."""
HANDED_ON |= {
    "public.look.locked": {"n"},
    **{f"reach.stands.{stands}": {"way"} for stands in ("waiting", "sending", "unknown")},
    **{f"reach.stands.{stands}": {"way", "at"} for stands in ("taken", "dead", "dropped")},
    **{f"papers.told.{stands}": {"way", "at"} for stands in ("taken", "dead", "dropped")},
    **dict.fromkeys(("reach.stands.called", "papers.told.called"), {"way", "at", "who"}),
}
"""What is said of a message, by where it stands."""
HANDED_ON |= OF_RULES
_LEFT_OUT = ("inactive", "no_liaison", "complained_of")
HANDED_ON |= {f"work_list.triage.left_out.{why}": {"unit"} for why in _LEFT_OUT}
HANDED_ON |= {
    f"inbox.mail.{what}": {"office", "receipt"}
    for what in ("receipt.subject", "receipt.text", "answer.subject")
}
HANDED_ON["inbox.mail.answer.text"] = {"office", "receipt", "answer"}
HANDED_ON["inbox.sheet.finished"] = {"rows", "taken", "known", "wrong"}
HANDED_ON["inbox.sheet.under_way"] = {"rows", "done", "taken", "known", "wrong"}
HANDED_ON |= {
    f"report_page.{since}.{kind}": {"change"} for since in ("before", "year") for kind in KINDS
}
HANDED_ON |= {f"report_page.of.{name}": {"n"} for name in ("received", "supervised")}
HANDED_ON["finding.figures_differ.said"] = {"day", "measure", "stood", "counted", "n"}
HANDED_ON |= {f"attention.{rule}": facts for rule, facts in FACTS.items()}
"""The facts of a report's sentences stand in the report."""
HANDED_ON |= {f"shell.port.{what}": {"port", "bind"} for what in ("in_use", "deaf")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_chinese_and_english_say_everything(language: str) -> None:
    assert sorted(extracted() - texts(language).keys()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_catalogue_says_what_nobody_asks_for(language: str) -> None:
    assert sorted(texts(language).keys() - extracted()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_words_of_a_vocabulary_are_called_alike(language: str) -> None:
    """A list to choose from names each of its choices once."""
    named = {
        **{
            of: [words.value(of, one, language) for one in known]
            for of, known in words.VALUES.items()
        },
        **{
            of: [words.state(of, one, language) for one in known]
            for of, known in words.STATES.items()
        },
    }
    assert {of for of, said in named.items() if len(set(said)) < len(said)} == set()


def test_english_is_said_without_chinese_signs() -> None:
    """But for the brackets of the record's numbers, and on papers, which are Chinese."""
    signs = re.compile(r"[\u3000-\u3013\u3016-\u303f\uff00-\uffef]")
    found = {msgid: said for msgid, said in texts("en").items() if signs.search("".join(said))}
    assert {msgid for msgid in found if not msgid.startswith("papers.")} == set()


PARTS = {"row", "case", "item", "draft", "text"} | {"phone", "same_person"}
PARTS |= {"level", "document", "account", "date", "holders"}
PARTS |= {"photos", "handling_files", "contact_files"}
"""The subjects of forms, the parts of a caller and of a leader's matter, who holds a role, and the files that
come with what a unit files."""


def test_no_table_of_words_names_what_no_form_has() -> None:
    """What a table names is extracted, whether anybody asks for it or not."""
    known = {(verb.name, field.name) for verb in VERBS.values() for field in verb.fields}
    ours = {field.rpartition(".")[::2] for field in words.FIELDS}
    assert {(verb, name) for verb, name in ours if verb} <= known
    assert {name for verb, name in ours if not verb} <= {name for _, name in known} | PARTS


def test_no_vocabulary_stands_that_nobody_asks_for() -> None:
    asked = {str(first) for said, first, _ in calls() if said in ("value", "named")}
    asked |= {name for names in words.DOMAINS.values() for name in names.values()}
    asked |= {name for names in words._FACTS.values() for name in names}
    choices = {domain_of(verb.name, field.name) for verb in VERBS.values() for field in verb.fields}
    assert sorted(words.VALUES.keys() - asked - choices) == []


def test_every_language_wants_the_same_facts() -> None:
    english = {
        msgid: {frozenset(placeholders(text)) for text in said}
        for msgid, said in texts("en").items()
    }
    for language in CATALOGUES.languages:
        for msgid, said in texts(language).items():
            assert {frozenset(placeholders(text)) for text in said} == english[msgid], msgid


def test_every_message_gets_the_facts_that_it_wants() -> None:
    """Refusals are held to theirs by a test of their own."""
    given = facts_given()
    for msgid, (text, *_) in texts("zh").items():
        wanted = placeholders(text)
        if not wanted or msgid.startswith("refusal."):
            continue
        for facts in given.get(msgid, [set()]):
            assert wanted <= facts | HANDED_ON.get(msgid, set()), msgid


def test_what_is_handed_on_is_wanted_and_given_nowhere_by_its_id() -> None:
    """An exception that is none any more would hide the next mistake."""
    given = facts_given()
    for msgid, handed in HANDED_ON.items():
        assert handed <= placeholders(texts("zh")[msgid][0]), msgid
        assert msgid not in given or any(handed - facts for facts in given[msgid]), msgid


def facts_given() -> dict[str, list[set[str]]]:
    """message id -> the facts given at each place where it stands."""
    given: dict[str, list[set[str]]] = {}
    for said, first, facts in calls():
        msgids = (
            (f"finding.{first}.said", f"finding.{first}.todo") if said == "finding" else (first,)
        )
        for msgid in msgids:
            given.setdefault(msgid, []).append(facts)
    return given


def test_what_a_language_does_not_say_is_said_in_english_and_else_by_its_id(tmp_path: Path) -> None:
    catalogues = lay(tmp_path, "fr", ('msgid "list.none"\nmsgstr "Aucune ligne"\n',))
    assert catalogues.text("list.none", "fr", {}) == "Aucune ligne"
    assert catalogues.text("list.search", "fr", {}) == "Search"
    assert catalogues.text("list.search", "xx", {}) == "Search"
    assert catalogues.text("no.such_text", "fr", {}) == "no.such_text"


def test_what_is_marked_as_fuzzy_or_has_no_text_is_not_said(tmp_path: Path) -> None:
    entries = ('#, fuzzy\nmsgid "list.none"\nmsgstr "Rien"\n', 'msgid "list.search"\nmsgstr ""\n')
    catalogues = lay(tmp_path, "fr", entries)
    assert catalogues.text("list.none", "fr", {}) == "No rows"
    assert catalogues.text("list.search", "fr", {}) == "Search"


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        ("en", 1, "1 row"),
        ("en", 2, "2 rows"),
        ("en", "1", "1 row"),
        ("en", "5+", "5+ rows"),
        ("zh", 1, "共 1 条"),
    ],
)
def test_a_number_chooses_the_plural_of_its_language(language: str, n: object, said: str) -> None:
    assert words.word("list.rows", language, n=n) == said


def lay(folder: Path, language: str, entries: tuple[str, ...]) -> Catalogues:
    """Our catalogues with one more."""
    shutil.copytree(CATALOGUES.folder, folder / "translations")
    file = folder / "translations" / language / "LC_MESSAGES" / "duban.po"
    file.parent.mkdir(parents=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    file.write_text("\n".join((head, *entries)), "utf-8")
    return Catalogues(folder / "translations")


@pytest.mark.parametrize("module", ["app.supervisor.keeper", "jobs.ticker"])
def test_a_process_that_says_nothing_loads_no_catalogue(module: str) -> None:
    script = f"import sys, {module}; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT).returncode == 0


THIRD = """
import re
import config
from app import words
from app.web import create_app

settings = config.load({"DESK_DATA": "data"})
client = create_app(settings).test_client()
print(words.languages())
page = client.get("/login/").text
print(re.findall(r'href="/lang/(..)" lang="(..-?.*?)">(.*?)<', page))
client.get("/lang/fr")
page = client.get("/login/").text
print(re.search('<html lang="(.*?)"', page)[1])
print(re.findall(r"<h1>(.*?)</h1>|<label>(.*?)<br>|<button[^>]*>(.*?)</button>", page))
print(words.title("register", "fr"), "/", words.state("case", "closed", "fr"))
"""


@pytest.mark.long
def test_a_third_language_is_a_folder(tmp_path: Path) -> None:
    """It is offered by the panel at once; what it lacks is read in English."""
    for name in ("app", "jobs", "migrations"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "config.py", tmp_path)
    (tmp_path / "app/translations/fr/LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "app/translations/fr/LC_MESSAGES/duban.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "language.name"\nmsgstr "Français"\n\n'
        'msgid "login.password"\nmsgstr "Mot de passe"\n\n'
        'msgid "verb.register"\nmsgstr "Enregistrer"\n',
        "utf-8",
    )
    lay_database = "import config; from app.database import engine_from; from migrations.upgrade import upgrade; "
    lay_database += "upgrade(engine_from(config.load({'DESK_DATA': 'data'}).database_url))"
    for script in (lay_database, THIRD):
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=200,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path)},
        )
        assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[0] == "('en', 'fr', 'zh')"
    assert said[1] == "[('en', 'en', 'English'), ('fr', 'fr', 'Français')]"
    assert said[2] == "fr"
    assert "Mot de passe" in said[3] and "Account" in said[3] and "Log in" in said[3]
    assert said[4] == "Enregistrer / closed"


def test_the_command_that_updates_the_catalogues_changes_nothing_where_nothing_is_new(
    tmp_path: Path,
) -> None:
    for name in ("app", "jobs", "migrations"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.py", "babel.cfg"):
        shutil.copy(ROOT / name, tmp_path)
    run = ["sh", str(ROOT / ".ci/words")]
    venv = {"PATH": "/usr/bin:/bin", "VENV": sys.prefix}
    done = subprocess.run(run, cwd=tmp_path, env=venv, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    for language in LANGUAGES:
        file = f"app/translations/{language}/LC_MESSAGES/duban.po"
        assert (tmp_path / file).read_text("utf-8") == (ROOT / file).read_text("utf-8"), language
    with (tmp_path / "app/worklists/table.py").open("a", encoding="utf-8") as code:
        code.write('\nNEW = "work.something_new"\n')
    subprocess.run(run, cwd=tmp_path, env=venv, check=True, capture_output=True, timeout=200)
    english = (tmp_path / "app/translations/en/LC_MESSAGES/duban.po").read_text("utf-8")
    assert 'msgid "work.something_new"\nmsgstr ""\n' in english
