"""What a reviewer who left had to do is shown, and handed over task by task."""

import pytest
from sqlalchemy import select

from core.domain.roles import Role
from core.services.base.work import SYSTEM
from core.services.people import departed, users
from core.services.review import reviews
from core.services.review.handing_over import departed as who_left
from core.services.review.handing_over import hand_over
from core.services.review.rounds import Round
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.models import Application, Grant, Membership, ReviewAssignment

KEY = "shanghai/specialized"


def under_review(town):
    return town.start(KEY).fill().attach_all().submit().recommend().review()


def round_of(w, case):
    return Round("shanghai", w.session.get_one(Application, case.application_id).call)


def shown(case, actor=None):
    with case.as_officer(5) as w:
        return [(row.user_id, row.left) for row in who_left(w, round_of(w, case))]


@pytest.mark.parametrize("how", ["closed", "revoked"])
def test_what_a_departed_reviewer_left_goes_to_another(town, make_actor, how):
    first, second = under_review(town), under_review(town)
    with session_factory(town.engine)() as session, session.begin():
        call = session.get_one(Application, first.application_id).call_id
        session.get_one(Application, second.application_id).call_id = call
    gone, stays = (make_actor(Role.REVIEWER, "shanghai", "310000") for _ in range(2))
    ids = [first.application_id, second.application_id]
    for number in ids:
        with first.as_officer(3) as w:
            reviews.assign(w, number, [gone.user_id])
    assert shown(first) == []
    with town.begin(SYSTEM, first.on(4)) as w:
        assert departed.work_of(w, gone.user_id) == (2, 0)
        if how == "closed":
            users.deactivate(w, gone.user_id)
        else:
            users.revoke_grant(w, w.session.scalar(select(Grant.id).where(Grant.user_id == gone.user_id)))
    assert shown(first) == [(gone.user_id, 2)]
    with first.as_officer(5) as w:
        assert next(item.number for item in waiting_for(w) if item.kind == "departed") == 2
    # The other is a member of one applicant: that task stays, and says why.
    with session_factory(town.engine)() as session, session.begin():
        party = session.get_one(Application, second.application_id).party_id
        session.add(Membership(party_id=party, user_id=stays.user_id))
    with first.as_officer(5) as w:
        found = hand_over(w, round_of(w, first), gone.user_id, stays.user_id)
        assert {row.application_id: row.why_not is None for row in found} == {ids[0]: True, ids[1]: False}
    assert shown(first) == [(gone.user_id, 1)]
    with session_factory(town.engine)() as session:
        query = select(ReviewAssignment.application_id, ReviewAssignment.reviewer_id)
        assert set(session.execute(query).tuples()) == {(ids[0], stays.user_id), (ids[1], gone.user_id)}
    # Twice: nothing is left that could go.
    with first.as_officer(5) as w:
        (again,) = hand_over(w, round_of(w, first), gone.user_id, stays.user_id)
        assert again.why_not is not None
