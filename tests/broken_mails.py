"""Sixty mails as nobody should send them: nested, mislabelled, without a date, to ten thousand, large."""

from __future__ import annotations

from collections.abc import Iterator

WORDS = "幸福路的路灯不亮，请派人修理。"
HEAD = "From: =?utf-8?B?546L5p+Q?= <wang{n}@example.org>\nMessage-ID: <m{n}@example.org>\n"
DATE = "Date: Mon, 09 Jun 2025 08:00:00 +0800\n"


def _mail(n: int, rest: bytes, dated: bool = True) -> bytes:
    return (HEAD.format(n=n) + (DATE if dated else "")).encode() + rest


def nested(n: int, deep: int) -> bytes:
    """A mail whose words lie so many parts deep."""
    lines = [f'Content-Type: multipart/mixed; boundary="b0"\nSubject: nested {deep}\n\n']
    lines += [
        f'--b{at}\nContent-Type: multipart/mixed; boundary="b{at + 1}"\n\n'
        for at in range(deep - 1)
    ]
    lines.append(f"--b{deep - 1}\nContent-Type: text/plain; charset=utf-8\n\n{WORDS}\n")
    lines += [f"--b{at}--\n" for at in range(deep - 1, -1, -1)]
    return _mail(n, "".join(lines).encode())


def labelled(n: int, label: str, charset: str) -> bytes:
    """A mail in one character set that says it is in another."""
    head = f"Subject: label\nContent-Type: text/plain; charset={label}\n"
    head += "Content-Transfer-Encoding: 8bit\n\n"
    return _mail(n, head.encode() + WORDS.encode(charset) + b"\n")


def large(n: int, megabytes: int) -> bytes:
    """A mail with words and a file of so many megabytes."""
    file = (b"A" * 76 + b"\n") * (megabytes * 1024 * 1024 // 77)
    head = (
        'Subject: large\nContent-Type: multipart/mixed; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{WORDS}\n"
        "--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment;"
        ' filename="x.bin"\nContent-Transfer-Encoding: base64\n\n'
    )
    return _mail(n, head.encode() + file + b"\n--b--\n")


def to_many(n: int) -> bytes:
    """A mail to ten thousand."""
    to = ",\n ".join(f"caller{at}@example.org" for at in range(10_000))
    return _mail(n, f"Subject: many\nTo: {to}\n\n{WORDS}\n".encode())


def _oddities() -> Iterator[tuple[bytes, bool]]:
    """(what follows the first headers, whether it is dated) of mails that are wrong in one way
    each."""
    plain = f"\n{WORDS}\n".encode()
    for label, charset in (
        ("utf-8", "gb18030"),
        ("gb2312", "gb18030"),
        ("us-ascii", "gb18030"),
        ("us-ascii", "utf-8"),
        ("no-such-set", "utf-8"),
        ("gbk", "utf-8"),
        ("x-gbk", "gb18030"),
        ('"utf-8', "utf-8"),
    ):
        yield labelled(0, label, charset).split(DATE.encode(), 1)[1], True
    yield b"Subject: undated\n" + plain, False
    yield b"Date: yesterday\nSubject: no date\n" + plain, False
    yield b"Date: Mon, 99 Jun 99999 08:00:00 +0800\nSubject: far date\n" + plain, False
    yield b"Date: Thu, 01 Jan 1970 00:00:00 +0000\nSubject: long ago\n" + plain, False
    yield "Subject: 路灯不亮\n".encode("gb18030") + plain, True
    yield b"Subject: =?gb2312?B?zPrCt7XGsru4wQ==?= =?nosuch?Q?=FF=FE?=\n" + plain, True
    yield b"Subject: =?utf-8?B?!!!!?=\n" + plain, True
    yield b"Subject: " + b"x" * 200_000 + b"\n" + plain, True
    yield b"Subject: folded\n" + b" again" * 5_000 + b"\n" + plain, True
    yield b"no header at all\nSubject: after it\n" + plain, True
    yield b"Content-Type: multipart/mixed\nSubject: no boundary\n" + plain, True
    yield b'Content-Type: multipart/mixed; boundary=""\nSubject: empty boundary\n' + plain, True
    yield b'Content-Type: multipart/mixed; boundary="b"\nSubject: no parts\n' + plain, True
    yield b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\n' + WORDS.encode(), True
    yield b"Content-Type: text/plain; charset*=utf-8''utf-8\n" + plain, True
    yield b"Content-Type: text/plain; charset=\xff\xfe\n" + plain, True
    yield b"Content-Type: ;;;\n" + plain, True
    yield b"Content-Transfer-Encoding: base64\n\n!!!not base64!!!\n", True
    yield b"Content-Transfer-Encoding: x-nobody\n" + plain, True
    yield b"Content-Transfer-Encoding: quoted-printable\n\n=E8=B7=AF=ZZ=\n", True
    yield (
        b"Content-Type: text/html; charset=utf-8\n\n<p>" + WORDS.encode() + b"<script>x</script",
        True,
    )
    yield b"Content-Type: text/html\n\n" + b"<div>" * 20_000 + WORDS.encode(), True
    yield b"\n" + b"\0\x01\x02" + WORDS.encode() + b"\xff\xfe", True
    yield b"\n", True
    yield b"", True
    yield b"\nx" + b"\n\t" * 2_000 + WORDS.encode(), True
    yield b"Content-Type: message/rfc822\n\nSubject: inner\n\n" + WORDS.encode(), True
    yield b"Content-Type: message/rfc822\n\n", True
    yield b"Content-Type: message/delivery-status\n\nAction: failed\n", True
    name = b"Content-Disposition: attachment; filename*=utf-8''%FF%FE%00.txt\n\nx\n"
    yield name, True
    yield b'Content-Disposition: attachment; filename="../../etc/passwd"\n\nx\n', True
    yield b"Content-Type: image/png; name=x.png\n\n\x89PNG\n", True
    parts = b"".join(b"--b\n\nx\n" for _ in range(2_000))
    yield b'Content-Type: multipart/mixed; boundary="b"\n\n' + parts + b"--b--\n", True
    yield b"References: " + b"<a@b> " * 5_000 + b"\n" + plain, True
    yield b"In-Reply-To: <" + b"x" * 5_000 + b">\n" + plain, True
    yield b"Subject: surrogate \xed\xa0\x80\n" + plain, True
    yield b"X-Odd: \r\r\r\nSubject: returns\n" + plain.replace(b"\n", b"\r"), True


def sixty() -> list[bytes]:
    """The sixty, none of them above 25 MB but one of 50."""
    special = [nested(0, 50), nested(1, 2_000), to_many(2), large(3, 50), large(4, 8)]
    odd = [_mail(at, rest, dated) for at, (rest, dated) in enumerate(_oddities(), len(special))]
    many = [labelled(at, "utf-8", "gb18030") for at in range(len(special) + len(odd), 58)]
    nobody = [b"\n" + WORDS.encode(), b"From: \n\n" + WORDS.encode()]
    return [*special, *odd, *many, *nobody]
