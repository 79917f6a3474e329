"""Names of what is kept as a key and is no enumeration, and the colours of states."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain.profile import vocabulary
from core.domain.supervision.metrics import METRICS
from core.hooks.catalogue import catalogue
from core.rules.terms import Fact, Kind
from core.rules.text import EMPTY, T
from core.services.people.party_file import LOOKED

TONES: dict[str, str] = {
    **dict.fromkeys(
        (
            "accredited",
            "active",
            "verified",
            "approved",
            "passed",
            "granted",
            "accepted",
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
            "waiting",
            "agreement",
            "pending",
            "running",
            "open",
            "wanted",
            "extended",
        ),
        "azure",
    ),
}
"""Colour of a state's badge; the word stands beside it, so that nothing hangs on the colour alone."""

TABLES: dict[str, T] = {
    "app_user": T("用户", "User"),
    "role_grant": T("授权", "Role granted"),
    "membership": T("主体成员", "Membership"),
    "merger": T("主体合并", "Merger of parties"),
    "not_same": T("不同主体标注", "Mark: two different parties"),
    "factor_reset": T("双重验证停用申请", "Reset of a second factor"),
    "invitation": T("成员邀请", "Member invitation"),
    "attachment": T("附件", "Attachment"),
    "party": T("主体", "Party"),
    "party_claim": T("主体认领", "Claim of a party"),
    "call": T("申报通知", "Call"),
    "application": T("申请", "Application"),
    "fact_entry": T("事实", "Fact"),
    "material_file": T("材料", "Document"),
    "correction_item": T("补正事项", "Item to correct"),
    "recommender": T("协会和业务部门", "Associations and departments"),
    "recommender_listed": T("推荐单位名单", "Recommender's list"),
    "recommendation": T("推荐", "Recommendation"),
    "review_assignment": T("评审任务", "Review task"),
    "score": T("评分", "Score"),
    "decision": T("决定", "Decision"),
    "pending_decision": T("待发出的决定", "Decisions to be issued"),
    "decision_correction": T("决定更正", "Corrected decision"),
    "public_notice": T("公示", "Public notice"),
    "notice_item": T("公示名单", "Published list"),
    "objection": T("公示异议", "Objection to a notice"),
    "agreement": T("协议", "Agreement"),
    "accreditation": T("认定", "Accreditation"),
    "campaign": T("活动", "Campaign"),
    "service_record": T("服务记录", "Service record"),
    "annual_report": T("年度报告", "Annual report"),
    "nomination": T("推荐名单", "Nomination"),
    "register_event": T("登记事项", "Register event"),
    "complaint": T("投诉", "Complaint"),
    "filing_file": T("投诉、异议的附件", "File with a complaint or objection"),
    "filer_look": T("查看投诉人、异议人", "Look at who filed"),
    "finding": T("查实事项", "Finding"),
    "rectification": T("整改", "Rectification"),
    "exit_case": T("退出事项", "Exit case"),
    "ban": T("禁止申报", "Ban"),
    "change_request": T("变更申请", "Request for a change"),
    "successor": T("承继单位", "Successor"),
    "former_value": T("原登记内容", "Former value"),
    "certificate_issue": T("换发的证书", "Certificate issued anew"),
    "excused_absence": T("正当缺席", "Excused absence"),
    "inspection": T("检查", "Inspection"),
    "extension_request": T("延续申请", "Extension request"),
    "setting_override": T("设置", "Setting"),
    "holiday_day": T("节假日", "Holiday"),
    "outbox_message": T("消息", "Message"),
    "legal_hold": T("限制处置", "Legal hold"),
    "archive_package": T("归档包", "Package for the archive"),
    "destruction_list": T("销毁清单", "List of destruction"),
    "data_export": T("导出文件", "Exported file"),
    "staff_member": T("花名册人员", "Person on the roster"),
    "taken_in": T("既有认定来源", "Where a former status came from"),
    "verification_code": T("验证码", "Code"),
    "former_password": T("曾用密码", "Former password"),
    "access_record": T("登录和查看记录", "Logins and looks"),
    "guess": T("输错记录", "Wrong guess"),
    "job_run": T("任务运行", "Job run"),
    "audit_end": T("已转出的操作记录", "Part of the trail put away"),
    "file": T("已清除的无主文件", "File that belonged to nothing"),
    "trail_key": T("操作记录签名密钥", "Key that signs the trail"),
}

FIELDS: dict[str, T] = {
    "years": T("年数", "Number of years"),
    "days_before": T("到期前可申请的天数", "Days before the end in which to ask"),
    "days_after": T("到期后可申请的天数", "Days after the end in which to ask"),
    "working_days": T("工作日数", "Number of working days"),
    "covered_months": T("认定覆盖满几个月才须报告", "Months covered before a report is due"),
    "due_month": T("应交月份", "Month in which it is due"),
    "months": T("月数", "Number of months"),
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
    "destruction.row": T("销毁", "Destroyed by a list"),
    "insert": T("新增", "Added"),
    "update": T("修改", "Changed"),
    "delete": T("删除", "Deleted"),
    "bulk": T("批量修改", "Changed in bulk"),
    LOOKED: T("查看完整号码", "Looked at the whole numbers"),
}


def measures() -> Mapping[str, Fact]:
    """What the numbers of rules can bound: facts, those of single programmes among them, and metrics."""
    return vocabulary(extra=catalogue().extra_facts()) | METRICS


def parameter_label(name: str) -> T:
    """What a parameter's id (`clause.subject`, perhaps `#2`) is about, in words."""
    subject = name.rsplit(".", 1)[-1].partition("#")[0]
    known = measures()
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
    fact = measures().get(subject)
    if fact is None:
        return EMPTY
    return T("年", "years") if fact.kind in (Kind.DATE, Kind.DATE_OR_NEVER) else fact.unit


def tone_of(value: object) -> str:
    """The colour of a state's badge."""
    return TONES.get(str(getattr(value, "value", value)), "secondary")
