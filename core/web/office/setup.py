"""The pages of the authority, registered, with their lines of the menu and the words their templates use."""

from __future__ import annotations

from flask import Flask

from core.domain.identifiers import fits
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.rules.text import T
from core.web.cases.filings import words_of_filer
from core.web.frame import menu
from core.web.lists import administration
from core.web.office import (
    accreditation_page,
    application_page,
    completeness,
    counter,
    filers,
    including,
    issuing,
    nominating,
    notices,
    tables,
    take_in,
)
from core.web.office.dashboard import Dashboard
from core.web.office.keeping import archive
from core.web.office.keeping import pages as keeping
from core.web.office.lists import setup as lists
from core.web.office.panels import setup as panels
from core.web.office.parties import changing, claiming, merging

BLUEPRINTS = (
    application_page.blueprint,
    accreditation_page.blueprint,
    counter.blueprint,
    merging.blueprint,
    filers.blueprint,
    notices.blueprint,
    tables.blueprint,
    completeness.blueprint,
    issuing.blueprint,
    nominating.blueprint,
    take_in.blueprint,
    changing.blueprint,
    keeping.blueprint,
    archive.blueprint,
    claiming.blueprint,
)
START = menu.Entry("work", T("工作台", "Dashboard"), "admin.index", "admin")
MENU = (
    menu.Entry("intake", T("直接纳入", "Direct inclusion"), "filing.include", "", including.tables),
    menu.Entry("work", T("待发出的决定", "Decisions to be issued"), "issuing.page", "issuing"),
    menu.Entry("register", T("汇总表与名录", "Tables and lists"), "table_pages.index", "table_pages"),
    menu.Entry(
        "register",
        T("推荐与表彰", "Nominations and commendations"),
        "nominating.index",
        "nominating",
        nominating.listed,
        place=menu.LAST,
    ),
    menu.Entry(
        "register",
        T("既有认定导入", "Take in former statuses"),
        "take_in.index",
        "take_in",
        take_in.programs,
        place=menu.LAST,
    ),
    menu.Entry(
        "register",
        T("保管与销毁", "Keeping and destroying"),
        "keeping.index",
        "keeping archiving",
        place=menu.LAST,
    ),
    menu.Entry("register", T("疑似重复主体", "Likely doubles"), "mergers.index", "mergers", place=menu.LAST),
)


def states_of(kind: str) -> list[ApplicationState | AccreditationState]:
    """The states of applications or accreditations."""
    return list(ApplicationState) if kind == "application" else list(AccreditationState)


def init_app(app: Flask) -> None:
    """Register the dashboard, the lists, the panels and every other page."""
    administration.init_app(app, Dashboard(url="/admin", endpoint="admin", template="office/dashboard.html"))
    menu.add(app, START)
    lists.init_app(app)
    panels.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    menu.add(app, *MENU)
    app.jinja_env.globals["states_of"] = states_of
    app.jinja_env.globals["words_of_filer"] = words_of_filer
    app.jinja_env.filters["fits"] = fits
