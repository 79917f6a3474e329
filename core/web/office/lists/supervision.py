"""Lists of supervision: complaints, findings, warnings, orders, exits, bans, extensions, inspections."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import joinedload

from core.domain.acts import Act
from core.domain.supervision.standing import EventKind
from core.rules.obligations import FindingKind, Mode
from core.rules.phrases import BY_NAME_OR_CODE
from core.rules.text import T
from core.services.base.naming import is_of_party
from core.services.base.work import Actor
from core.storage.models import (
    Accreditation,
    Ban,
    Complaint,
    ExitCase,
    ExtensionRequest,
    Finding,
    Inspection,
    Party,
    Rectification,
    RegisterEvent,
)
from core.storage.models.exits import ExitState
from core.storage.models.supervision import ExtensionState, FindingState, RectificationState
from core.web.cases.filings import words_of_filer
from core.web.frame.show import clause_name, data, finding_kind
from core.web.lists.base import ScopedView
from core.web.lists.columns import Column, Filter, members, yes_no
from core.web.lists.common import (
    CLAUSE,
    PARTY,
    REASON,
    STATE,
    accreditation_columns,
    program_col,
    program_filter,
)
from core.web.office.lists.register import OfAccreditation


class OfCase(OfAccreditation):
    """A list whose rows are worked on at the page of their accreditation."""

    group = "supervision"
    anchor = ""

    def row_link(self, row: Complaint) -> str:
        """The accreditation's page, at the part that the row is in."""
        return url_for(
            "accreditation_case.page", accreditation_id=row.accreditation_id, _anchor=self.anchor or None
        )


def _decided(verified: bool | None) -> T:
    if verified is None:
        return T("待核实", "To be verified")
    return T("属实", "Substantiated") if verified else T("不属实", "Unsubstantiated")


class ComplaintView(OfCase):
    """Complaints about the accredited."""

    act_view = Act.COMPLAINT_VIEW
    title = T("投诉", "Complaints")
    anchor = "complaints"
    columns = (
        Column("received_on", T("收到日期", "Received on"), sort=Complaint.received_on),
        *accreditation_columns(),
        Column("content", T("内容", "Content"), lambda row: words_of_filer(row, row.accreditation)),
        Column("verified", T("核实结果", "Result of the verification"), lambda row: _decided(row.verified)),
        Column("decided_on", T("办结日期", "Closed on")),
        Column("decision_reason", REASON, listed=False),
    )
    filters = (
        program_filter(Accreditation.program),
        Filter(
            "open",
            T("待核实", "To be verified"),
            Complaint.verified,
            choices=yes_no,
            condition=lambda given: (
                Complaint.verified.is_(None) if given == "yes" else Complaint.verified.is_not(None)
            ),
        ),
    )


class FindingView(OfCase):
    """What was found against the accredited."""

    act_view = Act.FINDING_VIEW
    title = T("查实事项", "Findings")
    anchor = "findings"
    columns = (
        Column("opened_on", T("立案日期", "Opened on"), sort=Finding.opened_on),
        *accreditation_columns(),
        Column("kind", T("类型", "Kind"), lambda row: finding_kind(row.kind)),
        Column("clause", CLAUSE, lambda row: clause_name(row.clause)),
        Column("reason", T("事由", "Grounds")),
        Column("state", STATE, badge=True),
        Column("established_on", T("查实日期", "Established on"), listed=False),
        Column("decision_reason", T("认定理由", "Reason of the finding"), listed=False),
    )
    filters = (
        program_filter(Accreditation.program),
        Filter("state", STATE, Finding.state, choices=members(FindingState)),
        Filter(
            "kind",
            T("类型", "Kind"),
            Finding.kind,
            choices=lambda: [(kind, kind.label) for kind in FindingKind],
        ),
    )


class WarningView(OfCase):
    """Warnings, from the timeline of the accreditations."""

    act_view = Act.WARNING_VIEW
    title = T("警告", "Warnings")
    anchor = "timeline"
    columns = (
        Column("happened_on", T("日期", "Date"), sort=RegisterEvent.happened_on),
        *accreditation_columns(),
        Column("clause", CLAUSE, lambda row: clause_name(row.clause)),
        Column("title", T("事项", "Item"), lambda row: T(row.title_zh, row.title_en)),
    )
    filters = (
        program_filter(Accreditation.program),
        Filter("from", T("自", "From"), RegisterEvent.happened_on, day="from"),
        Filter("to", T("至", "To"), RegisterEvent.happened_on, day="to"),
    )

    def condition(self, actor: Actor) -> ColumnElement[bool]:
        """Of the timeline, the warnings."""
        return super().condition(actor) & (RegisterEvent.kind == EventKind.WARNING)


class ExitCaseView(OfCase):
    """Proposed and decided exits."""

    act_view = Act.EXIT_VIEW
    title = T("退出事项", "Exit cases")
    anchor = "exits"
    columns = (
        Column("proposed_on", T("提出日期", "Proposed on"), sort=ExitCase.proposed_on),
        *accreditation_columns(),
        Column("clause", CLAUSE, lambda row: clause_name(row.clause)),
        Column("title", T("事项", "Item"), lambda row: T(row.title_zh, row.title_en)),
        Column("mode", T("生效方式", "How it takes effect"), listed=False),
        Column("state", STATE, badge=True),
        Column("told_on", T("送达日期", "Told on"), listed=False),
        Column("objection_until", T("异议截止", "Objection until")),
        Column(
            "first_officer",
            T("第一确认人", "First officer"),
            lambda row: data(str(row.first_officer)) if row.first_officer else "",
        ),
        Column(
            "second_officer",
            T("第二确认人", "Second officer"),
            lambda row: data(str(row.second_officer)) if row.second_officer else "",
            listed=False,
        ),
        Column("appealed_on", T("申诉日期", "Appealed on"), listed=False),
        Column("appeal_decided_on", T("申诉处理日期", "Appeal decided on"), listed=False),
        Column("ban_years", T("禁止申报（年）", "Ban (years)"), lambda row: row.ban_years, listed=False),
        Column("decided_on", T("决定日期", "Decided on"), listed=False),
        Column("decision_reason", REASON, listed=False),
    )
    filters = (
        program_filter(Accreditation.program),
        Filter("state", STATE, ExitCase.state, choices=members(ExitState)),
        Filter("mode", T("生效方式", "How it takes effect"), ExitCase.mode, choices=members(Mode)),
        Filter(
            "appeal",
            T("申诉", "Appeal"),
            ExitCase.appealed_on,
            choices=lambda: [("open", T("待处理", "To be decided")), ("any", T("有申诉", "Appealed"))],
            condition=lambda given: (
                ExitCase.appealed_on.is_not(None)
                if given == "any"
                else and_(
                    ExitCase.state == ExitState.UPHELD,
                    ExitCase.appealed_on.is_not(None),
                    ExitCase.appeal_decided_on.is_(None),
                )
            ),
        ),
    )

    @property
    def load(self) -> tuple[Any, ...]:  # type: ignore[override]
        """With the officers who confirmed it."""
        return (*super().load, joinedload(ExitCase.first_officer), joinedload(ExitCase.second_officer))


class RectificationView(OfCase):
    """Orders to put something right."""

    act_view = Act.RECTIFICATION_VIEW
    title = T("整改", "Rectifications")
    anchor = "orders"
    columns = (
        Column("ordered_on", T("责令日期", "Ordered on"), sort=Rectification.ordered_on),
        *accreditation_columns(),
        Column("clause", CLAUSE, lambda row: clause_name(row.clause)),
        Column("deadline", T("整改期限", "Rectify by"), sort=Rectification.deadline),
        Column("state", STATE, badge=True),
        Column("result_on", T("结果日期", "Result on"), listed=False),
        Column("result_note", T("结果说明", "Note on the result"), listed=False),
    )
    filters = (
        program_filter(Accreditation.program),
        Filter("state", STATE, Rectification.state, choices=members(RectificationState)),
    )


class ExtensionView(OfCase):
    """Requests to extend a term."""

    act_view = Act.EXTENSION_VIEW
    title = T("延续申请", "Extension requests")
    anchor = "extension"
    columns = (
        Column("requested_on", T("申请日期", "Requested on"), sort=ExtensionRequest.requested_on),
        *accreditation_columns(),
        Column("old_valid_through", T("原有效期至", "Old end")),
        Column("new_valid_through", T("延续至", "New end")),
        Column("state", STATE, badge=True),
        Column("statement", T("申请说明", "Statement"), listed=False),
        Column("decided_on", T("决定日期", "Decided on"), listed=False),
        Column("reason", REASON, listed=False),
    )
    filters = (
        program_filter(Accreditation.program),
        Filter("state", STATE, ExtensionRequest.state, choices=members(ExtensionState)),
    )


class InspectionView(OfCase):
    """Inspections of the accredited, planned and held."""

    act_view = Act.INSPECTION_VIEW
    title = T("检查", "Inspections")
    anchor = "inspections"
    columns = (
        Column("planned_on", T("计划日期", "Planned for"), sort=Inspection.planned_on),
        *accreditation_columns(),
        Column("clause", CLAUSE, lambda row: clause_name(row.clause), listed=False),
        Column("held_on", T("检查日期", "Held on"), sort=Inspection.held_on),
        Column("passed", T("通过", "Passed")),
        Column("satisfaction_pct", T("满意度 %", "Satisfaction %"), lambda row: row.satisfaction_pct),
        Column("quality", T("服务质量", "Quality"), listed=False),
        Column("fees", T("收费情况", "Fees"), listed=False),
    )
    filters = (
        program_filter(Accreditation.program),
        Filter(
            "held",
            T("已检查", "Inspected"),
            Inspection.held_on,
            choices=yes_no,
            condition=lambda given: (
                Inspection.held_on.is_not(None) if given == "yes" else Inspection.held_on.is_(None)
            ),
        ),
    )


class BanView(ScopedView):
    """Parties that may not apply to a programme for a time."""

    act_view = Act.BAN_VIEW
    title = T("禁止申报", "Bans")
    group = "supervision"
    search_hint = BY_NAME_OR_CODE
    joins = (Ban.party,)
    program_column, region_column = Ban.program, Party.region
    load = (joinedload(Ban.party).load_only(Party.name),)
    columns = (
        Column("party", PARTY, lambda row: data(row.party.name)),
        program_col(sort=Ban.program),
        Column("clause", CLAUSE, lambda row: clause_name(row.clause)),
        Column("starts_on", T("开始", "Starts"), sort=Ban.starts_on),
        Column("through", T("至（含当日）", "Through"), sort=Ban.through),
        Column("lifted_on", T("解除日期", "Lifted on")),
    )
    filters = (program_filter(Ban.program),)

    def search_condition(self, text: str) -> ColumnElement[bool] | None:
        """By the party's name or USCC."""
        return is_of_party(Ban.party_id, text)

    def row_link(self, row: Ban) -> str:
        """The party's page, where a ban is lifted."""
        return url_for("filing.party", party_id=row.party_id, _anchor="bans")
