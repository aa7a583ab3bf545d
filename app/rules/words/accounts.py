"""What is said about accounts that wait for a second person, and about the passwords of slips."""

from __future__ import annotations

Pair = tuple[str, str]

CHOOSE: Pair = (
    "您用的是一次性密码。请先设置自己的密码，再办理其他事项。",
    "This is a one-time password. Choose one of your own before anything else.",
)
WAITS: Pair = (
    "已提出：{0}，由{1}确认后生效。",
    "Proposed: {0}. It takes effect when the {1} confirms it.",
)
SLIP: dict[str, Pair] = {
    "title": ("一次性密码条", "Slip of a one-time password"),
    "account": ("账号", "Account"),
    "name": ("姓名", "Name"),
    "password": ("一次性密码", "One-time password"),
    "until": ("有效期至", "Good until"),
    "note": (
        "只在本页显示，请打印或抄下后当面交给本人。本人首次登录时须另设密码；遗失的，重新办理重置密码。",
        "It is shown on this page only. Print it or write it down, and hand it to the person: at the first login another "
        "password is chosen. If it is lost, reset the password again.",
    ),
}
"""What stands on the page of a slip."""
