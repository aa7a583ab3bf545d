"""A unit's staff attach a file with the form and get it back; what is not taken is said on the
form."""

from __future__ import annotations

import re
from pathlib import Path

from tests.browser.conftest import Window
from tests.papers.samples import GOOD, HOSTILE


def test_a_units_staff_attach_a_picture_and_get_it_back_under_its_own_ending(
    window: Window, tmp_path: Path
) -> None:
    window.login("water_staff")
    window.open("/cases/list/")
    window.page.click("table.rows tbody a >> nth=0")
    case = re.search(r"/cases/(\d+)", window.page.url)
    assert case is not None
    window.open(f"/do/attach/{case[1]}")
    offered = window.page.get_attribute("input[name=upload]", "accept") or ""
    assert {".wps", ".heic", ".ofd", ".m4a"} <= set(offered.split(","))
    assert "OFD" in window.page.inner_text("main form")
    window.keep("form-attach")
    window.page.select_option("select[name=kind]", "handling")
    (tmp_path / "notice.docx").write_bytes(HOSTILE["docx with macros"][0])
    window.page.set_input_files("input[name=upload]", str(tmp_path / "notice.docx"))
    window.page.click("main button[type=submit]")
    assert "宏" in window.page.inner_text(".refusal")
    window.keep("form-attach-refused")
    (tmp_path / "run.bat").write_bytes(GOOD["png"])
    window.page.set_input_files("input[name=upload]", str(tmp_path / "run.bat"))
    window.page.click("main button[type=submit]")
    assert "run.png" in window.words() and "run.bat" not in window.words()
    with window.page.expect_download() as download:
        window.page.click("text=run.png")
    assert download.value.suggested_filename == "run.png"
    assert Path(download.value.path()).read_bytes() == GOOD["png"]
