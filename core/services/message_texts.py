"""What the register writes to people: one template per event, in Chinese and English.

`{party} {program} {track} {authority} {number} {valid_from} {valid_through} {days} {today} {working_days} {until}`
are filled in by `core.services.messages` (`program` and `track` may be given as ids); every other name in braces
is a value that the caller gives: a text, a `T`, a date, a number, or an evidence mapping (see `evidence`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from string import Formatter

from core.rules.text import T

GIVEN_BY_US = frozenset(
    {"party", "program", "track", "authority", "number", "valid_from", "valid_through", "days", "today"}
    | {"working_days", "until"}
)
"""Names that the caller need not give where an accreditation is named; `program` and `track` where none is."""


class Sms(StrEnum):
    """When a text message goes out beside the e-mail; without an e-mail address one always does."""

    NO = "no"
    IF_MOBILE = "if_mobile"
    IF_DEMANDED = "if_demanded"
    """Where the procedure asks for a mobile number; a missing number is shown as a failed message."""


@dataclass(frozen=True, slots=True)
class Template:
    """The texts of one event; `brief` is the text message."""

    subject: T
    body: T
    brief: T
    sms: Sms = Sms.NO

    def names(self, language: str) -> frozenset[str]:
        """Every name in braces of one language."""
        texts = (self.subject.get(language), self.body.get(language), self.brief.get(language))
        return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)

    @property
    def needs(self) -> frozenset[str]:
        """The values that the caller gives."""
        return (self.names("zh") | self.names("en")) - GIVEN_BY_US


GREETING = T("{party}：\n\n", "To {party}:\n\n")
SIGNATURE = T(
    "\n\n{authority}\n{today}\n（本邮件由系统发送，请勿直接回复；请登录系统办理。）\n",
    "\n\n{authority}\n{today}\n(Sent by the register; please log in rather than reply.)\n",
)
REGISTER = T("认定登记系统", "The accreditation register")
UNTIL = T("本通知发出之日后的第{number}个工作日", "working day {number} after the day on which this was sent")
"""The last day to object as long as the message is unsent; the sender puts the date in its place."""


def _plain(subject: T, body: T, sms: Sms = Sms.NO) -> Template:
    brief = T(
        f"【{{program}}】{subject.zh}，请登录系统查看。",
        f"{{program}}: {subject.en}. Please log in to read more.",
    )
    return Template(subject, body, brief, sms)


_APPLICATION = T("“{program}”（{track}）申请", "application to {program} ({track})")


def _application(zh: str, en: str, body_zh: str, body_en: str, sms: Sms = Sms.NO) -> Template:
    """A message on an application; the bodies go on from its name."""
    return _plain(
        T(f"申请{zh}：{{program}}（{{track}}）", f"Application {en}: {{program}} ({{track}})"),
        T(f"您的{_APPLICATION.zh}{body_zh}", f"Your {_APPLICATION.en} {body_en}"),
        sms,
    )


def _account(subject: T, body: T) -> Template:
    return Template(subject, body, subject)


_TITLE = T("“{program}”（{track}，编号 {number}）", "{program} ({track}, number {number})")
_OBJECT = T(
    "您有权陈述和申辩：请在{until}之前（含当日）登录系统提出异议并附证明材料。"
    "您也可以随时要求由工作人员人工作出决定并说明理由；提出后，不会由系统自动作出决定。",
    "You may object: log in and state your reasons, with proof, until {until} (included). At any time you may also "
    "ask that a person takes the decision and explains it; nothing is then decided automatically.",
)
_APPEAL = T(
    "如对决定不服，可登录系统提出申诉，由负责人复核。",
    "If you disagree, log in and appeal; the decision is then reviewed by the lead.",
)
_LATER = T(
    "后续公示、签约或认定将另行通知。",
    "A notice, an agreement or the accreditation follows, and you will be told.",
)

TEMPLATES: dict[str, Template] = {
    # Applications.
    "application.submitted": _application(
        "已收到", "received", "已于 {today} 提交成功。", "was received on {today}."
    ),
    "application.returned": _application(
        "退回补正",
        "returned for correction",
        "需要补正，请登录系统修改后重新提交。\n补正要求：{reason}",
        "needs a correction; log in, correct it and submit it again.\nWhat to correct: {reason}",
    ),
    "application.recommended": _application(
        "已获推荐",
        "recommended",
        "已获推荐单位推荐，现转认定机关评审。",
        "was recommended and goes to the authority for review.",
    ),
    "application.declined": _application(
        "未获推荐", "not recommended", "未获推荐。\n理由：{reason}", "was not recommended.\nReason: {reason}"
    ),
    "application.accepted": _application(
        "已受理", "accepted for review", "已受理，进入评审。", "was accepted and is under review."
    ),
    "application.approved": _application(
        "通过评审", "approved", f"已通过评审。{_LATER.zh}", f"passed the review. {_LATER.en}"
    ),
    "application.rejected": _application(
        "未通过",
        "rejected",
        "未获通过。\n理由：{reason}\n各项条件的核对结果可登录系统查看。",
        "was not successful.\nReason: {reason}\nLog in to see the result condition by condition.",
    ),
    "application.withdrawn": _application(
        "已撤回", "withdrawn", "已于 {today} 按您的请求撤回。", "was withdrawn on {today}, as you asked."
    ),
    "application.deadline_extended": _application(
        "期限延长",
        "deadline extended",
        "的提交期限延长至 {deadline}。\n理由：{reason}",
        "may be submitted until {deadline}.\nReason: {reason}",
    ),
    "application.accredited": Template(
        T("认定通知：{program}（{track}）", "Accredited: {program} ({track})"),
        T(
            "您已被认定为“{program}”的{track}。\n编号：{number}\n有效期：{valid_from} 至 {valid_through}（含当日）\n"
            "电子证书可登录系统下载。",
            "You are accredited under {program} as {track}.\nNumber: {number}\nValid: {valid_from} to {valid_through} "
            "(included)\nLog in to download the electronic certificate.",
        ),
        T(
            "【{program}】您已被认定为{track}，编号 {number}，有效期至 {valid_through}。电子证书请登录系统下载。",
            "{program}: you are accredited as {track}, number {number}, valid through {valid_through}. "
            "Log in for the certificate.",
        ),
        Sms.IF_DEMANDED,
    ),
    "application.included": Template(
        T("纳入通知：{program}（{track}）", "Included: {program} ({track})"),
        T(
            "您已被直接纳入“{program}”的{track}名录。\n编号：{number}\n有效期：{valid_from} 至 {valid_through}（含当日）\n"
            "电子证书可登录系统下载。",
            "You were included directly in the register of {program} as {track}.\nNumber: {number}\nValid: {valid_from} to "
            "{valid_through} (included)\nLog in to download the electronic certificate.",
        ),
        T(
            "【{program}】您已被纳入{track}名录，编号 {number}，有效期至 {valid_through}。电子证书请登录系统下载。",
            "{program}: you were included as {track}, number {number}, valid through {valid_through}. "
            "Log in for the certificate.",
        ),
        Sms.IF_DEMANDED,
    ),
    "notice.published": _application(
        "开始公示",
        "on public notice",
        "已列入公示“{title}”，公示期至 {closes_on}（含当日）。",
        "stands on the public notice “{title}” until {closes_on} (included).",
    ),
    "objection.received": _application(
        "收到异议",
        "objected to",
        "在公示“{title}”期间收到异议，正在核查；其他申请不受影响。",
        "met with an objection on the notice “{title}”; it is being examined, and no other application is affected.",
    ),
    "objection.decided": _application(
        "异议已处理",
        "objection decided",
        "在公示“{title}”期间收到的异议已处理。\n结论：{outcome}\n理由：{reason}",
        "met with an objection on the notice “{title}”, which has been decided.\nOutcome: {outcome}\nReason: {reason}",
    ),
    "agreement.ready": _application(
        "请签订协议",
        "agreement to sign",
        "已通过，请与认定机关签订服务协议；协议登记后予以认定。",
        "was approved. Please sign the agreement with the authority; the accreditation follows its registration.",
    ),
    # Reminders and supervision.
    "reminder.term": _plain(
        T("认定将于 {valid_through} 到期", "Accreditation ends on {valid_through}"),
        T(
            f"您的{_TITLE.zh}还有 {{days}} 天到期，最后有效日为 {{valid_through}}。请登录系统查看可否延续或重新申报。",
            f"Your accreditation under {_TITLE.en} ends in {{days}} days; its last day is {{valid_through}}. "
            "Log in to see whether you can extend it or apply anew.",
        ),
    ),
    "reminder.duty": _plain(
        T("年度义务提醒：{title}", "Duty of the year: {title}"),
        T(
            f"您的{_TITLE.zh}本年度义务尚未完成。\n条款 {{clause}}：{{title}}\n{{figures}}\n请及时开展服务并登记。",
            f"Under {_TITLE.en} a duty of this year is not yet met.\nClause {{clause}}: {{title}}\n{{figures}}\n"
            "Please serve, and record your services in time.",
        ),
    ),
    "reminder.report": _plain(
        T("报告提醒：{title}", "Report: {title}"),
        T(
            f"您的{_TITLE.zh}须提交报告。\n条款 {{clause}}：{{title}}\n截止日期：{{due_on}}（含当日）",
            f"Under {_TITLE.en} a report is owed.\nClause {{clause}}: {{title}}\nLast day: {{due_on}} (included)",
        ),
    ),
    "reminder.reverification": _plain(
        T("请更新核验资料：{title}", "Confirm your data: {title}"),
        T(
            f"您的{_TITLE.zh}须重新核验。\n条款 {{clause}}：{{title}}\n请登录系统更新并确认资料。",
            f"Your accreditation under {_TITLE.en} is to be verified again.\nClause {{clause}}: {{title}}\n"
            "Log in, bring your data up to date and confirm them.",
        ),
    ),
    "warning": _plain(
        T("警示：{title}", "Warning: {title}"),
        T(
            f"您的{_TITLE.zh}受到警示。\n条款 {{clause}}：{{title}}\n{{figures}}\n请及时改正；情形持续的，可能导致撤销认定。",
            f"A warning on your accreditation under {_TITLE.en}.\nClause {{clause}}: {{title}}\n{{figures}}\n"
            "Please put this right; if it goes on, the accreditation may be revoked.",
        ),
        Sms.IF_MOBILE,
    ),
    "rectification.ordered": _plain(
        T("责令整改：{title}", "Order to rectify: {title}"),
        T(
            f"您的{_TITLE.zh}须整改。\n条款 {{clause}}：{{title}}\n{{figures}}\n整改期限：{{deadline}}（含当日）。"
            "请登录系统提交整改结果；逾期未整改的，将启动退出程序。",
            f"Your accreditation under {_TITLE.en} is subject to an order to rectify.\nClause {{clause}}: {{title}}\n"
            "{figures}\nDeadline: {deadline} (included). Log in to submit the result; without one, an exit is proposed.",
        ),
        Sms.IF_MOBILE,
    ),
    "rectification.closed": _plain(
        T("整改审核结果：{outcome}", "Rectification: {outcome}"),
        T(
            f"您的{_TITLE.zh}整改结果已审核（条款 {{clause}}）。\n结论：{{outcome}}\n说明：{{reason}}",
            f"The result of your rectification under {_TITLE.en}, clause {{clause}}, was examined.\n"
            "Outcome: {outcome}\nNote: {reason}",
        ),
    ),
    "finding.opened": _plain(
        T("收到待核查事项", "A finding was opened"),
        T(
            f"您的{_TITLE.zh}有事项待核查：{{kind}}\n缘由：{{reason}}\n您可以登录系统说明情况；核查结果将另行通知。",
            f"A finding was opened on your accreditation under {_TITLE.en}: {{kind}}\nReason: {{reason}}\n"
            "You may log in and explain; you will be told the outcome.",
        ),
    ),
    "finding.decided": _plain(
        T("核查结论：{outcome}", "Finding decided: {outcome}"),
        T(
            f"您的{_TITLE.zh}待核查事项（{{kind}}）已有结论：{{outcome}}\n理由：{{reason}}",
            f"The finding ({{kind}}) on your accreditation under {_TITLE.en} was decided: {{outcome}}\nReason: {{reason}}",
        ),
    ),
    # Exits.
    "exit.proposed": Template(
        T("拟撤销认定告知书：{program}（{track}）", "Proposed revocation: {program} ({track})"),
        T(
            f"您的{_TITLE.zh}出现应予退出的情形，拟撤销认定。\n条款 {{clause}}：{{title}}\n事实和数据：{{figures}}\n\n{_OBJECT.zh}",
            f"The revocation of your accreditation under {_TITLE.en} is proposed.\nClause {{clause}}: {{title}}\n"
            f"Facts and figures: {{figures}}\n\n{_OBJECT.en}",
        ),
        T(
            "【{program}】拟撤销您的认定（编号 {number}，条款 {clause}：{title}）。可在{until}之前（含当日）登录系统提出异议，"
            "或要求由工作人员人工决定。",
            "{program}: revocation of {number} is proposed (clause {clause}: {title}). Log in until {until} (included) to "
            "object, or to ask for a person's decision.",
        ),
        Sms.IF_MOBILE,
    ),
    "exit.objected": _plain(
        T("已收到您的异议", "Your objection was received"),
        T(
            f"对拟撤销{_TITLE.zh}认定的异议已收到，将由工作人员作出决定。",
            f"Your objection to the proposed revocation under {_TITLE.en} was received; a person will decide.",
        ),
    ),
    "exit.dismissed": _plain(
        T("不予撤销认定", "The proposed revocation was dismissed"),
        T(
            f"对您的{_TITLE.zh}拟撤销认定一事（条款 {{clause}}：{{title}}）不予撤销。\n理由：{{reason}}",
            f"Your accreditation under {_TITLE.en} stays; the proposal (clause {{clause}}: {{title}}) was dismissed.\n"
            "Reason: {reason}",
        ),
        Sms.IF_MOBILE,
    ),
    "exit.upheld": _plain(
        T("撤销认定决定书：{program}（{track}）", "Accreditation revoked: {program} ({track})"),
        T(
            f"您的{_TITLE.zh}自 {{today}} 起撤销。\n条款 {{clause}}：{{title}}\n理由：{{reason}}\n\n{_APPEAL.zh}",
            f"Your accreditation under {_TITLE.en} is revoked as of {{today}}.\nClause {{clause}}: {{title}}\n"
            f"Reason: {{reason}}\n\n{_APPEAL.en}",
        ),
        Sms.IF_MOBILE,
    ),
    "exit.revoked": _plain(
        T("认定已撤销：{program}（{track}）", "Accreditation revoked: {program} ({track})"),
        T(
            f"告知期内未收到异议，您的{_TITLE.zh}自 {{today}} 起撤销。\n条款 {{clause}}：{{title}}\n\n{_APPEAL.zh}",
            f"No objection came in time; your accreditation under {_TITLE.en} is revoked as of {{today}}.\n"
            f"Clause {{clause}}: {{title}}\n\n{_APPEAL.en}",
        ),
        Sms.IF_MOBILE,
    ),
    "appeal.decided": _plain(
        T("申诉处理结果：{outcome}", "Appeal decided: {outcome}"),
        T(
            f"您就撤销{_TITLE.zh}提出的申诉已有结论：{{outcome}}\n理由：{{reason}}",
            f"Your appeal against the revocation under {_TITLE.en} was decided: {{outcome}}\nReason: {{reason}}",
        ),
        Sms.IF_MOBILE,
    ),
    "ban": _plain(
        T("限制申报通知：{program}", "Ban on applications: {program}"),
        T(
            "自 {starts_on} 至 {through}（含当日），您不得申报“{program}”。依据：条款 {clause}。",
            "From {starts_on} to {through} (included) you may not apply to {program}. Ground: clause {clause}.",
        ),
        Sms.IF_MOBILE,
    ),
    # The term.
    "extension.granted": _plain(
        T("同意延续认定：{program}（{track}）", "Extension granted: {program} ({track})"),
        T(
            f"您的{_TITLE.zh}同意延续，有效期至 {{valid_through}}（含当日）。",
            f"Your accreditation under {_TITLE.en} is extended through {{valid_through}} (included).",
        ),
    ),
    "extension.refused": _plain(
        T("不予延续认定：{program}（{track}）", "Extension refused: {program} ({track})"),
        T(
            f"您的{_TITLE.zh}延续申请未获同意。\n理由：{{reason}}",
            f"The extension of your accreditation under {_TITLE.en} was refused.\nReason: {{reason}}",
        ),
    ),
    "expired": _plain(
        T("认定已到期：{program}（{track}）", "Accreditation expired: {program} ({track})"),
        T(
            f"您的{_TITLE.zh}已于 {{valid_through}} 期满。",
            f"The term of your accreditation under {_TITLE.en} ended with {{valid_through}}.",
        ),
    ),
    "withdrawn": _plain(
        T("已退出：{program}（{track}）", "Withdrawn: {program} ({track})"),
        T(
            f"按您的请求，您的{_TITLE.zh}自 {{today}} 起退出。",
            f"As you asked, your accreditation under {_TITLE.en} ended as of {{today}}.",
        ),
    ),
    # Accounts.
    "account.created": _account(
        T("账号已开通", "Your account is ready"),
        T(
            "您的账号 {login} 已开通。请打开下列链接设置密码：\n{link}",
            "Your account {login} is ready. Set a password here:\n{link}",
        ),
    ),
    "account.locked": _account(
        T("账号已锁定", "Your account is locked"),
        T(
            "因多次登录失败，您的账号已锁定 {minutes} 分钟。如非本人操作，请联系系统管理员。",
            "After several failed logins your account is locked for {minutes} minutes. If it was not you, tell the administrator.",
        ),
    ),
    "account.password_reset": _account(
        T("重设密码", "Set a new password"),
        T(
            "请打开下列链接重设密码；如非本人申请，请忽略：\n{link}",
            "Set a new password here; if you did not ask, ignore this:\n{link}",
        ),
    ),
    "account.password_changed": _account(
        T("密码已修改", "Your password was changed"),
        T(
            "您的密码已于 {today} 修改。如非本人操作，请立即联系系统管理员。",
            "Your password was changed on {today}. If it was not you, tell the administrator at once.",
        ),
    ),
    "account.roles_changed": _account(
        T("权限变更", "Your roles were changed"),
        T("您的角色和范围已变更：{roles}", "Your roles and their scope are now: {roles}"),
    ),
    "account.verified": _account(
        T("主体核验通过", "Your organisation was verified"),
        T(
            "{party} 的账号和主体已核验通过，可以提交申请。",
            "{party} and its account were verified; you can apply now.",
        ),
    ),
}
