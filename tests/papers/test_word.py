"""The Word twin of a notice: the same words as its PDF, marked 编辑稿, readable by LibreOffice."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from docx import Document

from app import papers
from app.database import transaction
from app.papers.fonts import printable
from app.papers.word import KINDS, docx
from app.stages.papers import frozen
from tests.databases import Desk
from tests.papers.boxes import text_of
from tests.papers.everything import issue_all
from tests.papers.test_pages import HOSTILE, notice

OFFICE = shutil.which("soffice")


def words(content: bytes) -> str:
    """All that a document says, head and tables in the order of its body."""
    document = Document(io.BytesIO(content))
    said = [node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t")]
    return _bare("".join(said))


def _bare(said: str) -> str:
    return re.sub(r"[\s\u200b]", "", said)


@pytest.mark.parametrize(
    "said", ["限期办结并书面反馈办理情况。", HOSTILE[:600]], ids=["plain", "hostile"]
)
def test_the_twin_says_the_words_of_its_pdf(desk: Desk, said: str) -> None:
    """In the same order, character by character."""
    made = issue_all(desk, said)
    for kind in KINDS:
        with transaction(desk.sessions) as session:
            facts = frozen(session, *made[kind])
        twin, pdf = words(docx(kind, facts)), _bare(text_of(papers.pdf(kind, facts)))
        assert sorted(twin) == sorted(re.sub(r"—\d+—", "", pdf)), kind


def test_the_twin_is_marked_on_every_page_as_for_editing() -> None:
    document = Document(io.BytesIO(docx("supervision", notice())))
    assert document.sections[0].header.paragraphs[0].text == "编辑稿"


def test_a_sign_that_no_font_has_stands_in_the_twin_by_its_number_too() -> None:
    said = words(docx("supervision", notice(requirement="𠮷先生😀\x00\x07")))
    assert "〔U+20BB7〕先生〔U+1F600〕" in said


def test_what_somebody_typed_is_no_field_and_no_markup_in_the_twin() -> None:
    with zipfile.ZipFile(io.BytesIO(docx("supervision", notice(requirement=HOSTILE)))) as parts:
        inside = parts.read("word/document.xml").decode()
    assert "w:instrText" not in inside and "w:hyperlink" not in inside
    assert "&lt;label&gt;" in inside


def test_the_same_facts_give_the_same_twin() -> None:
    assert docx("supervision", notice()) == docx("supervision", notice())


@pytest.mark.long
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_the_twin_opens_in_libreoffice_with_the_same_words(tmp_path: Path) -> None:
    said = printable(HOSTILE[:600])[0]
    file = tmp_path / "twin.docx"
    file.write_bytes(docx("supervision", notice(requirement=HOSTILE[:600])))
    given = [str(OFFICE), "--headless", "--convert-to", "txt:Text (encoded):UTF8"]
    given += ["--outdir", str(tmp_path), f"-env:UserInstallation=file://{tmp_path}/profile"]
    subprocess.run([*given, str(file)], check=True, capture_output=True, timeout=120)
    told = _bare((tmp_path / "twin.txt").read_text("utf-8"))
    assert _bare(said) in told and "督办通知单" in told
