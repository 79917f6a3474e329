"""What a change of a parameter or reading would come to, before it is made."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Invalid, NotAllowed
from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.services.base.work import SYSTEM
from core.services.settings.effects import Reminded, Turned, effect_of
from core.services.settings.values import list_settings
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Application, SettingOverride
from core.storage.models.operations import SettingKind
from tests.conftest import Begin, MakeActor
from tests.services.factory import accredit, make_party

TODAY = "2026-05-10T12:00"
NAME = "8(3).satisfaction_pct"
P, R = SettingKind.PARAMETER, SettingKind.INTERPRETATION


def _case(engine: Engine, satisfaction: float | None, *, held: bool) -> None:
    party = make_party(engine)
    facts = {} if satisfaction is None else {"satisfaction_pct": satisfaction}
    facts |= {"smes_served_last_year": 200, "smes_served_prior_year": 100, "industry_influence": True}
    status = accredit(engine, "liaocheng/comprehensive", "2026-01-01", party_id=party) if held else None
    with session_factory(engine)() as session, session.begin():
        made = Application(
            program="liaocheng", track="comprehensive", party_id=party, region="371502", facts=facts,
            edition=session.get_one(Accreditation, status.id).edition if status else "2022",
            state=ApplicationState.ACCREDITED if held else ApplicationState.UNDER_REVIEW,
            channel="direct",
        )  # fmt: skip
        session.add(made)
        session.flush()
        if status is not None:
            session.get_one(Accreditation, status.id).application_id = made.id


@pytest.fixture
def edition(begin: Begin) -> str:
    """The edition of Liaocheng in force."""
    with begin(SYSTEM, TODAY) as w:
        return w.program("liaocheng").edition(w.today).id


@pytest.fixture
def register(engine: Engine, edition: str) -> None:
    """Holders with 79, 80, 84.99, 85 and an unknown satisfaction; an application with 84."""
    for satisfaction in (79, 80, 84.99, 85, None):
        _case(engine, satisfaction, held=True)
    _case(engine, 84, held=False)
    with session_factory(engine)() as session, session.begin():
        for item in session.scalars(select(Application)):
            item.edition = edition


def test_who_would_fail_and_who_would_pass(begin: Begin, register: None, make_actor: MakeActor) -> None:
    with begin(make_actor(Role.LEAD, "liaocheng", "371500"), TODAY) as w:
        higher = effect_of(w, "liaocheng", "comprehensive", P, NAME, "85")
        lower = effect_of(w, "liaocheng", "comprehensive", P, NAME, "79")
        same = effect_of(w, "liaocheng", "comprehensive", P, NAME, "80")
    assert [clause for clause, _ in higher.conditions] == ["8(3)"]
    assert higher.in_force == Turned(5, fail_now=2, pass_now=0), "80 and 84.99; what is unknown fails nobody"
    assert higher.in_work == Turned(1, fail_now=1)
    assert lower.in_force == Turned(5, fail_now=0, pass_now=1)
    assert same.conditions == ()


def test_the_present_value_is_the_one_in_force(engine: Engine, begin: Begin, register: None) -> None:
    with begin(SYSTEM, TODAY) as w:
        w.session.add(
            SettingOverride(
                program="liaocheng", track="comprehensive", kind=P, name=NAME, value="85",
                effective_on=w.today, reason="试行",
            )
        )  # fmt: skip
    with begin(SYSTEM, TODAY) as w:
        found = effect_of(w, "liaocheng", "comprehensive", P, NAME, "80")
    assert found.in_force == Turned(5, fail_now=0, pass_now=2)


def test_what_bears_on_no_condition_says_so(begin: Begin) -> None:
    with begin(SYSTEM, TODAY) as w:
        assert effect_of(w, "liaocheng", "comprehensive", P, "20(1).ban_years", "4").conditions == ()
        reading = effect_of(w, "liaocheng", "", R, "liaocheng.professionals", "intersection")
    assert reading.conditions
    assert reading.in_force == Turned()


@pytest.mark.parametrize(("days", "to_come"), [("0", 0), ("30", 1), ("29", 2), ("28天", 2), ("364", 0)])
def test_of_a_reminder_it_tells_for_whom_its_day_is_still_to_come(
    engine: Engine, begin: Begin, days: str, to_come: int
) -> None:
    for started in ("2023-06-08", "2023-06-09"):  # three years: 29 and 30 days are left on 10 May
        accredit(engine, "hubei/specialized", started)
    with begin(SYSTEM, TODAY) as w:
        found = effect_of(w, "hubei", "specialized", P, "15.first_reminder", days)
        duty = effect_of(w, "miit_volunteer", "expert", P, "A2.6(2).duty_reminder", days)
    assert found.reminded == Reminded(2, to_come)
    assert found.conditions == ()
    assert duty.reminded is None


def test_a_value_that_cannot_be_is_refused(begin: Begin, make_actor: MakeActor) -> None:
    with begin(SYSTEM, TODAY) as w, pytest.raises(Invalid):
        effect_of(w, "liaocheng", "comprehensive", P, NAME, "101")
    with begin(make_actor(Role.LEAD, "hubei"), TODAY) as w, pytest.raises(NotAllowed):
        effect_of(w, "liaocheng", "comprehensive", P, NAME, "85")


def test_a_report_by_accreditation_years_has_no_number_to_set(begin: Begin) -> None:
    with begin(SYSTEM, TODAY) as w:
        jilin = {item.name for item in list_settings(w, "jilin")}
        liaocheng = {item.name: item for item in list_settings(w, "liaocheng")}
    assert not {name for name in jilin if name.endswith(("covered_months", "due_month"))}
    assert Decimal(liaocheng["17.due_month"].value) == 1
