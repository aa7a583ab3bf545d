"""Files as people send them, made here: good ones of every kind that is taken, and such as
attack."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Callable

from pypdf import PdfReader, PdfWriter

from tests.papers.containers import (
    SHEET,
    compound,
    field,
    office,
    packed,
    pdf,
    relation,
    slides,
    tabled,
    types,
    word,
    workbook,
    zipped,
)

__all__ = ["BOMB", "GOOD", "HOSTILE", "MACROS", "NOT_TAKEN", "PDF", "PNG", "office", "zipped"]

_MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"
_SCRIPT = b"5 0 <</S/JavaScript/JS(app.alert(1))>>"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


def png(comment: bytes = b"") -> bytes:
    """A picture of one dot, with a comment."""
    text = _chunk(b"tEXt", b"Comment\0" + comment) if comment else b""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + text
        + _chunk(b"IDAT", zlib.compress(b"\0\0"))
        + _chunk(b"IEND", b"")
    )


PNG = png()
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + b"\x00\x00\x00\xff\xff\xff"
GIF += b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb"
    + bytes(40)
    + b"\xff\xd9"
)
BMP = b"BM" + struct.pack("<IHHI", 58, 0, 0, 54)
BMP += struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) + bytes(4)


def boxed(brand: bytes, *others: bytes, body: bytes = b"") -> bytes:
    """The container of phones, of a brand."""
    inner = brand + b"\x00\x00\x02\x00" + b"".join(others)
    return struct.pack(">I", 8 + len(inner)) + b"ftyp" + inner + body


def _track(kind: bytes) -> bytes:
    return b"\x00\x00\x00\x21hdlr" + bytes(8) + kind + bytes(13)


_TOLD = "现场照片说明：水管已修复，恢复供水。\r\n姓名,电话\r\n"
_OFD = {
    "OFD.xml": b'<?xml version="1.0"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>',
    "Doc_0/Document.xml": b"<Document/>",
    "Doc_0/Attachs/original_invoice.xml": b"<Invoice/>",
    "Doc_0/Signs/Sign_0/Seal.esl": b"\x30\x82" + bytes(40),
}
_CHART = {
    "word__charts__chart1_dot_xml": b"<c:chart xmlns:c='c'/>",
    "word__charts___rels__chart1_dot_xml_dot_rels": relation(
        "package", "../embeddings/sheet1.xlsx", outside=False
    ),
    "word__embeddings__sheet1_dot_xlsx": office("xl/workbook.xml"),
}
_LINK = relation("hyperlink", "https://www.shenmu.gov.cn/")
GOOD: dict[str, bytes] = {
    "pdf": PDF,
    "pdf of one page": pdf(),
    "pdf that opens at a page": pdf(root=b"/OpenAction[3 0 R/Fit]"),
    "pdf with packed objects": pdf(packed(b"<</Type/Font/BaseFont/SimSun>>")),
    "pdf with a table of objects": tabled(packed(b"[3 0 R/Fit]", number=5)),
    "pdf that goes to a page and on": pdf(
        b"<</S/GoTo/D[3 0 R/Fit]/Next 4 0 R>>", root=b"/OpenAction 4 0 R"
    ),
    "pdf with a link": pdf(b"<</Type/Annot/A<</S/URI/URI(https://a.gov.cn)>>>>"),
    "pdf with a blank before it": b"\n" + PDF,
    "ofd": zipped(_OFD),
    "png": PNG,
    "png with words in it": png("现场照片".encode()),
    "jpg": JPEG,
    "gif": GIF,
    "webp": b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/" + bytes(12),
    "tif": b"II*\x00\x08\x00\x00\x00" + bytes(32),
    "tif of the other order": b"MM\x00*\x00\x00\x00\x08" + bytes(32),
    "bmp": BMP,
    "heic": boxed(b"heic", b"mif1", b"heic"),
    "heic of another brand": boxed(b"mif1", b"heic"),
    "docx": office(),
    "docx with links and fields": office(
        body=field("PAGE") + field(" HYPER", "LINK &quot;https://a.gov.cn&quot;"),
        word___rels__document_dot_xml_dot_rels=_LINK,
    ),
    "docx with a chart": office(**_CHART),
    "docx with a clip that is gone": office(
        word___rels__document_dot_xml_dot_rels=relation("image", r"file:///C:\Users\a\Temp\1.png")
    ),
    "docx that tells of DDE": office(body="<w:p><w:r><w:t>DDEAUTO是什么？</w:t></w:r></w:p>"),
    "xlsx": office("xl/workbook.xml"),
    "xlsx with a link to another": office(
        "xl/workbook.xml",
        xl__externalLinks__externalLink1_dot_xml=b"<externalLink><externalBook/></externalLink>",
        xl__externalLinks___rels__externalLink1_dot_xml_dot_rels=relation(
            "externalLinkPath", "file:///D:/表.xlsx"
        ),
    ),
    "xlsx with boxes to tick": office(
        "xl/workbook.xml",
        xl__ctrlProps__ctrlProp1_dot_xml=b"<formControlPr objectType='CheckBox'/>",
    ),
    "pptx": office("ppt/presentation.xml", ppt__slides__slide1_dot_xml=b"<p:sld xmlns:p='p'/>"),
    "doc": compound(word("水管已修复".encode("utf-16-le"))),
    "doc with a page number": compound(word(b"\x13 PAGE \x141\x15", template="Normal.dotm")),
    "xls": compound(workbook((0x0085, struct.pack("<IBB", 0, 0, 0) + b"\x01\x00a"))),
    "xls with a link to another": compound(
        workbook((0x01AE, struct.pack("<HHB", 1, 6, 0) + b"\x01a.xls"))
    ),
    "ppt": compound(slides((0x03E9, bytes(40)))),
    "mp3": b"ID3\x04\x00" + bytes(32),
    "mp3 without a tag": b"\xff\xfb\x90\x64" + bytes(413),
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(24),
    "amr": b"#!AMR\n" + bytes(32),
    "amr of wide band": b"#!AMR-WB\n" + bytes(32),
    "ogg": b"OggS\x00\x02" + bytes(32),
    "m4a": boxed(b"M4A ", b"isom", body=_track(b"soun")),
    "m4a of a phone": boxed(b"3gp4", b"isom", body=_track(b"soun")),
    "mp4": boxed(b"isom", b"mp41", body=_track(b"vide") + _track(b"soun")),
    "mov": boxed(b"qt  ", body=_track(b"vide")),
    "mov without a brand": b"\x00\x00\x00\x08wide\x00\x00\x00\x08moov",
    "txt": _TOLD.encode(),
    "txt with a mark": _TOLD.encode("utf-8-sig"),
    "txt of another encoding": _TOLD.encode("gb18030"),
    "txt of Windows' notepad": _TOLD.encode("utf-16"),
    "txt of the other order": b"\xfe\xff" + _TOLD.encode("utf-16-be"),
    "txt with the end sign of old programs": _TOLD.encode("gb18030") + b"\x1a",
}
"""kind (and how it differs) -> a content of it."""


FIGURES = "<?xml version='1.0' encoding='UTF-8'?><发票><金额>12.00</金额></发票>".encode()


def invoice(figures: bytes, name: str = "invoice.xml") -> bytes:
    """A PDF that brings a file along, as electronic invoices bring their figures."""
    made, writer = io.BytesIO(), PdfWriter(PdfReader(io.BytesIO(pdf())))
    writer.add_attachment(name, figures)
    writer.write(made)
    return made.getvalue()


def locked_pdf(password: str) -> bytes:
    """A PDF of one page under a password for its owner, and for whoever opens it where one is
    given."""
    made, writer = io.BytesIO(), PdfWriter(PdfReader(io.BytesIO(pdf())))
    writer.encrypt(password, "owner", algorithm="AES-256")
    writer.write(made)
    return made.getvalue()


GOOD["pdf that may not be printed"] = locked_pdf("")
GOOD["pdf of an electronic invoice"] = invoice(FIGURES)


def _deep(n: int) -> str:
    return "<w:p>" * n + "</w:p>" * n


def _password_zip() -> bytes:
    made = bytearray(office())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = made.find(sign)
        while start >= 0:
            made[start + place] |= 1
            start = made.find(sign, start + 4)
    return bytes(made)


_DDE_CELL = "姓名,说明\r\n张三,=cmd|'/c calc'!A1\r\n"
_MACRO_BOOK = office("xl/workbook.xml", xl__vbaProject_dot_bin=b"x")
_RELS, _SETTINGS = (
    "word___rels__document_dot_xml_dot_rels",
    "word___rels__settings_dot_xml_dot_rels",
)


def _with_template(where: str) -> bytes:
    return office(**{_SETTINGS: relation("attachedTemplate", where)})


_BEGIN = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
_ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><w:document>&c;</w:document>'
HOSTILE: dict[str, tuple[bytes, str]] = {
    "docx with macros": (office(word__vbaProject_dot_bin=b"x"), "macros"),
    "docx of a type with macros": (office(kind=_MACRO), "macros"),
    "xlsx with a macro sheet": (
        office("xl/workbook.xml", xl__macrosheets__sheet1_dot_xml=b"<a/>"),
        "macros",
    ),
    "docx with ActiveX": (office(word__activeX__activeX1_dot_xml=b"<a/>"), "activex"),
    "docx with an OLE object": (
        office(word__embeddings__oleObject1_dot_bin=compound({"\x01Ole10Native": b"x"})),
        "embedded",
    ),
    "docx with a document in it": (office(word__embeddings__a_dot_docx=office()), "embedded"),
    "docx whose chart's workbook has macros": (
        office(**{**_CHART, "word__embeddings__sheet1_dot_xlsx": _MACRO_BOOK}),
        "macros",
    ),
    "docx with a template elsewhere": (_with_template("http://a/b.dotm"), "template"),
    "docx with a template on a share": (_with_template(r"\\a\b.dotm"), "template"),
    "docx with a frame": (office(**{_RELS: relation("frame", "http://a/b")}), "frame"),
    "docx with an object elsewhere": (
        office(**{_RELS: relation("oleObject", "http://a/b")}),
        "linked",
    ),
    "docx with a part of a page": (
        office(**{_RELS: relation("aFChunk", "a.html", outside=False)}),
        "embedded",
    ),
    "docx with a picture on a share": (
        office(**{_RELS: relation("image", r"file:\\10.1.1.1\a.png")}),
        "outside",
    ),
    "docx with a link that runs": (
        office(**{_RELS: relation("hyperlink", "ms-msdt:/id PCW")}),
        "link",
    ),
    "docx with DDE": (office(body=field("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe")), "dde"),
    "docx with DDE over runs": (office(body=field(" DD", "EAU", "TO cmd")), "dde"),
    "docx with DDE in one element": (
        office(body='<w:fldSimple w:instr=" DDE cmd x"><w:r/></w:fldSimple>'),
        "dde",
    ),
    "docx with DDE behind a field": (office(body=_BEGIN + field("QUOTE 68 68 69")), "dde"),
    "docx with DDE in a footnote": (
        office(word__footnotes_dot_xml=f'<w:f xmlns:w="x">{field("DDE cmd")}</w:f>'.encode()),
        "dde",
    ),
    "docx with DDE in a part of another name": (
        zipped(
            {
                "[Content_Types].xml": types("word/document.xml").replace(
                    b"/word/document.xml", b"/x/main.dat"
                ),
                "x/main.dat": f'<w:f xmlns:w="x">{field("DDE cmd")}</w:f>'.encode(),
            }
        ),
        "dde",
    ),
    "docx with DDE in wide signs": (
        office(
            word__footnotes_dot_xml=f'<w:f xmlns:w="x">{field("DDE cmd")}</w:f>'.encode("utf-16")
        ),
        "dde",
    ),
    "docx with a document under a picture's name": (
        office(word__media__image1_dot_png=office()),
        "embedded",
    ),
    "docx with an object under another name": (
        office(word__a_dot_dat=compound({"\x01Ole10Native": b"x"})),
        "embedded",
    ),
    "xlsx with DDE in a part of another name": (
        office("xl/workbook.xml", x_dot_dat=b"<a:ddeLink xmlns:a='a'/>"),
        "dde",
    ),
    "docx with entities": (office(word__document2_dot_xml=_ENTITIES), "entities"),
    "docx with entities beside": (office(customXml__item1_dot_xml=_ENTITIES), "entities"),
    "docx with a program": (office(word__media__image1_dot_png=b"MZ\x90\x00"), "program"),
    "xlsx with DDE": (
        office(
            "xl/workbook.xml",
            xl__externalLinks__externalLink1_dot_xml=(
                b"<externalLink><ddeLink ddeService='cmd' ddeTopic='/c calc'/></externalLink>"
            ),
        ),
        "dde",
    ),
    "xlsx with data from elsewhere": (
        office("xl/workbook.xml", xl__connections_dot_xml=b"<a/>"),
        "connection",
    ),
    "pptx with a button": (
        office(
            "ppt/presentation.xml",
            ppt__slides__slide1_dot_xml=b"<p:sld xmlns:p='p'><a action='ppaction://program'/></p:sld>",
        ),
        "program_button",
    ),
    "doc with macros": (compound({**word(), "Macros/VBA": b"x"}), "macros"),
    "doc with an object": (compound({**word(), "ObjectPool/_1234": b"x"}), "embedded"),
    "doc with DDE": (compound(word("\x13 DDEAUTO cmd \x14".encode("utf-16-le"))), "dde"),
    "doc with DDE in narrow signs": (compound(word(b"\x13 DDE cmd x \x15")), "dde"),
    "doc with a template elsewhere": (compound(word(template="http://a/b.dot")), "template"),
    "xls with macros": (compound({**workbook(), "_VBA_PROJECT_CUR/VBA": b"x"}), "macros"),
    "xls with a macro sheet": (
        compound(workbook((0x0085, struct.pack("<IBB", 0, 0, 1) + b"\x01\x00a"))),
        "macros",
    ),
    "xls with DDE": (
        compound(workbook((0x01AE, struct.pack("<HHB", 0, 6, 0) + b"cmd\x03/c"))),
        "dde",
    ),
    "xls with data from elsewhere": (compound(workbook((0x00DC, bytes(12)))), "connection"),
    "ppt with an object": (compound(slides((0x0FCC, bytes(8)))), "embedded"),
    "ppt with macros": (compound(slides((0x0400, struct.pack("<III", 1, 1, 2)))), "macros"),
    "pdf with JavaScript": (
        pdf(b"<</S/JavaScript/JS(app.alert(1))>>", root=b"/OpenAction 4 0 R"),
        "javascript",
    ),
    "pdf with JavaScript in escapes": (
        pdf(b"<</S/J#61vaScr#69pt/#4aS(app.alert(1))>>"),
        "javascript",
    ),
    "pdf with packed JavaScript": (
        pdf(packed(b"<</S/JavaScript/JS(app.alert(1))>>")),
        "javascript",
    ),
    "pdf with JavaScript packed in another way": (
        pdf(packed(b"", b"[/ASCIIHexDecode/FlateDecode]", coded=b"789c00>")),
        "hidden",
    ),
    "pdf with JavaScript behind a predictor": (
        pdf(packed(b"<<>>", more=b"/DecodeParms<</Predictor 12>>")),
        "hidden",
    ),
    "pdf that starts a program": (pdf(b"<</S/Launch/F(cmd.exe)>>"), "launch"),
    "pdf that opens an address": (
        pdf(b"<</S/URI/URI(http://a)>>", root=b"/OpenAction 4 0 R"),
        "launch",
    ),
    "pdf that opens an address as soon as a page is shown": (
        pdf(b"<</Type/Page/AA<</O<</S/URI/URI(http://a)>>>>>>"),
        "launch",
    ),
    "pdf that opens an address from a mark on a page": (
        pdf(b"<</Annots[<</Subtype/Widget/AA<</PO 5 0 R>>>>]>>", b"<</S/URI/URI(http://a)>>"),
        "launch",
    ),
    "pdf that opens an address from an outline": (
        pdf(b"<</Title(a)/A#41 5 0 R>>", b"<</O 6 0 R>>", b"<</S/URI/URI(http://a)>>"),
        "launch",
    ),
    "pdf that opens an address after it went to a page": (
        pdf(
            b"<</S/GoTo/D[3 0 R/Fit]/Next[5 0 R]>>",
            b"<</S/URI/URI(http://a)/Next 4 0 R>>",
            root=b"/OpenAction 4 0 R",
        ),
        "launch",
    ),
    "pdf that opens an address from a packed object": (
        tabled(packed(b"<</S/URI/URI(http://a)>>", number=5)),
        "launch",
    ),
    "pdf with JavaScript in a row of objects that says it is none": (
        tabled(packed(b"<</S/JavaScript/JS(app.alert(1))>>", number=5, type_=b"")),
        "javascript",
    ),
    **{
        f"pdf with JavaScript in a row of objects that says it is none, {how}": (
            tabled(packed(b"", filters, coded=coded, type_=b"")),
            "hidden",
        )
        for how, filters, coded in (
            ("packed twice", b"[/FlateDecode/FlateDecode]", zlib.compress(zlib.compress(_SCRIPT))),
            ("in figures", b"/ASCIIHexDecode", _SCRIPT.hex().encode() + b">"),
            ("in letters", b"[/A85/Fl]", base64.a85encode(zlib.compress(_SCRIPT)) + b"~>"),
        )
    },
    "pdf with a file in it": (
        pdf(root=b"/Names<</EmbeddedFiles<</Names[(a.exe)5 0 R]>>>>"),
        "embedded",
    ),
    "pdf with a program under the name of figures": (invoice(b"MZ\x90\x00", "a.xml"), "embedded"),
    "pdf with a page under the name of figures": (
        invoice(b"<html><script>x()</script></html>", "a.xml"),
        "page",
    ),
    "pdf with a picture of words": (
        invoice(b"<?xml version='1.0'?><a><svg:svg xmlns:svg='s'/></a>"),
        "embedded",
    ),
    "pdf with figures that are shown by a stylesheet": (
        invoice(b"<?xml version='1.0'?><?xml-stylesheet href='http://a'?><a/>"),
        "embedded",
    ),
    "pdf with another pdf in it": (invoice(pdf()), "embedded"),
    "pdf with figures and a file that is in no table": (
        invoice(FIGURES) + b"<</Type/Filespec/F(a.exe)/EF<</F 90 0 R>>>>",
        "embedded",
    ),
    "pdf with rich media": (pdf(b"<</Subtype/RichMedia>>"), "media"),
    "pdf with an XFA form": (pdf(root=b"/AcroForm<</XFA 4 0 R>>"), "xfa"),
    "pdf that is a page as well": (b"%PDF-1.4\n<html><script>alert(1)</script></html>", "page"),
    "ofd with a document": (zipped({**_OFD, "Doc_0/Attachs/a.docx": office()}), "embedded"),
    "ofd with a script": (zipped({**_OFD, "Doc_0/a.js": b"x"}), "script"),
    "gif that is a page as well": (GIF[:-1] + b"!\xfe\x08<script>\x00;", "page"),
    "png that is a page as well": (png(b"<script>alert(1)</script>"), "page"),
    "jpg that is a page as well": (JPEG + b"<hta:application id=a><script>x</script>", "page"),
    "a program": (b"\x7fELF" + bytes(64), "program"),
    "a Windows program": (b"MZ\x90\x00" + bytes(64), "program"),
    "a link to a program": (b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(64), "program"),
    "a page": (b"<html><script>alert(1)</script></html>", "page"),
    "a page in wide signs": ("\ufeff<html>".encode("utf-16-le"), "page"),
    "a page behind words": ("说明\n<script src=x>".encode(), "page"),
    "a picture that is a script": (b"  <svg onload='alert(1)'/>", "page"),
    "a shell script": (b"#!/bin/sh\nrm -rf /\n", "script"),
    "a Windows script": (b"@echo off\r\ndel /q *.*\r\n", "script"),
    "a script of Windows' host": (b'Set s = CreateObject("WScript.Shell")', "script"),
}
"""what it is -> a content that attacks, and the part that the refusal names."""
CSV_WITH_DDE = _DDE_CELL.encode()
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a plain zip": (lambda: zipped({"a.txt": b"a"}), "file_wrapped"),
    "a rar": (lambda: b"Rar!\x1a\x07\x00" + bytes(32), "file_wrapped"),
    "a 7z": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(32), "file_wrapped"),
    "a gzip": (lambda: b"\x1f\x8b\x08" + bytes(32), "file_wrapped"),
    "a mail": (
        lambda: b"From: a@b.c\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed\r\n\r\nx",
        "file_wrapped",
    ),
    "a mail of Outlook": (lambda: compound({"__properties_version1.0": b"x"}), "file_wrapped"),
    "rich text": (lambda: b"{\\rtf1 hello}", "file_wrapped"),
    "a pdf under a password": (lambda: locked_pdf("secret"), "file_locked"),
    "a docx under a password": (lambda: compound({"EncryptedPackage": b"x"}), "file_locked"),
    "a doc under a password": (lambda: compound(word(flags=0x0100)), "file_locked"),
    "an xls under a password": (lambda: compound(workbook((0x002F, bytes(6)))), "file_locked"),
    "a zip under a password": (_password_zip, "file_locked"),
    "an old Word file that is torn": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64),
        "file_broken",
    ),
    "a torn document": (lambda: office()[:40], "file_broken"),
    "a docx that is too deep": (lambda: office(body=_deep(500)), "file_broken"),
    "words behind a gif": (lambda: b"GIF89a=0;alert(1)//", "file_broken"),
    "words after a gif": (lambda: GIF + b"alert(1)", "file_broken"),
    "a document of two kinds": (
        lambda: zipped(
            {
                "[Content_Types].xml": types("xl/workbook.xml", SHEET),
                "word/document.xml": b"<a/>",
                "xl/workbook.xml": b"<a/>",
            }
        ),
        "file_type",
    ),
    "an OpenDocument text": (
        lambda: zipped(
            {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}
        ),
        "file_type",
    ),
    "text with a NUL": (lambda: b"abc\x00def", "file_type"),
    "a picture of a kind that is not taken": (lambda: boxed(b"avif", b"mif1"), "file_type"),
}
"""what it is -> how it is made, and the message id of its refusal."""
NOT_TAKEN = {name: HOSTILE[name][0] for name in ("a program", "a page", "a shell script")}
NOT_TAKEN |= {
    name: REFUSED[name][0]()
    for name in ("a plain zip", "a torn document", "rich text", "text with a NUL")
}
MACROS = {name: content for name, (content, part) in HOSTILE.items() if part == "macros"}
BOMB = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": bytes(101 * 1024**2)})
"""Small as it is sent, more than 100 MB unpacked."""
