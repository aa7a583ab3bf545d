"""Mails are read strictly, and whatever a mail is, something of it can be read."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime

import pytest

from app.channels.charsets import header_words, words_of
from app.channels.headers import automatic, headers_of, key_of
from app.channels.letters import MOST_WORDS, read
from tests.broken_mails import WORDS, labelled, large, nested, sixty

CAME = datetime(2025, 6, 9, 1, 0, tzinfo=UTC)


def test_sixty_broken_mails_are_each_read_as_far_as_they_can_be() -> None:
    mails = sixty()
    assert len(mails) == 60
    letters = [read(raw, CAME) for raw in mails if len(raw) < 30_000_000]
    assert len({letter.key for letter in letters}) == len(letters)
    assert sum("headers_only" in letter.notes for letter in letters) == 2
    assert all(letter.at <= CAME for letter in letters)


def test_fifty_parts_in_one_another_are_read_and_two_thousand_leave_the_headers() -> None:
    deep = read(nested(0, 50), CAME)
    assert (deep.words, deep.notes) == (WORDS, ())
    deeper = read(nested(1, 2_000), CAME)
    assert (deeper.words, deeper.notes) == ("", ("headers_only",))
    assert (deeper.subject, deeper.address) == ("nested 2000", "wang1@example.org")


@pytest.mark.parametrize(
    ("label", "charset"),
    [
        ("utf-8", "gb18030"),
        ("gb2312", "gb18030"),
        ("gbk", "utf-8"),
        ("us-ascii", "gb18030"),
        ("no-such-set", "utf-8"),
        ("utf-8", "utf-8"),
    ],
)
def test_words_are_read_by_their_label_then_as_utf_8_then_as_gb18030(
    label: str, charset: str
) -> None:
    letter = read(labelled(1, label, charset), CAME)
    assert (letter.words, letter.notes) == (WORDS, ())


def test_what_nothing_reads_is_shown_byte_by_byte_and_said() -> None:
    assert words_of(b"a\xff\xff\xffb", "utf-8") == ("a\\xff\\xff\\xffb", False)
    raw = b"From: a@b.cn\nContent-Type: text/plain; charset=utf-8\n\na\xff\xff\xffb\n"
    letter = read(raw, CAME)
    assert (letter.words, letter.notes) == ("a\\xff\\xff\\xffb", ("charset_unknown",))


def test_what_is_called_gb2312_is_read_as_gb18030() -> None:
    assert words_of("镕".encode("gb18030"), "gb2312") == ("镕", True)
    assert header_words(b"=?gb2312?B?6fc=?= <a@b>".replace(b"6fc=", b"6Gg=")) != ""


def test_a_mail_without_a_date_was_written_when_it_came_into_the_mailbox() -> None:
    assert read(b"From: a@b.cn\n\nx", CAME).at == CAME
    assert read(b"Date: nonsense\n\nx", CAME).at == CAME
    dated = b"Date: Mon, 09 Jun 2025 08:00:00 +0800\n\nx"
    assert read(dated, CAME).at == datetime(2025, 6, 9, 0, 0, tzinfo=UTC)
    forged = b"Date: Mon, 09 Jun 2031 08:00:00 +0800\n\nx"
    assert read(forged, CAME).at == CAME


def test_a_mail_is_known_by_sender_date_id_and_body_however_it_travelled() -> None:
    raw = b"From: a@b.cn\nDate: x\nMessage-ID: <1@b>\n\nbody\n"
    other = b"Received: by x\nFrom: a@b.cn\r\nDate: x\r\nMessage-ID: <1@b>\r\n\r\nbody\r\n"
    assert key_of(raw) == key_of(other.replace(b"by x\n", b"by x\r\n"))
    assert key_of(raw) != key_of(raw.replace(b"body", b"Body"))
    assert key_of(raw) != key_of(raw.replace(b"a@b", b"c@b"))


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("Auto-Submitted: auto-replied", "auto"),
        ("Auto-Submitted: no", ""),
        ("Precedence: bulk", "list"),
        ("List-Id: <x.example.org>", "list"),
        ("Return-Path: <>", "bounce"),
        ("Content-Type: multipart/report; report-type=delivery-status", "bounce"),
        ("X-Autoreply: yes", "auto"),
    ],
)
def test_who_did_not_write_by_hand_is_told_from_who_did(header: str, why: str) -> None:
    assert automatic(headers_of(f"From: a@b.cn\n{header}\n\nx".encode())) == why
    assert automatic(headers_of(b"From: MAILER-DAEMON@b.cn\n\nx")) == "bounce"


def test_a_page_is_read_as_words_and_the_plain_text_before_it() -> None:
    page = b"<html><style>p{}</style><p>\xe8\xb7\xaf\xe7\x81\xaf</p><p>b &amp; c</p></html>"
    assert read(b"Content-Type: text/html; charset=utf-8\n\n" + page, CAME).words == "路灯\nb & c"
    both = (
        b'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\nplain\n'
        b"--b\nContent-Type: text/html\n\n<p>page</p>\n--b--\n"
    )
    assert read(both, CAME).words == "plain"


def test_of_a_mail_that_is_too_large_the_words_are_read_and_it_is_said() -> None:
    raw = large(1, 50)
    letter = read(raw[: 1024 * 1024], CAME, whole=False)
    assert letter.words == WORDS
    assert (letter.files, set(letter.notes)) == ([], {"files_left_out", "too_large"})


def test_more_words_than_are_shown_are_cut_and_it_is_said() -> None:
    letter = read(b"\n" + b"x" * (MOST_WORDS + 5), CAME)
    assert (len(letter.words), letter.notes) == (MOST_WORDS, ("text_cut",))


def test_files_come_with_their_names_however_these_are_written() -> None:
    told = [
        b'Content-Disposition: attachment; filename="=?gb2312?B?1dXGrA==?=.jpg"',
        b"Content-Disposition: attachment; filename*=utf-8''%E7%85%A7%E7%89%87.jpg",
        b'Content-Disposition: attachment; filename="\xe7\x85\xa7\xe7\x89\x87.jpg"',
    ]
    parts = b"".join(b"--b\nContent-Type: image/jpeg\n" + one + b"\n\nx\n" for one in told)
    raw = b'Content-Type: multipart/mixed; boundary="b"\n\n' + parts + b"--b--\n"
    assert [name for name, _ in read(raw, CAME).files] == ["照片.jpg"] * 3


@pytest.mark.long
def test_reading_the_sixty_takes_less_than_half_a_gigabyte() -> None:
    mails = sixty()
    tracemalloc.start()
    for raw in mails:
        read(raw[: 25 * 1024 * 1024], CAME, len(raw) <= 25 * 1024 * 1024)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 400 * 1024 * 1024
