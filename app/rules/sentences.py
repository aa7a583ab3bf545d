"""What a refusal says: message id -> the sentence in Simplified Chinese and in English. Loads
without any framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.rules.refusal import NotAllowed

TAKEN_ZH = (
    "可用：PDF、OFD，Word、Excel、PowerPoint、WPS文档，图片（JPG、PNG、GIF、WebP、TIFF、BMP、HEIC），"
    "录音（MP3、M4A、WAV、AMR、OGG），视频（MP4、MOV），文本、CSV"
)
TAKEN_EN = (
    "PDF, OFD; documents of Word, Excel, PowerPoint and WPS; pictures (JPG, PNG, GIF, WebP, TIFF, BMP, HEIC);"
    " recordings (MP3, M4A, WAV, AMR, OGG); films (MP4, MOV); text and CSV"
)
"""Which files are taken, as it is said below a field and in a refusal. [app.rules.files]"""

SENTENCES: dict[str, tuple[str, str]] = {
    "accounts_there": (
        "数据库中已有{accounts}个账号，不能再初始化。",
        "The database holds {accounts} accounts already: an office is set up once.",
    ),
    "allocated_already": (
        "该工单已经分派，批示不能再指定单位。",
        "The case is allocated already; no unit can be named.",
    ),
    "anonymous_not_visited": ("匿名诉求不回访。", "An anonymous caller is not visited."),
    "another_finding": (
        "起草的认定是{drafted}，与所填不同。",
        "The finding drafted is {drafted}, not the one given.",
    ),
    "anonymous_with_caller": (
        "选择了匿名，又填写了姓名或电话：请去掉其中一项。",
        "Anonymous, and yet a name or a number is given: take one of them out.",
    ),
    "answer_missing": ("请填写答复内容。", "Write the answer."),
    "approval_without_scan": (
        "纸质审批须填领导姓名并附扫描件。",
        "An approval on paper needs the leader's name and the scan.",
    ),
    "assist_answered": ("该协办件已经答复或结束。", "The assist has answered or ended already."),
    "assist_open": (
        "协办单位尚未答复，主办不能答复；可请中心免除协办。",
        "An assist is still open; it must answer or be waived.",
    ),
    "caller_missing": (
        "请填写诉求人姓名或电话，或选择匿名。",
        "Give the caller's name or phone, or mark it anonymous.",
    ),
    "caller_not_contacted": (
        "请填写联系群众情况，未联系须说明原因。",
        "Say when the caller was contacted, or why not.",
    ),
    "case_ended": ("该工单已结束（{state}）。", "The case has ended ({state})."),
    "cases_there": (
        "数据库中已有{cases}件工单，不能再初始化。",
        "The database holds {cases} cases already: an office is set up once.",
    ),
    "closed_too_long": (
        "结案已超过{days}天，请登记新工单。",
        "Closed more than {days} days ago: register a new case.",
    ),
    "completed_it_himself": (
        "本人完成的移送材料不能由本人审核。",
        "Who completed a referral does not review it.",
    ),
    "completed_or_reviewed_it_himself": (
        "完成或审核移送的人不能审批。",
        "Who completed or reviewed it does not approve it.",
    ),
    "withheld": (
        "本件是举报或反映人员的，诉求人未同意公开身份，不能向被反映单位提供；需要联系的，请通过中心。",
        "A report, or a person is complained of, and the caller has not agreed to be named: the unit gets to him through the centre only.",
    ),
    "confidential": ("诉求人要求保密，不能查看。", "The caller is confidential."),
    "date_not_after_today": ("日期须在今天之后。", "The date must lie after today."),
    "day_outside_calendar": (
        "{day}不在日历范围内（至{last}）。",
        "{day} lies outside the calendar (to {last}).",
    ),
    "deferral_too_long": (
        "暂缓最多{most}个工作日。",
        "A deferral is of at most {most} working days.",
    ),
    "deferred_once": ("该建议已暂缓过一次。", "It was deferred once already."),
    "dossier_not_made": (
        "卷宗文件尚未制成，请稍候再移送。",
        "The dossier's files are not made yet: send it in a moment.",
    ),
    "draft_empty": (
        "草稿是空的，请至少填写一项。",
        "The draft is empty: fill in at least one field.",
    ),
    "draft_used": ("该草稿已使用。", "The draft was used already."),
    "drafted_part_of_it": (
        "参与起草的人不能录入纸质审批。",
        "Who drafted any of it does not enter the approval.",
    ),
    "entered_too_late": (
        "补录不得晚于受理后{workdays}个工作日。",
        "An entry may follow at most {workdays} working days later.",
    ),
    "evaluation_not_100": (
        "考核各项分值合计应为100。",
        "The evaluation's weights must add up to 100.",
    ),
    "evaluation_setting": (
        "考核设置{name}的值{value}不合适。",
        "The evaluation setting {name} cannot be {value}.",
    ),
    "examined_it_himself": (
        "审核过该工单的人不能回访或办理。",
        "Who examined the case neither visits nor handles it.",
    ),
    "exclusion_missing": (
        "非单位责任须选择不计入满意度的原因。",
        "Choose why it is left out of satisfaction.",
    ),
    "explain_once_more": (
        "无新事实的，须先再解释一次。",
        "Explain once more before refusing for lack of new facts.",
    ),
    "explanation_too_short": (
        "情况说明不少于{characters}字。",
        "An explanation has at least {characters} characters.",
    ),
    "extended_once": ("本轮已申请过延期。", "An extension was asked for already in this round."),
    "extension_too_long": (
        "延期最多{most}个工作日。",
        "An extension is of 1 to {most} working days.",
    ),
    "field_missing": ("请填写{field}。", "Fill in {field}."),
    "field_too_long": ("{field}最多{most}字。", "{field} has at most {most} characters."),
    "line_unread": (
        "{field}第{number}行无法识别：“{text}”。",
        "{field}: line {number} cannot be read: “{text}”.",
    ),
    "weekday_differs": (
        "{field}无法识别：“{text}”，{day}不是所写的星期几。",
        "{field}: “{text}”: {day} is another day of the week.",
    ),
    "field_wrong": ("{field}填写有误。", "{field} is not right."),
    "file_active": (
        "不接收含有{part}的文件，请去掉后重新上传（可另存为不含此部分的PDF）。",
        "Files with {part} are not taken: take it out and send the file again (or save it as a PDF without).",
    ),
    "file_broken": (
        "文件读不完整（可能已损坏或未传完），请重新导出后再上传。",
        "The file cannot be read whole (damaged, or cut off): export it again and send it.",
    ),
    "file_empty": ("文件是空的。", "The file is empty."),
    "file_infected": (
        "病毒扫描发现问题（{found}），文件未保存。",
        "The scanner found something ({found}): the file was not kept.",
    ),
    "file_locked": (
        "文件有密码，无法检查，请取消密码后再上传。",
        "The file is under a password and cannot be looked into: take the password off and send it again.",
    ),
    "file_lost": (
        "文件{sha256}在存储中缺失或已改变，请从备份恢复。",
        "File {sha256} is missing or altered in the store: restore it from a backup.",
    ),
    "file_too_big": ("文件不得超过{most}MB。", "A file has at most {most} MB."),
    "file_type": (
        f"不接收此类文件。{TAKEN_ZH}。",
        f"Files of this type are not taken. These are: {TAKEN_EN}.",
    ),
    "file_unpacked": ("文件解压后不得超过{most}MB。", "Unpacked, a file has at most {most} MB."),
    "file_unscanned": (
        "病毒扫描程序没有应答，文件未保存。请稍后再试；一直如此请告知系统管理员。",
        "The scanner does not answer: the file was not kept. Try again in a moment; if it stays so, tell the IT administrator.",
    ),
    "file_wrapped": (
        "不接收{part}：请把其中的文件逐个上传，正文可另存为PDF或文本。",
        "No {part} is taken: send the files in it one by one, and what is written in it as a PDF or as text.",
    ),
    "finding_too_early": (
        "须收到反馈或反馈逾期后才能认定（{state}）。",
        "A finding needs feedback, or overdue feedback ({state}).",
    ),
    "grounds_missing": ("请填写理由。", "Give the grounds."),
    "handled_it_himself": (
        "经办人不能审核或回访本人办理的工单。",
        "Who handled the case neither examines nor visits it.",
    ),
    "hearing_over": ("听取说明的期限已过。", "The time to be heard is over."),
    "held_no_post": (
        "{person}在该日期未任职于该单位。",
        "{person} held no post in the unit on that date.",
    ),
    "instruction_without_scan": (
        "纸质批示须填文号并附扫描件。",
        "An instruction on paper needs its number and the scan.",
    ),
    "item_stands": ("该单位已有督办件。", "An item stands already."),
    "later_than_lead": (
        "协办期限不能晚于主办期限（{until}）。",
        "An assist's due may not lie after the lead's ({until}).",
    ),
    "lead_ended": ("主工单已结束（{state}）。", "The lead case has ended ({state})."),
    "leader_date_not_after_today": (
        "领导要求的日期{due_on}须在今天之后。",
        "The leader's date {due_on} must lie after today.",
    ),
    "leader_level": ("请选择领导级别：市或县。", "Choose the leader's level: city or county."),
    "leader_words": ("请填写领导姓名和批示内容。", "Give the leader's name and words."),
    "leaks_below_zero": ("{unit}的泄露次数不能为负。", "{unit} cannot have fewer than no leaks."),
    "merge_into_itself": ("不能并入自身。", "A case is not merged into itself."),
    "narrative_too_short": (
        "诉求内容不少于{characters}字。",
        "A narrative has at least {characters} characters.",
    ),
    "no_assignment": ("该工单没有交办件。", "The case has no assignment."),
    "no_caller": ("该工单没有诉求人信息。", "The case has no caller."),
    "no_days": ("请列出日期。", "Name the days."),
    "no_feedback": ("尚未反馈（{state}）。", "There is no feedback ({state})."),
    "no_finding": ("没有待确认的认定（{state}）。", "No finding waits for confirmation ({state})."),
    "no_handling_opinion": (
        "须有明确的办理意见，不能只写“已收到”“正在办理”。",
        "Give a clear handling opinion, not only “received”.",
    ),
    "no_liaison": ("{unit}没有联络员。", "{unit} has no liaison."),
    "no_next_step": ("请填写下一步措施和日期。", "Give the next step and its date."),
    "no_notice_open": (
        "没有待反馈的督办通知（{state}）。",
        "No supervision notice waits for feedback ({state}).",
    ),
    "no_parts": ("请填写拆分的事项。", "Name the parts."),
    "no_reminder": ("没有催办。", "There is no reminder."),
    "no_reply": ("没有待审核的答复（{state}）。", "No reply waits for examination ({state})."),
    "no_reply_to_clear": (
        "销号须有未被退回的答复，或填写新的日期。",
        "Clearing needs a reply that was not refused, or a new date.",
    ),
    "no_review_asked": ("没有待裁定的复核申请。", "No review was asked for."),
    "no_right": ("没有此项权限（{verb}）。", "You have no right to {verb}."),
    "no_successor": (
        "承接单位不能是自身，也不能重复指定。",
        "The successor cannot be this unit, nor be named twice.",
    ),
    "not_a_candidate": ("不是待决定的督办建议（{state}）。", "It is not a candidate ({state})."),
    "not_a_post_of_the_unit": ("所列职务不属于该单位。", "It is not a post of the unit."),
    "not_a_suggestion": ("该工单不在建议库中。", "The case is not in the pool of suggestions."),
    "not_a_workday": ("今天不是工作日。", "Today is not a working day."),
    "not_an_assist": ("不是协办件。", "It is not an assist."),
    "not_an_emergency": ("不是特急件。", "It is not an emergency."),
    "not_completed": ("移送材料尚未完成。", "The referral is not completed."),
    "not_concluded": ("督查结论尚未作出（{state}）。", "It is not concluded ({state})."),
    "not_drafted": ("{verb}不需要起草。", "{verb} is not drafted."),
    "not_due_for_reminder": ("不符合催办条件。", "The conditions for a reminder do not hold."),
    "not_for_direct_answer": (
        "此类工单（{kind}）不能由中心直接答复。",
        "A case of this kind ({kind}) is not answered directly.",
    ),
    "not_found": ("没有找到。", "Not found."),
    "not_heard": ("尚未听取说明（{state}）。", "The hearing is not over ({state})."),
    "not_his_allocation": (
        "只能由原分派人或中心主任撤回。",
        "Only the same allocator or the centre head recalls it.",
    ),
    "not_in_handling": ("工单不在办理中（{state}）。", "The case is not in handling ({state})."),
    "not_in_hearing": ("不在听取说明阶段（{state}）。", "It is not in hearing ({state})."),
    "not_in_review": (
        "工单不在责任认定中（{state}）。",
        "The case is not in responsibility review ({state}).",
    ),
    "not_kept": (
        "只能对已采纳的建议提出意见。",
        "Only a suggestion that was kept is commented on.",
    ),
    "not_listed": ("该行未列入清单。", "It was not listed."),
    "not_named": ("认定中没有{person}。", "The finding does not name {person}."),
    "not_open": (
        "交办件当前不能办理此项（{state}）。",
        "The assignment is not open for this ({state}).",
    ),
    "not_registered": (
        "工单不是待分派状态（{state}）。",
        "The case is not waiting for allocation ({state}).",
    ),
    "not_to_clear": ("当前不能销号（{state}）。", "It cannot be cleared now ({state})."),
    "not_to_sign": ("当前不能签收（{state}）。", "It cannot be signed for now ({state})."),
    "changed_meanwhile": (
        "您打开表单后，这条记录已被他人修改。请对照最新内容，核对后再次提交。",
        "Somebody changed this after you opened the form. Compare what stands now, and send it again.",
    ),
    "phone_wrong": ("电话填写有误：{why}{sign}。", "This is no telephone number: {why}{sign}."),
    "nothing_changed": ("没有变化。", "Nothing has changed."),
    "nothing_pending": ("没有待审定的申请（{kind}）。", "Nothing waits for a ruling ({kind})."),
    "refusal_undecided": (
        "不予受理的意见尚未确认或退回，暂不能分派、直接答复或呈办。",
        "A refusal is proposed and not decided: nothing is allocated, answered or submitted before it is.",
    ),
    "lifting_undecided": (
        "已提出解除保密，等待中心主任确认。",
        "Lifting confidentiality is proposed already and waits for the centre head.",
    ),
    "nothing_proposed": ("没有待确认的事项。", "Nothing was proposed."),
    "nothing_to_amend": ("没有可更正的回访记录。", "There is no visit to correct."),
    "nothing_to_instruct": (
        "该工单当前不能批示（{state}）。",
        "The case cannot be instructed on now ({state}).",
    ),
    "nothing_to_receive": (
        "没有待登记的接收回执（{state}）。",
        "Nothing waits for a receipt ({state}).",
    ),
    "nothing_to_visit": ("没有待回访事项（{state}）。", "There is nothing to visit ({state})."),
    "outcome_missing": (
        "已联系上的回访须填写{field}。",
        "A visit that reached somebody needs {field}.",
    ),
    "own_finding": (
        "起草认定或结论的人不能确认或裁定。",
        "Who drafted it neither confirms it nor rules on it.",
    ),
    "own_proposal": ("本人提出的不能由本人确认。", "Nobody confirms his own proposal."),
    "own_account": (
        "关于本人账号的变更，不能由本人确认。",
        "Nobody confirms a change of his own account.",
    ),
    "change_waits": (
        "同样的变更已提出，正等待确认。",
        "The same change waits for its confirmation already.",
    ),
    "changed_since": (
        "提出后该账号或角色又有变化，请不同意后重新提出。",
        "The account or role has changed since this was proposed: turn it down, and have it proposed anew.",
    ),
    "confirmed_by_another": (
        "这项变更由{confirmers}确认。",
        "This change is confirmed by the {confirmers}.",
    ),
    "own_request": ("本人提出的申请不能由本人审定。", "Nobody rules on his own request."),
    "paper_form_missing": (
        "补录须填纸质登记表编号。",
        "A later entry needs the paper form's number.",
    ),
    "paper_not_opened": ("审批前须先打开移送材料。", "Open the paper before approving it."),
    "password_is_the_name": ("密码不能就是用户名。", "The password may not be the user name."),
    "password_too_common": (
        "这个密码太常见，请另设。",
        "This password is one that everybody tries first: choose another.",
    ),
    "account_locked": (
        "密码多次输入错误，账号已暂时锁定，请稍后再试。",
        "Wrong passwords locked the account for a while. Try again later.",
    ),
    "too_soon": (
        "尝试过于频繁，请{seconds}秒后再试。",
        "Too many tries. Try again in {seconds} s.",
    ),
    "password_wrong": ("原密码不正确。", "The old password is wrong."),
    "password_too_short": ("密码不少于12个字符。", "A password has 12 characters or more."),
    "period_not_aligned": (
        "{first}不是该期通报的首日。",
        "{first} is not the first day of such a period.",
    ),
    "period_not_over": ("该期尚未结束（{last}）。", "The period is not over ({last})."),
    "place_missing": (
        "现场回访须填地点和见到的人。",
        "A visit on site needs the place and who was met.",
    ),
    "promise_not_after_today": (
        "承诺日期须在今天之后。",
        "The promised date must lie after today.",
    ),
    "promise_past": (
        "承诺日期{promised_on}已过，不能采纳。",
        "The promised date {promised_on} is past; it cannot be accepted.",
    ),
    "promise_too_far": (
        "承诺日期最晚为到期后{workdays}个工作日。",
        "The promised date lies at most {workdays} working days after due.",
    ),
    "promised_already": ("已有待审或已采纳的同类说明。", "One is pending or accepted already."),
    "promised_twice": (
        "本轮同类说明最多{most}次。",
        "At most {most} of a kind may be filed in a round.",
    ),
    "proposed_already": ("已提出督办建议。", "It was proposed already."),
    "public_answer_missing": ("请填写公开答复内容。", "Write the public answer."),
    "reason_missing": ("请填写理由。", "Give a reason."),
    "received_in_the_future": (
        "来件时间不能晚于现在。",
        "It cannot have been received in the future.",
    ),
    "recused": ("应当回避。", "You must stand back from this one."),
    "redo_failed_already": (
        "重办已满两轮，只能由中心主任结案。",
        "The second redo failed; only the centre head can close it.",
    ),
    "referral_state": (
        "移送当前状态不能办理此项（{state}）。",
        "The referral is not in a state for this ({state}).",
    ),
    "reissued_enough": ("重发督办最多{most}次。", "A notice is reissued at most {most} times."),
    "reminder_not_open": ("催办已结束（{state}）。", "The reminder is not open ({state})."),
    "contest_over": (
        "提出异议的期限已过，或通报已印发。",
        "It is too late to contest: time is over or it is issued.",
    ),
    "contested_already": (
        "本单位已对该通报草稿提出过异议。",
        "This unit has contested this draft already.",
    ),
    "report_issued": ("该期通报已印发（{first}）。", "This report was issued already ({first})."),
    "report_not_issued": (
        "该期通报尚未印发（{first}）。",
        "This report was not issued yet ({first}).",
    ),
    "report_at_least_urgent": (
        "涉及生命财产或公共安全的举报至少为急件。",
        "A report that touches life, property or public safety is at least urgent.",
    ),
    "responded_already": ("已作首次响应。", "The first response was given already."),
    "return_pending": ("退单申请审定前不能办理。", "A return is pending."),
    "returned_once": ("该单位已申请过退单。", "The unit asked to return it once already."),
    "review_asked_once": ("已申请过一次复核。", "A review was asked for once already."),
    "review_may_be_asked": (
        "{until}可申请复核，期满前不能移送。",
        "A review may be asked for until {until}.",
    ),
    "review_open": ("复核申请尚未裁定。", "A review is open."),
    "rule_in_the_past": ("{name}不能从过去生效。", "{name} cannot be valid from the past."),
    "rule_line_wrong": (
        "无法识别施行日期：{line}。应写作〔2018-03-20至今〕条文。",
        "Its days cannot be read: {line}. Write 〔2018-03-20至今〕 and the text.",
    ),
    "rule_of_another_kind": (
        "{name}的值{value}类型不对。",
        "{name} cannot be {value}: it is of another kind.",
    ),
    "rule_out_of_bounds": (
        "{name}的值{value}超出范围。",
        "{name} cannot be {value}: it is out of bounds.",
    ),
    "sample_unfinished": (
        "示例数据上次没有生成完，请清空数据库后重来。",
        "A sample office was begun here and not finished: empty the database and start again.",
    ),
    "screened_already": ("已筛选。", "It was screened already."),
    "signed_already": ("已签收。", "It was signed for already."),
    "several_of_this_name": (
        "名叫{person}的不止一人，请从中选择：{candidates}。",
        "Several are called {person}; choose one of them: {candidates}.",
    ),
    "stated_already": ("已作说明。", "A statement was made already."),
    "struck_already": ("已勘误。", "It was struck already."),
    "third_allocation": (
        "第三次分派须由中心主任办理。",
        "The third allocation needs the centre head.",
    ),
    "too_few_attempts": (
        "在至少{days}天内共回访{attempts}次均未联系上，才能记为联系不上；现共{on}天{made}次。",
        "Nobody is unreachable before {attempts} attempts on at least {days} days; so far: attempts {made}, days {on}.",
    ),
    "too_late_for_review": ("申请复核的期限已过。", "The time to ask for a review is over."),
    "too_late_to_extend": ("延期须在到期前申请。", "An extension is asked for before due."),
    "too_late_to_return": ("退单期限已过。", "The time to return it is over."),
    "too_many_assists": ("协办单位最多{most}个。", "There are at most {most} assists."),
    "unit_inactive": ("{unit}已停用。", "{unit} is not active."),
    "unit_named_twice": ("同一单位重复。", "A unit is named twice."),
    "unknown_category": (
        "没有此分类，或重名：请写明“上级／名称”。",
        "There is no such category, or several of that name: write “above／name”.",
    ),
    "unknown_channel": ("没有此受理渠道（{channel}）。", "There is no channel {channel}."),
    "unknown_contact": ("没有此来电类型（{kind}）。", "There is no contact of kind {kind}."),
    "unknown_field": ("没有此栏目（{field}）。", "There is no field {field}."),
    "unknown_finding": ("没有此认定（{finding}）。", "There is no finding {finding}."),
    "unknown_kind": ("没有此诉求类型（{kind}）。", "There is no kind {kind}."),
    "unknown_line": ("没有此专线（{line}）。", "There is no line {line}."),
    "unknown_method": ("没有此回访方式（{method}）。", "There is no method {method}."),
    "unknown_outcome": ("没有此结果（{outcome}）。", "There is no outcome {outcome}."),
    "unknown_reason": ("没有此理由（{reason}）。", "There is no reason {reason}."),
    "unknown_report": ("没有此通报类型（{kind}）。", "There is no report of kind {kind}."),
    "unknown_rule": ("没有此规则（{name}）。", "There is no rule {name}."),
    "unknown_leader": ("没有此领导账号（{leader}）。", "There is no leader's account {leader}."),
    "unknown_unit": ("没有此单位。", "There is no such unit."),
    "unknown_urgency": ("没有此紧急程度（{urgency}）。", "There is no urgency {urgency}."),
    "unknown_verb": ("没有此操作（{verb}）。", "There is no verb {verb}."),
    "username_wrong": (
        "用户名须以英文字母开头，为2至40个英文字母、数字或._-。",
        "A user name begins with a letter and has 2 to 40 letters, digits or ._- signs.",
    ),
    "visited_by_others": ("该工单由其他人员回访。", "This case is visited by others."),
    "visited_it_himself": (
        "回访过该工单的人不能审核、认定责任或办理。",
        "Who visited the case neither examines, reviews nor handles it.",
    ),
    "words_missing": ("请填写内容。", "Write the words."),
    "workdays_out_of_bounds": (
        "工作日数超出范围。",
        "That number of working days is out of bounds.",
    ),
    "unknown_role": ("没有此角色（{role}）。", "There is no role {role}."),
    "own_role": (
        "不能给自己授予角色，也不能修改自己持有的角色。",
        "Nobody gives himself a role or changes his own.",
    ),
    "role_stands_alone": (
        "系统管理员和日志审计员不能兼任其他角色。",
        "An IT administrator or log auditor holds no other role.",
    ),
    "unit_role_stands_alone": (
        "单位角色不能兼任中心或督查室角色。",
        "A unit's role is not held with another one.",
    ),
    "unit_missing": ("单位人员须指定所属单位。", "Name the unit that unit people belong to."),
    "username_taken": ("账号{username}已存在。", "The account {username} is there already."),
    "last_administrator": (
        "最后一名系统管理员不能停用或取消。",
        "The last IT administrator cannot be removed.",
    ),
    "right_not_for_roles": (
        "自定义角色不能含有此权限（{right}）。",
        "No custom role may hold {right}.",
    ),
    "role_name_taken": ("角色名称{role}不可用。", "The role name {role} cannot be used."),
    "role_is_built_in": ("内置角色{role}不能修改。", "The role {role} is built in."),
    "code_taken": ("代码{code}已被使用。", "The code {code} is used already."),
    "category_taken": (
        "同一上级下已有分类{name}。",
        "The category {name} is there already under the same parent.",
    ),
    "unknown_person": (
        "该号码下没有所选的人。",
        "Nobody of this number is the one who was chosen.",
    ),
    "unknown_setting": ("没有此设置（{name}）。", "There is no setting {name}."),
    "submitted_to_another": (
        "该工单呈送的是另一位领导，应由其批示。",
        "It was submitted to another leader, who instructs on it.",
    ),
    "form_too_old": (
        "这张表单打开太久、不是为您打开的或缺少一次性标识，没有办理。您填写的内容仍在，请核对后再次提交。",
        "The form was opened too long ago, or not for you: nothing was done. What you typed is still here: check it, "
        "and send it again.",
    ),
    "sent_otherwise": (
        "这张表单已于{at}提交，当时已办理：{verb}{number}。本次内容与当时不同，没有办理；确要另行办理的，请核对后再次提交。",
        "This form was sent at {at}, and this was done: {verb}{number}. What was sent now is different, and was not "
        "done: to do it as well, check it and send it again.",
    ),
    "name_one": (
        "请选择办理的是哪一项（现有{n}项可以办理）。",
        "Say which one is meant: {n} could be.",
    ),
    "row_moved": (
        "您打开表单后，这一项已经变化，没有办理：现为{stands}（{at}　{by}）。请核对后再决定。",
        "This one has moved on since you opened the form, and nothing was done: {stands} now ({at} {by}). Look at it "
        "before you decide.",
    ),
    "not_his_entry": ("只能更正本人登记的工单。", "An operator corrects his own entries only."),
}
"""message id -> (Simplified Chinese, English), facts in braces."""


def sentence(no: NotAllowed, language: str = "zh") -> str:
    """The sentence of a refusal with its facts filled in."""
    return worded(no.msgid, language, no.facts)


def worded(msgid: str, language: str = "zh", facts: Mapping[str, Any] | None = None) -> str:
    """The sentence of a message id with its facts filled in."""
    return SENTENCES[msgid][language == "en"].format_map(facts or {})
