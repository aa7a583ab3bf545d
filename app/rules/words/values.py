"""The words of the record's columns: states, kinds, channels and the other fixed vocabularies."""

from __future__ import annotations

Pair = tuple[str, str]

STATES: dict[str, dict[str, Pair]] = {
    "case": {
        "registered": ("待分派", "registered"), "submitted": ("呈办待批", "submitted"), "handling": ("办理中", "in handling"),
        "examining": ("待审核", "in examination"), "visiting": ("待回访", "to be visited"),
        "reviewing": ("责任认定中", "in review"), "closed": ("已办结", "closed"), "refused": ("不予受理", "refused"),
        "transferred": ("已转专线", "handed on"), "merged": ("已并单", "merged"), "withdrawn": ("已撤诉", "withdrawn"),
    },
    "assignment": {
        "allocated": ("待签收", "allocated"), "signed": ("已签收", "signed for"), "replied": ("已答复", "replied"),
        "accepted": ("答复已通过", "accepted"), "return_pending": ("退单待审定", "return pending"),
        "returned": ("已退单", "returned"), "reply_refused": ("答复被退回", "reply refused"),
        "cancelled": ("已撤销", "cancelled"),
    },
    "request": {
        "pending": ("待审定", "pending"), "accepted": ("已同意", "accepted"), "refused": ("不同意", "refused"),
        "withdrawn": ("已失效", "withdrawn"),
    },
    "reply": {"filed": ("待审核", "filed"), "passed": ("已通过", "passed"), "refused": ("已退回", "refused")},
    "reminder": {
        "open": ("待答复", "open"), "satisfied": ("已答复", "satisfied"), "lapsed": ("逾期未答复", "lapsed"),
        "void": ("已作废", "void"),
    },
    "supervision": {
        "candidate": ("待决定", "candidate"), "declined": ("不予立项", "declined"), "opened": ("已立项", "opened"),
        "fed_back": ("已反馈", "fed back"), "reissued": ("重发督办", "reissued"), "cleared": ("已销号", "cleared"),
        "finding": ("认定待确认", "finding drafted"), "confirmed": ("听取说明中", "in hearing"),
        "heard": ("待作结论", "heard"), "concluded": ("已作结论", "concluded"), "referred": ("已移送", "referred"),
        "closed": ("已结束", "closed"),
    },
    "visit": {
        "pending": ("待回访", "pending"), "done": ("已回访", "done"), "unreachable": ("联系不上", "unreachable"),
        "not_applicable": ("不需回访", "not applicable"),
    },
    "referral": {
        "drafted": ("起草中", "drafted"), "reviewed": ("待审批", "reviewed"), "approved": ("待封卷", "approved"),
        "sealed": ("已封卷", "sealed"), "sent": ("已移送", "sent"), "received": ("已接收", "received"),
        "closed": ("已办结", "closed"), "abandoned": ("已放弃", "abandoned"),
    },
}  # fmt: skip
"""subject -> state -> what it is called."""

VALUES: dict[str, dict[str, Pair]] = {
    "kind": {
        "consultation": ("咨询", "consultation"), "help": ("求助", "help"), "complaint": ("投诉", "complaint"),
        "report": ("举报", "report"), "suggestion": ("建议", "suggestion"), "praise": ("表扬", "praise"),
    },
    "channel": {
        "phone": ("12345电话", "phone"), "mailbox": ("市长信箱", "mayor's mailbox"), "wechat": ("微信", "WeChat"),
        "email": ("电子邮件", "e-mail"), "web": ("网站", "web"), "platform": ("上级平台", "city platform"),
        "leader": ("领导交办", "leader"), "walk_in": ("来访", "walk-in"),
    },
    "urgency": {"normal": ("普通", "normal"), "urgent": ("急件", "urgent"), "emergency": ("特急", "emergency")},
    "contact_kind": {
        "demand": ("诉求", "demand"), "repeat": ("重复投诉", "repeat"), "chase": ("催单", "chase"),
        "supplement": ("补充情况", "supplement"), "invalid": ("无效来电", "invalid"),
    },
    "refusal": {
        "court": ("已由法院受理", "before a court"), "arbitration": ("已进入仲裁", "in arbitration"),
        "discipline": ("纪检监察事项", "discipline"), "reconsideration": ("行政复议中", "in reconsideration"),
        "disclosure": ("政府信息公开事项", "disclosure"), "petition": ("信访程序中", "petition under way"),
        "territory": ("不属本地管辖", "other territory"), "secret": ("涉及秘密", "a secret"),
        "no_new_fact": ("无新事实的重复诉求", "no new fact"),
    },
    "line": {"110": ("110", "110"), "119": ("119", "119"), "120": ("120", "120"), "122": ("122", "122")},
    "mode": {"direct": ("直办", "direct office"), "transfer": ("转办", "transfer office"),
             "submission": ("呈办", "submission office")},
    "role_of_unit": {"lead": ("主办", "lead"), "assist": ("协办", "assist")},
    "signed_by": {"unit": ("单位签收", "the unit"), "bot": ("视为签收", "the bot")},
    "closed_as": {
        "answered": ("直接答复", "answered directly"), "filed": ("批示存档", "filed"), "visited": ("回访办结", "visited"),
        "unreachable": ("联系不上", "unreachable"), "anonymous": ("匿名办结", "anonymous"),
        "refused": ("不予受理", "refused"), "handed_on": ("转专线", "handed on"), "withdrawn": ("撤诉", "withdrawn"),
        "merged": ("并单", "merged"), "redo_exhausted": ("重办已满", "redo exhausted"),
        "not_responsible": ("非单位责任", "unit not responsible"), "answer_refused": ("复核后办结", "closed on review"),
        "excluded": ("不计入满意度", "left out of satisfaction"),
    },
    "disputed_by": {"visit": ("回访", "the visit"), "repeat": ("重复投诉", "a repeat")},
    "request": {
        "return": ("退单", "return"), "extension": ("延期", "extension"), "explanation": ("情况说明", "explanation"),
        "interim": ("阶段性回复", "interim reply"),
    },
    "explanation": {
        "material": ("物资设备", "material"), "weather": ("天气", "weather"), "owner": ("权属问题", "ownership"),
        "funds": ("资金", "funds"), "other": ("其他", "other"),
    },
    "examination": {
        "form_incomplete": ("要素不全", "form incomplete"), "opinion_unclear": ("办理意见不明确", "opinion unclear"),
        "caller_not_contacted": ("未联系群众", "caller not contacted"), "assists_missing": ("协办未答复", "assists missing"),
        "evidence_missing": ("缺少佐证", "evidence missing"), "other": ("其他", "other"),
    },
    "excluded": {
        "unreasonable": ("诉求不合理", "unreasonable"), "law": ("法律政策限制", "barred by law"),
        "outside_powers": ("超出职权", "outside powers"), "other": ("其他", "other"),
    },
    "ground": {
        "repeated": ("催办后仍重复投诉", "repeated"), "silent": ("催办后逾期不复", "silent"),
        "leader": ("领导交办未落实", "leader"), "redo_failed": ("两轮重办不合格", "redo failed"),
        "by_hand": ("人工提出", "by hand"),
    },
    "finding": {
        "perfunctory": ("敷衍塞责", "perfunctory"), "inaction": ("不作为", "inaction"),
        "duty": ("不依法履职", "duty not performed"), "untrue": ("弄虚作假", "untrue"),
    },
    "closing": {"criticism": ("通报批评", "criticism"), "interview": ("约谈", "interview"), "nothing": ("不予处理", "nothing")},
    "outcome": {
        "accepted": ("受理", "accepted"), "supplement": ("要求补充", "supplement asked"),
        "forwarded": ("转其他机关", "forwarded"), "no_jurisdiction": ("无管辖权", "no jurisdiction"),
        "result": ("作出处理", "result"),
    },
    "method": {"phone": ("电话回访", "telephone"), "internet": ("网络回访", "internet"), "onsite": ("现场核查", "on site")},
    "truth": {"proven": ("属实", "true"), "partly": ("部分属实", "partly true"), "untrue": ("不属实", "untrue")},
    "solved": {"solved": ("已解决", "solved"), "partly": ("部分解决", "partly solved"), "unsolved": ("未解决", "unsolved"),
               "unreasonable": ("诉求不合理", "unreasonable")},
    "satisfied": {"satisfied": ("满意", "satisfied"), "basically": ("基本满意", "basically satisfied"),
                  "dissatisfied": ("不满意", "dissatisfied"), "declined": ("拒评", "declined to say")},
    "file_kind": {
        "certificate": ("证件", "certificate"), "contact": ("联系证据", "evidence of contact"),
        "handling": ("办理材料", "evidence of handling"), "scan": ("扫描件", "scan"), "recording": ("录音", "recording"),
        "other": ("其他", "other"),
    },
    "why": {"result": ("办理结果", "result"), "attitude": ("服务态度", "attitude"), "timeliness": ("办理时效", "timeliness"),
            "other": ("其他", "other")},
    "report_kind": {"weekly": ("周报", "weekly"), "monthly": ("月报", "monthly"), "quarterly": ("季报", "quarterly"),
                    "yearly": ("年报", "yearly")},
    "level": {"city": ("市级", "city"), "county": ("县级", "county")},
    "source": {"office": ("本单位", "office"), "library": ("国家日历", "library"), "provisional": ("暂定", "provisional")},
    "basis": {"official": ("正式", "official"), "provisional": ("暂定", "provisional")},
    "post": {"head": ("主要负责人", "head"), "deputy": ("分管负责人", "deputy"), "liaison": ("联络员", "liaison"),
             "staff": ("经办人", "staff")},
    "run": {"sweep": ("督办巡检", "sweep"), "supervision_list": ("督办清单", "supervision list"),
            "drafting": ("移送起草", "drafting"), "list": ("督办清单", "supervision list"), "draft": ("移送起草", "drafting")},
    "role": {
        "operator": ("话务员", "operator"), "allocator": ("派单员", "allocator"), "centre_head": ("中心主任", "centre head"),
        "examiner": ("审核员", "examiner"), "visitor": ("回访员", "visitor"), "unit_staff": ("单位经办人", "unit staff"),
        "unit_head": ("单位负责人", "unit head"), "officer": ("督办员", "supervision officer"),
        "supervision_head": ("督查室主任", "supervision head"), "leader": ("县领导", "leader"),
        "committee": ("监委阅卷人", "committee reader"), "it_admin": ("系统管理员", "IT administrator"),
        "log_auditor": ("日志审计员", "log auditor"),
    },
    "task": {
        "case.registered": ("分派", "allocation"), "case.submitted": ("领导批示", "the leader's instruction"),
        "case.examining": ("审核", "examination"), "case.visiting": ("回访", "the visit"),
        "case.reviewing": ("责任认定", "the responsibility review"), "request.return": ("退单审定", "ruling on a return"),
        "request.extension": ("延期审定", "ruling on an extension"),
        "request.explanation": ("情况说明审定", "ruling on an explanation"),
        "request.interim": ("阶段性回复审定", "ruling on an interim reply"),
    },
}  # fmt: skip
"""vocabulary -> word -> what it is called."""

DOMAINS: dict[str, dict[str, str]] = {
    "hotline_case": {
        "kind": "kind", "channel": "channel", "urgency": "urgency", "mode": "mode", "closed_as": "closed_as",
        "refusal_reason": "refusal", "line": "line", "disputed_by": "disputed_by", "excluded_as": "excluded",
    },
    "contact": {"kind": "contact_kind", "channel": "channel"},
    "assignment": {"role": "role_of_unit", "signed_by": "signed_by"},
    "request": {"kind": "request", "category": "explanation"},
    "reply": {"refusal": "examination"},
    "supervision": {"ground": "ground", "finding": "finding", "outcome": "closing"},
    "visit": {"truth": "truth", "solved": "solved", "satisfied": "satisfied"},
    "visit_record": {"method": "method", "truth": "truth", "solved": "solved", "satisfied": "satisfied", "why": "why"},
    "referral": {"outcome": "outcome"},
    "report": {"kind": "report_kind"},
    "responsibility": {"excluded_as": "excluded"},
    "stored_file": {"kind": "file_kind"},
    "instruction": {"level": "level"},
    "calendar_day": {"source": "source"},
    "unit_post": {"post": "post"},
    "run": {"name": "run"},
}  # fmt: skip
"""table -> column -> the vocabulary its words come from (states: `STATES`)."""
