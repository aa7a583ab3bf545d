"""One number, spelt in all the ways in which a keyboard, an address book or a paper gives it."""

from __future__ import annotations

import re

from hypothesis import strategies as st

AREA_CODE = "0912"
ONE_MOBILE, ONE_LANDLINE = "13822223333", "09128350123"
GAPS = (
    "",
    " ",
    "  ",
    "-",
    " - ",
    "\u3000",
    "\u00a0",
    "\u2009",
    "\u202f",
    "\t",
    "\u2010",
    "\u2011",
    "\u2012",
    "\u2013",
    "\u2014",
    "\u2015",
    "\u2212",
    "\uff0d",
    "\ufe63",
    "\u30fc",
    ".",
    "\uff0e",
    "\u00b7",
    "\u2022",
    "\u30fb",
    "\u2027",
    "/",
    "\uff0f",
    "_",
    "\u200b",
    "\u2060",
    "\ufeff",
)
"""What may stand between the groups of a number: nothing, blanks, hyphens and dashes, dots,
slashes, signs that nobody sees."""
WRAPS = (
    ("", ""),
    (" ", " "),
    ("\u202a", "\u202c"),
    ("\u202d", "\u202c"),
    ("\u2066", "\u2069"),
    ("\u200e", "\u200e"),
    ("\ufeff", ""),
    ("\u200b", "\u200b"),
    ("\n", "\r\n"),
    ("\u3000", "\u3000"),
    ("<", ">"),
    ("\uff08", "\uff09"),
)
"""What an address book or a page puts around a number."""
LABELS = (
    "",
    "电话",
    "电话：",
    "手机:",
    "手机号：",
    "联系电话 ",
    "Tel: ",
    "TEL ",
    "tel:",
    "Tel.",
    "phone: ",
    "座机：",
    "办公电话：",
)
COUNTRY = (
    "",
    "+86",
    "+86 ",
    "+86-",
    "0086",
    "0086 ",
    "0086-",
    "86",
    "86 ",
    "86-",
    "(+86)",
    "(86) ",
    "＋８６ ",
    "+ 86 ",
)
_AREAS = (
    "{a}",
    "{a}-",
    "{a} ",
    "({a})",
    "（{a}）",
    "({a}) ",
    "[{a}]",
    "{a}.",
    "{a}/",
    "{a}\u2014",
    "（{a}） ",
)
_GROUPS = {
    11: ((3, 4, 4), (11,), (3, 8), (4, 4, 3), (3, 3, 5), (7, 4)),
    7: ((7,), (3, 4), (4, 3), (3, 2, 2)),
    8: ((8,), (4, 4), (2, 2, 2, 2)),
}
WIDE = str.maketrans("0123456789+-()", "０１２３４５６７８９＋－（）")


def _grouped(digits: str) -> st.SearchStrategy[str]:
    def joined(groups: tuple[int, ...], gap: str) -> str:
        ends = [sum(groups[:n]) for n in range(len(groups) + 1)]
        return gap.join(digits[first:last] for first, last in zip(ends, ends[1:], strict=False))

    return st.builds(
        joined, st.sampled_from(_GROUPS.get(len(digits), ((len(digits),),))), st.sampled_from(GAPS)
    )


def _finished(core: st.SearchStrategy[str], labels: tuple[str, ...]) -> st.SearchStrategy[str]:
    def put(told: str, wide: bool, wrap: tuple[str, str], label: str) -> str:
        return label + wrap[0] + (told.translate(WIDE) if wide else told) + wrap[1]

    return st.builds(put, core, st.booleans(), st.sampled_from(WRAPS), st.sampled_from(labels))


def mobile(digits: str = ONE_MOBILE, labels: tuple[str, ...] = LABELS) -> st.SearchStrategy[str]:
    """Spellings of a mobile number of eleven digits, with and without the country's code."""
    return _finished(st.builds("{}{}".format, st.sampled_from(COUNTRY), _grouped(digits)), labels)


def landline(
    digits: str = ONE_LANDLINE, labels: tuple[str, ...] = LABELS
) -> st.SearchStrategy[str]:
    """Spellings of a landline number of the office's own area: with area code and country's code,
    or the local number alone."""
    local = digits.removeprefix(AREA_CODE)
    area = st.sampled_from(_AREAS).map(lambda shape: shape.format(a=AREA_CODE))
    abroad = st.sampled_from(
        ("+86 912 ", "+86912", "0086-912-", "+86(912)", "+86 (0)912 ", "86-912-", "+86-0912-")
    )
    core = st.one_of(
        _grouped(local),
        st.builds("{}{}".format, area, _grouped(local)),
        st.builds("{}{}".format, abroad, st.just(local)),
    )
    return _finished(core, labels)


def digits_of(told: str) -> str:
    """The digits of a spelling, however wide: what a person must be able to find in it."""
    return re.sub(r"\D", "", told.translate({wide: narrow for narrow, wide in WIDE.items()}))


SOME_MOBILE = (
    "13822223333",
    "138 2222 3333",
    "138-2222-3333",
    "+8613822223333",
    "86 13822223333",
    "+86 138 2222 3333",
    "0086-13822223333",
    "008613822223333",
    "8613822223333",
    "(+86)138-2222-3333",
    "１３８２２２２３３３３",
    "１３８－２２２２－３３３３",
    "＋８６１３８２２２２３３３３",
    "\u202a13822223333\u202c",
    "\u202a+86 138-2222-3333\u202c",
    "\ufeff13822223333",
    "138\u200b2222\u200b3333",
    "\u206613822223333\u2069",
    "138.2222.3333",
    "138·2222·3333",
    "138•2222•3333",
    "138・2222・3333",
    "138/2222/3333",
    "138\u20132222\u20133333",
    "138\u20142222\u20143333",
    "138\u22122222\u22123333",
    "138\u20112222\u20113333",
    "138\u30002222\u30003333",
    "138\u00a02222\u00a03333",
    "138_2222_3333",
    "1382222 3333",
    "138 22223333",
    "1 3 8 2 2 2 2 3 3 3 3",
    "013822223333",
    "+86 013822223333",
    "(138)2222-3333",
    "（138）2222 3333",
    "tel:13822223333",
    "tel:+86-138-2222-3333",
    "Tel: 13822223333",
    "手机13822223333",
    "手机：138 2222 3333",
    "电话:13822223333",
    "联系电话：13822223333",
    "13822223333（手机）",
    " 13822223333 ",
    "\t13822223333\n",
    "１３８ ２２２２ ３３３３",
    "17951 13822223333",
    "+86\u00a0138\u202f2222\u202f3333",
    "一三八二二二二三三三三",
    "幺三八 二二二二 三三三三",
    "٠١٣٨٢٢٢٢٣٣٣٣",
    "<13822223333>",
    "13822223333转0",
)
"""Spellings of ONE_MOBILE, one by one, for tests that cannot draw them."""
SOME_LANDLINE = (
    "0912-8350123",
    "09128350123",
    "(0912)8350123",
    "（0912）8350123",
    "8350123",
    "835-0123",
    "835 0123",
    "0912 835 0123",
    "+86 912 8350123",
    "+869128350123",
    "0086-912-8350123",
    "+86 (0)912 8350123",
    "+86-0912-8350123",
    "86-912-8350123",
    "86 0912 8350123",
    "912-8350123",
    "０９１２－８３５０１２３",
    "８３５０１２３",
    "0912\u20148350123",
    "0912·8350123",
    "0912/8350123",
    "\u202a0912-8350123\u202c",
    "电话：0912-8350123",
    "座机 8350123",
    "tel:0912-8350123",
    "0912-8350123（办）",
    "8350123转801",
    "0912-8350123-801",
    "0912-8350123 分机 801",
    "8350123 ext. 801",
    "0912-8350123#801",
    "09128350123,801",
    "tel:+86-912-8350123;ext=801",
    "[0912] 8350123",
    "0912_835_0123",
    "0912 8350123 转 8",
    "○九一二-八三五零一二三",
    "8350123x12",
    "0912一8350123",
    "0912.8350123",
    "（0912） 835 0123",
)
"""Spellings of ONE_LANDLINE in the office's own area, one by one."""
