"""The list of claims of parties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from flask import url_for
from sqlalchemy import ColumnElement, select

from core.domain.acts import Act
from core.rules.phrases import BY_NAME_OR_CODE
from core.rules.text import T
from core.services.base.naming import is_of_party
from core.services.base.work import Actor
from core.services.people.parties import reach
from core.storage.models import Party, PartyClaim
from core.storage.models.changes import ClaimState
from core.web.frame.show import data
from core.web.lists.base import ScopedView
from core.web.lists.columns import Column, Filter
from core.web.lists.common import PARTY, STATE


class ClaimView(ScopedView):
    """Claims that were handed in, of parties that the actor reaches and does not act for."""

    act_view = Act.CLAIM_VIEW
    title = T("主体认领", "Claims of parties")
    group = "register"
    hint = T(
        "登记系统已有的主体，他人凭证明材料申请代表其办理业务",
        "Somebody asks with proof to act for a party that the register has",
    )
    empty = T("没有认领申请。", "There are no claims.")
    search_hint = BY_NAME_OR_CODE
    joins = (PartyClaim.party,)
    columns: ClassVar[Sequence[Column]] = (
        Column("handed_in_at", T("提交时间", "Submitted at"), sort=PartyClaim.handed_in_at),
        Column("party", PARTY, lambda row: data(row.party.name)),
        Column("user", T("申请人", "Applicant"), lambda row: data(str(row.user))),
        Column("state", STATE, badge=True),
        Column("objected_at", T("异议时间", "Objected at"), listed=False),
        Column("closed_at", T("办结时间", "Settled at"), sort=PartyClaim.closed_at),
        Column("answer", T("答复", "Answer"), listed=False),
    )
    filters: ClassVar[Sequence[Filter]] = (
        Filter(
            "state",
            STATE,
            PartyClaim.state,
            choices=lambda: [(state.value, state.label) for state in ClaimState if state != "wanted"],
        ),
    )

    def condition(self, actor: Actor) -> ColumnElement[bool]:
        """Those of parties within reach, never one's own."""
        own = actor.parties | actor.recommender_parties
        reached = select(Party.id).where(reach(actor, self.act_view), Party.id.not_in(own))
        return PartyClaim.party_id.in_(reached) & PartyClaim.handed_in_at.is_not(None)

    def search_condition(self, text: str) -> ColumnElement[bool] | None:
        """By the party's name, also a former one, or USCC."""
        return is_of_party(PartyClaim.party_id, text)

    def row_link(self, row: PartyClaim) -> str:
        """The claim's page."""
        return url_for("claiming.page", claim_id=row.id)
