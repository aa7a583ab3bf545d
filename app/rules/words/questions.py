"""What a form asks once before it goes on, and what its other ways are called. Loads without any
framework."""

from __future__ import annotations

from collections.abc import Mapping

WHO_CALLED: Mapping[str, tuple[str, str]] = {
    "known": (
        "该号码以前登记过其他姓名。请问清来电人后选择，系统不代为认定。",
        "This number is on file with another name. Ask who is calling, and choose; nothing is decided by itself.",
    ),
    "same": ("同一人：{}", "The same person: {}"),
    "another": ("另一人", "Another person"),
    "nameless": ("（未留姓名）", "(no name given)"),
    "anonymous": (
        "选择了匿名，又填写了姓名或电话。请选择如何登记。",
        "Anonymous, and yet a name or a number is given. Choose how it is registered.",
    ),
    "anonymous_choice": ("匿名还是留名", "Anonymous or not"),
    "stays": (
        "按匿名登记，所填姓名和电话不保存",
        "Anonymous: the name and the number are not kept",
    ),
    "named": ("不匿名，按所填姓名和电话登记", "Not anonymous: with the name and the number"),
}

QUESTIONS: Mapping[str, tuple[str, str]] = {
    "contact_on_it": ("登记来电", "Contact on it"),
    "split": (
        "将拆分登记为{n}件新工单（各件以空行分开）。无误的，请再次提交；分得不对的，请修改后提交。",
        "This makes {n} new cases; an empty line parts them. If that is right, send the form again; else mend it.",
    ),
    "superior_instead": ("改派其上级：{unit}", "Its superior instead: {unit}"),
}
"""name -> what is asked, or what a button says."""
