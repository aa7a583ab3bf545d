"""What looks like a person in a text and is not covered: named to who is about to send it, never
decided. A name after 我叫 or before 先生, a number of no known shape, an address of mail or chat."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.covering.names import COMPOUND, TITLES

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施牛葛邢安齐樊乔伍倪庄聂章鲁岳翟殷詹申欧耿关"
    "兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪"
    "简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟"
)
_HAN = r"[\u4e00-\u9fff]"
_NAME = rf"(?:(?:{'|'.join(COMPOUND)}){_HAN}{{1,2}}|[{SURNAMES}]{_HAN}{{1,2}})"
_INTRODUCED = re.compile(
    r"(?:我叫|我是|本人叫?|名叫|叫做|姓名|联系人|户主|业主|申请人|患者|投诉人|反映人|当事人)[是为:' ]{0,2}"
    rf"({_NAME})"
)
_TITLED = re.compile(
    rf"[{SURNAMES}]{_HAN}{{0,2}}?(?:{TITLES})|(?<!{_HAN})[老小][{SURNAMES}](?=[^\u4e00-\u9fff]|[说讲家的和称]|$)"
)
_DOTTED = re.compile(rf"{_HAN}{{2,6}}(?:·{_HAN}{{2,6}}){{1,2}}")
_DIGITS = re.compile(r"(?<![\d.a-z])\d(?:[ \-·]?\d){6,19}(?![\d.])")
_OURS = re.compile(
    r"(?:19|20)\d\d[ \-]?(?:0[1-9]|1[0-2])[ \-]?(?:0[1-9]|[12]\d|3[01])(?:\d{4,6})?"
    r"|[48]00[ \-]?\d{3}[ \-]?\d{4}|(?:19|20)\d\d[ \-·]?(?:19|20)\d\d"
)
_AMOUNT = re.compile(r" ?(?:元|万|亿|块|人|户|度|吨|平|亩|公里|米|%|号)")
_ADDRESS = re.compile(
    r"[a-z0-9._%+-]+ ?@ ?[a-z0-9-]+\.[a-z]{2,}"
    r"|(?:qq|微信|wx|weixin|抖音)号?[码:为是 ]{0,3}[a-z0-9_-]{5,20}"
)


def suspects(text: str) -> Iterator[tuple[int, int]]:
    """Runs of a folded text that look like a person's name, number or address."""
    for introduced in _INTRODUCED.finditer(text):
        yield introduced.span(1)
    for pattern in (_TITLED, _DOTTED, _ADDRESS):
        yield from (match.span() for match in pattern.finditer(text))
    for digits in _DIGITS.finditer(text):
        ours = _OURS.fullmatch(digits.group()) or _AMOUNT.match(text, digits.end())
        if not ours:
            yield digits.span()
