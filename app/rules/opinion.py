"""Whether a handling opinion says anything, once the empty phrases are taken away: "received",
"being handled", "we will deal with it soon" and polite words are none, in whatever signs and
widths. Loads without any framework. [procedure 2]"""

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
    "安排|对接|沟通|转办|转交|转达|整改|办"
)
_TELLING = "答复|回复|反馈|告知|通报|联系|联络"
_DONE = "(?:处理|办理|办结|处置|解决|落实|整改|答复|回复)(?!之?中|当中|过程)"
"""What is said to be done already says something: 已处理."""
_MANNER = (
    "尽快|尽早|尽力|全力|及时|抓紧|加紧|加快|进一步|继续|持续|认真|积极|努力|马上|"
    "立即|立刻|即刻|第一时间|争取|力争|稍后|近期|依法|依规|依法依规|按程序|按规定|"
    "按要求|按流程|妥善|切实|逐步|不断|同时|随时|一定|务必|早日|高度|十分|非常|"
    "特别|相应|仔细|全面|深入|严格|加强|加大|力度|做好|工作|进度|结果|情况|后续|"
    "下一步|之后|以后|后|再|待"
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
_PHRASES = "|".join((_RECEIVED, _DOING, _TELLING, _MANNER, _WHEN, _ABOUT, _POLITE, _SMALL)).split(
    "|"
)
_EMPTY = re.compile("|".join(sorted(_PHRASES, key=len, reverse=True)))


def left(words: str) -> str:
    """What is left of some words when the empty phrases, polite words, blanks and signs are taken
    away."""
    plain = re.sub(_ENGLISH, " ", folded(words).casefold())
    plain = "".join(sign for sign in plain if seen(sign) and letters(sign))
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
