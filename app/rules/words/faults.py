"""What is said where the outside fails: a database that is away, a lock that does not come free, a
disk that is full."""

from __future__ import annotations

FAULTS: dict[str, tuple[str, str]] = {
    "away": (
        "数据库暂时连接不上，系统正在自动重连，请过一会儿再试。",
        "The database does not answer at the moment; the desk keeps trying. Please try again shortly.",
    ),
    "busy": (
        "系统正忙，所需数据正被其他操作占用，请过一会儿再试。",
        "The desk is busy: something else holds what this needs. Please try again shortly.",
    ),
    "full": (
        "服务器磁盘空间不足，没有写入任何内容，请立即通知系统管理员。",
        "There is no room left on the server's disk; nothing was written. Please tell the IT administrator at once.",
    ),
}
"""By `app.faults`, in Simplified Chinese and in English."""
KEPT = (
    "您填写的内容没有丢失，都在下面，请过一会儿点“重新提交”。刚才如果其实已经办成，也不会重复办理。",
    "Nothing that you typed is lost: it stands below. Send it again shortly; should it have been done after all, it is"
    " not done twice.",
)
AGAIN = ("重新提交", "Send it again")
RETRY = ("再试一次", "Try again")
FILES = ("附件须重新选择：", "Choose the files again: ")
CHOSEN = ("已选：", "Chosen: ")
EXPORTS = {
    "own": (
        "您的上一个导出还没有完成，请等它结束后再导出。",
        "Your last export has not ended yet. Please wait for it before you begin another.",
    ),
    "many": (
        "同时导出的人太多，请过一两分钟再试。",
        "Too many exports are being made at the moment. Please try again in a minute or two.",
    ),
}
"""Why an export is not begun."""
FILLING = {
    "title": ("正在生成示例办公室", "The sample office is being made"),
    "far": (
        "已完成{percent}%（{line}）。完成后本页会自动变为登录页，请稍候。",
        "{percent} % are there ({line}). This page becomes the login page when it is finished.",
    ),
    "what": (
        "其中有虚构的单位、人员和九十天的工单，用来试用；账号和密码会显示在启动窗口里。",
        "It holds invented units, people and ninety days of cases, to try things out; its accounts and their password"
        " are shown where Duban was started.",
    ),
}
"""What the login page says while nobody can log in yet."""
