"""Lists of what surrounds the cases: users, settings, holidays, jobs, messages, the trail."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload, selectinload

from core.domain.acts import Act
from core.domain.clock import now
from core.domain.identifiers import masked_within
from core.domain.identifiers.telephones import mask_telephones
from core.domain.messages import PERIOD_BEGINS, TO_FILERS
from core.domain.roles import Role
from core.rules.text import T
from core.services.base.work import ANONYMOUS, SYSTEM
from core.services.daily_check.run import state_of
from core.services.delivery import by_hand, held
from core.services.delivery.promptness import promptness
from core.services.messaging.writing import NO_ADDRESS, NO_MOBILE, NOT_AFTER_RESTORE
from core.services.people import factor_resets
from core.services.people.rights import duties
from core.storage.models import (
    AuditEvent,
    FactorReset,
    Grant,
    HolidayDay,
    JobRun,
    OutboxMessage,
    SettingOverride,
    User,
)
from core.storage.models.operations import JobState, MessageChannel, MessageState, SettingKind
from core.storage.search import holds
from core.storage.trail.persons import WITH_VALUES, shown
from core.web.frame.labels import TABLES
from core.web.frame.pipeline import reading, session
from core.web.frame.show import (
    data,
    job_title,
    program_title,
    region_name,
    setting_title,
    track_title,
)
from core.web.lists.base import ScopedView
from core.web.lists.columns import BulkAction, Column, Filter, members, yes_no
from core.web.lists.common import program_filter, programs
from core.web.system.action_words import action_words
from core.web.system.job_words import events_of
from core.web.system.trail import Changed, changed, changes_text

NAME = T("姓名", "name")


class UserView(ScopedView):
    """Who can log in."""

    act_view = Act.USER_VIEW
    by = User.sort_name
    title = T("用户", "Users")
    group = "system"
    search_hint = NAME
    shows_contacts = True
    new_endpoint, new_act, new_label = "system_forms.new_user", Act.USER_EDIT, T("新建用户", "New user")
    find_endpoint, find_label = (
        "system_forms.find_user",
        T("按邮箱或手机号码查找", "Find by e-mail or mobile"),
    )
    columns = (
        Column("name", T("姓名", "Name"), lambda row: data(str(row)), sort=User.sort_name),
        Column("email", T("电子邮箱", "E-mail"), sort=User.email),
        Column("roles", T("角色", "Roles"), lambda row: [Role(name).label for name in row.role_names]),
        Column("active", T("启用", "Active")),
        Column("last_login_at", T("上次登录", "Last login"), sort=User.last_login_at),
        Column(
            "two_factor", T("双重验证", "Two-factor login"), lambda row: row.tf_primary_method is not None
        ),
        Column("create_datetime", T("建立时间", "Created"), listed=False),
    )
    filters = (
        Filter("active", T("启用", "Active"), User.active, choices=yes_no),
        Filter(
            "duties",
            T("职责分离", "Separate duties"),
            User.id,
            choices=lambda: [("mixed", duties.MIXED)],
            condition=lambda _given: duties.mixed(reading().today),
        ),
        Filter(
            "reset",
            T("双重验证", "Two-factor login"),
            User.id,
            choices=lambda: [("waits", T("停用待我确认", "To be taken away, waits for me"))],
            condition=lambda _given: User.id.in_(
                select(FactorReset.user_id).where(factor_resets.waits_for(reading()))
            ),
        ),
    )
    load = (selectinload(User.grants),)

    def search_condition(self, text: str) -> ColumnElement[bool] | None:
        """By name: addresses stand in no address of a page."""
        return holds(User.name, text)

    def row_link(self, row: User) -> str:
        """The user's page with its grants."""
        return url_for("system_forms.user", user_id=row.id)

    def look_up_label(self, row: User) -> str:
        """Name and address."""
        return f"{row.name} <{row.email or masked(row.mobile)}>"


class GrantView(ScopedView):
    """Roles given to users."""

    act_view = Act.USER_VIEW
    title = T("角色授权", "Roles of users")
    group = "system"
    new_endpoint, new_act = "succession.page", Act.USER_EDIT
    new_label = T("单位改组：移交推荐职责", "A body is reorganised: pass its roles on")
    joins = (Grant.user,)
    load = (joinedload(Grant.user), joinedload(Grant.party))
    search_hint = NAME
    columns = (
        Column("user", T("用户", "User"), lambda row: data(str(row.user)), sort=User.sort_name),
        Column("role", T("角色", "Role"), sort=Grant.role),
        Column("program", T("项目", "Programme"), lambda row: program_title(row.program)),
        Column("region", T("地区", "Region"), lambda row: region_name(row.region)),
        Column("party", T("代表单位", "Acts for"), lambda row: data(row.party.name) if row.party else ""),
        Column("starts_on", T("自（日期）", "From (day)")),
        Column("ends_on", T("止（不含当日）", "Until (not included)")),
    )
    filters = (
        Filter("role", T("角色", "Role"), Grant.role, choices=members(Role)),
        program_filter(Grant.program),
    )

    def search_condition(self, text: str) -> ColumnElement[bool] | None:
        """By the user's name."""
        return holds(User.name, text)

    def row_link(self, row: Grant) -> str:
        """The user's page."""
        return url_for("system_forms.user", user_id=row.user_id)


class SettingView(ScopedView):
    """Overrides of parameters, interpretations and operational settings."""

    act_view = Act.SETTING_VIEW
    title = T("设置变更", "Changes of settings")
    empty = T(
        "没有符合条件的变更；未变更的设置按文本规定执行。",
        "Nothing matches; settings without a change follow the text.",
    )
    group = "system"
    program_column = SettingOverride.program
    spans_regions = True
    hint = T(
        "全部参数和条款理解见“参数与条款理解”",
        "All parameters and readings stand under “Parameters and readings”",
    )
    columns = (
        Column("kind", T("类型", "Kind"), sort=SettingOverride.kind),
        Column("program", T("项目", "Programme"), lambda row: program_title(row.program or None)),
        Column(
            "track", T("类别", "Track"), lambda row: track_title(row.program, row.track) if row.track else ""
        ),
        Column("name", T("名称", "Name"), setting_title, sort=SettingOverride.name),
        Column("value", T("取值", "Value")),
        Column("effective_on", T("生效日期", "In force from"), sort=SettingOverride.effective_on),
        Column("reason", T("理由", "Reason")),
        Column("set_at", T("设定时间", "Set"), listed=False),
    )
    filters = (
        program_filter(SettingOverride.program),
        Filter("kind", T("类型", "Kind"), SettingOverride.kind, choices=members(SettingKind)),
    )


class HolidayView(ScopedView):
    """The State Council's holiday table."""

    act_view = Act.HOLIDAY_VIEW
    title = T("节假日", "Holidays")
    group = "system"
    spans_regions = spans_programs = True
    hint = T(
        "只列节假日和调休上班日；没有任何记录的年份视为尚未公布，涉及该年的期限不予计算",
        "Holidays and make-up working days; a year without any is not known yet: no deadline in it counts",
    )
    new_endpoint, new_act, new_label = "holiday_years.page", Act.HOLIDAY_VIEW, T("按年查看", "By year")
    columns = (
        Column("on", T("日期", "Date"), sort=HolidayDay.on),
        Column("working", T("上班", "Day worked")),
        Column("name_zh", T("名称", "Name"), lambda row: T(row.name_zh, row.name_en or row.name_zh)),
    )
    filters = (
        Filter("working", T("上班", "Day worked"), HolidayDay.working, choices=yes_no),
        Filter("from", T("自", "From"), HolidayDay.on, day="from"),
        Filter("to", T("至", "To"), HolidayDay.on, day="to"),
    )

    def row_link(self, row: HolidayDay) -> str | None:
        """The day's form."""
        if not self.may(Act.HOLIDAY_EDIT):
            return None
        return url_for("system_forms.holiday", on=row.on.isoformat())


class JobView(ScopedView):
    """Runs of the jobs."""

    act_view = Act.JOB_VIEW
    title = T("任务运行", "Job runs")
    group = "system"
    spans_regions = spans_programs = True
    new_endpoint, new_act, new_label = "checking.page", Act.JOB_VIEW, T("每日检查", "Daily check")
    columns = (
        Column("id", T("编号", "Number"), lambda row: row.id, sort=JobRun.id),
        Column("job", T("任务", "Job"), lambda row: job_title(row.job)),
        Column("as_of", T("基准日", "As of"), sort=JobRun.as_of),
        Column("state", T("状态", "State"), lambda row: state_of(session(), row), badge=True),
        Column("started_at", T("运行开始", "Started"), sort=JobRun.started_at),
        Column("finished_at", T("运行结束", "Finished")),
        Column("counts", T("事项数", "Events"), lambda row: events_of(row.counts)),
        Column("failures", T("失败", "Failed"), lambda row: len(row.failures)),
        Column("message", T("说明", "Note"), listed=False),
    )
    filters = (Filter("state", T("状态", "State"), JobRun.state, choices=members(JobState)),)

    def row_link(self, row: JobRun) -> str:
        """The run with its counts and failures."""
        return url_for("system_forms.job", run_id=row.id)


def masked(address: str) -> str:
    """An address as it is, a telephone number with its ends alone."""
    return address if "@" in address else mask_telephones(address)


def recipient_of(row: OutboxMessage) -> str | T:
    """To whom it goes; whoever filed is known only by a look that is kept."""
    return (
        T("提交人（不显示）", "whoever filed (not shown)")
        if row.event in TO_FILERS
        else masked(row.recipient)
    )


def _why_not(row: OutboxMessage) -> Any:
    """What kept it: our own words in the reader's language, a server's as they came.

    A server may name the address that it refused.
    """
    if row.last_error in (NO_ADDRESS, NO_MOBILE, NOT_AFTER_RESTORE):
        zh, _, en = row.last_error.partition(" / ")
        return T(zh, en)
    if row.event in TO_FILERS and row.last_error:
        return T("未能送达", "could not be delivered")
    return data(masked_within(row.last_error)) if row.last_error else ""


class MessageView(ScopedView):
    """Outgoing messages."""

    act_view = Act.MESSAGE_VIEW
    shows_contacts = True
    title = T("消息发送记录", "Delivery log")
    group = "system"
    program_column, region_column = OutboxMessage.program, OutboxMessage.region
    hint = T("发送失败的消息不会导致自动退出", "A failed message never leads to an automatic exit")
    columns = (
        Column("created_at", T("生成时间", "Written"), sort=OutboxMessage.created_at),
        Column("channel", T("渠道", "Channel"), lambda row: MessageChannel(row.channel).label),
        Column("recipient", T("收件人", "Recipient"), recipient_of),
        Column("subject", T("主题", "Subject line"), lambda row: data(masked_within(row.subject))),
        Column("state", T("状态", "State"), badge=True, sort=OutboxMessage.state),
        Column("attempts", T("次数", "Attempts"), lambda row: row.attempts),
        Column("sent_at", T("发送时间", "Sent at"), listed=False),
        Column("last_error", T("未发出的原因", "Why it was not sent"), _why_not),
        Column(
            "next_attempt_at",
            T("下次发送", "Next attempt"),
            lambda row: row.next_attempt_at if row.state is MessageState.PENDING else None,
            listed=False,
        ),
        Column("body", T("正文", "Body"), lambda row: data(masked_within(row.body)), listed=False),
    )
    filters = (
        Filter("state", T("状态", "State"), OutboxMessage.state, choices=members(MessageState)),
        Filter(
            "channel",
            T("渠道", "Channel"),
            OutboxMessage.channel,
            choices=lambda: [(item, item.label) for item in MessageChannel],
        ),
        Filter("program", T("项目", "Programme"), OutboxMessage.program, choices=programs),
        Filter(
            "begins",
            T("期限由此开始", "A period begins with it"),
            OutboxMessage.event,
            choices=yes_no,
            condition=lambda given: OutboxMessage.event.in_(PERIOD_BEGINS) == (given == "yes"),
        ),
    )

    def note(self) -> T:
        """Also how soon messages leave, for the whole register."""
        share = promptness(session(), now()).percent
        if share is None:
            return self.hint
        return T(
            f"{self.hint.zh}。近 24 小时的消息有 {share}% 在 10 秒内发出",
            f"{self.hint.en}. Of the messages of the last 24 hours {share}% left within 10 seconds",
        )

    def row_link(self, row: OutboxMessage) -> str | None:
        """What is held leads to its flood, for those who may let it go."""
        if row.state is MessageState.HELD and self.may(Act.MESSAGE_RELEASE):
            return url_for("held_messages.page", message_id=row.id)
        return super().row_link(row)

    bulk_actions = (
        BulkAction(
            "release",
            T("解除暂停", "Release"),
            Act.MESSAGE_RELEASE,
            held.release,
            T("已解除暂停", "Released"),
        ),
        BulkAction(
            "resend",
            T("重新发送", "Send again"),
            Act.MESSAGE_RESEND,
            by_hand.resend,
            T("已重新排入发送队列", "Queued again"),
        ),
    )


_NOBODY = {SYSTEM.name: T("系统", "the system"), ANONYMOUS.name: T("未登录的访客", "a visitor")}
"""Who acts without being a user."""


class AuditView(ScopedView):
    """The audit trail."""

    act_view = Act.AUDIT_VIEW
    load = (WITH_VALUES,)
    title = T("操作记录", "Audit trail")
    group = "system"
    search_hint = T("操作人", "who")
    columns = (
        Column("id", T("序号", "Serial no."), lambda row: row.id),
        Column("at", T("时间", "When")),
        Column(
            "actor",
            T("操作人", "Who"),
            lambda row: _NOBODY.get(row.actor, row.actor),
        ),
        Column("action", T("操作", "Action"), lambda row: action_words(row.action) or row.action),
        Column("subject", T("对象", "Subject"), lambda row: TABLES.get(row.subject, row.subject)),
        Column("subject_id", T("对象编号", "Id")),
        Column(
            "changes",
            T("变更", "Changes"),
            lambda row: changes_text(row.subject, shown(session(), [row])[row.id]),
        ),
        Column("hash", T("校验值", "Hash"), listed=False),
    )
    filters = (
        Filter("subject", T("对象", "Subject"), AuditEvent.subject, choices=lambda: list(TABLES.items())),
        Filter("from", T("自", "From"), AuditEvent.at, day="from"),
        Filter("to", T("至", "To"), AuditEvent.at, day="to"),
    )

    details_template = "system/audit.html"

    def changed(self, row: AuditEvent) -> list[Changed]:
        """What the page of an event shows column by column."""
        return changed(row.subject, shown(session(), [row])[row.id])

    def search_condition(self, text: str) -> ColumnElement[bool] | None:
        """By who acted: the name of then as typed, or that of today however it is written."""
        today = AuditEvent.actor_id.in_(select(User.id).where(holds(User.name, text)))
        return or_(AuditEvent.actor.contains(text, autoescape=True), today)
