"""The office's scanner: what it finds is not kept, and nothing is kept while it does not answer."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from app.files import Scanner, keep
from app.rules.refusal import NotAllowed
from app.words import said
from tests.papers.samples import GOOD, PDF

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""What every scanner finds, and what does nothing. [eicar.org]"""
FINDS = """#!/bin/sh
test -r "$1" || exit 2
if grep -q EICAR-STANDARD-ANTIVIRUS "$1"; then echo "$1: Eicar-Signature FOUND"; exit 1; fi
echo "$1: OK"
"""


def script(folder: Path, text: str = FINDS) -> str:
    """A command that may be run."""
    path = folder / "scan"
    path.write_text(text)
    path.chmod(0o700)
    return str(path)


def stored(data: Path) -> list[Path]:
    return [path for path in (data / "files").rglob("*") if path.is_file()]


def test_what_the_scanner_finds_is_refused_by_the_name_it_gives_and_not_kept(
    tmp_path: Path,
) -> None:
    with pytest.raises(NotAllowed) as no:
        keep(tmp_path, "a.txt", EICAR, Scanner(script(tmp_path)))
    assert (no.value.msgid, no.value.facts) == ("file_infected", {"found": "Eicar-Signature"})
    assert "Eicar-Signature" in said(no.value, "zh") and str(tmp_path) not in said(no.value, "zh")
    assert stored(tmp_path) == []


def test_what_the_scanner_finds_clean_is_kept(tmp_path: Path) -> None:
    for kind, content in GOOD.items():
        kept = keep(tmp_path, "a", content, Scanner(script(tmp_path)))
        assert kept.size == len(content), kind
    assert len(stored(tmp_path)) == len({*GOOD.values()})


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("ends with another code", "#!/bin/sh\nexit 2\n"),
        ("ends by a signal", "#!/bin/sh\nkill -9 $$\n"),
        ("is no program", "\x00"),
        ("does not end", "#!/bin/sh\nsleep 60 & wait\n"),
        ("talks for ever", "#!/bin/sh\nwhile :; do echo x; sleep 0.1; done\n"),
    ],
)
def test_while_the_scanner_does_not_answer_nothing_is_kept(
    tmp_path: Path, what: str, text: str
) -> None:
    start = time.monotonic()
    with pytest.raises(NotAllowed) as no:
        keep(tmp_path, "a.pdf", PDF, Scanner(script(tmp_path, text), seconds=1))
    assert no.value.msgid == "file_unscanned"
    assert stored(tmp_path) == []
    assert time.monotonic() - start < 20


def test_what_a_scanner_started_ends_with_it(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    text = f"#!/bin/sh\nsleep 300 &\necho $! > {mark}\nwait\n"
    with pytest.raises(NotAllowed, match="file_unscanned"):
        keep(tmp_path, "a.pdf", PDF, Scanner(script(tmp_path, text), seconds=1))
    state = Path("/proc", mark.read_text().strip(), "stat")
    end = time.monotonic() + 10
    while state.exists() and state.read_text().split()[2] != "Z" and time.monotonic() < end:
        time.sleep(0.05)
    assert not state.exists() or state.read_text().split()[2] == "Z"


@pytest.mark.parametrize("told", ["", "\x1b[31m坏\x07东西\u202e" + "x" * 500, "\n\n  \nlater"])
def test_what_a_scanner_prints_is_said_short_and_without_what_is_not_seen(
    tmp_path: Path, told: str
) -> None:
    (tmp_path / "told").write_text(told)
    with pytest.raises(NotAllowed) as no:
        keep(
            tmp_path,
            "a.pdf",
            PDF,
            Scanner(script(tmp_path, f"#!/bin/sh\ncat {tmp_path}/told\nexit 1\n")),
        )
    found = no.value.facts["found"]
    assert 0 < len(found) <= 80 and found.isprintable()


def test_words_of_a_command_are_split_and_the_path_comes_last(tmp_path: Path) -> None:
    text = '#!/bin/sh\n[ "$1" = "a b" ] && [ "$2" = -c ] && [ -r "$3" ] && [ "$#" = 3 ] || exit 2\n'
    keep(tmp_path, "a.pdf", PDF, Scanner(f"{script(tmp_path, text)} 'a b' -c"))
    assert len(stored(tmp_path)) == 1


def test_whether_a_command_can_be_run_is_known_without_running_it(tmp_path: Path) -> None:
    there = script(tmp_path, f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    assert Scanner(f"{there} --x").missing() is None
    os.chmod(there, 0o600)
    assert Scanner(there).missing() == there
    assert Scanner("no-such-scanner --x").missing() == "no-such-scanner"
    assert not (tmp_path / "ran").exists()
