"""The blueprints of the recommenders' screens, registered."""

from __future__ import annotations

from flask import Flask

from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.web.frame import menu
from core.web.frame.pipeline import current_actor
from core.web.recommending import bulk, evaluation, inspections, proposals
from core.web.recommending.queue import blueprint as queue

BLUEPRINTS = (queue, inspections.blueprint, proposals.blueprint)
MODULES = (bulk, evaluation)
"""Their pages belong to the queue's blueprint."""


def may_propose() -> bool:
    """Whether the user recommends in a programme whose text lets its recommenders propose exits."""
    reach = {grant.program for grant in current_actor().grants if grant.role is Role.RECOMMENDER}
    return any(
        reach & {None, loaded.program.id}
        for loaded in catalogue().programs.values()
        if any(rules.procedure.exit_proposal for rules in loaded.rules.values())
    )


MENU = (
    menu.Entry("work", T("待推荐的申请", "Applications to recommend"), "recommending.index", "recommending"),
    menu.Entry("supervision", T("检查与复核", "Inspections and checks"), "inspecting.index", "inspecting"),
    menu.Entry(
        "supervision", T("退出建议", "Proposals to exit"), "proposing.index", "proposing", may_propose
    ),
)


def init_app(app: Flask) -> None:
    """Register every blueprint."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    menu.add(app, *MENU)
