"""What a form says of the words that a unit will read."""

from __future__ import annotations

Pair = tuple[str, str]

CONFIDENTIAL: Pair = (
    "本件保密。承办单位将读到以下文字，请核对后再次提交；只有遮盖后的文字会给单位看。",
    "The case is confidential. This is what the unit will read; check it and send the form again.",
)
ORDINARY: Pair = (
    "诉求人的姓名也是常用词，承办单位将读到以下文字，请核对后再次提交。",
    "The caller's name is an ordinary word as well. This is what the unit will read; check it and "
    "send the form again.",
)
READS: Pair = ("承办单位将读到", "What the unit will read")
SUSPECTED: Pair = (
    "以下像是个人信息而没有遮盖，需要遮盖的请勾选：",
    "This looks like a person and is not covered; tick what is to be covered:",
)
BACK: Pair = (
    "以下文字已遮盖；只是常用词、不是指诉求人的，请勾选恢复：",
    "This is covered; tick what is an ordinary word there and does not mean the caller:",
)
MORE: Pair = ("还要遮盖的词（每行一个）", "Cover more words (one a line)")
PARTLY: Pair = (
    "记录太多：写法不同（全角、空格、括号）的，只在最新的一部分记录中查找过。请补充其他条件缩小范围。",
    "Too many rows: other spellings (width, blanks, brackets) were looked for in the newest of them only. "
    "Narrow the search by other fields.",
)
WITHHELD: Pair = (
    "诉求人未同意公开身份，请通过中心联系",
    "the caller has not agreed to be named: through the centre only",
)
