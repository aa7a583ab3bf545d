"""Files looked at on a click: pictures that the server makes anew, each on the record of the case,
bounded in size and time. [desk, Case page]"""

from __future__ import annotations

import re
import struct
import zlib
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import select

from app.database import reading
from app.files import drawn, keep
from app.files.drawing import encoded
from app.models import Event
from app.rules.files import MEDIA
from app.rules.refusal import NotAllowed
from tests.databases import Desk
from tests.people import People, fingerprint
from tests.views.panel import Panel, panel_over

SECRET = b"taken at 38.8N 110.5E"


def picture(size: tuple[int, int] = (2400, 1600), turned: bool = False) -> bytes:
    """A photograph, red above and blue below, with what a camera says beside it."""
    made, out = Image.new("RGB", size, "blue"), BytesIO()
    ImageDraw.Draw(made).rectangle((0, 0, size[0], size[1] // 2), fill="red")
    about = Image.Exif()
    about[0x010E] = SECRET.decode()
    if turned:
        about[0x0112] = 3
    made.save(out, "JPEG", exif=about)
    return out.getvalue()


def pages(n: int) -> bytes:
    """A document of so many pages, each of another grey."""
    sheets = [Image.new("RGB", (620, 877), (n * 8, n * 8, n * 8)) for n in range(n)]
    out = BytesIO()
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:])
    return out.getvalue()


def bomb(side: int = 30_000) -> bytes:
    """A picture of 900 million dots in a few kilobytes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        sealed = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + sealed

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * 64), 9)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.fixture
def people(sqlite_desk: Desk) -> People:
    return People(sqlite_desk).hire("WATER", "ROADS")


@pytest.fixture
def panel(people: People, tmp_path: Path) -> Iterator[Panel]:
    with panel_over(people.desk, tmp_path / "data", people.now) as made:
        yield made


def put(people: People, panel: Panel, case: int, content: bytes, name: str, kind: str) -> int:
    """A file on a case; its id."""
    kept = keep(panel.settings.data, name, content)
    told = {"name": kept.name, "sha256": kept.sha256, "size": kept.size}
    row = people.plainly("operator", "attach", case, kind=kind, media_type=kept.media_type, **told)
    return int(row.id)


def shown(page: str) -> Any:
    """The picture in a page."""
    found = re.search(r'src="data:image/jpeg;base64,([^"]+)"', page)
    assert found is not None
    return Image.open(BytesIO(b64decode(found[1])))


def opened(people: People, case: int) -> int:
    with reading(people.desk.sessions) as session:
        query = select(Event.id).where(Event.chain == case, Event.kind == "file.opened")
        return len(session.scalars(query).all())


def test_a_picture_is_made_anew_without_what_stood_beside_it(people: People, panel: Panel) -> None:
    """Smaller, turned as it was taken, without the place; each look is on the record."""
    case = people.case()
    id = put(people, panel, case, picture(turned=True), "现场.jpg", "handling")
    page = panel.of("operator").get(f"/files/{id}/preview")
    assert page.status_code == 200
    made = shown(page.text)
    assert max(made.size) == 1600
    assert made.getpixel((10, 10))[2] > 200, "blue is above now"
    assert not made.getexif()
    assert opened(people, case) == 1
    assert page.headers["Cache-Control"] == "no-store"


def test_a_document_is_shown_page_by_page_and_the_first_twenty(
    people: People, panel: Panel
) -> None:
    case = people.case()
    id = put(people, panel, case, pages(25), "说明.pdf", "handling")
    browser = panel.of("operator")
    greys = [
        shown(browser.get(f"/files/{id}/preview?page={n}").text).getpixel((300, 300))[0]
        for n in (1, 2, 20, 21, 9999)
    ]
    assert greys[0] < greys[1] < greys[2] == greys[3] == greys[4]
    assert opened(people, case) == 5
    page = browser.get(f"/files/{id}/preview?page=2").text
    assert f"/files/{id}/preview?page=1" in page
    assert f"/files/{id}/preview?page=3" in page
    assert "第2页，共20页" in page
    part = browser.get(f"/files/{id}/preview", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith("<figure")


def test_nothing_is_opened_while_the_page_of_the_case_loads(people: People, panel: Panel) -> None:
    case = people.case()
    id = put(people, panel, case, picture(), "现场.jpg", "certificate")
    text = put(people, panel, case, "一段文字\n".encode(), "记录.txt", "contact")
    browser = panel.of("operator")
    browser.get("/")
    before = fingerprint(people.desk)
    page = browser.get(f"/cases/{case}").text
    assert fingerprint(people.desk) == before
    assert "<img" not in page.partition('class="card files"')[2].partition("timeline")[0]
    assert f'href="/files/{id}/preview"' in page
    assert f'href="/files/{text}/preview"' not in page
    assert f'href="/files/{text}"' in page
    assert page.index("证件") < page.index("联系证据")


def test_what_cannot_be_shown_says_so_and_is_not_on_the_record(
    people: People, panel: Panel
) -> None:
    """A text; a picture that breaks off; one of 900 million dots."""
    case = people.case()
    for content, name in (
        ("一段文字\n".encode(), "a.txt"),
        (picture()[:900], "b.jpg"),
        (bomb(), "c.png"),
    ):
        id = put(people, panel, case, content, name, "other")
        answer = panel.of("operator").get(f"/files/{id}/preview")
        assert answer.status_code == 200
        assert "此文件不能预览，请下载原件。" in answer.text
        assert "data:image" not in answer.text
    assert opened(people, case) == 0


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pages(3))
    assert drawn(path, "application/pdf", 1).pages == 3
    with pytest.raises(NotAllowed, match="file_not_drawn"):
        drawn(path, "application/pdf", 1, seconds=0.01)
    for media in MEDIA:
        if not media.startswith(("image/", "application/pdf")):
            with pytest.raises(NotAllowed, match="file_not_drawn"):
                drawn(path, media, 1)


def test_a_unit_looks_at_no_more_than_it_may_open(people: People, panel: Panel) -> None:
    """Nothing that may show the caller of a confidential case; nothing of another unit's case."""
    case = people.case(confidential=True)
    people.do("allocator", "allocate", case, unit="WATER")
    hidden = put(people, panel, case, picture(), "证件.jpg", "certificate")
    plain = put(people, panel, case, picture(), "现场.jpg", "handling")
    assert panel.of("staff@WATER").get(f"/files/{hidden}/preview").status_code == 404
    assert panel.of("staff@WATER").get(f"/files/{plain}/preview").status_code == 200
    assert panel.of("staff@ROADS").get(f"/files/{plain}/preview").status_code == 404
    assert panel.of("it_admin").get(f"/files/{plain}/preview").status_code == 403
    assert opened(people, case) == 1


def test_what_is_gone_from_the_store_is_said_to_be(people: People, panel: Panel) -> None:
    case = people.case()
    id = put(people, panel, case, picture(), "现场.jpg", "handling")
    for path in (panel.settings.data / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    assert panel.of("operator").get(f"/files/{id}/preview").status_code == 404
    assert opened(people, case) == 0


def test_what_is_transparent_stands_on_white() -> None:
    made = Image.open(BytesIO(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)))))
    assert made.getpixel((4, 4)) == (255, 255, 255)


def test_each_kind_of_picture_is_shown(tmp_path: Path) -> None:
    """Of a file of scans each page."""
    sheets = [Image.new("L", (60, 40), n * 60) for n in range(3)]
    for ending, media in (("png", "png"), ("gif", "gif"), ("webp", "webp"), ("bmp", "bmp")):
        path = tmp_path / f"a.{ending}"
        sheets[2].save(path)
        made = drawn(path, f"image/{media}", 2)
        assert (made.page, made.pages) == (1, 1)
        assert abs(shade(made.picture) - 120) < 6, ending
    path = tmp_path / "a.tif"
    sheets[0].save(path, save_all=True, append_images=sheets[1:])
    made = drawn(path, "image/tiff", 3)
    assert (made.page, made.pages) == (3, 3)
    assert abs(shade(made.picture) - 120) < 6


def shade(made: bytes) -> int:
    return int(Image.open(BytesIO(made)).getpixel((20, 20))[0])  # type: ignore[index, arg-type]
