"""The blueprints of the recommenders' screens, registered."""

from __future__ import annotations

from flask import Flask

from core.domain.acts import Act
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services.base.access import ACTS
from core.services.recommenders import bodies as bodies_of
from core.web.frame import menu
from core.web.frame.pipeline import current_actor, reading
from core.web.recommending import bodies, bulk, evaluation, inspections, proposals
from core.web.recommending.queue import blueprint as queue

BLUEPRINTS = (queue, inspections.blueprint, proposals.blueprint, bodies.blueprint)
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


def may_see_bodies() -> bool:
    """Whether there are associations or departments in a programme of the user's, or it acts for one."""
    grants = [grant for grant in current_actor().grants if grant.role in ACTS[Act.RECOMMENDER_VIEW]]
    if any(grant.recommender is not None for grant in grants):
        return True
    reach = {grant.program for grant in grants if grant.role is not Role.RECOMMENDER}
    return any(reach & {None, program} for program in bodies_of.programs(reading()))


MENU = (
    menu.Entry("work", T("待推荐的申请", "Applications to recommend"), "recommending.index", "recommending"),
    menu.Entry(
        "intake",
        T("协会和业务部门", "Associations and departments"),
        "recommenders.index",
        "recommenders",
        may_see_bodies,
    ),
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
