"""What is written to the accredited: reminders, warnings, orders, exits, and how a term goes on or ends."""

from __future__ import annotations

from core.domain.messages import MessageEvent
from core.rules.text import EMPTY, T
from core.services.messaging.template import Sms, Template, message, on_status

_OBJECT = T(
    "\n\n您有权陈述和申辩：最迟可于{until}登录系统提出异议并附证明材料。"
    "您也可以随时要求由工作人员人工作出决定并说明理由；提出后，不会由系统自动作出决定。",
    "\n\nYou may object: log in and give your reasons, with proof. The last day is {until}. At any "
    "time you may also ask that a person takes the decision and explains it; nothing is then decided "
    "automatically.",
)
_APPEAL = T(
    "\n\n如对决定不服，可登录系统提出申诉，由负责人复核。",
    "\n\nIf you disagree, log in and appeal; the lead then reviews the decision.",
)
_CLAUSE = T("\n条款 {clause}：{title}", "\nClause {clause}: {title}")

DAYS_LEFT = T("还有 {days} 天到期", "ends in {days} days")
"""How the reminder of a term says how long it still runs."""

SUPERVISION: dict[MessageEvent, Template] = {
    MessageEvent.REMINDER_TERM: on_status(
        T("认定将于 {valid_through} 到期", "Accreditation ends on {valid_through}"),
        T(
            f"{DAYS_LEFT.zh}，最后有效日为 {{valid_through}}。请登录系统查看可否延续或重新申报。",
            f"{DAYS_LEFT.en}; its last day is {{valid_through}}. Log in to see whether you can extend it "
            "or apply anew.",
        ),
    ),
    MessageEvent.REMINDER_DUTY: on_status(
        T("年度义务提醒：{title}", "Duty of the year: {title}"),
        T(
            f"本年度义务尚未完成。{_CLAUSE.zh}\n{{figures}}\n请及时开展服务并登记。",
            f"has a duty of this year that is not yet met.{_CLAUSE.en}\n{{figures}}\n"
            "Please serve, and record your services in time.",
        ),
    ),
    MessageEvent.REMINDER_REPORT: on_status(
        T("报告提醒：{title}", "Report: {title}"),
        T(
            f"须提交报告。{_CLAUSE.zh}\n截止日期：{{due_on}}（含当日）",
            f"asks for a report.{_CLAUSE.en}\nLast day: {{due_on}} (included)",
        ),
    ),
    MessageEvent.REMINDER_REVERIFICATION: on_status(
        T("请更新核验资料：{title}", "Confirm your data: {title}"),
        T(
            f"须重新核验。{_CLAUSE.zh}\n请登录系统更新并确认资料。",
            f"is to be verified again.{_CLAUSE.en}\nLog in, bring your data up to date and confirm them.",
        ),
    ),
    MessageEvent.WARNING: on_status(
        T("警示：{title}", "Warning: {title}"),
        T(
            f"受到警示。{_CLAUSE.zh}\n{{figures}}\n请及时改正；情形持续的，可能导致撤销认定。",
            f"was given a warning.{_CLAUSE.en}\n{{figures}}\n"
            "Please put this right; if it goes on, the accreditation may be revoked.",
        ),
        Sms.IF_MOBILE,
    ),
    MessageEvent.RECTIFICATION_ORDERED: on_status(
        T("责令整改：{title}", "Order to rectify: {title}"),
        T(
            f"须整改。{_CLAUSE.zh}\n{{figures}}\n整改期限：{{deadline}}（含当日）。"
            "请登录系统提交整改结果；逾期未整改的，将启动退出程序。",
            f"is subject to an order to rectify.{_CLAUSE.en}\n{{figures}}\nDeadline: {{deadline}} "
            "(included). Log in to submit the result; without one, an exit is proposed.",
        ),
        Sms.IF_MOBILE,
    ),
    MessageEvent.RECTIFICATION_CLOSED: on_status(
        T("整改审核结果：{outcome}", "Rectification: {outcome}"),
        T(
            "整改结果已审核（条款 {clause}）。\n结论：{outcome}\n说明：{reason}",
            "had a rectification under clause {clause}, which was examined.\nOutcome: {outcome}\n"
            "Note: {reason}",
        ),
    ),
    MessageEvent.FINDING_OPENED: on_status(
        T("收到待核查事项", "A finding was opened"),
        T(
            "有事项待核查：{kind}\n缘由：{reason}\n您可以登录系统说明情况；核查结果将另行通知。",
            "has a finding to be examined: {kind}\nReason: {reason}\n"
            "You may log in and explain; you will be told the outcome.",
        ),
    ),
    MessageEvent.FINDING_DECIDED: on_status(
        T("核查结论：{outcome}", "Finding decided: {outcome}"),
        T(
            "待核查事项（{kind}）已有结论：{outcome}\n理由：{reason}",
            "had a finding ({kind}), which was decided: {outcome}\nReason: {reason}",
        ),
    ),
    MessageEvent.COMPLAINT_VERIFIED: on_status(
        T("投诉查证属实", "A complaint was verified"),
        T(
            "有一件投诉（{received_on} 收到）经核查属实。\n说明：{reason}",
            "met with a complaint, received on {received_on}, which was verified.\nReason: {reason}",
        ),
    ),
    MessageEvent.RECORD_REJECTED: on_status(
        T("服务记录未予认可：{title}", "Service record not accepted: {title}"),
        T(
            "有一条服务记录（{service_date}，{title}）未予认可，不再计入。\n理由：{reason}",
            "has a service record ({service_date}, {title}) that was not accepted and no longer counts.\n"
            "Reason: {reason}",
        ),
    ),
    MessageEvent.REPORT_RETURNED: on_status(
        T("{year} 年报告被退回", "Report about {year} returned"),
        T(
            f"提交的 {{year}} 年报告内容不足，已被退回。{_CLAUSE.zh}\n理由：{{reason}}\n"
            "重新提交之前视为未提交；请登录系统补充后重新提交。",
            f"handed in a report about {{year}} that is not sufficient, and was returned.{_CLAUSE.en}\n"
            "Reason: {reason}\nUntil it is handed in again it counts as missing: log in and complete it.",
        ),
        Sms.IF_MOBILE,
    ),
    MessageEvent.REPORT_RESTORED: on_status(
        T("{year} 年报告的退回已撤销", "Report about {year}: the return is taken back"),
        T(
            f"{{year}} 年报告的退回有误，现予撤销，该报告仍以原提交日期为准。{_CLAUSE.zh}\n说明：{{reason}}",
            f"had a report about {{year}} returned by mistake; it stands as handed in on its day."
            f"{_CLAUSE.en}\nNote: {{reason}}",
        ),
    ),
    MessageEvent.EXIT_PROPOSED: Template(
        T("拟撤销认定告知书：{program}（{track}）", "Proposed revocation: {program} ({track})"),
        on_status(
            EMPTY,
            T(
                f"出现应予退出的情形，拟撤销认定。{_CLAUSE.zh}\n事实和数据：{{figures}}{_OBJECT.zh}",
                f"is proposed to be revoked.{_CLAUSE.en}\nFacts and figures: {{figures}}{_OBJECT.en}",
            ),
        ).body,
        T(
            "【{program}】拟撤销您的认定（编号 {number}，条款 {clause}：{title}）。"
            "最迟可于{until}登录系统提出异议，或要求由工作人员人工决定。",
            "{program}: revocation of {number} is proposed (clause {clause}: {title}). Log in to object, "
            "or to ask for a person's decision; the last day is {until}.",
        ),
        Sms.IF_MOBILE,
    ),
    MessageEvent.EXIT_DATED: on_status(
        T("异议截止日为 {until}：{program}（{track}）", "Last day to object, {until}: {program} ({track})"),
        T(
            f"拟撤销认定一事，已于 {{told_on}} 告知。{_CLAUSE.zh}\n"
            f"放假安排现已公布，异议截止日已经确定。{_OBJECT.zh}",
            f"is proposed to be revoked, of which you were told on {{told_on}}.{_CLAUSE.en}\n"
            f"The holidays are announced now, so that the last day to object is known.{_OBJECT.en}",
        ),
        Sms.IF_MOBILE,
    ),
    MessageEvent.EXIT_OBJECTED: on_status(
        T("已收到您的异议", "Your objection was received"),
        T(
            "拟撤销认定一事，您的异议已收到，将由工作人员作出决定。",
            "was proposed to be revoked; your objection was received, and a person will decide.",
        ),
    ),
    MessageEvent.EXIT_HELD: Template(
        T("退出案件暂缓办理：{program}", "Exits stopped: {program}"),
        T(
            "本次检查将在“{program}”中撤销 {cases} 项认定，超过设定的上限，已全部暂缓。"
            "请登录系统逐案核对后放行或驳回。",
            "One check would have revoked {cases} accreditations under {program}, more than the setting "
            "allows. All of them wait: log in, examine them, and release or dismiss each.",
        ),
        T(
            "【{program}】{cases} 个退出案件已暂缓，请登录系统核对。",
            "{program}: {cases} exits wait for you.",
        ),
    ),
    MessageEvent.HOLIDAYS_MISSING: Template(
        T("尚无 {year} 年的放假安排", "The holiday table of {year} is missing"),
        T(
            "尚无 {year} 年的放假安排。涉及该年工作日的公示不能发布，异议期届满之日不能确定，"
            "有关退出案件一律等待；整改、报告、延续等期限在该年届满的，逾期后果也一律等待。\n"
            "请在国务院办公厅通知公布后，更新软件，或由系统管理员在“节假日”中粘贴通知录入该年。",
            "The holiday table of {year} is missing. No notice that runs into that year can be published; "
            "exits whose time to object ends in it wait, and so does whatever follows where an order, a "
            "report or an extension is due in it.\n"
            "Once the State Council has announced it, update the register, or have an administrator enter "
            "the notice under Holidays.",
        ),
        T("尚无 {year} 年的放假安排，请登录系统查看。", "The holiday table of {year} is missing; log in."),
    ),
    MessageEvent.MESSAGE_FAILED: Template(
        T("通知未送达：{subject}", "Not delivered: {subject}"),
        T(
            "“{program}”的通知“{subject}”未能送达 {recipient}，当事人的期限可能因此尚未开始。"
            "\n原因：{reason}\n请登录系统更正联系方式，并在“消息发送记录”中重新发送。",
            "The notice “{subject}” of {program} did not reach {recipient}, and the time that it begins may "
            "not run.\nReason: {reason}\nLog in, mend the address, and send it again from the delivery log.",
        ),
        T(
            "【{program}】有通知未送达，期限可能尚未开始，请登录系统处理。",
            "{program}: a notice that begins a period was not delivered. Please log in.",
        ),
        Sms.IF_MOBILE,
    ),
    MessageEvent.MESSAGE_HELD: Template(
        T("消息已暂停发送：{subject}", "Messages held: {subject}"),
        T(
            "“{program}”一小时内生成的“{subject}”超过设定的上限，已暂停发送 {messages} 条。"
            "请登录系统核对，无误的在“消息发送记录”中解除暂停。",
            "{program} wrote more messages “{subject}” in an hour than the setting allows; {messages} are "
            "held. Log in, look at them, and release them from the delivery log if they are right.",
        ),
        T(
            "【{program}】{messages} 条消息已暂停发送，请登录系统核对。",
            "{program}: {messages} messages are held. Please log in.",
        ),
        Sms.IF_MOBILE,
    ),
    MessageEvent.MESSAGE_LATE: Template(
        T("有通知迟迟未能发出", "Notices that could not be sent yet"),
        T(
            "“{program}”有 {messages} 条通知（最早写于 {since}）未能发出，当事人的期限尚未开始。"
            "邮件或短信恢复后会自动发送，无需重新办理；请联系系统管理员检查邮件服务器和短信网关。",
            "{messages} notices of {program}, the oldest of {since}, could not be sent, and the time that "
            "they begin does not run yet. They go out by themselves once mail and text messages work again: "
            "nothing need be done anew. Have the administrator look at the mail server and the gateway.",
        ),
        T(
            "【{program}】{messages} 条通知未能发出，期限尚未开始，请联系系统管理员。",
            "{program}: {messages} notices could not be sent, and their periods have not begun. "
            "Tell the administrator.",
        ),
        Sms.IF_MOBILE,
    ),
    MessageEvent.EXIT_DISMISSED: on_status(
        T("不予撤销认定", "The proposed revocation was dismissed"),
        T(
            f"拟撤销认定一事已有结论：不予撤销。{_CLAUSE.zh}\n理由：{{reason}}",
            f"stays: the proposal to revoke it was dismissed.{_CLAUSE.en}\nReason: {{reason}}",
        ),
        Sms.IF_MOBILE,
    ),
    MessageEvent.EXIT_UPHELD: on_status(
        T("撤销认定决定书：{program}（{track}）", "Decision to revoke: {program} ({track})"),
        T(
            f"自 {{ended_on}} 起撤销认定。{_CLAUSE.zh}\n理由：{{reason}}{_APPEAL.zh}",
            f"is revoked as of {{ended_on}}.{_CLAUSE.en}\nReason: {{reason}}{_APPEAL.en}",
        ),
        Sms.IF_MOBILE,
    ),
    MessageEvent.EXIT_REVOKED: on_status(
        T("认定已撤销：{program}（{track}）", "Accreditation revoked: {program} ({track})"),
        T(
            f"在告知期内未收到异议，自 {{ended_on}} 起撤销认定。{_CLAUSE.zh}{_APPEAL.zh}",
            f"is revoked as of {{ended_on}}, since no objection came in time.{_CLAUSE.en}{_APPEAL.en}",
        ),
        Sms.IF_MOBILE,
    ),
    MessageEvent.APPEAL_DECIDED: on_status(
        T("申诉处理结果：{outcome}", "Appeal decided: {outcome}"),
        T(
            "就撤销认定提出的申诉已有结论：{outcome}\n理由：{reason}",
            "was revoked; your appeal was decided: {outcome}\nReason: {reason}",
        ),
        Sms.IF_MOBILE,
    ),
    MessageEvent.BAN: message(
        T("限制申报通知：{program}", "Ban on applications: {program}"),
        T(
            "自 {starts_on} 至 {through}（含当日），您不得申报“{program}”。依据：条款 {clause}。",
            "From {starts_on} to {through} (included) you may not apply to {program}. Ground: {clause}.",
        ),
        Sms.IF_MOBILE,
    ),
    MessageEvent.EXTENSION_GRANTED: on_status(
        T("同意延续认定：{program}（{track}）", "Extension granted: {program} ({track})"),
        T(
            "同意延续，有效期至 {valid_through}（含当日）。",
            "is extended through {valid_through} (included).",
        ),
    ),
    MessageEvent.EXTENSION_REFUSED: on_status(
        T("不予延续认定：{program}（{track}）", "Extension refused: {program} ({track})"),
        T(
            "延续申请未获同意。\n理由：{reason}",
            "is not extended: your request was refused.\nReason: {reason}",
        ),
    ),
    MessageEvent.EXPIRED: on_status(
        T("认定已到期：{program}（{track}）", "Accreditation expired: {program} ({track})"),
        T("已于 {valid_through} 期满。", "ended with the last day of its term, {valid_through}."),
    ),
    MessageEvent.WITHDRAWN: on_status(
        T("已退出：{program}（{track}）", "Withdrawn: {program} ({track})"),
        T("按您的请求，自 {ended_on} 起退出。", "ended as of {ended_on}, as you asked."),
    ),
}
