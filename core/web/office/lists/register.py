"""Lists of the register: parties, applications, accreditations, and what the accredited report."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import joinedload, load_only

from core.domain.acts import Act
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.rules.text import T
from core.services.base.naming import accreditation_named, is_of_party
from core.services.base.work import Work
from core.services.diary import records
from core.storage.models import (
    Accreditation,
    AnnualReport,
    Application,
    Call,
    Campaign,
    Nomination,
    Party,
    ServiceRecord,
)
from core.storage.models.applications import Channel
from core.storage.models.register import RecordState
from core.web.frame.show import clause_name, data, region_name, target_title
from core.web.lists.base import ScopedView
from core.web.lists.columns import BulkAction, Column, Filter, members, yes_no
from core.web.lists.common import (
    PARTY,
    STATE,
    accreditation_columns,
    belongs_to,
    program_col,
    program_filter,
    region_col,
    track_col,
    track_filter,
)

MOST_DIGITS = 18
NAME_AND_NUMBER = T("名称、编号或统一社会信用代码", "name, number or USCC")


class ApplicationView(ScopedView):
    """Applications in every state."""

    act_view = Act.APPLICATION_VIEW
    title = T("申请", "Applications")
    group = "intake"
    search_hint = NAME_AND_NUMBER
    program_column, region_column = Application.program, Application.region
    load = (
        load_only(
            Application.program,
            Application.track,
            Application.region,
            Application.state,
            Application.channel,
            Application.created_at,
            Application.submitted_at,
            Application.party_id,
            Application.call_id,
            Application.paper_received_on,
        ),
        joinedload(Application.call).load_only(Call.title),
        joinedload(Application.party).load_only(Party.name),
    )
    columns = (
        Column("id", T("编号", "Number"), lambda row: row.id, sort=Application.id),
        Column("party", PARTY, lambda row: data(row.party.name)),
        program_col(sort=Application.program),
        track_col(),
        region_col(sort=Application.region),
        Column("state", STATE, badge=True, sort=Application.state),
        Column("channel", T("来源", "Source"), listed=False),
        Column("submitted_at", T("提交时间", "Submitted at"), sort=Application.submitted_at),
        Column("created_at", T("建立时间", "Created"), listed=False),
        Column(
            "call",
            T("申报通知", "Call"),
            lambda row: data(row.call.title) if row.call else "",
            listed=False,
        ),
        Column("paper_received_on", T("纸质件收到", "Paper copy received"), listed=False),
    )
    filters = (
        program_filter(Application.program),
        track_filter(Application),
        Filter("state", STATE, Application.state, choices=members(ApplicationState)),
        Filter("channel", T("来源", "Source"), Application.channel, choices=members(Channel)),
        Filter("from", T("提交自", "Submitted from"), Application.submitted_at, day="from"),
        Filter("to", T("提交至", "Submitted to"), Application.submitted_at, day="to"),
    )
    new_endpoint, new_act, new_label = (
        "filing.new_application",
        Act.APPLICATION_DRAFT,
        T("代为申报", "File for a party"),
    )

    def search_condition(self, text: str) -> ColumnElement[bool] | None:
        """By the party's name or USCC, or by the application's number."""
        found = is_of_party(Application.party_id, text)
        return (
            or_(found, Application.id == int(text))
            if text.isascii() and text.isdigit() and len(text) < MOST_DIGITS
            else found
        )

    def row_link(self, row: Application) -> str:
        """The case page."""
        return url_for("application_case.page", application_id=row.id)


class AccreditationView(ScopedView):
    """Accreditations in every state."""

    act_view = Act.ACCREDITATION_VIEW
    title = T("认定", "Accreditations")
    group = "register"
    search_hint = NAME_AND_NUMBER
    program_column, region_column = Accreditation.program, Accreditation.region
    load = (joinedload(Accreditation.party).load_only(Party.name),)
    columns = (
        Column(
            "number",
            T("认定编号", "Accreditation number"),
            lambda row: data(row.number),
            sort=Accreditation.number,
        ),
        Column("party", PARTY, lambda row: data(row.party.name)),
        program_col(sort=Accreditation.program),
        track_col(),
        region_col(sort=Accreditation.region),
        Column("state", STATE, badge=True, sort=Accreditation.state),
        Column("started_on", T("首次认定", "First accredited"), sort=Accreditation.started_on, listed=False),
        Column("valid_from", T("有效期自", "Valid from"), sort=Accreditation.valid_from, listed=False),
        Column("valid_through", T("有效期至", "Valid through"), sort=Accreditation.valid_through),
        Column("ended_on", T("终止日期", "Ended on"), listed=False),
        Column(
            "ended_clause",
            T("终止条款", "Ended under"),
            lambda row: clause_name(row.ended_clause),
            listed=False,
        ),
    )
    filters = (
        program_filter(Accreditation.program),
        track_filter(Accreditation),
        Filter("state", STATE, Accreditation.state, choices=members(AccreditationState)),
        Filter("through_from", T("到期自", "Ends from"), Accreditation.valid_through, day="from"),
        Filter("through_to", T("到期至", "Ends to"), Accreditation.valid_through, day="to"),
    )

    def search_condition(self, text: str) -> ColumnElement[bool] | None:
        """By number, or by the party's name or USCC."""
        return accreditation_named(text)

    def row_link(self, row: Accreditation) -> str:
        """The case page."""
        return url_for("accreditation_case.page", accreditation_id=row.id)

    def look_up_label(self, row: Accreditation) -> str:
        """Number and party."""
        return f"{row.number} {row.party.name}"


class OfAccreditation(ScopedView):
    """A list of things that belong to accreditations and share their scope."""

    program_column, region_column = Accreditation.program, Accreditation.region
    search_hint = NAME_AND_NUMBER

    @property
    def joins(self) -> tuple[Any, ...]:  # type: ignore[override]
        """The way to the scope's columns."""
        return (self.model.accreditation,)

    @property
    def load(self) -> tuple[Any, ...]:  # type: ignore[override]
        """The accreditation with its party."""
        return (joinedload(self.model.accreditation).joinedload(Accreditation.party).load_only(Party.name),)

    def search_condition(self, text: str) -> ColumnElement[bool] | None:
        """By the accreditation's number or its party's name or USCC."""
        return belongs_to(self.model.accreditation_id)(text)


def _verify(w: Work, record_id: int) -> None:
    records.judge_record(w, record_id, accepted=True)


class ServiceRecordView(OfAccreditation):
    """The service diary."""

    act_view = Act.RECORD_VIEW
    title = T("服务记录", "Service records")
    group = "register"
    columns = (
        Column("service_date", T("服务日期", "Service date"), sort=ServiceRecord.service_date),
        *accreditation_columns(),
        Column("title", T("服务内容", "Service content")),
        Column("function", T("服务类别", "Service category"), listed=False),
        Column("mode", T("方式", "Mode"), listed=False),
        Column("hours", T("小时", "Hours"), sort=ServiceRecord.hours),
        Column(
            "enterprises",
            T("服务企业数", "Number of enterprises served"),
            lambda row: row.number_served,
        ),
        Column("satisfaction_pct", T("满意度 %", "Satisfaction %"), listed=False),
        Column("fee_cny", T("收费（元）", "Fee (CNY)"), listed=False),
        Column("public_benefit", T("公益", "Public benefit"), listed=False),
        Column("organized_by_authority", T("主管部门组织", "Organised by the authority"), listed=False),
        Column("summary", T("说明", "Note"), listed=False),
        Column("state", STATE, badge=True),
    )
    filters = (
        program_filter(Accreditation.program),
        Filter("state", STATE, ServiceRecord.state, choices=members(RecordState)),
        Filter("from", T("服务自", "Served from"), ServiceRecord.service_date, day="from"),
        Filter("to", T("服务至", "Served until"), ServiceRecord.service_date, day="to"),
    )
    bulk_actions = (
        BulkAction(
            "verify",
            T("核实所选记录", "Verify the ticked"),
            Act.RECORD_JUDGE,
            _verify,
            T("已核实", "Verified"),
        ),
    )

    def row_link(self, row: ServiceRecord) -> str:
        """The accreditation's page, at its records."""
        return url_for("accreditation_case.page", accreditation_id=row.accreditation_id, _anchor="records")


class AnnualReportView(OfAccreditation):
    """The yearly reports."""

    act_view = Act.REPORT_VIEW
    title = T("年度报告", "Annual reports")
    group = "register"
    columns = (
        Column("year", T("年度", "Year"), lambda row: row.year, sort=AnnualReport.year),
        *accreditation_columns(),
        Column("submitted_on", T("提交日期", "Submitted on"), sort=AnnualReport.submitted_on),
        Column("kind", T("类型", "Kind"), listed=False),
        Column("accepted_at", T("受理时间", "Accepted at")),
        Column("returned_on", T("退回日期", "Returned on"), listed=False),
        Column("return_reason", T("退回的理由", "Reason for the return"), listed=False),
        Column("summary", T("总结", "Summary"), listed=False),
        Column("success_cases", T("典型案例", "Success cases"), listed=False),
    )
    filters = (
        program_filter(Accreditation.program),
        Filter(
            "accepted",
            T("已受理", "Accepted"),
            AnnualReport.accepted_at,
            choices=yes_no,
            condition=lambda given: (
                AnnualReport.accepted_at.is_not(None)
                if given == "yes"
                else AnnualReport.accepted_at.is_(None)
            ),
        ),
    )


class CampaignView(ScopedView):
    """Campaigns that service records can belong to."""

    act_view = Act.RECORD_VIEW
    title = T("活动", "Campaigns")
    group = "register"
    program_column = Campaign.program
    spans_regions = True
    new_endpoint, new_act = "register_forms.new_campaign", Act.CALL_EDIT
    columns = (
        Column(
            "title", T("活动名称", "Title of the campaign"), lambda row: data(row.title), sort=Campaign.title
        ),
        program_col(sort=Campaign.program),
        Column("starts_on", T("开始", "Starts"), sort=Campaign.starts_on),
        Column("ends_on", T("结束", "Ends"), sort=Campaign.ends_on),
        Column("organized_by_authority", T("主管部门组织", "Organised by the authority")),
        Column(
            "region",
            T("面向的地区", "Open to the bodies of"),
            lambda row: region_name(row.region) if row.region else "",
            listed=False,
        ),
    )
    filters = (program_filter(Campaign.program),)


class NominationView(OfAccreditation):
    """Accredited bodies put forward for other titles."""

    act_view = Act.NOMINATION_VIEW
    title = T("推荐名单", "Nominations")
    group = "register"
    columns = (
        Column("year", T("年度", "Year"), lambda row: row.year, sort=Nomination.year),
        *accreditation_columns(),
        Column("clause", T("条款", "Clause"), lambda row: clause_name(row.clause)),
        Column(
            "target",
            T("推荐去向", "Put forward for"),
            lambda row: target_title(row.accreditation, row.target),
        ),
        Column("nominated_on", T("推荐日期", "Recommended on"), sort=Nomination.nominated_on),
        Column("reason", T("理由", "Reason"), listed=False),
    )
    filters = (program_filter(Accreditation.program),)
