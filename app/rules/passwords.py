"""What a user name may be, and what a password must be: long enough, not the name it belongs to,
and not one that everybody tries first."""

from __future__ import annotations

import re
import secrets

PASSWORD_LENGTH = 12
"""The least number of characters. Length beats mixtures of signs, so no mixture is asked for."""
COMMON = frozenset(
    {
        "123456789012",
        "1234567890123",
        "12345678901234",
        "123456123456",
        "123123123123",
        "111111111111",
        "000000000000",
        "888888888888",
        "666666666666",
        "012345678910",
        "012345678901",
        "987654321098",
        "112233445566",
        "147258369147",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "qwertyuiopas",
        "qwertyuiop12",
        "qwertyuiop123",
        "qwerty123456",
        "qwertyqwerty",
        "asdfghjkl123",
        "asdfghjkl;'a",
        "zxcvbnm12345",
        "qazwsxedcrfv",
        "q1w2e3r4t5y6",
        "abcdefghijkl",
        "abcd12345678",
        "abc123456789",
        "abc123abc123",
        "aa1234567890",
        "a12345678901",
        "password1234",
        "password12345",
        "password123456",
        "passwordpassword",
        "p@ssw0rd1234",
        "p@ssword1234",
        "passw0rd1234",
        "admin1234567",
        "admin12345678",
        "adminadminadmin",
        "admin@123456",
        "administrator",
        "administrator1",
        "administrator123",
        "root12345678",
        "letmein12345",
        "welcome12345",
        "iloveyou1234",
        "woaini520520",
        "woaini131452",
        "woaini1314520",
        "5201314520131",
        "changeme1234",
        "changemechangeme",
        "default12345",
        "test12345678",
        "testtesttest",
        "demo12345678",
        "duban1234567",
        "dubanduban12",
        "shenmu123456",
        "shenmu12345678",
        "mima12345678",
        "mimamimamima",
        "hotline12345",
        "hotline123456",
        "12345hotline",
        "123451234512345",
    }
)
"""Passwords of twelve characters and more that everybody tries first; those that are shorter are
refused anyway."""


_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,39}")


def username_flaw(username: str) -> str | None:
    """Why nobody can be called this - the message id of a sentence - or None where it will do."""
    return None if _USERNAME.fullmatch(username) else "username_wrong"


def password_flaw(password: str, username: str) -> str | None:
    """Why a password is refused for a username - the message id of a sentence - or None where it
    will do."""
    plain, name = password.strip().casefold(), username.strip().casefold()
    if len(password.strip()) < PASSWORD_LENGTH:
        return "password_too_short"
    if name and _is_the_name(plain, name):
        return "password_is_the_name"
    if plain in COMMON or len(set(plain)) < 4:
        return "password_too_common"
    return None


def _is_the_name(plain: str, name: str) -> bool:
    """The name itself, backwards, repeated, or with nothing but figures and signs around it."""
    rest = plain.replace(name, "")
    return name == plain[::-1] or (name in plain and not any(sign.isalpha() for sign in rest))


_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody takes for one another, on paper or read out."""


def slip() -> str:
    """A password that is good for one login: four groups of four signs (79 bits), to be read from a
    slip of paper."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))
