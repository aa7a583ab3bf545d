"""The labels of columns: a column without one is not shown by any generated page."""

from __future__ import annotations

Pair = tuple[str, str]

TABLES: dict[str, Pair] = {
    "hotline_case": ("工单", "Cases"), "contact": ("来电来件", "Contacts"), "assignment": ("交办件", "Assignments"),
    "request": ("申请与说明", "Requests"), "reply": ("办理回复", "Replies"), "reminder": ("催办", "Reminders"),
    "supervision": ("督办件", "Supervision items"), "supervision_list": ("督办清单", "Supervision lists"),
    "visit": ("回访", "Visits"), "visit_record": ("回访记录", "Visit records"), "responsibility": ("责任认定", "Responsibility"),
    "referral": ("移送", "Referrals"), "suggestion": ("合理化建议", "Suggestions"), "praise": ("表扬", "Praise"), "report": ("工作通报", "Reports"), "report_draft": ("通报草稿", "Drafts of reports"),
    "unit": ("成员单位", "Units"), "unit_post": ("任职", "Posts"), "category": ("分类", "Categories"),
    "calendar_day": ("工作日历", "Calendar"), "calendar_proposal": ("日历申请", "Calendar proposals"),
    "sla_rule": ("时限规则", "Rules"), "setting": ("设置", "Settings"), "ab_user": ("账号", "Accounts"),
    "ab_role": ("角色", "Roles"), "run": ("机器人运行", "Bot runs"), "event": ("办理记录", "Events"),
    "instruction": ("领导批示", "Instructions"), "instruction_notice": ("领导批示办理单", "Papers of instructions"), "submission": ("呈办", "Submissions"), "draft": ("草稿", "Drafts"),
    "account_change": ("账号变更", "Account changes"), "access": ("查阅日志", "Access log"),
    "stored_file": ("附件", "Files"), "lifting": ("解除保密", "Lifting of confidentiality"),
}  # fmt: skip

PAGE_TABLES: dict[str, str] = {
    "Cases": "hotline_case", "Contacts": "contact", "Assignments": "assignment", "Requests": "request",
    "Replies": "reply", "Reminders": "reminder", "Supervision": "supervision", "SupervisionLists": "supervision_list",
    "Visits": "visit", "VisitRecords": "visit_record", "Responsibility": "responsibility", "Referrals": "referral",
    "Suggestions": "suggestion", "Praise": "praise", "Instructions": "instruction", "Reports": "report", "ReportDrafts": "report_draft", "Units": "unit", "Posts": "unit_post", "Categories": "category",
    "Calendar": "calendar_day", "CalendarProposals": "calendar_proposal", "Rules": "sla_rule", "Settings": "setting",
    "Users": "ab_user", "Roles": "ab_role", "AccountChanges": "account_change", "Bot": "run",
    "Events": "event", "AccessLog": "access",
}  # fmt: skip
"""page of the panel -> the table that it shows."""

_CASE: Pair = ("工单", "Case")
_UNIT: Pair = ("单位", "Unit")
_STATE: Pair = ("状态", "State")
_NUMBER: Pair = ("编号", "Number")
_ROUND: Pair = ("轮次", "Round")
_WORDS: Pair = ("说明", "Words")
_REASON: Pair = ("理由", "Reason")
_ENDED: Pair = ("结束时间", "Ended at")

COLUMNS: dict[str, dict[str, Pair]] = {
    "hotline_case": {
        "number": ("工单编号", "Number"), "state": _STATE, "kind": ("类型", "Kind"), "urgency": ("紧急程度", "Urgency"),
        "channel": ("受理渠道", "Channel"), "place": ("地点", "Place"), "lead_unit": ("主办单位", "Lead unit"),
        "round": _ROUND, "repeats": ("重复次数", "Repeats"), "registered_at": ("登记时间", "Registered at"),
        "received_at": ("来件时间", "Received at"), "allocated_at": ("分派时间", "Allocated at"),
        "closed_at": ("办结时间", "Closed at"), "closed_as": ("办结方式", "Closed as"), "category": ("分类", "Category"),
        "narrative": ("诉求内容", "Narrative"), "demand": ("诉求目的", "Demand"), "complex": ("复杂事项", "Complex"),
        "dangerous": ("危及人身财产安全", "Immediate danger"), "confidential": ("保密", "Confidential"),
        "anonymous": ("匿名", "Anonymous"), "wants_reply": ("需要回复", "Wants a reply"), "mode": ("办理方式", "Mode"),
        "complained_unit": ("被反映单位", "Unit complained of"), "complained_person": ("被反映人", "Person complained of"),
        "agreed_named": ("同意向被反映方公开身份", "Agreed to be named to who is complained of"),
        "paper_form": ("纸质登记表编号", "Paper form's number"), "repeat_check": ("重复核查结果", "Repeat check"),
        "suggestion": ("合理化建议", "Suggestion"), "leader_assigned": ("领导交办", "Leader-assigned"),
        "leader_due_on": ("领导要求日期", "Leader's date"), "allocations": ("分派次数", "Allocations"),
        "answer": ("直接答复", "Answer"), "refusal_reason": ("不受理原因", "Reason of refusal"),
        "told_caller": ("告知诉求人", "Told to the caller"), "line": ("转接专线", "Line"),
        "sampled": ("抽样回访", "Sampled"), "redo_failed": ("重办不合格", "Redo failed"),
        "disputed_by": ("认定起因", "Disputed by"), "excluded_as": ("不计满意度原因", "Excluded as"),
    },
    "contact": {
        "case": _CASE, "kind": ("类型", "Kind"), "channel": ("渠道", "Channel"), "received_at": ("来件时间", "Received at"),
        "entered_at": ("登记时间", "Entered at"), "words": ("内容", "Words"),
    },
    "assignment": {
        "case": _CASE, "number": _NUMBER, "unit": _UNIT, "state": _STATE, "role": ("主协办", "Role"), "round": _ROUND,
        "allocated_at": ("分派时间", "Allocated at"), "signed_at": ("签收时间", "Signed at"),
        "signed_by": ("签收方式", "Signed by"), "due_at": ("办理期限", "Due"), "replied_at": ("答复时间", "Replied at"),
        "late": ("逾期答复", "Late"), "leader_assigned": ("领导交办", "Leader-assigned"),
        "response_at": ("首次响应期限", "First response due"), "first_response_at": ("首次响应时间", "First response"),
        "waived_reason": ("免除协办理由", "Waived because"),
        "ended_at": _ENDED,
    },
    "request": {
        "case": _CASE, "unit": _UNIT, "kind": ("类型", "Kind"), "state": _STATE, "round": _ROUND,
        "filed_at": ("提出时间", "Filed at"), "category": ("原因类别", "Category"), "words": _WORDS, "promised_on": ("承诺日期", "Promised date"),
        "workdays": ("工作日数", "Working days"), "self_approved": ("自审", "Self-approved"),
        "ruled_at": ("审定时间", "Ruled at"), "ruling_words": ("审定意见", "Ruling"),
    },
    "reply": {
        "case": _CASE, "unit": _UNIT, "state": _STATE, "round": _ROUND, "filed_at": ("提交时间", "Filed at"),
        "late": ("逾期", "Late"), "found_true": ("诉求属实", "Found true"), "beyond_duty": ("超职责诉求", "Beyond duty"),
        "contacted": ("已联系群众", "Caller contacted"), "solved": ("是否解决", "Solved"), "opinion": ("办理意见", "Opinion"),
        "next_step": ("下一步措施", "Next step"), "step_on": ("措施日期", "Date of the step"),
        "handling": ("办理情况（内部）", "Handling (internal)"), "public_answer": ("公开答复内容", "Public answer"),
        "contacted_at": ("联系时间", "Contacted at"), "why_not_contacted": ("未联系原因", "Why not contacted"),
        "why_unsolved": ("未解决原因", "Why unsolved"), "evidence": ("佐证材料", "Evidence"),
        "self_approved": ("自审", "Self-approved"), "refusal": ("退回原因", "Refused because"),
        "refusal_words": ("退回说明", "Refusal"),
    },
    "reminder": {
        "number": ("催办编号", "Number"), "case": _CASE, "unit": _UNIT, "state": _STATE, "round": _ROUND,
        "attempt": ("次数", "Attempt"), "issued_at": ("催办时间", "Issued at"), "reply_by_at": ("答复期限", "Reply by"),
        "answered_late": ("逾期答复", "Answered late"), "lapsed_at": ("逾期时间", "Lapsed at"),
        "in_error": ("误发", "In error"), "void_reason": ("作废理由", "Void because"), "ended_at": _ENDED,
    },
    "supervision": {
        "number": ("督办编号", "Number"), "notice_number": ("重发通知编号", "Number when reissued"),
        "case": _CASE, "unit": _UNIT, "state": _STATE, "ground": ("事由", "Ground"),
        "round": _ROUND, "listed_on": ("列入日期", "Listed on"), "opened_at": ("立项时间", "Opened at"),
        "due_at": ("反馈期限", "Due"), "requirement": ("督办要求", "Requirement"), "reissues": ("重发次数", "Reissues"),
        "feedback": ("反馈内容", "Feedback"), "fed_back_at": ("反馈时间", "Fed back at"),
        "cleared_to": ("新的期限", "Cleared to"), "finding": ("认定情形", "Finding"), "finding_words": ("认定说明", "Finding"),
        "confirmed_at": ("确认时间", "Confirmed at"), "heard_at": ("听取期限", "Hearing ends"),
        "unit_statement": ("单位陈述", "The unit's statement"), "conclusion": ("督查结论", "Conclusion"),
        "concluded_at": ("结论时间", "Concluded at"), "review_words": ("复核申请", "Review asked"),
        "review_accepted": ("复核成立", "Review accepted"),
        "taken_back": ("复核撤回的处理", "Taken back by the review"), "outcome": ("处理结果", "Outcome"), "reason": _REASON,
        "struck_reason": ("勘误原因", "Struck because"), "ended_reason": ("结束原因", "Ended because"), "ended_at": _ENDED,
    },
    "supervision_list": {
        "number": ("清单编号", "Number"), "day": ("日期", "Day"), "issued_at": ("印发时间", "Issued at"),
    },
    "visit": {
        "case": _CASE, "state": _STATE, "round": _ROUND, "planned_at": ("安排时间", "Planned at"),
        "attempts": ("尝试次数", "Attempts"), "truth": ("是否属实", "True"), "solved": ("是否解决", "Solved"),
        "satisfied": ("满意度", "Satisfaction"), "ended_at": _ENDED,
    },
    "visit_record": {
        "case": _CASE, "attempt": ("第几次", "Attempt"), "version": ("版本", "Version"), "at": ("时间", "At"),
        "method": ("方式", "Method"), "reached": ("联系上", "Reached"), "place": ("地点", "Place"), "met": ("见到的人", "Met"),
        "contacted_by_unit": ("单位是否联系", "Contacted by the unit"), "truth": ("是否属实", "True"),
        "solved": ("是否解决", "Solved"), "satisfied": ("满意度", "Satisfaction"), "why": ("不满意原因", "Why"),
        "words": ("诉求人意见", "Words"), "evidence": ("佐证", "Evidence"), "reason": ("更正理由", "Reason"),
    },
    "responsibility": {
        "number": _NUMBER, "case": _CASE, "round": _ROUND, "at": ("时间", "At"),
        "unit_responsible": ("单位责任", "Unit responsible"), "grounds": ("依据", "Grounds"),
        "excluded_as": ("不计满意度原因", "Excluded as"),
    },
    "referral": {
        "number": ("移送函号", "Number"), "case": _CASE, "unit": _UNIT, "state": _STATE,
        "drafted_at": ("起草时间", "Drafted at"), "send_by_at": ("移送期限", "Send by"), "report": ("事项报告", "Report"),
        "proposal": ("处理建议", "Proposal"), "sealed_at": ("封卷时间", "Sealed at"), "sent_at": ("移送时间", "Sent at"),
        "received_at": ("接收时间", "Received at"), "outcome": ("处理结果", "Outcome"),
        "outcome_words": ("结果说明", "Outcome"), "supplement_due_at": ("补充期限", "Supplement due"),
        "abandon_reason": ("放弃理由", "Abandoned because"), "ended_at": _ENDED,
    },
    "instruction": {
        "case": _CASE, "leader": ("领导", "Leader"), "level": ("级别", "Level"), "words": ("批示内容", "Words"),
        "instructed_on": ("批示日期", "Date"), "due_on": ("要求完成日期", "Due on"), "document": ("文号", "Document"),
        "scan": ("扫描件", "Scan"), "entered_at": ("录入时间", "Entered at"), "case_state": ("办理状态", "State"),
        "case_unit": ("承办单位", "Unit"), "case_due": ("办理期限", "Due"), "case_result": ("办理结果", "Result"),
    },
    "lifting": {"at": ("提出时间", "Proposed at"), "reason": _REASON},
    "submission": {"reason": ("呈办理由", "Submitted because"), "submitted_at": ("呈办时间", "Submitted at")},
    "suggestion": {
        "case": _CASE, "marked_at": ("入库时间", "Marked at"), "kept": ("采纳", "Kept"), "words": ("筛选意见", "Words"),
        "screened_at": ("筛选时间", "Screened at"), "own_words": ("建议内容", "The suggestion"),
        "comments": ("领导意见", "Leaders' comments"), "case_state": ("办理状态", "State"),
    },
    "report_draft": {
        "kind": ("类型", "Kind"), "first": ("期首日", "First day"), "last": ("期末日", "Last day"),
        "drafted_at": ("起草时间", "Drafted at"), "contest_at": ("异议期限", "Contest by"),
        "own_at": ("印发期限", "Issue by"), "own_overdue_for": ("已逾期", "Overdue since"),
        "state": ("状态", "State"),
    },
    "report": {
        "number": ("通报编号", "Number"), "kind": ("类型", "Kind"), "first": ("期首日", "First day"),
        "last": ("期末日", "Last day"), "version": ("版本", "Version"), "issued_at": ("印发时间", "Issued at"),
        "reason": ("更正理由", "Reason"),
    },
    "unit": {
        "code": ("代码", "Code"), "name": ("名称", "Name"), "active": ("启用", "Active"),
        "superior": ("上级单位", "Superior"), "successor": ("承接单位", "Successor"),
    },
    "unit_post": {
        "unit": _UNIT, "person": ("姓名", "Person"), "post": ("职务", "Post"), "duty": ("职责", "Duty"),
        "cadre_authority": ("干部管理权限", "Cadre authority"), "from_on": ("任职起", "From"), "to_on": ("任职止", "To"),
    },
    "category": {"name": ("名称", "Name"), "parent": ("上级分类", "Parent"), "active": ("启用", "Active")},
    "calendar_day": {
        "day": ("日期", "Day"), "worked": ("工作日", "Worked"), "ordinal": ("累计工作日", "Ordinal"),
        "source": ("来源", "Source"),
    },
    "calendar_proposal": {
        "days": ("日期安排", "Days"), "reason": _REASON, "proposed_at": ("提出时间", "Proposed at"),
        "approved_at": ("批准时间", "Approved at"), "refused_at": ("未批准时间", "Refused at"),
    },
    "sla_rule": {
        "name": ("规则", "Rule"), "value": ("值", "Value"), "valid_from": ("生效时间", "Valid from"), "reason": _REASON,
        "changed_at": ("提出时间", "Proposed at"), "approved_at": ("批准时间", "Approved at"),
        "refused_at": ("未批准时间", "Refused at"),
    },
    "setting": {"name": ("设置", "Setting"), "value": ("值", "Value")},
    "ab_user": {
        "username": ("账号", "Account"), "first_name": ("姓名", "Name"), "active": ("启用", "Active"), "unit": _UNIT,
        "roles": ("角色", "Roles"), "last_login": ("上次登录", "Last login"), "login_count": ("登录次数", "Logins"),
        "fail_login_count": ("失败次数", "Failures"), "factor_since": ("动态口令启用", "Second factor since"),
    },
    "ab_role": {"name": ("角色", "Role")},
    "access": {
        "at": ("时间", "At"), "kind": ("事项", "What"), "account": ("账号", "Account"), "address": ("来源地址", "Address"),
        "case": _CASE, "page": ("页面", "Page"), "filters": ("条件", "Filters"), "rows": ("条数", "Rows"),
    },
    "account_change": {
        "verb": ("变更事项", "Change"), "person": ("账号", "Account"), "role": ("角色", "Role"),
        "stood": ("变更前", "Before"), "wanted": ("变更后", "After"), "confirmers": ("由谁确认", "Confirmed by"),
        "proposed_by": ("提出人", "Proposed by"), "proposed_at": ("提出时间", "Proposed at"),
        "approved_by": ("确认人", "Confirmed by"), "approved_at": ("确认时间", "Confirmed at"),
        "refused_at": ("不同意时间", "Refused at"),
    },
    "run": {
        "name": ("任务", "Task"), "looked_at": ("巡检时点", "Looked at"), "started_at": ("开始", "Started"),
        "finished_at": ("结束", "Finished"), "cases": ("工单数", "Cases"), "failures": ("失败数", "Failures"),
        "error": ("错误", "Error"),
    },
    "event": {
        "at": ("时间", "At"), "kind": ("事项", "Event"), "actor": ("经办", "Actor"), "chain": ("工单内部号", "Case id"),
        "seq": ("序号", "Seq"), "subject": ("对象", "Subject"), "from_state": ("原状态", "From"), "to_state": ("新状态", "To"),
        "reveal": ("查看诉求人的理由", "Why the caller was shown"),
    },
}  # fmt: skip
"""table -> column or relation -> its label."""
