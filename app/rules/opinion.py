"""Whether a handling opinion says anything, once the empty phrases are taken away: "received",
"being handled", "we will deal with it soon", "somebody was sent", "it is on the list", a day, a
number, who signs, and polite words are none, in whatever signs, widths and script. Loads without
any framework. [procedure 2]"""

from __future__ import annotations

import re

from app.rules.reading import folded, letters, seen

LEAST = 2
"""How many different letters have to be left."""
NOTHING_MORE = frozenset({"无", "没有", "暂无", "none"})
"""What a next step may say where nothing is left to do."""
_RECEIVED = "收到|收悉|知悉|知晓|获悉|阅悉|阅知|接到|接收|受理|登记|签收|了解"
_DOING = (
    "处理|办理|处置|解决|研究|核实|核查|调查|查处|落实|推进|跟进|跟踪|协调|督促|"
    "安排|对接|沟通|转办|转交|转达|转|整改|跟办|交办|督办|办"
)
_SENT = (
    "派人|派员|派出|指派|委派|派单|派专人|派|专人|专班|前往|赶往|赶赴|到场|现场|实地|列入|列为|列|"
    "工作计划|计划|日程|议事日程|议程|台账|清单|上报|呈报|汇报|报告|请示|报请|上级|主要领导|分管|"
    "记录在案|记录|登记备案|备案|在案|在册|存档|建档|交由|交给|移交|批转|分派"
)
"""Somebody was sent, told, or it was written down: nothing of the matter itself."""
_TELLING = "回馈|答复|回复|反馈|告知|通报|联系|联络"
_DONE = "(?:处理|办理|办结|处置|解决|落实|整改|答复|回复)(?!之?中|当中|过程)"
"""What is said to be done already says something: 已处理."""
_MANNER = (
    "尽快|尽早|尽力|全力|及时|抓紧|加紧|加快|进一步|继续|持续|认真|积极|努力|马上|"
    "立即|立刻|即刻|第一时间|争取|力争|稍后|近期|依法|依规|依法依规|按程序|按规定|"
    "按要求|按流程|妥善|切实|逐步|不断|同时|随时|一定|务必|早日|高度|十分|非常|"
    "特别|相应|仔细|全面|深入|严格|加强|加大|力度|做好|工作|进度|结果|情况|后续|"
    "下一步|之后|以后|后|再|待|今日|今天|昨日|昨天|明日|明天|近日|日前|本周|本月|上午|下午"
)
_WHEN = (
    "现已|已经|现|已|均|都|正在|正|目前|当前|仍在|仍|还在|还|在|将会|将|会|要|"
    "拟|准备|予以|给予|进行|加以|作出|开展|组织"
)
_ABOUT = (
    "本|我们|我|您|你|贵|该|此|这|其|单位|部门|局|镇|乡|街道|办事处|科室|中心|"
    "办|相关|有关|责任|职能|主管|人员|工作人员|领导|同志|先生|女士|市民|群众|"
    "诉求人|来电人|投诉人|反映人|居民|所|反映|反应|投诉|举报|咨询|求助|建议|诉求|"
    "意见|问题|事项|事情|情况|来电|来信|来件|留言|工单|案件|件|转办件|内容|信息|"
    "热线|平台"
)
_POLITE = (
    "您好|你好|尊敬的|感谢|谢谢|多谢|致谢|请|敬请|耐心|等待|等候|理解|支持|关心|"
    "关注|监督|谅解|见谅|放心|祝|生活|愉快|工作顺利|重视|引起|进入|纳入|程序|流程|"
    "环节|阶段|表示|衷心|抱歉|歉意|不便|给您|带来|为盼"
)
_SMALL = (
    "了|的|地|得|之|中|当中|过程|与|和|及|并|且|也|就|对|对于|于|由|向|为|"
    "给|把|将|到|到位|吧|呢|啊|收|特此|此复|特复|第|的话|者|们"
)
_ENGLISH = (
    r"\b(?:we|i|it|is|are|was|been|be|has|have|had|will|shall|the|this|that|your|you|our|a|an|and|of|for|to|in|as|by|"
    r"already|now|currently|soon|shortly|possible|promptly|further|received|noted|accepted|registered|being|under|"
    r"process|processed|processing|progress|handle|handled|handling|deal|dealt|dealing|with|work|working|on|follow|"
    r"following|up|look|looking|into|attention|matter|case|issue|request|complaint|thanks?|thank|dear|sir|madam|"
    r"please|wait|patience|patiently|support|understanding|investigate|investigated|investigating)\b"
)
_KEPT = re.compile(
    f"(?:已经|已|均已|现已)(?:{_DONE})|(?:处理|办理|处置|解决|整改|办结)"
    "(?:完毕|完成|完结|结束)(?!后|之后)"
)
_PHRASES = "|".join(
    (_RECEIVED, _SENT, _DOING, _TELLING, _MANNER, _WHEN, _ABOUT, _POLITE, _SMALL)
).split("|")
_EMPTY = re.compile("|".join(sorted(_PHRASES, key=len, reverse=True)))


_NUMERAL = "[0-9〇○零一二三四五六七八九十]"
_DATE = (
    rf"(?:(?:{_NUMERAL}{{2,4}}年)?{_NUMERAL}{{1,3}}月(?:{_NUMERAL}{{1,3}}[日号])?"
    r"|(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2})"
)
_BY = re.compile(rf"{_DATE}(?:之?前|以前|底前?|内)")
"""A deadline: what is done by it is named, so that it says something."""
_DAY = re.compile(rf"{_DATE}|\d{{1,2}}(?:[:时点]\d{{2}}分?|[时点])|(?:星期|礼拜)[一二三四五六日天]")
_NAME = "(?:(?![已将请由经不责应须拟可属])[\\u4e00-\\u9fff]){2,14}"
_SIGNED = re.compile(
    rf"(?:(?<=[。.!;\n])|^)\s*{_NAME}"
    r"(?:局|镇|乡|街道|办|办事处|委员会|委|中心|公司|政府|科|股|站|大队)\s*$"
)
"""Who signs, on the last line or after the last stop."""
_TRADITIONAL = str.maketrans(
    "辦處將儘盡復複覆饋給請謝關單門屬無沒暫進續極積協調責領導員眾衆羣訴問題項電來這們為爲時間會還現經開計劃報記錄備專對於並與監諒見順熱線"
    "臺規轉達準務後強嚴認執結畢應當擬貴該鎮鄉組織視決階環節獲閱簽聯絡隨細內實話證據納書過發場趕級類檔冊帳賬單號馬爭採紀讓資訊釋歡迎週",
    "办处将尽尽复复复馈给请谢关单门属无没暂进续极积协调责领导员众众群诉问题项电来这们为为时间会还现经开计划报记录备专对于并与监谅见顺热线"
    "台规转达准务后强严认执结毕应当拟贵该镇乡组织视决阶环节获阅签联络随细内实话证据纳书过发场赶级类档册账账单号马争采纪让资讯释欢迎周",
)
"""Of the signs in these phrases those that are written otherwise in traditional script."""


def _seen(words: str) -> str:
    """The letters of some words as they are compared: in one width and script, without days,
    numbers and who signs."""
    plain = folded(words).casefold().translate(_TRADITIONAL)
    plain = _DAY.sub("", _BY.sub("限期", plain)).rstrip(" ,。.;!\n")
    plain = re.sub(_ENGLISH, " ", _SIGNED.sub("", plain))
    return "".join(sign for sign in plain if seen(sign) and letters(sign) and not sign.isdecimal())


def left(words: str) -> str:
    """What is left of some words when the empty phrases, polite words, blanks and signs are taken
    away."""
    plain = _seen(words)
    if _KEPT.search(plain):
        return plain
    return _EMPTY.sub("", plain)


def says_something(words: str) -> bool:
    """Whether anything is said besides empty phrases."""
    return len(set(left(words))) >= LEAST


def names_a_step(words: str) -> bool:
    """Whether a next step is named, or that there is none."""
    plain = "".join(sign for sign in folded(words).casefold() if letters(sign))
    return plain in NOTHING_MORE or says_something(words)
