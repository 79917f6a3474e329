"""What is asked of a party counts for every registration of it, whichever of them is named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.clock import moment
from core.domain.errors import Conflict, Invalid, NotFound, Refused
from core.domain.lifecycle.change_table import ChangeKind
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.base.work import Actor
from core.services.changes import deciding, requests
from core.services.changes.looking import shown
from core.services.diary.fields import Entry
from core.services.diary.records import day_errors
from core.services.files.marks import require_unsealed
from core.services.mergers import merging
from core.services.people import invitations, parties, party_file, party_verification, succession, users
from core.services.public import bodies
from core.services.review.conflicts import BODY, FAMILY, Conflicts
from core.services.supervision.locking import lock_all
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import (
    Accreditation,
    Application,
    Attachment,
    FormerValue,
    Grant,
    Membership,
    Party,
    Redaction,
    User,
)
from core.storage.models.holdings import AttachmentPurpose, RedactionKind
from core.storage.seed import seed
from tests.services.changes.conftest import PROOF
from tests.services.factory import Held, accredit, load, make_party, serve

AT, LATER = "2024-06-03T10:00", "2024-06-10T10:00"
HOME, AWAY = "220202", "220203"


@dataclass(frozen=True)
class One:
    """A body that was registered twice: the registration that is left holds nothing, the other a status."""

    left: int
    away: int
    held: Held
    merger: int


@pytest.fixture
def officer(make_actor: Any) -> Actor:
    return make_actor(Role.OFFICER, "jilin")


@pytest.fixture
def member(make_actor: Any, one: One) -> Actor:
    return make_actor(Role.APPLICANT, parties=[one.left, one.away])


@pytest.fixture
def one(engine: Engine, begin: Any, make_actor: Any) -> One:
    with session_factory(engine)() as session, session.begin():
        seed(session)
    left = make_party(engine, region=HOME, name="松花江创业服务中心")
    held = accredit(engine, "jilin/provider", "2024-03-20", region=HOME)
    with begin(make_actor(Role.LEAD), AT) as w:
        number = merging.merge(w, left, held.party_id, "两次登记")
    return One(left, held.party_id, held, number)


def test_the_name_of_one_is_not_edited_while_the_other_holds_a_status(
    begin: Any, one: One, member: Actor, unchanged: Any
) -> None:
    with unchanged(Invalid, "申请变更"), begin(member, LATER) as w:
        parties.edit_party(w, one.left, {"name": "松花江服务集团"})


def test_a_change_holds_for_both_and_for_what_either_holds(
    engine: Engine, begin: Any, one: One, member: Actor, officer: Actor, store: FileStore
) -> None:
    new = {"name": "松花江服务集团", "region": AWAY}
    with begin(member, LATER) as w:
        number = requests.ask(w, one.left, ChangeKind.DETAILS, PROOF, store, values=new)
        with pytest.raises(Conflict, match=str(number)):
            requests.ask(w, one.away, ChangeKind.DETAILS, PROOF, store, values={"name": "又一名称"})
        assert [item.id for item in requests.of_party(w, one.away)] == [number]
    with begin(officer, LATER) as w:
        (told,) = shown(w, [requests.find(w, number)])
        assert [item.id for item in told.held] == [one.held.id]
        deciding.decide(w, number, granted=True)
    for registration in (one.left, one.away):
        party = load(engine, Party, registration)
        assert (party.name, party.region) == (new["name"], AWAY)
    assert load(engine, Accreditation, one.held.id).region == AWAY
    with session_factory(engine)() as session:
        query = select(FormerValue.party_id, FormerValue.field).where(FormerValue.request_id == number)
        assert {(row[0], row[1]) for row in session.execute(query)} == {
            (registration, field) for registration in (one.left, one.away) for field in ("name", "region")
        }


def test_a_closure_ends_what_either_holds_and_seeks(
    engine: Engine, begin: Any, make_actor: Any, one: One, member: Actor, officer: Actor, store: FileStore
) -> None:
    recommender = make_actor(Role.RECOMMENDER, "jilin", parties=[one.away])
    with session_factory(engine)() as session, session.begin():
        session.add(
            Application(
                program="jilin", track="provider", edition="interim", party_id=one.away, region=HOME,
                state="draft", facts={},
            )
        )  # fmt: skip
    with begin(member, LATER) as w:
        number = requests.ask(w, one.left, ChangeKind.CLOSURE, PROOF, store)
    with begin(officer, LATER) as w:
        deciding.decide(w, number, granted=True)
    assert load(engine, Accreditation, one.held.id).state is AccreditationState.CEASED
    assert [load(engine, Party, each).closed_on for each in (one.left, one.away)] == [date(2024, 6, 10)] * 2
    with session_factory(engine)() as session:
        assert session.scalars(select(Application.state)).all() == ["withdrawn"]
        query = select(Grant.ends_on).where(Grant.user_id == recommender.user_id)
        assert session.scalars(query).all() == [date(2024, 6, 10)]
    with begin(officer, LATER) as w:
        assert bodies.body_page(w, one.left).fate.closed_on == date(2024, 6, 10)


def test_of_a_change_and_a_merger_at_once_the_second_is_told(
    begin: Any, monkeypatch: pytest.MonkeyPatch, one: One, member: Actor, officer: Actor, store: FileStore
) -> None:
    with begin(member, LATER) as w:
        number = requests.ask(w, one.left, ChangeKind.CLOSURE, PROOF, store)
    # The merger is undone after the statuses were locked, and before the party is.
    before = lock_all

    def parted(w: Any, party_id: int) -> Any:
        found = before(w, party_id)
        w.session.get_one(Party, one.away).merged_into_id = None
        w.session.flush()
        return found

    monkeypatch.setattr(deciding, "lock_all", parted)
    with pytest.raises(Conflict, match="merged, or parted"), begin(officer, LATER) as w:
        deciding.decide(w, number, granted=True)


def test_who_acts_for_either_is_one_member_and_is_removed_from_both(
    engine: Engine, begin: Any, make_actor: Any, one: One
) -> None:
    main, other = make_actor(Role.APPLICANT, parties=[one.left]), make_actor(Role.APPLICANT)
    with session_factory(engine)() as session, session.begin():
        session.scalars(select(Membership)).one().main = True
        session.add_all(
            [
                Membership(party_id=one.left, user_id=other.user_id, main=False),
                Membership(party_id=one.away, user_id=other.user_id, main=True),
            ]
        )
    both = frozenset({one.left, one.away})
    main, other = replace(main, parties=both), replace(other, parties=both)
    with begin(main, LATER) as w:
        shown_once = invitations.members(w, one.left).rows
        assert sorted((item.user_id, item.main) for item in shown_once) == [
            (main.user_id, True),
            (other.user_id, True),
        ]
        with pytest.raises(Refused, match="member already"):
            invitations.invite(w, one.away, w.session.get_one(User, main.user_id).email, "https://x/")
        parties.hand_over(w, one.left, main.user_id)
        parties.remove_member(w, one.left, other.user_id)
    with session_factory(engine)() as session:
        assert session.scalars(select(Membership.user_id)).all() == [main.user_id]
        assert users.actor_for(session, other.user_id, date(2024, 6, 10)).parties == frozenset()
    # Main under one registration, one manages the members of both.
    with begin(main, LATER) as w:
        parties.require_main(w, w.session.get_one(Party, one.away))


def test_an_officer_of_the_programme_reaches_the_registration_that_is_left(
    begin: Any, one: One, officer: Actor, make_actor: Any
) -> None:
    with begin(officer, LATER) as w:
        assert party_file.find(w, one.left).id == one.left
    with begin(make_actor(Role.OFFICER, "hubei"), LATER) as w, pytest.raises(NotFound):
        party_file.find(w, one.left)


def test_a_day_has_24_hours_for_one_person_under_both_registrations(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    held = accredit(engine, "jilin/expert", "2024-03-20")
    left = make_party(engine, PartyKind.PERSON, HOME)
    serve(engine, held, "2024-05-06", hours="20")
    given = Entry(date(2024, 5, 6), "宣讲", Decimal(5))
    with begin(make_actor(Role.LEAD), AT) as w:
        assert day_errors(w, left, [given]) == {}
        merging.merge(w, left, held.party_id, "两次登记")
        assert "24" in day_errors(w, left, [given])["hours"].zh


def test_a_body_passes_its_roles_on_under_whichever_registration_they_were_given(
    engine: Engine, begin: Any, make_actor: Any, one: One
) -> None:
    recommender = make_actor(Role.RECOMMENDER, "jilin", parties=[one.away])
    heir = make_party(engine)
    with begin(make_actor(Role.SYSADMIN), LATER) as w:
        with pytest.raises(Invalid, match="itself"):
            succession.pass_on(w, one.left, one.away, w.today)
        assert succession.pass_on(w, one.left, heir, w.today) == 1
        held = select(Grant.party_id).where(Grant.user_id == recommender.user_id, Grant.ends_on.is_(None))
        assert w.session.scalars(held).all() == [heir]


def test_a_conflict_is_seen_through_either_registration(
    engine: Engine, begin: Any, make_actor: Any, one: One
) -> None:
    with session_factory(engine)() as session, session.begin():
        item = Application(
            program="jilin", track="provider", edition="interim", party_id=one.left, region=HOME,
            state="draft", facts={},
        )  # fmt: skip
        session.add(item)
        session.flush()
        number = item.id
    body = make_actor(Role.RECOMMENDER, "jilin", parties=[one.away])
    other = make_party(engine, name="关联机构")
    make_actor(Role.APPLICANT, parties=[one.away, other])
    friend = make_actor(Role.REVIEWER, "jilin", parties=[other])
    with begin(make_actor(Role.LEAD), LATER) as w:
        application = w.session.get_one(Application, number)
        found = Conflicts(w, [application], [body.user_id, friend.user_id])
        assert found.of(application, body.user_id) == BODY
        assert found.of(application, friend.user_id) == FAMILY


def test_it_is_verified_once_for_both_and_stands_in_the_queue_as_the_one_that_is_left(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    left, away = (make_party(engine, region="371502") for _ in range(2))
    lead = make_actor(Role.LEAD)
    officer, second = make_actor(Role.OFFICER), make_actor(Role.OFFICER)
    asked = "2024-05-20T09:00"
    with begin(lead, asked) as w:
        w.session.get_one(Party, away).verification_requested_at = w.now

    def waiting() -> list[int]:
        with begin(officer, LATER) as w:
            mine = select(Party).where(party_verification.queue(officer))
            found = w.session.scalars(mine.order_by(party_verification.WAITS_SINCE)).all()
            assert all(party.waits_since is not None for party in found)
            return [party.id for party in found]

    assert waiting() == [away]
    with begin(lead, AT) as w:
        number = merging.merge(w, left, away, "两次登记")
    assert waiting() == [left]
    with begin(lead, LATER) as w:
        merging.undo(w, number, "误合并")
    assert waiting() == [away]
    with begin(lead, LATER) as w:
        merging.merge(w, left, away, "两次登记")
    with begin(second, LATER) as w:
        party_verification.turn_down(w, left, "证照不清")
    assert waiting() == []
    assert load(engine, Party, away).verification_remark == "证照不清"
    with begin(lead, LATER) as w:
        w.session.get_one(Party, away).verification_requested_at = w.now
    # Whoever has the address of the one that was merged verifies the party all the same.
    with begin(second, LATER) as w:
        parties.verify_party(w, away)
    assert waiting() == []
    assert all(load(engine, Party, each).verified_at is not None for each in (left, away))
    with pytest.raises(Refused, match="verified already"), begin(second, LATER) as w:
        parties.verify_party(w, left)


def test_what_was_sealed_of_one_does_not_come_back_through_the_other(
    begin: Any, one: One, officer: Actor
) -> None:
    now, kept = {"at": moment(LATER), "by_id": officer.user_id}, "ab" * 32
    with begin(officer, LATER) as w:
        file = Attachment(
            purpose=AttachmentPurpose.LICENCE, party_id=one.away, filename="副本.pdf", size=1,
            content_type="application/pdf", sha256="cd" * 32, uploaded_at=w.now,
        )  # fmt: skip
        w.session.add(file)
        w.session.flush()
        w.session.add(
            Redaction(
                attachment_id=file.id, party_id=one.away, kind=RedactionKind.PERSONAL_DATA, reason="个人信息",
                filename="证照.pdf", content_type="application/pdf", size=1, sha256=kept,
                copy_filename="副本.pdf", copy_content_type="application/pdf", copy_size=1,
                copy_sha256="cd" * 32, **now,
            )
        )  # fmt: skip
        w.session.flush()
        with pytest.raises(Invalid, match="sealed"):
            require_unsealed(w.session, one.left, kept)
