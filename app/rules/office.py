"""The office at one moment: its calendar, its numbers over time, its words. Handed to every
decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.rules.evaluation import TABLE, Points, table_of
from app.rules.limits import Limits, Versions
from app.rules.telling import HOURS, TEXTS
from app.rules.wording import LONGEST_WORDING, WORDINGS
from app.rules.workdays import Calendar

NOTICE = "front.notice"
"""What whoever writes to the office is told before: who, why, what, how long, to whom, which rights.
[Personal Information Protection Law, article 17]"""
REQUIREMENTS = "supervision.requirements"
"""The office's standard requirements of a supervision notice, each a line."""
WORDS = {
    "office": "神木市12345市长热线服务中心",
    "room": "神木市人民政府督查室",
    "committee": "神木市监察委员会",
    "dossier.rules": "〔2018-03-20至2025-05-31〕《中华人民共和国监察法》（2018年）第十一条：监察委员会依照本法和"
    "有关法律规定履行监督、调查、处置职责：……\n"
    "〔2025-06-01至今〕《中华人民共和国监察法》（2024年修正）第十一条：监察委员会依照本法和有关法律规定履行监督、"
    "调查、处置职责：……\n"
    "〔2020-07-01至今〕《中华人民共和国公职人员政务处分法》第三十九条：有下列行为之一，造成不良后果或者影响的，予以警告、"
    "记过或者记大过；情节较重的，予以降级或者撤职；情节严重的，予以开除：……（二）不履行或者不正确履行职责，玩忽职守，"
    "贻误工作的；（三）工作中有形式主义、官僚主义行为的；（四）工作中有弄虚作假，误导、欺骗行为的；……\n"
    "《神木市12345市长热线办理规程》：经督办仍敷衍塞责、不作为、不依法履行职责的单位和责任人，移交市监察委员会处理。",
    "series.allocation": "神热线交",
    "series.instruction": "神热线批",
    "series.submission": "神热线呈",
    "series.reminder": "神热线催",
    "series.list": "神热线督建",
    "series.supervision": "神政督",
    "series.redo": "神热线重",
    "series.responsibility": "神热线责",
    "series.referral": "神政督函",
    "report.weekly": "12345市长热线每周情况通报",
    "report.monthly": "12345市长热线运行情况通报",
    "report.quarterly": "12345市长热线季度运行情况通报",
    "report.yearly": "12345市长热线年度运行情况通报",
    NOTICE: "收集单位：{office}。\n"
    "收集目的：受理、转办您的诉求，联系、答复和回访您。\n"
    "收集内容：您填写的文字，您上传的照片（拍摄位置等附带信息会被去除），您填写的姓名、电话；"
    "您点按“标注我的位置”时的位置。\n"
    "保存期限：自诉求办结之日起保存五年，法律法规另有规定的从其规定。\n"
    "提供给谁：办理该诉求的成员单位和督查机构。您要求保密的，您的身份不提供给任何承办单位。\n"
    "您的权利：您可以拨打12345查询、更正、删除您的个人信息，也可以撤回同意；撤回前已经办理的不受影响。"
    "您也可以匿名反映，但我们无法回访您。",
    TABLE: table_of(Points()),
}
"""The default names of the offices, words of the number series and points of the evaluation; an
office's settings override them."""
SENTENCES = (
    REQUIREMENTS,
    "sentences.opinion",
    "sentences.next_step",
    "sentences.public_answer",
    "sentences.why_not_contacted",
    "sentences.why_unsolved",
    "sentences.handling",
    "sentences.returning",
    "sentences.extension",
    "sentences.explanation",
    "sentences.feedback",
    "sentences.sent_back",
)
"""The sentences that forms offer, a line each; those that an office has not set stand in the
catalogues."""
AREA_CODE = "area_code"
CONTACTS = ("contact.office", "contact.room")
"""Who is asked about a paper, and by which telephone: of the centre, of the supervision room."""
SETTINGS = {
    **WORDS,
    **WORDINGS,
    **dict.fromkeys(CONTACTS, ""),
    AREA_CODE: "0912",
    HOURS: "08:00-18:00",
    **TEXTS,
    **dict.fromkeys(SENTENCES, ""),
}
"""What an office may set: its words, the area code that its people leave out of numbers, in which hours
people are told outside the panel and in which words, what its papers say and who is asked about them,
the sentences that its forms offer."""
LONGEST = {
    "series": 24,
    "report": 40,
    "dossier": 4000,
    "evaluation": 2000,
    "supervision": 2000,
    "sentences": 2000,
    "front": 2000,
    "tell": 400,
    "wording": LONGEST_WORDING,
}
"""How long a word of the office may be: with the year and the number it fits the number of a paper
or a report."""
LONGEST_NAME = 80


@dataclass(frozen=True)
class Office:
    """What holds at `now`: `limits` for what starts today, `of(case)` for what an allocated case
    keeps."""

    calendar: Calendar
    versions: Versions
    now: datetime
    words: Mapping[str, str] = field(default_factory=lambda: SETTINGS)

    @property
    def limits(self) -> Limits:
        """The numbers in force now."""
        return self.versions.at(self.now)

    def kept(self, allocated_at: datetime | None) -> Limits:
        """The numbers in force when a case was allocated; now's for one that never was.
        [preamble]"""
        return self.versions.at(allocated_at or self.now)

    def word(self, name: str) -> str:
        """A word of the office."""
        return self.words.get(name) or SETTINGS[name]
