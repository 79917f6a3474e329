"""The blueprints of the portal and its lines of the menu, and the way in after a login."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, g, redirect, url_for
from flask.typing import ResponseReturnValue

from core.domain.roles import STAFF
from core.rules.text import T
from core.services.profile.roster import has_body
from core.web.frame import menu
from core.web.frame.pipeline import current_actor, reading
from core.web.portal import (
    attachments,
    changes,
    claims,
    inbox,
    members,
    party,
    roster,
    start,
)
from core.web.portal.accreditation import case as accreditation_case
from core.web.portal.accreditation import exits, reports
from core.web.portal.accreditation import pages as accreditation_pages
from core.web.portal.application import case as application_case
from core.web.portal.application import eligibility, facts, files
from core.web.portal.application import pages as application_pages
from core.web.portal.diary import pages as diary_pages
from core.web.portal.diary import table
from core.web.portal.own import account, data, giving_up, sessions

# They add their pages to the blueprints of one's own applications, accreditations and diary.
_PAGES = (accreditation_pages, exits, reports, facts, files, application_pages, table)

BLUEPRINTS: tuple[Blueprint, ...] = (
    start.blueprint,
    attachments.blueprint,
    eligibility.blueprint,
    application_case.blueprint,
    roster.blueprint,
    account.blueprint,
    sessions.blueprint,
    data.blueprint,
    giving_up.blueprint,
    party.blueprint,
    members.blueprint,
    changes.blueprint,
    claims.blueprint,
    inbox.blueprint,
    members.guests,
    accreditation_case.blueprint,
    diary_pages.blueprint,
)


def acts_for_itself() -> bool:
    """Whether the user acts for a party, or has no other work here."""
    actor = current_actor()
    return bool(actor.parties) or not actor.has(*STAFF)


def acts_for_body() -> bool:
    """Whether one of the user's parties can have a roster, asked once a request."""
    if "acts_for_body" not in g:
        g.acts_for_body = has_body(reading())
    found: bool = g.acts_for_body
    return found


def _line(title: T, endpoint: str, behind: str, when: Callable[[], object] = acts_for_itself) -> menu.Entry:
    return menu.Entry("mine", title, endpoint, behind, when)


MENU = (
    _line(T("我的首页", "My start page"), "my.index", "my"),
    _line(T("我的认定", "My accreditations"), "my_accreditations.index", "my_accreditations"),
    _line(T("服务记录", "Service records"), "diary.index", "diary"),
    _line(T("可以申报的项目", "Where to apply"), "eligibility.index", "eligibility"),
    _line(T("我的申请", "My applications"), "my_applications.index", "my_applications"),
    menu.Entry("mine", T("消息", "Messages"), "inbox.index", "inbox"),
    _line(T("员工花名册", "Staff roster"), "my_roster.index", "my_roster", acts_for_body),
    _line(
        T("主体资料与成员", "Data and members"), "my_party.index", "my_party my_members my_changes my_claims"
    ),
)


def init_app(app: Flask) -> None:
    """Register every blueprint of the portal, and its lines."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    menu.add(app, *MENU)
    app.jinja_env.globals["unread_messages"] = inbox.unread

    @app.get("/start", endpoint="start")
    def enter() -> ResponseReturnValue:
        """To the dashboard of the administration, or to one's own pages."""
        staff = current_actor().has(*STAFF)
        return redirect(url_for("admin.index" if staff else "my.index"))
