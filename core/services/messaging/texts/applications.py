"""What the register writes to people: one template per event, in Chinese and English.

The names in `FILLED_IN` come from the accreditation, the programme and the day (`program` and `track` may be
given as ids); every other name in braces is a value that the caller gives: a text, a `T`, a date, a number,
or an evidence mapping (see `core.services.base.evidence`).
"""

from __future__ import annotations

from core.domain.messages import PERIOD_BEGINS, MessageEvent
from core.rules.text import T
from core.services.messaging.template import Sms, Template, message, on_application
from core.services.messaging.texts.accounts import ACCOUNTS
from core.services.messaging.texts.changes import CHANGES
from core.services.messaging.texts.claims import CLAIMS
from core.services.messaging.texts.deciding import DECIDING
from core.services.messaging.texts.documents import DOCUMENTS
from core.services.messaging.texts.exports import EXPORTS
from core.services.messaging.texts.supervision import SUPERVISION
from core.services.messaging.texts.trail import TRAIL

_CERTIFICATE = T(
    "\n编号：{number}\n有效期：{valid_from} 至 {valid_through}（含当日）\n电子证书可登录系统下载。",
    "\nNumber: {number}\nValid: {valid_from} to {valid_through} (included)\n"
    "Log in to download the electronic certificate.",
)
_CERTIFICATE_BRIEF = T(
    "，编号 {number}，有效期至 {valid_through}。电子证书请登录系统下载。",
    ", number {number}, valid through {valid_through}. Log in for the certificate.",
)

APPLICATIONS: dict[MessageEvent, Template] = {
    MessageEvent.APPLICATION_SUBMITTED: on_application(
        T("已收到", "received"),
        T("已于 {today} 提交成功。", "was received on {today}."),
    ),
    MessageEvent.APPLICATION_RETURNED: on_application(
        T("退回补正", "returned for correction"),
        T(
            "需要补正，请登录系统修改后重新提交。\n补正要求：{reason}{marked}",
            "needs a correction; log in, correct it and submit it again.\nWhat to correct: {reason}{marked}",
        ),
    ),
    MessageEvent.APPLICATION_RECOMMENDED: on_application(
        T("已推荐", "recommended"),
        T("已获推荐单位推荐，现转认定机关评审。", "was recommended and goes to the authority for review."),
    ),
    MessageEvent.APPLICATION_DECLINED: on_application(
        T("不予推荐", "not recommended"),
        T("未获推荐。\n理由：{reason}", "was not recommended.\nReason: {reason}"),
    ),
    MessageEvent.APPLICATION_ACCEPTED: on_application(
        T("已受理", "accepted for review"),
        T("已受理，进入评审。", "was accepted and is under review."),
    ),
    MessageEvent.APPLICATION_APPROVED: on_application(
        T("通过评审", "passed the review"),
        T(
            "已通过评审。后续公示、签约或认定将另行通知。",
            "passed the review. A notice, an agreement or the accreditation follows, and you will be told.",
        ),
    ),
    MessageEvent.APPLICATION_REJECTED: on_application(
        T("未通过", "rejected"),
        T(
            "未获通过。\n理由：{reason}\n各项条件的核对结果可登录系统查看。",
            "was not successful.\nReason: {reason}\nLog in to see the result condition by condition.",
        ),
    ),
    MessageEvent.APPLICATION_WITHDRAWN: on_application(
        T("已撤回", MessageEvent.WITHDRAWN),
        T("已于 {today} 按您的请求撤回。", "was withdrawn on {today}, as you asked."),
    ),
    MessageEvent.APPLICATION_DEADLINE_EXTENDED: on_application(
        T("期限延长", "deadline extended"),
        T(
            "的提交期限延长至 {deadline}。\n理由：{reason}",
            "may be submitted until {deadline}.\nReason: {reason}",
        ),
    ),
    MessageEvent.APPLICATION_ACCREDITED: Template(
        T("认定通知：{program}（{track}）", "Accredited: {program} ({track})"),
        T(
            f"您已被认定为“{{program}}”的{{track}}。{_CERTIFICATE.zh}",
            f"You are accredited under {{program}} as {{track}}.{_CERTIFICATE.en}",
        ),
        T(
            f"【{{program}}】您已被认定为{{track}}{_CERTIFICATE_BRIEF.zh}",
            f"{{program}}: you are accredited as {{track}}{_CERTIFICATE_BRIEF.en}",
        ),
        Sms.IF_DEMANDED,
    ),
    MessageEvent.APPLICATION_INCLUDED: Template(
        T("纳入通知：{program}（{track}）", "Included: {program} ({track})"),
        T(
            f"您已被直接纳入“{{program}}”的{{track}}名录。{_CERTIFICATE.zh}",
            f"You were included directly in the register of {{program}} as {{track}}.{_CERTIFICATE.en}",
        ),
        T(
            f"【{{program}}】您已被纳入{{track}}名录{_CERTIFICATE_BRIEF.zh}",
            f"{{program}}: you were included as {{track}}{_CERTIFICATE_BRIEF.en}",
        ),
        Sms.IF_DEMANDED,
    ),
    MessageEvent.NOTICE_PUBLISHED: on_application(
        T("开始公示", "goes on public notice"),
        T(
            "已列入公示“{title}”，公示期至 {closes_on}（含当日）。",
            "stands on the public notice “{title}” until {closes_on} (included).",
        ),
    ),
    MessageEvent.NOTICE_PROLONGED: on_application(
        T("公示期顺延", "public notice prolonged"),
        T(
            "所在公示“{title}”因节假日安排调整，公示期顺延至 {closes_on}（含当日）。",
            "stands on the public notice “{title}”, which now runs until {closes_on} (included), since the "
            "holidays were announced late.",
        ),
    ),
    MessageEvent.OBJECTION_RECEIVED: on_application(
        T("收到异议", "objected to"),
        T(
            "在公示“{title}”期间收到异议，正在核查；其他申请不受影响。",
            "met with an objection on the notice “{title}”, which is being examined; no other application "
            "is affected.",
        ),
    ),
    MessageEvent.OBJECTION_DECIDED: on_application(
        T("异议已处理", "objection decided"),
        T(
            "在公示“{title}”期间收到的异议已处理。\n结论：{outcome}\n理由：{reason}",
            "met with an objection on the notice “{title}”, which was decided.\nOutcome: {outcome}\n"
            "Reason: {reason}",
        ),
    ),
    MessageEvent.AGREEMENT_READY: on_application(
        T("须签订协议", "needs its agreement signed"),
        T(
            "已通过，请与认定机关签订服务协议；协议登记后予以认定。",
            "was approved. Please sign the agreement with the authority; the accreditation follows its "
            "registration.",
        ),
    ),
    MessageEvent.REVIEW_ASSIGNED: message(
        T("评审任务：{program}（{track}）", "Review task: {program} ({track})"),
        T(
            "“{program}”（{track}）有一项评审任务：{applicant}。请登录系统声明有无利益冲突，然后评分。",
            "{program} ({track}) has a review task for you: {applicant}. Log in, say whether there is a "
            "conflict of interest, then score.",
        ),
    ),
    MessageEvent.REVIEW_REMINDER: message(
        T("评审提醒：{program}（{track}）", "Reviews to finish: {program} ({track})"),
        T(
            "“{program}”（{track}）尚有 {tasks} 项评审任务未完成，最早的应于 {due} 前完成。请登录系统办理；"
            "如存在利益冲突或不能评审，请尽早声明。",
            "{program} ({track}) has {tasks} review(s) of yours that are not finished; the first is due by "
            "{due}. Please log in. Where there is a conflict of interest, or you cannot review, say so soon.",
        ),
    ),
    MessageEvent.NOMINATION_MADE: message(
        T("已获提名：{target}", "Nominated: {target}"),
        T(
            "您作为“{program}”的{track}，已被提名：{target}。\n理由：{reason}\n如需提交申请，请登录系统办理。",
            "As {track} under {program} you were nominated: {target}.\nReason: {reason}\n"
            "Log in where an application is to be submitted.",
        ),
    ),
}

TEMPLATES: dict[MessageEvent, Template] = (
    APPLICATIONS | SUPERVISION | DECIDING | ACCOUNTS | CLAIMS | CHANGES | DOCUMENTS | EXPORTS | TRAIL
)
"""Every event and its texts."""

ALWAYS: frozenset[str] = frozenset(
    {*PERIOD_BEGINS, *ACCOUNTS, *CLAIMS}
    | {event for event, template in TEMPLATES.items() if template.sms is Sms.IF_MOBILE}
)
"""Events that go out whatever a user has chosen: a period begins with them, or the account is at stake."""
CONFIDENTIAL: frozenset[str] = frozenset(
    event for event, template in TEMPLATES.items() if "secret" in template.names("zh")
)
"""Events whose text carries a code or a link for one pair of eyes; they stand in no inbox."""
