"""The menus: what this user may open, in groups, and what the public site has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import request, url_for

from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.web.cases import filing
from core.web.pipeline import current_actor
from core.web.policy import STAFF_ROLES, may_enter

GROUPS: dict[str, T] = {
    "mine": T("我的事项", "Mine"),
    "work": T("工作", "Work"),
    "intake": T("申报与评审", "Intake"),
    "register": T("登记", "Register"),
    "supervision": T("监督管理", "Supervision"),
    "system": T("系统", "System"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu."""

    group: str
    title: T
    endpoint: str
    blueprint: str
    """Whose pages belong to the line, by names of blueprints and of single pages; empty: only its own."""
    when: Callable[[], object] | None = None
    """Whether there is anything behind it for this user."""


def acts_for_itself() -> bool:
    """Whether the user acts for a party, or has no other work here."""
    actor = current_actor()
    return bool(actor.parties) or not actor.has(*STAFF_ROLES)


def may_propose() -> bool:
    """Whether the user recommends in a programme whose text lets its recommenders propose exits."""
    reach = {grant.program for grant in current_actor().grants if grant.role is Role.RECOMMENDER}
    return any(
        reach & {None, loaded.program.id}
        for loaded in catalogue().programs.values()
        if any(rules.procedure.exit_proposal for rules in loaded.rules.values())
    )


ENTRIES: list[Entry] = [
    Entry("mine", T("我的首页", "My start page"), "my.index", "my", acts_for_itself),
    Entry(
        "mine",
        T("我的认定", "My accreditations"),
        "my_accreditations.index",
        "my_accreditations",
        acts_for_itself,
    ),
    Entry("mine", T("服务记录", "Service diary"), "diary.index", "diary", acts_for_itself),
    Entry("mine", T("可以申报的项目", "Where to apply"), "eligibility.index", "eligibility", acts_for_itself),
    Entry(
        "mine", T("我的申请", "My applications"), "my_applications.index", "my_applications", acts_for_itself
    ),
    Entry("mine", T("消息", "Messages"), "inbox.index", "inbox"),
    Entry("mine", T("员工花名册", "Staff roster"), "my_roster.index", "my_roster", acts_for_itself),
    Entry(
        "mine",
        T("主体资料与成员", "Data and members"),
        "my_party.index",
        "my_party my_members",
        acts_for_itself,
    ),
    Entry("mine", T("导出文件", "Downloads"), "downloads.index", "downloads"),
    Entry("work", T("工作台", "Dashboard"), "admin.index", "admin"),
    Entry("work", T("统计", "Statistics"), "statistics.index", "statistics"),
    Entry("work", T("待推荐的申请", "To recommend"), "recommending.index", "recommending"),
    Entry("work", T("我的评审", "My reviews"), "reviewing.index", "reviewing"),
    Entry("intake", T("评审组织", "Panels"), "panels.index", "panels"),
    Entry("intake", T("直接纳入", "Direct inclusion"), "filing.include", "", filing.tables),
    Entry("supervision", T("检查与复核", "Inspections and checks"), "inspecting.index", "inspecting"),
    Entry("supervision", T("退出建议", "Proposals to exit"), "proposing.index", "proposing", may_propose),
    Entry("register", T("汇总表与名录", "Tables and lists"), "table_pages.index", "table_pages"),
    Entry("system", T("参数与条款理解", "Parameters and readings"), "settings_page.index", "settings_page"),
]
"""The pages that are no list; the lists come behind them in their groups."""


PUBLIC: list[Entry] = [
    Entry("public", T("登记查询", "Register"), "register.search", "register"),
    Entry("public", T("证书查验", "Verify"), "verification.form", "verification"),
    Entry("public", T("公示公告", "Notices"), "public_notices.index", "public_notices"),
    Entry("public", T("认定项目", "Programmes"), "public_programs.index", "public_programs"),
    Entry("public", T("条件对比", "Compare"), "comparison.page", "comparison"),
    Entry("public", T("投诉举报", "Complaints"), "public_complaints.file", "public_complaints"),
]
"""The public site's pages, in order."""


def public_menu() -> list[tuple[T, str, bool]]:
    """The public site's lines: title, address, whether it is open now."""
    return [(entry.title, url_for(entry.endpoint), _is_open(entry)) for entry in PUBLIC]


def menu() -> list[tuple[T, list[tuple[T, str, bool]]]]:
    """The groups with the lines that the user may open: title, address, whether it is open now."""
    shown = []
    for key, title in GROUPS.items():
        lines = [
            (entry.title, url_for(entry.endpoint), _is_open(entry))
            for entry in ENTRIES
            if entry.group == key and may_enter(entry.endpoint) and (entry.when is None or entry.when())
        ]
        if lines:
            shown.append((title, lines))
    return shown


def _is_open(entry: Entry) -> bool:
    if not entry.blueprint:
        return request.endpoint == entry.endpoint
    return not {request.blueprint, request.endpoint}.isdisjoint(entry.blueprint.split())
