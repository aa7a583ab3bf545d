"""One page of a file, made anew as a picture: run by itself, in a process that may use little and is
ended when it takes long. It knows nothing of the desk; `preview` starts it.

Arguments: the file, `pdf` or `picture`, the page from 1 on, how many pages at most. On standard output: how many pages
there are, a line end, a JPEG without anything that the original carried beside its picture.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings
from typing import Any

from PIL import Image, ImageOps

SECONDS = 10
MEMORY = 1024**3
PIXELS = 64_000_000
"""A picture of more is not unpacked."""
LONGEST = 1600
"""The longer side of what is made."""
QUALITY = 85
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP")
DENSEST = 3.0
"""So many dots for a point of a page, at most."""


def bounded() -> None:
    """Let this process use so much time and memory, and write no file."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def of_picture(path: str, page: int, most: int) -> tuple[int, Any]:
    """A picture, or one of several in a file of scans, and how many there are."""
    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(path, formats=FORMATS) as found:
        several = found.format == "TIFF"
        pages = min(getattr(found, "n_frames", 1), most) if several else 1
        if pages > 1:
            found.seek(min(page, pages) - 1)
        found.draft("RGB", (LONGEST, LONGEST))
        turned = ImageOps.exif_transpose(found)
        return pages, turned.copy()


def of_pdf(path: str, page: int, most: int) -> tuple[int, Any]:
    """A page of a document, and how many there are."""
    import pypdfium2  # type: ignore[import-untyped]

    document = pypdfium2.PdfDocument(path)
    document.init_forms()
    pages = min(len(document), most)
    sheet = document[min(page, pages) - 1]
    longer = max(sheet.get_size())
    scale = min(LONGEST / longer, DENSEST)
    return pages, sheet.render(scale=scale).to_pil()


def encoded(picture: Any) -> bytes:
    """A picture as a JPEG of bounded size, on white."""
    if picture.mode in ("P", "PA", "LA", "RGBA", "La", "RGBa"):
        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture)
    picture = picture.convert("RGB")
    picture.thumbnail((LONGEST, LONGEST))
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=QUALITY)
    return made.getvalue()


def main(path: str, kind: str, page: str, most: str) -> None:
    """Write one page of a file to standard output."""
    bounded()
    make = of_pdf if kind == "pdf" else of_picture
    pages, picture = make(path, max(1, int(page)), int(most))
    sys.stdout.buffer.write(b"%d\n" % pages + encoded(picture))


if __name__ == "__main__":
    main(*sys.argv[1:5])
