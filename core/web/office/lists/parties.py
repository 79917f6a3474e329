"""Lists of parties: all of them, and those that wait to be verified."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import url_for
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import selectinload

from core.domain.acts import Act
from core.domain.identifiers import mask_id_number
from core.domain.identifiers.telephones import mask_telephones
from core.rules.clauses import PartyKind
from core.rules.phrases import BY_NAME_OR_CODE
from core.rules.text import T
from core.services.base.naming import is_of_party
from core.services.base.work import Actor
from core.services.entry.record import looked
from core.services.people import parties, party_verification
from core.storage.models import Party
from core.storage.models.accounts import Look
from core.web.frame.language import tr
from core.web.frame.pipeline import reading
from core.web.frame.show import data
from core.web.lists.base import ScopedView
from core.web.lists.columns import Column, Filter, members, yes_no
from core.web.lists.common import region_col


class PartyView(ScopedView):
    """Organisations and persons, once each."""

    act_view = Act.PARTY_VIEW
    title = T("主体", "Parties")
    group = "register"
    hint = T("机构和个人，每个只登记一次", "Organisations and persons, each registered once")
    search_hint = BY_NAME_OR_CODE
    region_column = Party.region
    new_endpoint, new_label = "filing.new_party", T("登记主体", "Register a party")
    new_act: ClassVar[Act | None] = Act.APPLICATION_DRAFT
    columns: ClassVar[Sequence[Column]] = (
        Column("name", T("名称", "Name"), lambda row: _named(row), sort=Party.sort_name),
        Column("kind", T("类型", "Kind")),
        Column("uscc", T("统一社会信用代码", "Unified social credit code")),
        Column("id_number", T("证件号", "Identifying number"), lambda row: _masked_id(row), listed=False),
        region_col(sort=Party.region),
        Column("contact_name", T("联系人", "Contact")),
        Column("mobile", T("手机", "Mobile"), lambda row: data(mask_telephones(row.mobile))),
        Column(
            "phone", T("联系电话", "Telephone"), lambda row: data(mask_telephones(row.phone)), listed=False
        ),
        Column("email", T("电子邮箱", "E-mail"), listed=False),
        Column("address", T("地址", "Address"), listed=False),
        Column("employer", T("所在单位", "Employer"), listed=False),
        Column("verified_at", T("核验时间", "Verified at"), sort=Party.verified_at),
        Column("profile_confirmed_on", T("资料确认日期", "Data confirmed on"), listed=False),
        Column("directly_included", T("直接纳入", "Direct inclusion"), listed=False),
    )
    filters: ClassVar[Sequence[Filter]] = (
        Filter("kind", T("类型", "Kind"), Party.kind, choices=members(PartyKind)),
        Filter(
            "verified",
            T("已核验", "Verified"),
            Party.verified_at,
            choices=yes_no,
            condition=lambda given: (
                Party.verified_at.is_not(None) if given == "yes" else Party.verified_at.is_(None)
            ),
        ),
    )

    def condition(self, actor: Actor) -> ColumnElement[bool]:
        """By territory and, with a grant for a programme, by the cases in it."""
        return parties.reach(actor, self.act_view)

    def search_condition(self, text: str) -> ColumnElement[bool] | None:
        """By name or USCC."""
        return is_of_party(Party.id, text)

    def row_link(self, row: Party) -> str:
        """The party's own page."""
        return url_for("filing.party", party_id=row.id)

    def note_look(self, row: Any = None) -> None:
        """A row by itself has the e-mail address and where the party is to be found; the list has neither."""
        if row is not None:
            looked(reading(), Look.PARTY, row.id, party_id=row.id, region=row.region)


class VerificationView(PartyView):
    """The parties that wait to be verified, the first to ask before."""

    act_view = Act.PARTY_VERIFY
    title = T("待核验主体", "To verify")
    group = "intake"
    hint = T("按申请时间排列；请对照证照核对", "Whoever asked first stands first; compare the licence")
    empty = T("没有待核验的主体。", "No party waits to be verified.")
    new_endpoint = ""
    new_act: ClassVar[Act | None] = None
    load = (selectinload(Party.merged),)
    columns = (
        Column("name", T("名称", "Name"), lambda row: data(row.name)),
        Column("kind", T("类型", "Kind")),
        Column("uscc", T("统一社会信用代码", "Unified social credit code")),
        region_col(),
        Column(
            "verification_requested_at",
            T("申请时间", "Requested at"),
            lambda row: row.waits_since,
            sort=party_verification.WAITS_SINCE,
        ),
    )
    filters = (Filter("kind", T("类型", "Kind"), Party.kind, choices=members(PartyKind)),)

    def condition(self, actor: Actor) -> ColumnElement[bool]:
        """Those that the actor may verify, never its own."""
        return party_verification.queue(actor)

    def ordered(self, query: Select[Any]) -> Select[Any]:
        """Whoever has waited longest stands first."""
        return query.order_by(party_verification.WAITS_SINCE, Party.id)


def _named(row: Party) -> Any:
    merged = T("（已合并的登记）", " (merged registration)")
    return data(row.name) + (tr(merged) if row.merged_into_id is not None else "")


def _masked_id(row: Party) -> Any:
    return data(mask_id_number(row.id_number)) if row.id_number else ""
