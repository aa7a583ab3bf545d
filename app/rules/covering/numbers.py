"""Where numbers stand in a folded text, as a person would read them: mobile, landline, short and
identity numbers, and the caller's own in any spelling. Amounts, days, the numbers of cases and
papers, 12345 and 400 are none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from app.rules.covering.shapes import DAY, SERVICE, is_identity, is_landline, is_mobile
from app.rules.folding import plain
from app.rules.phones import NoNumber, read

OWN, MOBILE, LANDLINE, SHORT, IDENTITY = "number", "mobile", "landline", "short", "identity"
STARRED = "masked"
"""A mobile number that somebody masked already."""
Found = tuple[int, int, str]
"""A run of the folded text: first place, place after the last, kind."""

_CLUSTER = re.compile(
    r"\d+(?:[ \n\-·._/()\[\]'~一,、:;|\\<>*#+=。!?&@^%$]{1,5}\d+)*(?:[ \-·./]{0,3}x(?![a-z0-9]))?"
)
_NARROW = re.compile(r"[ \n\-·._/()\[\]'~一]{0,4}")
_LABEL = re.compile(
    r"(?:电话|短号|座机|联系|手机|固话|号码|致电|拨打|来电|回电|内线|传真|宅电|tel|phone|mobile|call|fax)"
    r"(?:号码|号|方式|人|方法|为|是|请|打|[:.,;(\['\- \n、。]){0,6}$"
)
_LABELS_OF_LETTERS = re.compile(
    r"(?:tel|phone|mobile|mob|cell|call|fax|home|work|office|no|[tmph])$"
)
_FURTHER = re.compile(r"[号)\]]? ?(?:[、,/;或和及]|或者|or|and) ?")
_DATE = re.compile(r"(?:19|20)\d\d[.\-/ ]\d{1,2}(?!\d)")
_BEFORE = 24
"""How many signs before a number are looked at."""
_UNIT = re.compile(
    r" ?[多余]?(?:元(?!旦|宵|月)|[万亿千块户人度吨平亩米厘%年月日号栋幢期路次个名台辆份件条天分点时斤岁届]"
    r"|[室房棵株套间位]|公里|公斤|小时|k[mgw]|m[2l]?\b)"
)
_MONEY = re.compile(r" ?元(?:[整的钱]|左右|上下|以[上下]|人民币|资金|现金|款|(?![\u3400-\u9fff]))")
"""What follows an amount of eleven digits: nobody has that many 亿, and 元宝山路 is a street."""
_CALLED = re.compile(r"(?:电话|短号|座机|手机|固话|传真|宅电|tel|phone|mobile|fax)[^\d元万]{0,6}$")
_COUNTED = re.compile(r" ?[多余]?(?:元|[万亿千块])")
_WIDELY = frozenset({(3, 4, 4), (3, 3, 5), (4, 4, 3), (3, 8), (7, 4), (1,) * 11})
"""The groups of a mobile number between which any sign may stand: no amount (13,800,138,002) is
written so."""
_EXTENSION = re.compile(
    r" ?(?:转接?|分机号?|内线|;?ext(?:ension)?[.=]?|x|#)[ :-]{0,2}\d{1,6}(?!\d)"
)
_SEVERAL = re.compile(r"[,;、/|和或及\n]| {2,}")
_STARRED = re.compile(r"(?<!\d)1[3-9]\d[*x·.]{3,8}\d{2,4}(?!\d)")
_TAIL = re.compile(r"(?:尾号|[后末](?:四|4)位|ending (?:in|with))(?:[是为: ]{0,2})(\d{4})(?!\d)")
_NUMERALS = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两"
_SPELT = str.maketrans(_NUMERALS + "ol", "00123456789" + "1123456789" + "2" + "01")
_SPELT_RUN = re.compile(rf"[{_NUMERALS}\dol](?:[ \-·]?[{_NUMERALS}\dol]){{6,}}")
_LONGEST = 24
"""In how many groups a number may stand."""


@dataclass(frozen=True)
class Own:
    """A caller's own number: its digits as they are compared, its extension."""

    digits: str
    extension: str = ""


@lru_cache(maxsize=1024)
def own(typed: str) -> tuple[Own, ...]:
    """A caller's number as it is looked for; of a field that holds several, each; none of what has
    fewer than five digits."""
    try:
        number = read(typed)
    except NoNumber:
        parts = [re.sub(r"\D", "", part) for part in _SEVERAL.split(plain(typed))]
        whole = re.sub(r"\D", "", plain(typed))
        found = [Own(digits) for digits in (whole, *parts)]
    else:
        found = [Own(number.digits.removeprefix("+"), number.extension)]
    return tuple(dict.fromkeys(each for each in found if len(each.digits) >= 5))


@lru_cache(maxsize=1024)
def _shape(number: Own) -> re.Pattern[str]:
    """The digits that are read as a caller's own number: with and without what is dialled before
    it, and the last seven or eight of a landline."""
    before, digits = r"(?:(?:00)?86|17951|12593)?0?", number.digits
    if is_mobile(digits):
        return re.compile(f"{before}{digits}(?:{number.extension})?")
    area = re.match(r"0(?:10|2\d|\d{3})(?=\d{7,8}$)|(?:10|2\d|[3-9]\d\d)(?=\d{7,8}$)", digits)
    local = digits[area.end() :] if area else digits
    code = f"(?:{area.group().lstrip('0')})?" if area else r"(?:\d{2,3})?" if len(local) > 6 else ""
    tail = f"|{local[1:]}" if len(local) == 8 else ""
    ext = f"(?:{number.extension})?" if number.extension else ""
    return re.compile(f"(?:{before}{code}{local}|{digits}{tail}){ext}")


def _is(number: Own, digits: str) -> bool:
    """Whether digits are read as a caller's own number; in every way they are, they hold its last
    seven."""
    return number.digits[-7:] in digits and bool(_shape(number).fullmatch(digits))


@dataclass(frozen=True)
class _Group:
    start: int
    end: int
    digits: str
    gap: str


def _groups(text: str, cluster: re.Match[str]) -> list[_Group]:
    found: list[_Group] = []
    over = cluster.start()
    for part in re.finditer(r"\d+x?|x", cluster.group()):
        start, end = cluster.start() + part.start(), cluster.start() + part.end()
        found.append(_Group(start, end, part.group(), text[over:start]))
        over = end
    return found


def numbers(text: str, owned: Sequence[Own]) -> Iterator[Found]:
    """The numbers in a folded text; of those written out in characters no short ones."""
    yield from ((*run.span(), STARRED) for run in _STARRED.finditer(text))
    yield from _found(text, text, owned)
    spelt = _SPELT_RUN.sub(lambda run: run.group().translate(_SPELT), text)
    if spelt != text:
        yield from (run for run in _found(spelt, text, owned) if run[2] != SHORT)
    tails = {number.digits[-4:] for number in owned}
    yield from ((*run.span(1), OWN) for run in _TAIL.finditer(text) if run[1] in tails)


def _found(text: str, typed: str, owned: Sequence[Own]) -> Iterator[Found]:
    """The numbers in a text; of a cluster that another reading of it holds just so, none again."""
    for cluster in _CLUSTER.finditer(text):
        first, last = cluster.span()
        if text is typed or typed[first:last] != cluster.group():
            yield from _of_cluster(text, _groups(text, cluster), owned)


def _of_cluster(text: str, groups: list[_Group], owned: Sequence[Own]) -> Iterator[Found]:
    at, over = 0, 0
    while at < len(groups):
        kind, more = _read(text, groups[at : at + _LONGEST], owned, over)
        if kind:
            start, end = _whole(text, groups[at].start, groups[at + more - 1].end, kind)
            over = 0 if kind == IDENTITY else end
            yield start, end, kind
        at += more


def _read(text: str, groups: list[_Group], owned: Sequence[Own], over: int) -> tuple[str, int]:
    """The kind of the number that begins with the first of these groups, and how many it takes; no
    kind where it is none. `over` is where the telephone number before it ended."""
    joined = ["".join(group.digits for group in groups[: n + 1]) for n in range(len(groups))]
    n = _own(joined, owned)
    if n:
        return OWN, n
    near = _together(groups)
    kind, n = _known(text, groups, joined[:near])
    if not kind and near < len(groups):
        kind, n = _known(text, groups, joined, near)
    if kind:
        return kind, n
    joined = joined[:near]
    n = _service(joined)
    if n:
        return "", n
    if _is_introduced(text, groups[0].start, over):
        n = _short(text, groups, joined)
    return (SHORT, n) if n else ("", 1)


def _own(joined: Sequence[str], owned: Sequence[Own]) -> int:
    """The most groups that are a caller's own number; 0 where none are. `joined` holds the digits
    of the first group, of the first two, and so on."""
    near = [number for number in owned if number.digits[-7:] in joined[-1]]
    for n in range(len(joined) if near else 0, 0, -1):
        if any(_is(number, joined[n - 1]) for number in near):
            return n
    return 0


def _known(
    text: str, groups: list[_Group], joined: Sequence[str], near: int = 0
) -> tuple[str, int]:
    """The most groups that are a number of a known kind, and the kind; of more than `near` groups,
    those with any sign between them."""
    for n in range(len(joined), near, -1):
        kind = _kind(text, groups[:n], joined[n - 1])
        if kind and (not near or _is_wide(kind, groups[:n], joined[n - 1])):
            return kind, n
    return "", 0


def _is_wide(kind: str, groups: list[_Group], digits: str) -> bool:
    """Whether groups with any sign between them are one number, and no list of several."""
    if kind == MOBILE:
        sizes = [len(group.digits) for group in groups]
        over = len(digits) - 11
        while over and over >= sizes[0]:
            over -= sizes.pop(0)
        return (sizes[0] - over, *sizes[1:]) in _WIDELY
    if kind == LANDLINE:
        return digits.startswith(("0", "86"))
    return kind == IDENTITY


def _service(joined: Sequence[str]) -> int:
    """The most groups that are a service's number, which is nobody's own; 0 where none are."""
    for n in range(len(joined), 0, -1):
        if SERVICE.fullmatch(joined[n - 1]):
            return n
    return 0


def _short(text: str, groups: list[_Group], joined: Sequence[str]) -> int:
    """The most groups that are a short number; 0 where none are."""
    for n in range(len(joined), 0, -1):
        if _is_short(text, groups[:n], joined[n - 1]):
            return n
    return 0


def _is_introduced(text: str, start: int, over: int) -> bool:
    """Whether a word such as 电话, or another number, stands before a number."""
    label = _LABEL.search(text[max(0, start - _BEFORE) : start])
    return bool(label or (over and _FURTHER.fullmatch(text[over:start])))


def _together(groups: list[_Group]) -> int:
    """How many of these groups may be one number: those with nothing but narrow gaps between
    them."""
    n = 1
    while n < len(groups) and _NARROW.fullmatch(groups[n].gap):
        n += 1
    return n


def _even(groups: list[_Group]) -> bool:
    """Whether groups are written as those of a number: none of a single digit, or all, but for what
    is dialled before it."""
    dialled = groups[0].digits.startswith(("86", "0"))
    return len({len(group.digits) == 1 for group in groups[dialled:]}) <= 1


def _kind(text: str, groups: list[_Group], digits: str) -> str:
    if len(digits) < 10 or not _even(groups):
        return ""
    if is_identity(digits):
        return IDENTITY
    start, end = groups[0].start, groups[-1].end
    amount = _MONEY.match(text, end) or text[start - 1 : start] in ("¥", "$")
    if amount and (digits.startswith("0000") or not digits.startswith("0")):
        return ""
    return _telephone(text, groups, digits)


def _telephone(text: str, groups: list[_Group], digits: str) -> str:
    """The kind of a telephone number; digits within a word of letters are none."""
    letter = _letter_before(text, groups[0].start)
    if is_mobile(digits) and _grouped(groups, digits):
        return "" if letter and _is_letter(text, groups[-1].end) else MOBILE
    local = is_landline(digits, _ends(groups)) or _is_bare(text, groups)
    return LANDLINE if local and not letter else ""


def _is_bare(text: str, groups: list[_Group]) -> bool:
    """Whether a number is a landline without the nought of its area: 912-8350127; no service's
    (400-1234567), no amount."""
    area, local = groups[0].digits, "".join(group.digits for group in groups[1:])
    if not is_landline(f"0{area}-{local}".replace("-", ""), frozenset({len(area) + 1})):
        return False
    whole = len(area) in (2, 3) and local[:1] not in ("0", "1", "9") and area not in ("400", "800")
    return whole and not _COUNTED.match(text, groups[-1].end)


def _ends(groups: list[_Group]) -> frozenset[int]:
    """After how many digits a group ends, but for the last one."""
    return frozenset(accumulate(len(group.digits) for group in groups[:-1]))


def _is_letter(text: str, place: int) -> bool:
    sign = text[place : place + 1]
    return sign.isascii() and sign.isalpha()


def _grouped(groups: list[_Group], digits: str) -> bool:
    """Whether a mobile number is written in groups as people write it: not in pairs, as years
    are."""
    sizes = [len(group.digits) for group in groups]
    dialled = groups[0].digits.startswith(("86", "0"))
    return len(groups) == 1 or max(sizes[dialled:]) == 1 or sizes[-1] >= 3


def _letter_before(text: str, start: int) -> bool:
    before = text[max(0, start - _BEFORE) : start]
    letter = before[-1:].isascii() and before[-1:].isalpha()
    return letter and not _LABELS_OF_LETTERS.search(before)


def _is_short(text: str, groups: list[_Group], digits: str) -> bool:
    """Whether digits that follow a word such as 电话 are a number of their own: no day, no amount."""
    whole = (
        5 <= len(digits) <= 8
        and digits.isdigit()
        and min(len(group.digits) for group in groups) > 1
    )
    if not whole or SERVICE.fullmatch(digits) or DAY.fullmatch(digits):
        return False
    if _DATE.match(text, groups[0].start):
        return False
    called = len(digits) >= 7 and _CALLED.search(
        text[max(0, groups[0].start - _BEFORE) : groups[0].start]
    )
    amount = (_COUNTED if called else _UNIT).match(text, groups[-1].end)
    return not amount and not digits.startswith("0")


def _whole(text: str, start: int, end: int, kind: str) -> tuple[int, int]:
    """A number with the sign before it, its bracket and its extension."""
    plus = re.search(r"[(\[]?\+ ?$", text[max(0, start - 3) : start])
    start -= len(plus.group()) if plus else 0
    if text[start - 1 : start] in ("(", "[") and re.search(r"[)\]]", text[start:end]):
        start -= 1
    extension = None if kind == IDENTITY else _EXTENSION.match(text, end)
    return start, extension.end() if extension else end
