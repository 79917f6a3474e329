"""Lists of what comes in and is on notice: calls, public notices, and the objections to them."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import url_for
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload

from core.domain.acts import Act
from core.rules.phrases import BY_NAME_OR_CODE
from core.rules.text import T
from core.services.base.naming import is_of_party
from core.storage.models import Application, Call, NoticeItem, Objection, PublicNotice
from core.storage.models.notices import ObjectionState
from core.web.cases.filings import words_of_filer
from core.web.frame.show import data, track_title
from core.web.lists.base import ScopedView
from core.web.lists.columns import Column, Filter, members
from core.web.lists.common import (
    PARTY,
    REASON,
    STATE,
    program_col,
    program_filter,
    region_col,
)


class CallView(ScopedView):
    """Intakes of applications."""

    act_view = Act.CALL_VIEW
    title = T("申报通知", "Calls")
    group = "intake"
    program_column = Call.program
    spans_regions = True
    new_endpoint, new_act, new_label = (
        "register_forms.new_call",
        Act.CALL_EDIT,
        T("发布申报通知", "Announce a call"),
    )
    columns = (
        Column("title", T("标题", "Title"), lambda row: data(row.title), sort=Call.title),
        program_col(sort=Call.program),
        Column(
            "tracks",
            T("类别", "Tracks"),
            lambda row: [track_title(row.program, track) for track in row.tracks],
        ),
        Column("opens_at", T("开始", "Starts"), sort=Call.opens_at),
        Column("submit_by", T("申报截止", "Submit by"), sort=Call.submit_by),
        Column("recommend_by", T("推荐截止", "Recommend by")),
        Column("quota", T("名额", "Quota"), lambda row: row.quota, listed=False),
        Column("edition", T("政策版本", "Edition of the text"), listed=False),
        Column("closed_at", T("已关闭", "Closed")),
    )
    filters = (program_filter(Call.program),)

    def row_link(self, row: Call) -> str:
        """The call's page."""
        return url_for("register_forms.call", call_id=row.id)


class NoticeView(ScopedView):
    """Public notices of applications."""

    act_view = Act.NOTICE_VIEW
    title = T("公示", "Public notices")
    group = "intake"
    program_column = PublicNotice.program
    spans_regions = True
    new_endpoint, new_act, new_label = (
        "register_forms.new_notice",
        Act.NOTICE_PUBLISH,
        T("发布公示", "Publish a notice"),
    )
    columns = (
        Column("title", T("标题", "Title"), lambda row: data(row.title), sort=PublicNotice.title),
        program_col(sort=PublicNotice.program),
        Column("published_on", T("公示日期", "Published on"), sort=PublicNotice.published_on),
        Column("closes_on", T("公示截止（含当日）", "Runs through"), sort=PublicNotice.closes_on),
        Column("working_days", T("工作日", "Working days"), lambda row: row.working_days),
        Column("closed_at", T("已结束", "Over")),
    )
    filters = (program_filter(PublicNotice.program),)

    def row_link(self, row: PublicNotice) -> str:
        """The notice's page with its applications and objections."""
        return url_for("register_forms.notice", notice_id=row.id)


class ObjectionView(ScopedView):
    """Objections, each decided at the page of its application."""

    act_view = Act.NOTICE_VIEW
    title = T("公示异议", "Objections to notices")
    group = "intake"
    search_hint = BY_NAME_OR_CODE
    joins = (Objection.notice_item, NoticeItem.application)
    program_column, region_column = Application.program, Application.region
    load: ClassVar[Any] = (
        joinedload(Objection.notice_item).joinedload(NoticeItem.application).joinedload(Application.party),
        joinedload(Objection.notice_item).joinedload(NoticeItem.notice),
    )
    columns = (
        Column("received_at", T("收到时间", "Received at"), sort=Objection.received_at),
        Column("party", PARTY, lambda row: data(row.notice_item.application.party.name)),
        program_col("notice_item.application"),
        region_col("notice_item.application"),
        Column(
            "notice",
            T("公示", "Public notice"),
            lambda row: data(row.notice_item.notice.title),
            link=lambda row: url_for("register_forms.notice", notice_id=row.notice_item.notice_id),
        ),
        Column(
            "content",
            T("异议内容", "Text of the objection"),
            lambda row: words_of_filer(row, row.notice_item.application),
            listed=False,
        ),
        Column("party_statement", T("当事人陈述", "The party's word"), listed=False),
        Column("state", STATE, badge=True, sort=Objection.state),
        Column("decided_at", T("处理时间", "Decided at"), listed=False),
        Column("decision_reason", REASON, listed=False),
    )
    filters = (
        program_filter(Application.program),
        Filter("state", STATE, Objection.state, choices=members(ObjectionState)),
        Filter("from", T("收到自", "Received from"), Objection.received_at, day="from"),
        Filter("to", T("收到至", "Received to"), Objection.received_at, day="to"),
    )

    def search_condition(self, text: str) -> ColumnElement[bool] | None:
        """By the party's name or USCC."""
        return is_of_party(Application.party_id, text)

    def row_link(self, row: Objection) -> str:
        """The application's page, where it is decided."""
        return url_for(
            "application_case.page", application_id=row.notice_item.application_id, _anchor="notices"
        )
