"""Names of what the domain and the storage keep as keys: states, kinds, actions, tables."""

from __future__ import annotations

from enum import Enum

from core.domain.facts import ALL
from core.domain.supervision.metrics import METRICS
from core.domain.supervision.standing import FINDING_KINDS as FINDING_KINDS
from core.domain.supervision.standing import EventKind
from core.rules.clauses import ConditionKind, PartyKind
from core.rules.evaluate import Outcome
from core.rules.obligations import Mode
from core.rules.terms import Kind
from core.rules.text import EMPTY, T
from core.rules.verdict import Eligibility
from core.services.people.invitations import InvitationState
from core.storage.models.intake import Channel, DecisionKind, ObjectionState, Provenance
from core.storage.models.operations import JobState, MessageState, SettingKind
from core.storage.models.people import Digest
from core.storage.models.register import RecordState, ServiceMode
from core.storage.models.supervision import ExitState, ExtensionState, FindingState, RectificationState

_LABELS: tuple[tuple[Enum, T], ...] = (
    (PartyKind.ORGANIZATION, T("机构", "Organisation")),
    (PartyKind.PERSON, T("个人", "Person")),
    (InvitationState.OPEN, T("待接受", "Open")),
    (InvitationState.ACCEPTED, T("已接受", "Accepted")),
    (InvitationState.CANCELLED, T("已撤销", "Cancelled")),
    (InvitationState.EXPIRED, T("已过期", "Expired")),
    (Digest.NONE, T("不发送", "Never")),
    (Digest.DAILY, T("每天", "Daily")),
    (Digest.WEEKLY, T("每周一", "On Mondays")),
    (Channel.OWN, T("自行申报", "Own application")),
    (Channel.DIRECT, T("直接纳入", "Direct inclusion")),
    (Channel.NOMINATION, T("推荐转入", "Nomination")),
    (Provenance.CLAIMED, T("自报", "Claimed")),
    (Provenance.VERIFIED, T("已核实", "Verified")),
    (Provenance.ATTESTED, T("已认定", "Attested")),
    (Provenance.DERIVED, T("推算", "Derived")),
    (DecisionKind.APPROVED, T("通过", "Approved")),
    (DecisionKind.REJECTED, T("不予认定", "Rejected")),
    (DecisionKind.WAIVED, T("放宽条件", "Condition waived")),
    (ObjectionState.OPEN, T("待处理", "Open")),
    (ObjectionState.UPHELD, T("异议成立", "Upheld")),
    (ObjectionState.DISMISSED, T("异议不成立", "Dismissed")),
    (RecordState.DRAFT, T("草稿", "Draft")),
    (RecordState.SUBMITTED, T("已上报", "Submitted")),
    (RecordState.VERIFIED, T("已核实", "Verified")),
    (RecordState.REJECTED, T("不予采信", "Rejected")),
    (ServiceMode.ONLINE, T("线上", "Online")),
    (ServiceMode.OFFLINE, T("线下", "Offline")),
    (ServiceMode.BOTH, T("线上线下", "Both")),
    (FindingState.OPEN, T("待查实", "Open")),
    (FindingState.ESTABLISHED, T("已查实", "Established")),
    (FindingState.DISMISSED, T("不成立", "Dismissed")),
    (RectificationState.OPEN, T("整改中", "Open")),
    (RectificationState.PASSED, T("整改通过", "Passed")),
    (RectificationState.FAILED, T("整改未通过", "Failed")),
    (RectificationState.LAPSED, T("逾期未整改", "Lapsed")),
    (ExitState.PROPOSED, T("已提出", "Proposed")),
    (ExitState.OBJECTED, T("当事人有异议", "Objected to")),
    (ExitState.HELD, T("暂停，待人工确认", "Held for a person")),
    (ExitState.CONFIRMED_ONCE, T("已一人确认", "Confirmed once")),
    (ExitState.UPHELD, T("已生效", "In effect")),
    (ExitState.DISMISSED, T("已驳回", "Dismissed")),
    (ExitState.OVERTURNED, T("申诉成立，已撤销", "Overturned on appeal")),
    (ExtensionState.OPEN, T("待办", "Open")),
    (ExtensionState.GRANTED, T("已同意", "Granted")),
    (ExtensionState.REFUSED, T("不同意", "Refused")),
    (Mode.AUTOMATIC, T("期满自动生效", "Takes effect by itself")),
    (Mode.CONFIRM, T("两人确认", "Two officers confirm")),
    (ConditionKind.REQUIRED, T("必备", "Required")),
    (ConditionKind.PREFERRED, T("优先", "Preferred")),
    (SettingKind.PARAMETER, T("参数", "Parameter")),
    (SettingKind.INTERPRETATION, T("条款理解", "Interpretation")),
    (SettingKind.OPERATION, T("运行设置", "Operation")),
    (JobState.RUNNING, T("进行中", "Running")),
    (JobState.DONE, T("完成", "Done")),
    (JobState.STOPPED, T("已暂停", "Stopped")),
    (JobState.FAILED, T("失败", "Failed")),
    (MessageState.PENDING, T("待发送", "Pending")),
    (MessageState.SENT, T("已发送", "Sent")),
    (MessageState.FAILED, T("发送失败", "Failed")),
    (EventKind.ACCREDITED, T("认定", "Accredited")),
    (EventKind.REMINDER, T("提醒", "Reminder")),
    (EventKind.WARNING, T("警告", "Warning")),
    (EventKind.SHORTFALL, T("年度未达标", "Year's shortfall")),
    (EventKind.FINDING_OPENED, T("立案", "Finding opened")),
    (EventKind.REVERIFICATION_DUE, T("应复核", "Re-verification due")),
    (EventKind.RECTIFICATION_ORDERED, T("责令整改", "Ordered to rectify")),
    (EventKind.RECTIFICATION_CLOSED, T("整改结束", "Rectification closed")),
    (EventKind.EXIT_PROPOSED, T("拟退出", "Exit proposed")),
    (EventKind.EXIT_DISMISSED, T("退出驳回", "Exit dismissed")),
    (EventKind.EXIT_OVERTURNED, T("退出撤销", "Exit overturned")),
    (EventKind.REVOKED, T("撤销认定", "Revoked")),
    (EventKind.EXPIRED, T("到期", "Expired")),
    (EventKind.EXTENDED, T("延续", "Extended")),
    (EventKind.EXTENSION_REFUSED, T("不予延续", "Extension refused")),
    (EventKind.WITHDRAWN, T("主动退出", "Withdrawn")),
    (Outcome.MET, T("满足", "Met")),
    (Outcome.NOT_MET, T("不满足", "Not met")),
    (Outcome.UNKNOWN, T("未知", "Unknown")),
    (Outcome.NOT_APPLICABLE, T("不适用", "Not applicable")),
    (Eligibility.ELIGIBLE, T("符合条件", "Eligible")),
    (Eligibility.INELIGIBLE, T("不符合条件", "Ineligible")),
    (Eligibility.UNDETERMINED, T("尚不能确定", "Undetermined")),
)
"""Members of enumerations that carry no label of their own."""
# By type too: members of two enumerations with one value are equal as texts.
ENUMS = {(type(member), member.value): text for member, text in _LABELS}

TONES: dict[str, str] = {
    **dict.fromkeys(
        (
            "accredited",
            "active",
            "verified",
            "approved",
            "passed",
            "granted",
            "done",
            "sent",
            "met",
            "eligible",
            "attested",
        ),
        "green",
    ),
    **dict.fromkeys(
        (
            "rejected",
            "revoked",
            "failed",
            "not_met",
            "ineligible",
            "upheld",
            "established",
            "lapsed",
            "warning",
            "exit_proposed",
        ),
        "red",
    ),
    **dict.fromkeys(
        (
            "returned",
            "rectifying",
            "objected",
            "held",
            "proposed",
            "confirmed_once",
            "stopped",
            "shortfall",
            "undetermined",
            "rectification_ordered",
            "finding_opened",
            "waived",
        ),
        "orange",
    ),
    **dict.fromkeys(
        (
            "submitted",
            "recommended",
            "under_review",
            "on_notice",
            "agreement",
            "pending",
            "running",
            "open",
            "extended",
        ),
        "azure",
    ),
}
"""Colour of a state's badge; the word stands beside it, so that nothing hangs on the colour alone."""

TABLES: dict[str, T] = {
    "app_user": T("用户", "User"),
    "role_grant": T("授权", "Grant"),
    "membership": T("主体成员", "Membership"),
    "invitation": T("成员邀请", "Invitation"),
    "attachment": T("附件", "Attachment"),
    "party": T("主体", "Party"),
    "call": T("申报通知", "Call"),
    "application": T("申请", "Application"),
    "fact_entry": T("事实", "Fact"),
    "material_file": T("材料", "Material"),
    "correction_item": T("补正事项", "Item to correct"),
    "recommendation": T("推荐", "Recommendation"),
    "review_assignment": T("评审任务", "Review task"),
    "score": T("评分", "Score"),
    "decision": T("决定", "Decision"),
    "public_notice": T("公示", "Public notice"),
    "notice_item": T("公示名单", "Notice entry"),
    "objection": T("公示异议", "Objection"),
    "agreement": T("协议", "Agreement"),
    "accreditation": T("认定", "Accreditation"),
    "campaign": T("活动", "Campaign"),
    "service_record": T("服务记录", "Service record"),
    "annual_report": T("年度报告", "Annual report"),
    "nomination": T("推荐名单", "Nomination"),
    "register_event": T("登记事项", "Register event"),
    "complaint": T("投诉", "Complaint"),
    "finding": T("问题认定", "Finding"),
    "rectification": T("整改", "Rectification"),
    "exit_case": T("退出事项", "Exit case"),
    "ban": T("禁止申报", "Ban"),
    "excused_absence": T("正当缺席", "Excused absence"),
    "inspection": T("检查", "Inspection"),
    "extension_request": T("延续申请", "Extension request"),
    "setting_override": T("设置", "Setting"),
    "holiday_day": T("节假日", "Holiday"),
    "outbox_message": T("消息", "Message"),
    "data_export": T("导出文件", "Download"),
    "staff_member": T("花名册人员", "Person on the roster"),
    "verification_code": T("验证码", "Code"),
    "job_run": T("任务运行", "Job"),
}

FIELDS: dict[str, T] = {
    "years": T("年数", "Years"),
    "days_before": T("到期前可申请的天数", "Days before the end in which to ask"),
    "days_after": T("到期后可申请的天数", "Days after the end in which to ask"),
    "working_days": T("工作日数", "Working days"),
    "covered_months": T("认定覆盖满几个月才须报告", "Months covered before a report is due"),
    "due_month": T("应交月份", "Month in which it is due"),
    "months": T("月数", "Months"),
    "ban_years": T("禁止申报年数", "Years of the ban"),
    "rectify_days": T("整改天数", "Days to rectify"),
    "first_reminder": T("首次到期提醒（届满前天数）", "First reminder (days before the end)"),
    "second_reminder": T("第二次到期提醒（届满前天数）", "Second reminder (days before the end)"),
    "last_reminder": T("最后一次到期提醒（届满前天数）", "Last reminder (days before the end)"),
    "duty_reminder": T(
        "义务未完成提醒（年度结束前天数）", "Reminder of a duty not met (days before the year ends)"
    ),
    "report_reminder": T("报告提醒（到期前天数）", "Reminder of a report (days before it is due)"),
    "at_least": T("至少满足的项数", "How many must be met"),
}
"""Numbers of a clause that are no bound on a fact."""

KINDS_OF_CHANGE: dict[str, T] = {
    "insert": T("新增", "Added"),
    "update": T("修改", "Changed"),
    "delete": T("删除", "Removed"),
    "bulk": T("批量修改", "Changed in bulk"),
}

CHANNELS: dict[str, T] = {
    "email": T("电子邮件", "E-mail"),
    "sms": T("短信", "Text message"),
    "inbox": T("仅站内", "Inbox only"),
}


def label_of(value: Enum) -> T:
    """The name of a member of an enumeration."""
    own = getattr(value, "label", None)
    return own if isinstance(own, T) else ENUMS[type(value), value.value]


def parameter_label(name: str) -> T:
    """What a parameter's id (`clause.subject`, perhaps `#2`) is about, in words."""
    subject = name.rsplit(".", 1)[-1].partition("#")[0]
    known = {**ALL, **METRICS}
    if subject in known:
        return known[subject].label
    for ending, zh, en in (("_share", "占比（%）", "share (%)"), ("_growth", "增长（%）", "growth (%)")):
        fact = known.get(subject.removesuffix(ending)) if subject.endswith(ending) else None
        if fact is not None:
            return T(f"{fact.label.zh}{zh}", f"{fact.label.en}: {en}")
    return FIELDS.get(subject, T(subject, subject))


def parameter_unit(name: str) -> T:
    """What a parameter's number counts; a date's bound is in years, and a label may say it already."""
    subject = name.rsplit(".", 1)[-1].partition("#")[0]
    fact = {**ALL, **METRICS}.get(subject)
    if fact is None:
        return EMPTY
    if fact.kind in (Kind.DATE, Kind.DATE_OR_NEVER):
        return T("年", "years")
    return T("%", "%") if fact.kind is Kind.PERCENT else fact.unit


def tone_of(value: object) -> str:
    """The colour of a state's badge."""
    return TONES.get(str(getattr(value, "value", value)), "secondary")
