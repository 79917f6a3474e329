"""The list of who came in, who was turned away, and who looked at whose data: for auditors."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload

from core.domain.acts import Act
from core.rules.text import T
from core.services.entry.record import found_by
from core.storage.models import AccessRecord
from core.storage.models.accounts import AccessKind, GuessKind, Look
from core.web.frame.labels import KINDS_OF_CHANGE, TABLES
from core.web.frame.show import data, program_title, region_name
from core.web.lists.base import ScopedView
from core.web.lists.columns import Column, Filter, members
from core.web.lists.common import program_filter

OUTCOMES = {False: T("已完成", "Done"), True: T("被拒绝", "Turned away")}


class AccessView(ScopedView):
    """Logins and looks."""

    act_view = Act.ACCESS_VIEW
    title = T("登录和查看记录", "Logins and looks")
    group = "system"
    program_column = AccessRecord.program
    region_column = AccessRecord.region
    load = (
        joinedload(AccessRecord.who),
        joinedload(AccessRecord.by),
        joinedload(AccessRecord.party),
    )
    hint = T(
        "谁登录、谁查看了谁的个人信息；查看投诉人和涂黑前的原件，记在该投诉、异议和文件的页面上",
        "Who logged in, and who looked at whose personal data; looks at who filed, and at sealed originals, "
        "are on record on the pages of these",
    )
    search_hint = T("操作人、主体、网络地址", "who, party, network address")
    columns = (
        Column("at", T("时间", "When"), sort=AccessRecord.at),
        Column("who", T("操作人", "Who"), lambda row: data(str(row.who)) if row.who else _nobody(row.who_id)),
        Column("kind", T("行为", "What was done"), badge=True),
        Column("outcome", T("结果", "Result"), lambda row: OUTCOMES[row.kind.is_refused]),
        Column("look", T("查看内容", "What was looked at")),
        Column("number", T("编号", "Number"), listed=False),
        Column("party", T("涉及主体", "Whose data"), lambda row: data(row.party.name) if row.party else ""),
        Column(
            "program", T("项目", "Programme"), lambda row: program_title(row.program) if row.program else ""
        ),
        Column(
            "region",
            T("地区", "Region"),
            lambda row: region_name(row.region) if row.region else "",
            listed=False,
        ),
        Column(
            "address", T("网络地址", "Network address"), lambda row: data(row.address) if row.address else ""
        ),
        Column("detail", T("说明", "Note"), lambda row: _detail(row.detail)),
        Column("by", T("办理人", "Done by"), lambda row: data(str(row.by)) if row.by else "", listed=False),
    )
    filters = (
        Filter("kind", T("行为", "What was done"), AccessRecord.kind, choices=members(AccessKind)),
        Filter("look", T("查看内容", "What was looked at"), AccessRecord.look, choices=members(Look)),
        program_filter(AccessRecord.program),
        Filter("from", T("自", "From"), AccessRecord.at, day="from"),
        Filter("to", T("至", "To"), AccessRecord.at, day="to"),
    )

    def search_condition(self, text: str) -> ColumnElement[bool] | None:
        """By who acts, by whose data it is, or from where."""
        return found_by(text)


def _nobody(who_id: int | None) -> Any:
    return T("没有这个账号", "no such account") if who_id is None else data(str(who_id))


def _detail(detail: str) -> Any:
    """What is noted beside it, in words where it has any."""
    if detail in GuessKind.__members__.values():
        return GuessKind(detail).label
    return TABLES.get(detail) or KINDS_OF_CHANGE.get(detail) or (data(detail) if detail else "")
