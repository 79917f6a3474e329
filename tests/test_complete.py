"""What no type can tell: a plugin can write every kind of rule, and each role opens something."""

from typing import get_args

from core import plugin_api
from core.domain.roles import Role
from core.rules.obligations import Duty, Trigger
from core.services.base.access import ACTS


def test_a_plugin_can_write_every_trigger_and_duty() -> None:
    written = {kind.__name__ for kind in (*get_args(Trigger), *get_args(Duty))}
    assert written - set(plugin_api.__all__) == set(), "export it from core/plugin_api.py"


def test_each_role_opens_something() -> None:
    acting = frozenset().union(*ACTS.values())
    assert acting | {Role.APPLICANT} == set(Role), "give the role its acts in core/services/base/access.py"
