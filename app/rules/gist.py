"""One line of a longer text: its first sentence, without how operators usually begin."""

from __future__ import annotations

import re

LONGEST = 60
"""How many signs a line has at most, the sign that it was cut among them."""
_SHORTEST = 4
"""A sentence of fewer signs says too little alone: the next one goes with it."""
_GREETS = re.compile(r"^(?:(?:您好|你好|领导好|领导您好|尊敬的[一-鿿]{1,8}?)[，,。！!：:\s]+)+")
_BEGINS = re.compile(
    r"^(?:(?:该|此)?(?:诉求人|来电人|来信人|反映人|投诉人|举报人|求助人|市民|群众|网民|居民|业主|村民)"
    r"(?:[一-鿿]{0,3}(?:先生|女士|同志))?)?"
    r"(?:(?:来电|来信|来访|留言|致电)?(?:反映|反应|称|表示|咨询|投诉|求助|诉求)(?:说)?[:：,，、\s]*"
    r"|(?:来电|来信|留言)[:：]\s*)"
)
_ENDS = re.compile(r"[。！？!?；;\n]")


def gist(text: str) -> str:
    """The first sentence of a text on one line, at most `LONGEST` signs; of a text in which callers
    are covered it may be taken, of the text before it not: what is cut could no longer be found."""
    text = text.strip()
    said = text[len(_begun(text)) :]
    end = next(
        (at for at in map(re.Match.start, _ENDS.finditer(said)) if at >= _SHORTEST), len(said)
    )
    line = " ".join(said[:end].split()).strip("，,、:： ")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _begun(text: str) -> str:
    """How a text begins that says only that somebody told it; nothing where that is all of it."""
    greeted = _GREETS.match(text)
    begun = greeted.group() if greeted else ""
    told = _BEGINS.match(text[len(begun) :])
    begun += told.group() if told else ""
    return begun if len(text) - len(begun) >= _SHORTEST else ""
