"""The list of requests for a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from flask import url_for
from sqlalchemy import ColumnElement, select

from core.domain.acts import Act
from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.rules.phrases import BY_NAME_OR_CODE
from core.rules.text import T
from core.services.base.naming import is_of_party
from core.services.base.work import Actor
from core.services.people.parties import reach
from core.storage.models import ChangeRequest, Party
from core.web.frame.show import data
from core.web.lists.base import ScopedView
from core.web.lists.columns import Column, Filter, members
from core.web.lists.common import PARTY, STATE


class ChangeView(ScopedView):
    """Requests of parties that the actor reaches."""

    act_view = Act.CHANGE_VIEW
    title = T("变更与注销", "Changes and closure")
    group = "register"
    hint = T(
        "名称、地区、所在单位的变更，注销、合并和分立",
        "Names, divisions, employers; closures, mergers, splits",
    )
    search_hint = BY_NAME_OR_CODE
    joins = (ChangeRequest.party,)
    columns: ClassVar[Sequence[Column]] = (
        Column("asked_at", T("提出时间", "Asked at"), sort=ChangeRequest.asked_at),
        Column("party", PARTY, lambda row: data(row.party.name)),
        Column("kind", T("事项", "Item")),
        Column("state", STATE, badge=True),
        Column("name", T("新名称", "New name"), listed=False),
        Column("region", T("新的行政区划", "New division"), listed=False),
        Column("employer", T("新的所在单位", "New employer"), listed=False),
        Column("uscc", T("统一社会信用代码", "Unified social credit code"), listed=False),
        Column("decided_at", T("办结时间", "Settled at"), sort=ChangeRequest.decided_at),
        Column("answer", T("答复", "Answer"), listed=False),
    )
    filters: ClassVar[Sequence[Filter]] = (
        Filter("kind", T("事项", "Item"), ChangeRequest.kind, choices=members(ChangeKind)),
        Filter("state", STATE, ChangeRequest.state, choices=members(ChangeState)),
    )

    def condition(self, actor: Actor) -> ColumnElement[bool]:
        """Those of parties within reach."""
        return ChangeRequest.party_id.in_(select(Party.id).where(reach(actor, self.act_view)))

    def search_condition(self, text: str) -> ColumnElement[bool] | None:
        """By the party's name, also a former one, or USCC."""
        return is_of_party(ChangeRequest.party_id, text)

    def row_link(self, row: ChangeRequest) -> str:
        """The request's page."""
        return url_for("changing.page", request_id=row.id)
