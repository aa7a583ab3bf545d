"""What can be wrong with a desk, in words: what is so, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

WARNING, WRONG = "warning", "red"
"""How grave a finding is: something to see to in time, or something that does not work."""

ADVICE: dict[str, tuple[str, str, str, str]] = {
    "database_unreachable": (
        "数据库无法使用（{why}）。",
        "The database cannot be used ({why}).",
        "请启动数据库，或更正DATABASE_URL。",
        "Start it, or mend DATABASE_URL.",
    ),
    "database_behind": (
        "数据库结构落后于程序。",
        "The database is behind its migrations.",
        "请先备份，再运行 python -m app upgrade。",
        "Make a backup, then run python -m app upgrade.",
    ),
    "database_newer": (
        "数据库结构（{revision}）比程序新。",
        "The database is newer than this program (its schema is {revision}).",
        "请启动新版本程序，或恢复升级前的备份。",
        "Start the newer program, or restore a backup from before it.",
    ),
    "key_differs": (
        "数据目录中的台账密钥（{ours}）与数据库台账所用密钥（{theirs}）不一致。",
        "The ledger's key in DESK_DATA ({ours}) is not the one that sealed the record ({theirs}).",
        "请从备份恢复正确的ledger.key，或更正DESK_DATA、DATABASE_URL；在此之前不要启动。",
        "Put the right ledger.key back from a backup, or mend DESK_DATA or DATABASE_URL; start nothing before.",
    ),
    "guards_missing": (
        "保护台账的触发器缺少{n}个（{names}）。",
        "{n} of the triggers that guard the record are missing ({names}).",
        "请查明由谁删除，运行 python -m app verify 校验台账，再运行 python -m app upgrade 重建。",
        "Find out who dropped them, run python -m app verify, then python -m app upgrade, which makes them anew.",
    ),
    "database_owned": (
        "程序所用的数据库账号拥有数据表或超级用户权限，可绕过台账的保护。",
        "The database account that Duban runs with owns the tables, or the cluster: it could pass the record's guards.",
        "请另设属主账号并设置DATABASE_OWNER_URL（见docs/operate.md），再运行 python -m app upgrade。",
        "Make an owner of the tables apart, set DATABASE_OWNER_URL (docs/operate.md tells how), and upgrade.",
    ),
    "calendar_short": (
        "日历只到{last}，不足今后{days}天。",
        "The calendar ends on {last}, less than {days} days ahead.",
        "请运行 python -m app upgrade，并由IT管理员录入新一年的放假安排。",
        "Run python -m app upgrade, and have the IT administrator load the coming year's holidays.",
    ),
    "calendar_missing": (
        "尚无{year}年的放假安排，现按周末推算。",
        "The holidays of {year} are not known; they are guessed from the week.",
        "国务院办公厅通知发布后，请IT管理员录入、中心主任批准。",
        "Once the State Council's notice is out, the IT administrator loads it and the centre head approves it.",
    ),
    "unit_without_liaison": (
        "{unit}没有联络员，不能分派。",
        "{unit} has no liaison and takes no cases.",
        "请登记其现任联络员。",
        "Enter who is its liaison now.",
    ),
    "pairs_behind": (
        "有{n}件近期工单未编入重复比对索引，登记时不会提示。",
        "{n} cases of the last days are not in the index of the repeat check, and are not proposed at registration.",
        "机器人每六小时自动补编；需要立即补编的，请运行 python -m app reindex。",
        "The bot fills them in every six hours; python -m app reindex does it at once.",
    ),
    "bot_not_running": (
        "督办机器人没有运行。",
        "The bot does not run.",
        "请运行 make run，或启动ticker和worker服务并设置REDIS_URL。",
        "Run make run, or start the services of ticker and workers and set REDIS_URL.",
    ),
    "redis_unreachable": (
        "Redis无法连接（{why}），机器人在等待，工单受理不受影响。",
        "Redis does not answer ({why}); the bot waits, cases are taken as ever.",
        "请启动Redis，或更正REDIS_URL；可临时运行 python -m app sweep。",
        "Start it, or mend REDIS_URL; python -m app sweep does a pass meanwhile.",
    ),
    "worker_missing": (
        "应有{wanted}个worker，现有{live}个。",
        "There should be {wanted} workers; {live} live.",
        "请查看日志并重新启动worker。",
        "Look at the log and start them again.",
    ),
    "ticker_missing": (
        "ticker已有{seconds}秒以上没有动静，机器人不会被唤醒。",
        "The ticker has not been heard for more than {seconds} s: nothing wakes the bot.",
        "请查看日志并重新启动ticker。",
        "Look at the log and start it again.",
    ),
    "disk_short": (
        "数据目录所在磁盘已用{percent}%，剩余{free}。",
        "The disk of the data folder is {percent} % full; {free} are left.",
        "请清理或扩容；写满后无法登记和办理。",
        "Make room: once it is full nothing can be registered or done.",
    ),
    "database_unwritable": (
        "数据库无法写入（{why}）。",
        "The database cannot be written to ({why}).",
        "请检查数据库所在磁盘的剩余空间，以及数据库是否只读。",
        "See whether its disk has room, and whether it only reads.",
    ),
    "data_unwritable": (
        "数据目录无法写入（{why}）。",
        "The data folder cannot be written to ({why}).",
        "请检查该磁盘的剩余空间和目录的权限。",
        "See whether its disk has room, and who owns the folder.",
    ),
    "child_down": (
        "{name}没有运行（上次退出码{exit}，已重启{restarts}次）。",
        "{name} does not run (it ended with {exit}; started again {restarts} times).",
        "请查看日志中的原因。",
        "Look at the log for the reason.",
    ),
    "jobs_failed": (
        "近{days}天有{n}个任务失败，最近一个：{why}",
        "{n} jobs failed in the last {days} days, the last one: {why}",
        "未完成的会在下次唤醒时继续；请按错误处理。",
        "The next wake-up goes on where it stopped; mend what the error names.",
    ),
    "never_swept": (
        "机器人尚未完成过一次巡查。",
        "The bot has never made a whole pass.",
        "请启动机器人，或运行 python -m app sweep。",
        "Start the bot, or run python -m app sweep.",
    ),
    "sweep_late": (
        "机器人上次完整巡查在{minutes}分钟前。",
        "The bot's last whole pass was {minutes} minutes ago.",
        "请检查ticker和worker是否在运行；可先运行 python -m app sweep。",
        "See whether ticker and workers run; python -m app sweep does a pass meanwhile.",
    ),
    "clock_ahead": (
        "本机时钟比数据库快{seconds}秒。",
        "This machine's clock is {seconds} s ahead of the database's.",
        "请校准时钟（NTP）；相差{most}秒以上时机器人不巡查。",
        "Set it right (NTP); from {most} s on the bot makes no pass.",
    ),
    "clock_behind": (
        "本机时钟比数据库慢{seconds}秒。",
        "This machine's clock is {seconds} s behind the database's.",
        "请校准时钟（NTP）；相差{most}秒以上时机器人不巡查。",
        "Set it right (NTP); from {most} s on the bot makes no pass.",
    ),
    "nobody_confirms": (
        "没有能登录的账号担任此角色（{role}），账号变更无人确认。",
        "Nobody who can log in is {role}: no change of an account is confirmed.",
        "请在服务器上运行 python -m app init，补建所缺的账号。",
        "Run python -m app init on the server: it makes what is lacking.",
    ),
    "scanner_missing": (
        "病毒扫描命令无法运行（{command}），所有附件都被拒收。",
        "The scanner's command cannot be run ({command}): no file is taken in.",
        "请安装扫描程序，或更正DESK_SCANNER。",
        "Install it, or mend DESK_SCANNER.",
    ),
    "file_lost": (
        "工单{case}的文件缺失或已改变（{kind} {id}）：{what}",
        "A file of case {case} is lost or altered ({kind} {id}): {what}",
        "请从备份恢复该文件；恢复后此项消失。",
        "Restore it from a backup; that ends this.",
    ),
    "look_failed": (
        "工单{case}巡查失败{times}次：{why}",
        "The bot failed {times} times to look at case {case}: {why}",
        "其余工单不受影响；请按错误更正该工单，下次巡查成功后此项消失。",
        "The others are done; mend what the error names, and the next look that succeeds ends this.",
    ),
}
"""code -> what is so and what to do, in Simplified Chinese and in English; facts in braces."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: its code, how grave it is, and its sentences."""

    code: str
    level: str
    zh: str
    en: str
    todo_zh: str
    todo_en: str


def finding(code: str, level: str = WRONG, **facts: object) -> Finding:
    """A finding in words, its facts filled in."""
    zh, en, todo_zh, todo_en = (words.format_map(facts) for words in ADVICE[code])
    return Finding(code, level, zh, en, todo_zh, todo_en)
