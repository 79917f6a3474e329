"""The objections to public notices, with the application that each one stops."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import url_for
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from core.rules.text import T
from core.storage.arrays import found_first
from core.storage.models import Application, NoticeItem, Objection, Party
from core.storage.models.intake import ObjectionState
from core.web.admin.base import ScopedView
from core.web.admin.columns import Column, Filter, members
from core.web.admin.common import PARTY, REASON, STATE, party_named, program_col, program_filter, region_col
from core.web.show import data


class ObjectionView(ScopedView):
    """Objections, each decided at the page of its application."""

    act_view = "notice.view"
    title = T("公示异议", "Objections")
    group = "intake"
    search_hint = T("名称或统一社会信用代码", "name or USCC")
    joins = (Objection.notice_item, NoticeItem.application)
    program_column, region_column = Application.program, Application.region
    load: ClassVar[Any] = (
        joinedload(Objection.notice_item).joinedload(NoticeItem.application).joinedload(Application.party),
        joinedload(Objection.notice_item).joinedload(NoticeItem.notice),
    )
    columns = (
        Column("received_at", T("收到时间", "Received"), sort=Objection.received_at),
        Column("party", PARTY, lambda row: data(row.notice_item.application.party.name)),
        program_col("notice_item.application"),
        region_col("notice_item.application"),
        Column(
            "notice",
            T("公示", "Notice"),
            lambda row: data(row.notice_item.notice.title),
            link=lambda row: url_for("register_forms.notice", notice_id=row.notice_item.notice_id),
        ),
        Column("objector", T("异议人", "Who objects")),
        Column("contact", T("联系方式", "Contact"), listed=False),
        Column("content", T("异议内容", "Objection"), listed=False),
        Column("party_statement", T("当事人陈述", "The party's word"), listed=False),
        Column("state", STATE, badge=True, sort=Objection.state),
        Column("decided_at", T("处理时间", "Decided"), listed=False),
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
        return found_first(Application.party_id, select(Party.id).where(party_named(text)))

    def row_link(self, row: Objection) -> str:
        """The application's page, where it is decided."""
        return url_for(
            "application_case.page", application_id=row.notice_item.application_id, _anchor="notices"
        )
