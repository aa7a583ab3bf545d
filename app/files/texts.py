"""Plain words, in the encodings that offices write; and pages and scripts that are called so."""

from __future__ import annotations

import re
import unicodedata

from app.files.refusals import active, wrapped

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", ""),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
"""A mark at the beginning -> the encoding; of four bytes, none that is taken."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f\ufffe\uffff]")
_MOST_UNKNOWN = 0.05
"""Which share of the signs may be none that anybody knows: more of them, and it is no text of this
encoding."""
MARKUP = re.compile(
    rb"<(?:script[\s>/]|html[\s>]|!doctype\s+html|svg[\s>]+xmlns|hta:application|iframe[\s>]|\?php|object\s+classid"
    rb"|scriptlet>|job\s+id)|javascript:[a-z]",
    re.IGNORECASE,
)
"""What makes a page or a script of a content; long enough to stand in no picture by chance."""
_WRITTEN = re.compile(
    MARKUP.pattern.decode() + r"|<svg[\s>]|<\w+[^<>]{0,200}\son\w{3,20}\s*=", re.IGNORECASE
)
_SCRIPT = re.compile(
    r"^[ \t]{0,40}(?:#!|@echo\s+(?:off|on)\b|%!PS|Windows Registry Editor|REGEDIT4\b|\[InternetShortcut\]|\[autorun\]"
    r"|\[\.ShellClassInfo\]|\[Script(?:ing)?\])"
    r"|WScript\.(?:Shell|Echo|CreateObject|Quit)|\bCreateObject\s*\(|new\s+ActiveXObject|\bpowershell(?:\.exe)?\s+[-/]"
    r"|\bcmd(?:\.exe)?\s+/[ck]\s|\bmshta(?:\.exe)?\s|\bregsvr32(?:\.exe)?\s+/|\bInvoke-(?:Expression|WebRequest)\b",
    re.IGNORECASE | re.MULTILINE,
)
_MAIL = re.compile(
    r"\A\s*(?:[A-Za-z][A-Za-z0-9-]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){1,200}?Content-Type:",
    re.IGNORECASE,
)
_MAIL_HEAD = 65536
_DDE = re.compile(
    r"""(?:^|[,;\t"])[ ]{0,20}"?'?[=+\-@][^,;\t\n|]{0,80}\|[^\n!]{0,300}!""", re.MULTILINE
)
"""A cell that a spreadsheet would take for a link to another program."""


def kind(content: bytes, hint: str) -> str | None:
    """`csv` or `txt`, or None where it is no text. Raises NotAllowed for pages, scripts, mails and
    rich text."""
    text = _read(content)
    if text is None:
        return None
    start = text.lstrip("\ufeff \t\r\n\f")
    if start.lower().startswith("{\\rtf"):
        raise wrapped("rich_text")
    if start.startswith("<") or _WRITTEN.search(text):
        raise active("page")
    if _SCRIPT.search(text):
        raise active("script")
    if _MAIL.match(text[:_MAIL_HEAD].replace("\r\n", "\n")):
        raise wrapped("mail")
    if hint == "csv" and _DDE.search(text):
        raise active("dde")
    return "csv" if hint == "csv" else "txt"


def _read(content: bytes) -> str | None:
    """The words, where they are such in one of the encodings: by their mark, else UTF-8, else
    GB18030."""
    marked = next((encoding for mark, encoding in _BOMS if content.startswith(mark)), None)
    for encoding in ("utf-8", "gb18030") if marked is None else (marked,):
        if not encoding:
            return None
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROLS.search(text.rstrip("\x1a")) or (encoding == "gb18030" and not _known(text)):
            return None
        return text
    return None


def _known(text: str) -> bool:
    """Whether nearly every sign of a text is one that is known."""
    strange = sum(
        unicodedata.category(sign) in ("Cn", "Co", "Cs") for sign in set(text) if sign > "\x7f"
    )
    return strange <= max(1, _MOST_UNKNOWN * len(set(text)))
