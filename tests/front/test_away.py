"""The front on a machine of its own: it runs on public keys alone, keeps what comes where nobody reads
it, hands it to its desk once, and to nobody else."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from app.database import reading
from app.front.behind import Parcel
from app.front.sealing import DeskKeys, NotOurs
from app.front.signing import heads
from app.models import Case, Message
from jobs.front_link import MOST_WRONG, FrontAway, Link
from tests.commands import command
from tests.databases import SIGNING, Desk
from tests.front.conftest import (
    NOW,
    WORDS,
    Front,
    desk_of,
    filled,
    folder_for,
    held,
    hidden,
    receipt_of,
)
from tests.room import Room
from tests.stages.test_visit_internet import FOUR, code, passed
from tests.supervised import ROOT, waited


def messages(desk: Desk) -> list[Message]:
    with reading(desk.sessions) as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def test_the_front_runs_in_an_empty_folder_with_public_keys_only(front: Front) -> None:
    assert front.get("/front/").status_code == 200
    assert {path.name for path in front.folder.iterdir()} == {"desk.pub", "marks.key", "spool"}
    kept_out = {"sqlalchemy", "redis", "psycopg", "app.models", "app.channels", "config"}
    script = f"import sys, app.front.__main__; print({kept_out} & {{*sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, text=True, capture_output=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_without_keys_it_says_which_file_is_missing(tmp_path: Path) -> None:
    front = Front(tmp_path)
    done = front.commanded()
    assert done.returncode == 2 and "desk.pub" in done.stderr and "keys front" in done.stderr


def test_the_desk_fetches_each_message_once(front: Front, line: Link, desk: Desk) -> None:
    receipt = receipt_of(front.post("/front/", **front.form()).text)
    assert line.fetch() == 1
    (message,) = messages(desk)
    assert (message.receipt, message.words, message.source) == (receipt, WORDS, "form")
    assert (message.name, message.phone, message.kind) == ("李桂兰", "13800138000", "complaint")
    assert json.loads(message.facts)["notice"]
    assert line.fetch() == 0 and list((front.folder / "spool").iterdir()) == []
    assert len(messages(desk)) == 1


@pytest.mark.long
def test_ten_sendings_of_one_form_at_once_are_one_message(
    front: Front, line: Link, desk: Desk
) -> None:
    form = front.form()
    with ThreadPoolExecutor(10) as pool:
        pages = [*pool.map(lambda n: front.post("/front/", **form).text, range(10))]
    assert len({receipt_of(page) for page in pages}) == 1
    line.fetch()
    assert receipt_of(front.post("/front/", **form).text) == receipt_of(pages[0])
    line.fetch()
    assert len(messages(desk)) == 1


@pytest.mark.long
def test_what_was_changed_and_sent_again_is_another_message(
    front: Front, line: Link, desk: Desk
) -> None:
    """The words that were typed last are not lost."""
    form = front.form()
    first = receipt_of(front.post("/front/", **form).text)
    other = receipt_of(front.post("/front/", **{**form, "words": f"{WORDS}还有电梯。"}).text)
    assert first != other and line.fetch() == 2
    assert [message.words for message in messages(desk)] == [WORDS, f"{WORDS}还有电梯。"]


@pytest.mark.long
def test_a_copied_spool_opens_nothing(front: Front, keys: DeskKeys) -> None:
    front.post("/front/", **front.form("太短"))
    front.post("/front/", **front.form())
    (file,) = (front.folder / "spool").iterdir()
    kept = b"".join(path.read_bytes() for path in front.folder.rglob("*") if path.is_file())
    for words in (WORDS, "李桂兰", "13800138000", "幸福小区"):
        assert words.encode() not in kept
    with pytest.raises(NotOurs):
        DeskKeys.fresh().opened(file.read_bytes())
    assert Parcel.unpacked(keys.opened(file.read_bytes())).said["words"] == WORDS
    altered = bytearray(file.read_bytes())
    altered[-1] ^= 1
    with pytest.raises(NotOurs):
        keys.opened(bytes(altered))


@pytest.mark.long
def test_a_stranger_can_neither_pull_nor_acknowledge(front: Front, keys: DeskKeys) -> None:
    front.post("/front/", **front.form())
    (file,) = (front.folder / "spool").iterdir()
    body = json.dumps({"names": [file.name], "after": ""}).encode()

    def asks(path: str, signed: dict[str, str], sent: bytes = body) -> int:
        answer = requests.post(f"{front.address}{path}", sent, headers=signed, timeout=30)
        return answer.status_code

    for path in ("/desk/pull", "/desk/acknowledge", "/desk/hold"):
        assert asks(path, {}) == 403
        assert asks(path, heads(DeskKeys.fresh(), path, body)) == 403
        assert asks(path, heads(keys, "/desk/other", body)) == 403
        assert asks(path, heads(keys, path, body + b" ")) == 403
        assert asks(path, {"Duban-At": "x", "Duban-Signature": "x"}) == 403
    caught = heads(keys, "/desk/pull", body)
    assert asks("/desk/pull", caught) == 200
    assert asks("/desk/pull", caught) == 403, "caught on the way and sent again"
    assert file.exists()
    old = {**heads(keys, "/desk/pull", body), "Duban-At": str(time.time_ns() - 10**12)}
    assert asks("/desk/pull", old) == 403


@pytest.mark.long
def test_a_parcel_of_another_desk_stays_and_holds_nothing_up(
    front: Front, line: Link, desk: Desk
) -> None:
    name = f"0000000000001-form-{'a' * 64}"
    (front.folder / "spool" / name).write_bytes(DeskKeys.fresh().seen().sealed(b"{}"))
    front.post("/front/", **front.form())
    assert line.fetch() == 1 and len(messages(desk)) == 1
    assert [path.name for path in (front.folder / "spool").iterdir()] == [name]


@pytest.mark.long
def test_the_desk_fetches_from_a_carried_file_once(
    front: Front, line: Link, desk: Desk, data: Path, tmp_path: Path
) -> None:
    first = receipt_of(front.post("/front/", **front.form()).text)
    carried = tmp_path / "carried.tar"
    assert front.commanded("export", str(carried)).returncode == 0
    assert WORDS.encode() not in carried.read_bytes()
    address = {"DATABASE_URL": desk.url}
    (data / "ledger.key").write_bytes(desk.key)
    (data / "signing.key").write_bytes(SIGNING)
    done = command(data, "front", "import", str(carried), **address)
    assert done.returncode == 0, done.stderr
    again = command(data, "front", "import", str(carried), **address)
    assert again.returncode == 0, again.stderr
    assert line.fetch() == 1, "it waits until the desk's word is brought back, and doubles nothing"
    assert [message.receipt for message in messages(desk)] == [first]
    receipt_of(front.post("/front/", **front.form("又一件事情需要说一说。")).text)
    assert front.commanded("export", str(carried)).returncode == 0
    assert command(data, "front", "import", str(carried), **address).returncode == 0
    forged = tmp_path / "forged.ack"
    told = json.loads(Path(f"{carried}.ack").read_text())
    forged.write_text(json.dumps({**told, "signature": "AAAA"}))
    assert front.commanded("acknowledge", str(forged)).returncode == 2
    assert len([*(front.folder / "spool").iterdir()]) == 1
    assert front.commanded("acknowledge", f"{carried}.ack").returncode == 0
    assert [*(front.folder / "spool").iterdir()] == []
    assert len(messages(desk)) == 2


@pytest.mark.long
def test_a_file_that_is_no_fronts_is_refused_in_a_sentence(
    front: Front, desk: Desk, data: Path, keys: DeskKeys, tmp_path: Path
) -> None:
    (data / "ledger.key").write_bytes(desk.key)
    (data / "signing.key").write_bytes(SIGNING)
    other = tmp_path / "other.tar"
    other.write_bytes(b"no tar at all")
    done = command(data, "front", "import", str(other), DATABASE_URL=desk.url)
    assert done.returncode == 2 and "Traceback" not in done.stderr and "other.tar" in done.stderr
    done = front.commanded("acknowledge", str(other))
    assert done.returncode == 2 and "Traceback" not in done.stderr


@pytest.mark.long
def test_look_ups_are_put_to_the_desk_and_answered_within_three_seconds(
    front: Front, line: Link, desk: Desk
) -> None:
    room = Room(desk)
    room.allocated("2025-06-09 09:10", "A")
    with reading(desk.sessions) as session:
        case = session.scalars(select(Case)).one()
    asked = {"by": "case", "number": str(case.number), "code": case.query_code}
    answer = front.post("/front/status", **asked)
    assert answer.status_code == 503 and "稍后再试" in answer.text
    with held(line):
        waited(lambda: front.post("/front/status", **asked).status_code == 200, 20, "the desk")
        began = time.monotonic()
        answer = front.post("/front/status", **asked)
        assert time.monotonic() - began < 3
        assert 'data-state="handling"' in answer.text
        receipt = receipt_of(front.post("/front/", **front.form()).text)
        waited(lambda: len(messages(desk)) == 1, 20, "the message to be fetched by itself")
        answer = front.post("/front/status", by="message", receipt=receipt)
        assert 'data-state="new"' in answer.text


@pytest.mark.long
def test_a_rating_without_a_connection_is_kept_with_its_moment(
    front: Front, line: Link, desk: Desk
) -> None:
    room = Room(desk)
    room.number("internet_visits", True)
    passed(room)
    said = {"truth": "proven", "solved": "solved", "satisfied": "satisfied", "words": "谢谢你们"}
    sent = code(room)
    answer = front.post("/front/rate", code=sent, last_four=FOUR, **said)
    assert answer.status_code == 200 and "稍后记入" in answer.text
    kept = b"".join(path.read_bytes() for path in (front.folder / "spool").iterdir())
    assert sent.encode() not in kept and "谢谢".encode() not in kept
    assert line.fetch() == 1
    record = room.records()[0]
    assert (record.method, record.words, record.at) == ("internet", "谢谢你们", NOW)
    assert room.case("A").state == "closed" and line.fetch() == 0


@pytest.mark.long
def test_a_rating_goes_through_the_held_request(front: Front, line: Link, desk: Desk) -> None:
    room = Room(desk)
    room.number("internet_visits", True)
    passed(room)
    sent = code(room)
    said = {"truth": "proven", "solved": "unsolved", "satisfied": "dissatisfied"}
    with held(line):
        waited(lambda: front.get(f"/front/rate/{sent}").text.count("A事项"), 20, "the desk")
        assert front.get("/front/rate/0123456789").status_code == 404
        assert front.post("/front/rate", code=sent, last_four="0000", **said).status_code == 404
        assert front.post("/front/rate", code=sent, last_four=FOUR, **said).status_code == 200
        assert front.post("/front/rate", code=sent, last_four=FOUR, **said).status_code == 404
    assert room.case("A").state == "reviewing" and len(room.records()) == 1


@pytest.mark.long
def test_with_a_certificate_of_its_own_it_speaks_tls_and_the_desk_knows_it(
    tmp_path: Path, keys: DeskKeys, data: Path, sqlite_desk: Desk
) -> None:
    folder = folder_for(tmp_path / "front", keys)
    subprocess.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=front -keyout {folder}/tls.key"
        f" -out {folder}/tls.crt -addext subjectAltName=IP:127.0.0.1".split(),
        check=True,
        capture_output=True,
    )
    with Front(folder, "https") as front:
        page = requests.get(f"{front.address}/front/", timeout=30, verify=f"{folder}/tls.crt")
        big = {"words": "很长" * 20_000}
        given_back = requests.post(
            f"{front.address}/front/",
            {**hidden(page.text), **filled(WORDS), **big},
            timeout=30,
            verify=f"{folder}/tls.crt",
        )
        assert given_back.status_code == 422 and "很长很长" in given_back.text
        line = Link(desk_of(sqlite_desk, data, front.address), front.address, keys)
        with pytest.raises(FrontAway, match="certificate_wrong"):
            line.fetch()
        (data / "front.crt").write_bytes((folder / "tls.crt").read_bytes())
        line = Link(desk_of(sqlite_desk, data, front.address), front.address, keys)
        sent = requests.post(
            f"{front.address}/front/",
            {**hidden(page.text), **filled(WORDS)},
            timeout=30,
            verify=f"{folder}/tls.crt",
        )
        receipt_of(sent.text)
        assert line.fetch() == 1


@pytest.mark.long
def test_a_front_that_somebody_took_finds_no_code_by_asking_the_desk(
    line: Link, desk: Desk
) -> None:
    room = Room(desk)
    room.allocated("2025-06-09 09:10", "A")
    case = room.case("A")
    right = {"ask": "case", "number": str(case.number), "code": case.query_code}
    wrong = {**right, "code": "111111" if case.query_code != "111111" else "222222"}
    assert line.answers({"a": right, "b": "junk", "c": {"ask": 1}}).keys() == {"a", "c"}
    asked = {str(n): wrong for n in range(10_000)}
    told = line.answers(asked)
    assert len(told) < MOST_WRONG and not any(one["found"] for one in told.values())
    assert line.answers({"a": right}) == {}


@pytest.mark.long
def test_a_desk_that_is_away_is_said_to_nobody_but_the_log(line: Link, front: Front) -> None:
    front.process.terminate()
    front.process.wait(20)
    stopped = threading.Event()
    with pytest.raises(FrontAway, match="no_connection"):
        line.hold({})
    stopped.set()
