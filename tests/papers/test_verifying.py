"""A dossier is verified where there is nothing of ours: whatever was altered is named."""

from __future__ import annotations

import ast
import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.ledger.signing import name_of_key, pem, public_half, sign, signed_by
from app.papers import verifying
from tests.databases import SIGNING
from tests.papers.test_dossier import made, room, tree  # noqa: F401
from tests.room import Room

SCRIPT = Path(verifying.__file__).parent / "given" / verifying.SCRIPT
FINGERPRINT = name_of_key(SIGNING)
OTHER = b"\x07" * 32


def run(folder: Path, *given: str) -> subprocess.CompletedProcess[str]:
    """The script as it was sealed, on a Python that is told to know nothing but itself."""
    call = [sys.executable, "-I", "-S", str(SCRIPT), *given, str(folder)]
    return subprocess.run(call, capture_output=True, text=True, timeout=60)


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, "--fingerprint", FINGERPRINT)


@pytest.fixture
def folder(room: Room) -> Path:  # noqa: F811
    return made(room)


def test_the_script_is_of_python_3_6_and_of_its_own_library() -> None:
    tree_ = ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 6))
    names = {
        name.name.partition(".")[0]
        for node in ast.walk(tree_)
        if isinstance(node, ast.Import)
        for name in node.names
    }
    names |= {
        (node.module or "").partition(".")[0]
        for node in ast.walk(tree_)
        if isinstance(node, ast.ImportFrom)
    }
    assert names <= set(sys.stdlib_module_names)
    newer = ("removeprefix", "removesuffix", "capture_output", "pow(-", "math.prod", ":=")
    assert not any(word in SCRIPT.read_text("utf-8") for word in newer)


def test_a_dossier_as_it_was_sealed_passes(folder: Path) -> None:
    done = verified(folder)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "与封存时一致" in done.stdout and "is what was sealed" in done.stdout


def test_its_own_script_passes_it_with_a_fingerprint_typed_as_the_letter_prints_it(
    folder: Path,
) -> None:
    typed = " ".join(re.findall(".{8}", FINGERPRINT.upper()))
    call = [sys.executable, "-I", "-S", verifying.SCRIPT, "--fingerprint", typed]
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_without_the_letters_fingerprint_it_says_that_it_cannot_say(folder: Path) -> None:
    done = run(folder)
    assert done.returncode == 2 and FINGERPRINT in done.stdout
    assert run(folder, "--fingerprint", "abc").returncode == 2


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= 1
    path.write_bytes(content)


@pytest.mark.long
def test_one_flipped_byte_of_any_file_is_named(folder: Path) -> None:
    drawn = random.Random(1)
    for name, content in tree(folder).items():
        for at in (0, len(content) // 2, len(content) - 1, drawn.randrange(len(content))):
            flip(folder / name, at)
            done = verified(folder)
            assert done.returncode == 1, (name, at)
            assert name in done.stdout, (name, at, done.stdout)
            flip(folder / name, at)
    assert verified(folder).returncode == 0


def openssl(folder: Path) -> bool:
    call = ["openssl", "dgst", "-sha256", "-verify", verifying.KEY]
    call += ["-signature", verifying.SIGNATURE, verifying.SUMS]
    return subprocess.run(call, cwd=folder, capture_output=True).returncode == 0


def sha256sum(folder: Path) -> bool:
    call = ["sha256sum", "-c", "--strict", verifying.SUMS]
    return subprocess.run(call, cwd=folder, capture_output=True).returncode == 0


def _one_more(folder: Path) -> str:
    (folder / "attachments" / "extra.txt").write_text("x")
    return "attachments/extra.txt"


def _one_less(folder: Path) -> str:
    (folder / "dossier.pdf").unlink()
    return "dossier.pdf"


def _swapped(folder: Path) -> str:
    path = folder / verifying.SUMS
    text = path.read_text()
    one, other = (re.search(rf"(\w{{64}})  {name}", text) for name in ("dossier.pdf", "VERIFY.pdf"))
    assert one and other
    text = text.replace(one[1], "x").replace(other[1], one[1]).replace("x  ", f"{other[1]}  ")
    path.write_text(text)
    return "dossier.pdf"


def _left_out(folder: Path) -> str:
    """A file is taken out of the folder and of the sums."""
    (folder / "dossier.pdf").unlink()
    path = folder / verifying.SUMS
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "dossier.pdf" not in line))
    return "dossier.pdf"


def _summed_anew(folder: Path) -> str:
    """A file is altered, and the sums with it."""
    flip(folder / "dossier.pdf", 100)
    path = folder / verifying.SUMS
    new = hashlib.sha256((folder / "dossier.pdf").read_bytes()).hexdigest()
    path.write_text(re.sub(r"\w{64}  dossier.pdf", f"{new}  dossier.pdf", path.read_text()))
    return "SHA256SUMS"


def _signed_anew(folder: Path) -> str:
    """All is made anew and signed with another key, which goes along."""
    _summed_anew(folder)
    (folder / verifying.KEY).write_bytes(pem(public_half(OTHER)))
    path = folder / verifying.SUMS
    new = hashlib.sha256((folder / verifying.KEY).read_bytes()).hexdigest()
    path.write_text(
        re.sub(rf"\w{{64}}  {verifying.KEY}", f"{new}  {verifying.KEY}", path.read_text())
    )
    (folder / verifying.SIGNATURE).write_bytes(sign(OTHER, path.read_bytes()))
    return verifying.KEY


ALTERED: dict[str, tuple[Callable[[Path], str], bool, bool]] = {
    "a file more": (_one_more, True, True),
    "a file less": (_one_less, False, True),
    "two sums swapped": (_swapped, False, False),
    "a file taken out of the sums": (_left_out, True, False),
    "summed anew": (_summed_anew, True, False),
    "signed anew": (_signed_anew, True, True),
}
"""what was done -> by whom, and whether sha256sum and openssl see nothing of it."""


@pytest.mark.parametrize("name", ALTERED)
def test_what_was_altered_is_named(folder: Path, name: str) -> None:
    alter, sums_pass, signature_passes = ALTERED[name]
    assert sha256sum(folder) and openssl(folder)
    named = alter(folder)
    done = verified(folder)
    assert done.returncode == 1 and f"[X] {named}: " in done.stdout, done.stdout
    assert (sha256sum(folder), openssl(folder)) == (sums_pass, signature_passes)


def test_the_fingerprint_is_what_openssl_gives(folder: Path) -> None:
    call = ["openssl", "pkey", "-pubin", "-in", verifying.KEY, "-outform", "DER"]
    done = subprocess.run(call, cwd=folder, capture_output=True, check=True)
    assert hashlib.sha256(done.stdout).hexdigest() == FINGERPRINT
    assert done.stdout == public_half(SIGNING)


def test_the_manifest_has_the_checkpoint_and_the_path_of_the_head(folder: Path) -> None:
    manifest = json.loads((folder / "MANIFEST.json").read_text("utf-8"))
    (proof,) = manifest["checkpoints"]
    lines = (folder / "events.jsonl").read_text("utf-8").splitlines()
    events = {(one["chain"], one["seq"]): one["hash"] for one in map(json.loads, lines)}
    assert events[proof["chain"], proof["seq"]] == proof["hash"]
    assert proof["seq"] == manifest["chain_heads"][0]["seq"] - 1, "taken just before the seal"
    assert proof["root"].startswith(manifest["witness"])
    assert manifest["signed_with"] == FINGERPRINT


@pytest.mark.parametrize("what", ["root", "signature", "path", "hash"])
def test_a_proof_that_does_not_hold_is_named(folder: Path, what: str) -> None:
    """The office's own key signs a manifest whose proof was changed: the script works it out."""
    path = folder / "MANIFEST.json"
    manifest = json.loads(path.read_text("utf-8"))
    (proof,) = manifest["checkpoints"]
    proof[what] = [["left", "00" * 32]] if what == "path" else proof[what][::-1]
    path.write_text(json.dumps(manifest))
    sums = folder / verifying.SUMS
    new = hashlib.sha256(path.read_bytes()).hexdigest()
    sums.write_text(re.sub(r"\w{64}  MANIFEST.json", f"{new}  MANIFEST.json", sums.read_text()))
    (folder / verifying.SIGNATURE).write_bytes(sign(SIGNING, sums.read_bytes()))
    done = verified(folder)
    assert done.returncode == 1 and "[X] MANIFEST.json: " in done.stdout, done.stdout


def test_the_scripts_arithmetic_is_that_of_the_library(tmp_path: Path) -> None:
    """A thousand bits more or less: what one takes the other takes."""
    names: dict[str, object] = {"__name__": "verify_dossier"}
    exec(compile(SCRIPT.read_text("utf-8"), str(SCRIPT), "exec"), names)  # noqa: S102
    signed: Callable[[bytes, bytes, bytes], bool] = names["signed"]  # type: ignore[assignment]
    drawn = random.Random(2)
    for n in range(12):
        key = drawn.randbytes(32)
        content = drawn.randbytes(n * 7)
        der, made_ = public_half(key), sign(key, content)
        assert signed(der, content, made_)
        altered = bytearray(made_)
        altered[drawn.randrange(len(made_))] ^= 1 << drawn.randrange(8)
        assert signed(der, content, bytes(altered)) == signed_by(der, content, bytes(altered))
        assert not signed(public_half(OTHER), content, made_)


def test_hostile_names_in_the_sums_are_refused(folder: Path) -> None:
    sums = folder / verifying.SUMS
    for line in ("../../etc/passwd", "/etc/passwd", "a/../b"):
        (folder / "held").write_text(sums.read_text())
        sums.write_text(sums.read_text() + f"{'0' * 64}  {line}\n")
        done = verified(folder)
        assert done.returncode == 1 and "Traceback" not in done.stderr
        sums.write_text((folder / "held").read_text())
        (folder / "held").unlink()


@pytest.mark.long
def test_an_empty_or_torn_folder_is_said_to_be_wrong(tmp_path: Path, folder: Path) -> None:
    assert verified(tmp_path / "none").returncode == 1
    for name in (verifying.SUMS, verifying.KEY, "MANIFEST.json", "events.jsonl"):
        for content in (b"", b"\xff\xfe{", b"[]\n", b"null"):
            torn = tmp_path / "torn"
            shutil.copytree(folder, torn)
            (torn / name).write_bytes(content)
            done = verified(torn)
            assert done.returncode == 1 and "Traceback" not in done.stderr, (name, content)
            assert name in done.stdout
            shutil.rmtree(torn)
