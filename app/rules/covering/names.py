"""Names in folded text: with any blank or dot between their signs, with the family name first or
last, and, where a case is confidential, a part of a name and 张先生 too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from app.rules.covering.numbers import Found
from app.rules.folding import plain

NAME, WORD = "name", "word"
_BETWEEN = r"[ \n·.\-_'*,、]{0,3}"
_WITHIN = r"[ \n·.\-_']{0,2}"
_OF_TWO = r"[ ·]{0,2}"
_APART = re.compile(r"[ \n·.\-_'*,]+")
_SEVERAL = re.compile(r"[、,;/&|\n]|(?<=[\u4e00-\u9fff])[和与](?=[\u4e00-\u9fff]{2,4}$)")
TITLES = (
    "先生|女士|小姐|太太|夫人|大爷|大妈|大娘|大婶|大伯|大叔|大姐|大哥|大嫂|阿姨|叔叔|伯伯|爷爷|奶奶|老师|师傅|师父|同志"
    "|老伯|老太|老汉|老人|老板|老哥|姐|哥|婶|嫂|叔|姨|某某|某"
)
_TITLE_AFTER = re.compile(rf"(?:{TITLES})$")
COMPOUND = (
    "欧阳",
    "司马",
    "诸葛",
    "上官",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "夏侯",
    "端木",
    "司徒",
    "南宫",
    "宇文",
    "长孙",
    "独孤",
    "轩辕",
    "呼延",
    "申屠",
    "闻人",
    "百里",
    "公羊",
    "澹台",
    "赫连",
    "钟离",
    "淳于",
    "单于",
)
_HAN = r"\u3400-\u9fff\U00020000-\U0003134f"
_BOUND = ("(?<![a-z])", "(?![a-z])")


def _is_han(text: str) -> bool:
    return re.fullmatch(rf"[{_HAN}]+", text) is not None


def family_of(name: str) -> str:
    """The family name of a Chinese name."""
    return name[:2] if name[:2] in COMPOUND and len(name) > 2 else name[:1]


def _spelled(parts: Sequence[str]) -> str:
    """The pattern of a name's parts, one after the other."""
    han = [part for part in parts if not part.isascii()]
    within = _OF_TWO if len(parts) == 1 and len(parts[0]) == 2 else _WITHIN
    inner = [
        within.join(map(re.escape, part)) if part in han else re.escape(part) for part in parts
    ]
    pattern = _BETWEEN.join(inner)
    before = _BOUND[0] if parts[0][0].isascii() else ""
    return before + pattern + (_BOUND[1] if parts[-1][-1].isascii() else "")


def people(name: str) -> list[str]:
    """The names in a field, folded: of several people each, without title and what stands in
    brackets."""
    found = []
    for each in _SEVERAL.split(re.sub(r"[(\[][^)\]]*[)\]]?", " ", plain(name))):
        found.append(each.strip(" .·-_'*:"))
        found.append(_TITLE_AFTER.sub("", found[-1]).strip())
    whole = plain(name).strip()
    return list(dict.fromkeys(each for each in (whole, *found) if each))


@lru_cache(maxsize=4096)
def pattern_of(name: str, wholly: bool) -> re.Pattern[str] | None:
    """Where a person of this name is named; None where nothing could be looked for. `wholly` looks
    for parts of the name, and the family name with a title, too."""
    found = [pattern for each in people(name) for pattern in _patterns(each, wholly)]
    longest = sorted(dict.fromkeys(found), key=len, reverse=True)
    return re.compile("|".join(longest)) if longest else None


def _patterns(name: str, wholly: bool) -> Iterator[str]:
    """The patterns of one person's name, in either order of its parts."""
    parts = [part for part in _APART.split(name) if part]
    if len("".join(parts)) == 2:
        parts = ["".join(parts)]
    if len("".join(parts)) >= 2:
        yield _spelled(parts)
        if len(parts) > 1:
            yield _spelled(parts[::-1])
    if wholly:
        yield from _patterns_of_parts(name, parts)
        yield from map(_titled, _orders(parts))


def _patterns_of_parts(name: str, parts: Sequence[str]) -> Iterator[str]:
    """The patterns of a part of a name; a family name and a given one, with no dot between, are no
    parts: 建国 alone is nobody."""
    if len(parts) > 1 and ("·" in name or not any(_orders(parts))):
        yield from (_spelled([part]) for part in parts if len(part) >= 2)


def _orders(parts: Sequence[str]) -> Iterator[str]:
    """A Chinese name in one, however it was typed (张 建国); where the family name may stand last,
    in both orders."""
    name = "".join(parts)
    if not parts or not _is_han(name) or len(name) > 4:
        return
    yield name
    if len(parts) == 2 and (len(parts[1]) == 1 or parts[1] in COMPOUND):
        yield parts[1] + parts[0]


def _titled(name: str) -> str:
    """张先生, 老张, 小张, 张某某; and 建国同志, where the name is 张建国."""
    family, given = family_of(name), name.removeprefix(family_of(name))
    called = f"{family}{_OF_TWO}(?:{TITLES})"
    aged = f"(?<![{_HAN}])[老小]{family}(?![{_HAN}]{{0,1}}(?:区|学|路|村|庄|家|镇|乡|院))"
    return "|".join([called, aged, *([f"{given}(?:{TITLES})"] if len(given) > 1 else [])])


def names(text: str, of: Sequence[str], wholly: bool) -> Iterator[Found]:
    """Where people of these names are named in a folded text."""
    for name in of:
        pattern = pattern_of(name, wholly)
        if pattern is not None:
            yield from ((*run.span(), NAME) for run in pattern.finditer(text))


@lru_cache(maxsize=4096)
def _on_file(name: str) -> re.Pattern[str] | None:
    """A name itself or a part of it, in any spelling: not what it only may be (张先生)."""
    found = [
        pattern
        for each in people(name)
        for parts in [[part for part in _APART.split(each) if part]]
        for pattern in (*_patterns(each, False), *_patterns_of_parts(each, parts))
    ]
    return re.compile("|".join(dict.fromkeys(found))) if found else None


def is_on_file(word: str, of: Sequence[str]) -> bool:
    """Whether a folded word is one of these names in some spelling, or a part of one."""
    patterns = (_on_file(name) for name in of)
    return any(pattern is not None and pattern.fullmatch(word) for pattern in patterns)


@lru_cache(maxsize=1024)
def _literal(word: str) -> re.Pattern[str]:
    return re.compile(
        r"[ \n]?".join(map(re.escape, plain(word).replace(" ", "").replace("\n", "")))
    )


def words(text: str, of: Sequence[str]) -> Iterator[Found]:
    """Where words that somebody covered stand in a folded text."""
    for word in of:
        if plain(word).strip():
            yield from ((*run.span(), WORD) for run in _literal(word).finditer(text))
