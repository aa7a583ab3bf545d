"""Files that other programs wrote - an office suite, a converter of recordings -, where they are on
the machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from app.files import content_of, keep

pytestmark = pytest.mark.long
SUITE, CONVERTER = shutil.which("soffice") or "", shutil.which("ffmpeg") or ""
WRITTEN = {
    "a.fodt": ("doc", "docx", "pdf"),
    "a.csv": ("xls", "xlsx", "pdf", "csv"),
    "a.fodp": ("ppt", "pptx", "pdf"),
}
_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("draw", "drawing"), ("text", "text"))
)


def _flat(kind: str, body: str) -> str:
    """A document as the suite reads it, in one piece."""
    type_ = f"application/vnd.oasis.opendocument.{kind}"
    head = f'<office:document {_NAMES} office:version="1.2" office:mimetype="{type_}">'
    told = "presentation" if kind == "presentation" else "text"
    return (
        f"{head}<office:body><office:{told}>{body}</office:{told}></office:body></office:document>"
    )


SOURCES = {
    "a.fodt": _flat("text", "<text:h>督办</text:h><text:p>现场</text:p>"),
    "a.csv": "姓名,次数\n张三,1\n",
    "a.fodp": _flat("presentation", '<draw:page draw:name="1"/>'),
}


@pytest.mark.parametrize(
    ("source", "ending"), [(name, one) for name, all_ in WRITTEN.items() for one in all_]
)
def test_what_an_office_suite_writes_comes_in_and_out_whole(
    tmp_path: Path, source: str, ending: str
) -> None:
    if not SUITE:
        pytest.skip("no LibreOffice here")
    (tmp_path / source).write_text(SOURCES[source], encoding="utf-8")
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    read = ["--infilter=OpenDocument Presentation Flat XML"] if source == "a.fodp" else []
    told = ["--convert-to", ending, "--outdir", str(tmp_path / "out"), str(tmp_path / source)]
    subprocess.run(
        [SUITE, "--headless", home, *read, *told], check=True, capture_output=True, timeout=200
    )
    content = (tmp_path / "out" / f"a.{ending}").read_bytes()
    kept = keep(tmp_path, f"通知.{ending}", content)
    assert kept.name == f"通知.{ending}"
    assert content_of(tmp_path, kept.sha256) == content


@pytest.mark.parametrize("ending", ["mp3", "wav", "m4a", "ogg", "opus", "mp4", "mov", "3gp"])
def test_what_a_converter_of_recordings_writes_comes_in_and_out_whole(
    tmp_path: Path, ending: str
) -> None:
    if not CONVERTER:
        pytest.skip("no ffmpeg here")
    path = tmp_path / f"a.{ending}"
    film = ending in ("mp4", "mov", "3gp")
    inputs = ["-f", "lavfi", "-i", "testsrc=duration=1:size=176x144:rate=10"] if film else []
    inputs = inputs or ["-f", "lavfi", "-i", "sine=duration=1"]
    more = ["-c:v", "mpeg4"] if film else []
    subprocess.run(
        [CONVERTER, "-loglevel", "error", *inputs, *more, str(path)], check=True, timeout=100
    )
    kept = keep(tmp_path, f"录音.{ending}", path.read_bytes())
    assert kept.name == f"录音.{ending}"
    assert content_of(tmp_path, kept.sha256) == path.read_bytes()
