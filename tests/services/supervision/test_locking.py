"""Who may act on an accreditation, and on a thing of it: found, locked, caught up, and never one's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.acts import Act
from core.domain.errors import NotAllowed, NotFound, Refused
from core.domain.lifecycle.guards import Guard
from core.domain.roles import Role
from core.services.base.access import ACTS
from core.services.supervision.locking import lock_for, lock_own, part_for, part_own
from core.services.supervision.status import find
from core.storage.models import Accreditation, ServiceRecord
from tests.services.factory import Held, accredit, load, serve

AT = "2023-09-04T09:00"
ON_A_STATUS = (
    Act.EXIT_PROPOSE, Act.EXIT_DECIDE, Act.EXIT_RELEASE, Act.APPEAL_DECIDE, Act.EXTENSION_DECIDE,
    Act.RECTIFICATION_ORDER, Act.RECTIFICATION_CLOSE, Act.COMPLAINT_DECIDE, Act.ABSENCE_EXCUSE,
    Act.INSPECTION_EDIT, Act.FINDING_OPEN, Act.FINDING_DECIDE, Act.REPORT_JUDGE, Act.RECORD_JUDGE,
    Act.RECORD_ADD, Act.NOMINATION_EDIT,
)  # fmt: skip
"""What staff do to an accreditation, or to a thing of it."""


@pytest.fixture
def held(engine: Engine) -> Held:
    return accredit(engine, "jilin/expert", "2023-06-01")


def staff(make_actor: Any, act: Act) -> Any:
    """Someone whose role covers the act."""
    role = Role.LEAD if Role.LEAD in ACTS[act] else Role.OFFICER
    return make_actor(role, "jilin")


@pytest.mark.parametrize("act", ON_A_STATUS)
def test_nobody_acts_on_the_status_of_their_own_party(
    begin: Any, make_actor: Any, held: Held, act: Act
) -> None:
    officer = staff(make_actor, act)
    own = frozenset({held.party_id})
    for mine in ({"parties": own}, {"recommender_parties": own}):
        with pytest.raises(Refused) as refused, begin(replace(officer, **mine), AT) as w:
            lock_for(w, held.id, act)
        assert refused.value.text == Guard.NOT_OWN.reason
    with begin(officer, AT) as w:
        assert lock_for(w, held.id, act).id == held.id


def test_another_programmes_or_regions_staff_find_nothing(begin: Any, make_actor: Any, held: Held) -> None:
    for program, more in (("hubei", {}), ("jilin", {"region": "220300"})):
        stranger = make_actor(Role.OFFICER, program, **more)
        for look in (find, lock_own, lambda w, number: lock_for(w, number, Act.FINDING_OPEN)):
            with pytest.raises(NotFound), begin(stranger, AT) as w:
                look(w, held.id)


def test_who_may_read_may_not_act_for_that(begin: Any, make_actor: Any, held: Held) -> None:
    auditor = make_actor(Role.AUDITOR)
    with begin(auditor, AT) as w:
        assert find(w, held.id).id == held.id
    with pytest.raises(NotAllowed), begin(auditor, AT) as w:
        lock_for(w, held.id, Act.FINDING_OPEN)


def test_a_thing_is_locked_with_its_status(engine: Engine, begin: Any, make_actor: Any, held: Held) -> None:
    serve(engine, held, "2023-07-03", "2")
    member, officer = make_actor(Role.APPLICANT, parties=[held.party_id]), make_actor(Role.OFFICER, "jilin")
    with begin(officer, AT) as w:
        number = w.session.scalars(select(ServiceRecord.id)).one()
        record, status = part_for(w, ServiceRecord, number, Act.RECORD_JUDGE)
        assert (record.id, status.id) == (number, held.id)
    with begin(member, AT) as w:
        record, status = part_own(w, ServiceRecord, number)
        assert (record.id, status.accreditation.number) == (number, held.number)
    for actor, wanted in ((officer, number), (member, number + 1)):
        with pytest.raises(NotFound), begin(actor, AT) as w:
            part_own(w, ServiceRecord, wanted)


def test_nothing_is_found_under_a_number_that_nobody_has(begin: Any, make_actor: Any) -> None:
    officer = make_actor(Role.OFFICER)
    for look in (find, lock_own, lambda w, number: lock_for(w, number, Act.FINDING_OPEN)):
        with pytest.raises(NotFound), begin(officer, AT) as w:
            look(w, 987_654)


def test_days_that_no_check_saw_are_lived_through_first(
    engine: Engine, begin: Any, make_actor: Any, held: Held
) -> None:
    officer = make_actor(Role.OFFICER, "jilin")
    with begin(officer, AT) as w:
        lock_for(w, held.id, Act.FINDING_OPEN).accreditation.next_due_on = date(2025, 6, 2)
    with begin(officer, "2025-07-01T09:00") as w:
        assert not lock_for(w, held.id, Act.FINDING_OPEN).accreditation.state.in_force
    assert load(engine, Accreditation, held.id).ended_on == date(2025, 6, 2)
