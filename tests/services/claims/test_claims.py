"""A claim: handed in with proof, told to whoever acts for the party, objected to, answered once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from core.domain.errors import Conflict, FactorNeeded, Invalid, NotFound, Refused
from core.domain.roles import Role
from core.services.attachments import party_files
from core.services.claims import deciding, looking, own
from core.services.people import invitations, parties
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.models import Attachment, Invitation, LoginSession, OutboxMessage, Party, PartyClaim, User
from core.storage.models.changes import ClaimState
from core.storage.models.holdings import AttachmentPurpose
from tests.services.claims.conftest import AT, PDF, PROOF, WEEK_OVER, members, told
from tests.services.factory import accredit, audited, load, make_party, uscc
from tests.services.journey import race

LAST_DAY = "2024-05-27T23:00"


def state(engine: Engine, number: int) -> ClaimState:
    return load(engine, PartyClaim, number).state


def waits(begin: Any, actor: Any) -> int:
    with begin(actor, AT) as w:
        return sum(item.number for item in waiting_for(w) if item.kind == "claims")


def test_its_proof_is_handed_in_once_and_the_contacts_are_told(
    engine: Engine, begin: Any, claim: Any, claimant: Any, contact: Any, party: int, store: Any
) -> None:
    number = claim(claimant, proven=False)
    with begin(claimant, AT) as w, pytest.raises(Invalid) as caught:
        own.hand_in(w, number, None, store, "x" * 2001)
    assert set(caught.value.errors) == {"file", "statement"}
    assert told(engine, contact.user_id) == []
    with begin(claimant, AT) as w:
        own.hand_in(w, number, PROOF, store, " 原联系人已离职 ")
    with begin(claimant, AT) as w, pytest.raises(Conflict, match="handed in before"):
        own.hand_in(w, number, PROOF, store)
    found = load(engine, PartyClaim, number)
    assert (found.state, found.statement) == (ClaimState.OPEN, "原联系人已离职")
    assert told(engine, contact.user_id) == ["claim.made"]
    with session_factory(engine)() as session:
        letter = session.scalars(select(OutboxMessage).where(OutboxMessage.user_id == contact.user_id)).one()
        login = session.get_one(User, claimant.user_id).email
    assert claimant.name in letter.body
    assert str(login) not in letter.body
    assert "2024年5月27日" in letter.body


def test_it_is_its_claimant_s_alone_and_shows_nothing_of_the_party(
    begin: Any, claim: Any, claimant: Any, contact: Any, make_actor: Any, store: Any
) -> None:
    number = claim(claimant, proven=False)
    for stranger in (contact, make_actor(Role.APPLICANT)):
        for act in (
            lambda w: own.find(w, number),
            lambda w: own.hand_in(w, number, PROOF, store),
            lambda w: own.withdraw(w, number),
        ):
            with begin(stranger, AT) as w, pytest.raises(NotFound):
                act(w)
        with begin(stranger, AT) as w:
            assert list(own.of_user(w).rows) == []
    with begin(claimant, AT) as w:
        assert [row.id for row in own.of_user(w).rows] == [number]
        with pytest.raises(NotFound):
            own.against_party(w, own.find(w, number).party_id)


def test_the_proof_is_seen_by_its_claimant_and_by_who_decides(
    engine: Engine,
    begin: Any,
    claim: Any,
    claimant: Any,
    contact: Any,
    officer: Any,
    make_actor: Any,
    party: int,
    store: Any,
) -> None:
    """Whoever acts for the party does not see it, nor do recommenders and officers of elsewhere."""
    number = claim(claimant)
    with session_factory(engine)() as session:
        file = session.scalars(select(Attachment.id).where(Attachment.claim_id == number)).one()
    for reader in (claimant, officer, make_actor(Role.AUDITOR, None, "370000")):
        with begin(reader, AT) as w:
            view, stream = party_files.open_file(w, file, store)
            assert (view.filename, stream.read()) == ("授权书.pdf", PDF)
    outsiders = (
        contact,
        make_actor(Role.RECOMMENDER, None, "371500"),
        make_actor(Role.OFFICER, None, "420000"),
        replace(officer, parties=frozenset({party})),
    )
    for stranger in outsiders:
        with begin(stranger, AT) as w, pytest.raises(NotFound):
            party_files.open_file(w, file, store)
        with begin(stranger, AT) as w, pytest.raises(NotFound):
            party_files.listed(w, AttachmentPurpose.CLAIM, number)
        with begin(stranger, AT) as w, pytest.raises(NotFound):
            party_files.put(w, AttachmentPurpose.CLAIM, number, "b.pdf", PDF, store)
        with begin(stranger, AT) as w, pytest.raises(NotFound):
            party_files.remove(w, file)
    with begin(claimant, AT) as w:
        assert party_files.put(w, AttachmentPurpose.CLAIM, number, "执照.pdf", PDF, store) != file
        party_files.remove(w, file)
        own.withdraw(w, number)
    with begin(claimant, AT) as w, pytest.raises(Refused, match="settled"):
        party_files.put(w, AttachmentPurpose.CLAIM, number, "c.pdf", PDF, store)


def test_accepted_its_claimant_is_the_main_contact_and_the_others_go_on(
    engine: Engine, claim: Any, decide: Any, claimant: Any, contact: Any, party: int
) -> None:
    number = claim(claimant)
    decide(number, answer="授权书属实")
    assert state(engine, number) is ClaimState.ACCEPTED
    assert members(engine, party) == {contact.user_id: False, claimant.user_id: True}
    assert load(engine, Party, party).verified_at is not None
    assert told(engine, claimant.user_id) == ["claim.accepted", "claim.closed"]
    assert told(engine, contact.user_id) == ["claim.made", "claim.closed"]
    actions = {action for _, action, _ in audited(engine, "party_claim", number)}
    assert actions == {"party.register", "claim.hand_in", "claim.decide"}


def test_those_before_end_with_their_sessions_and_invitations_where_the_officer_says_so(
    engine: Engine, begin: Any, claim: Any, decide: Any, claimant: Any, contact: Any, party: int
) -> None:
    number = claim(claimant)
    with begin(contact, AT) as w:
        invited = invitations.invite(w, party, "friend@example.cn", "https://x/")
        w.session.add(
            LoginSession(
                user_id=contact.user_id,
                key_hash="k",
                address="::1",
                device="x",
                started_at=w.now,
                seen_at=w.now,
            )
        )
    decide(number, end_others=True)
    assert members(engine, party) == {claimant.user_id: True}
    assert load(engine, Invitation, invited).cancelled_at is not None
    assert told(engine, contact.user_id) == ["claim.made", "member.removed"]
    with session_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(LoginSession)) == 0


def test_a_contact_has_its_days_before_a_claim_is_accepted(
    engine: Engine, claim: Any, decide: Any, claimant: Any, contact: Any
) -> None:
    number = claim(claimant)
    for at in ("2024-05-21T09:00", LAST_DAY):
        with pytest.raises(Refused, match="can object through 2024-05-27"):
            decide(number, at)
    decide(number, WEEK_OVER)
    assert state(engine, number) is ClaimState.ACCEPTED


def test_a_claim_is_refused_at_once_and_a_reason_is_given(
    engine: Engine, claim: Any, decide: Any, claimant: Any, contact: Any, party: int
) -> None:
    number = claim(claimant)
    with pytest.raises(Invalid):
        decide(number, AT, accepted=False, answer="  ")
    decide(number, AT, accepted=False, answer="授权书未盖章")
    assert members(engine, party) == {contact.user_id: True}
    assert "claim.refused" in told(engine, claimant.user_id)
    assert told(engine, contact.user_id) == ["claim.made", "claim.closed"]
    # It may be made again, with other proof.
    assert claim(claimant, "2024-05-21T10:00") != number


@pytest.mark.parametrize("left", ["nobody", "closed"])
def test_a_body_whose_only_contact_left_is_claimed_without_waiting(
    engine: Engine, claim: Any, decide: Any, claimant: Any, party: int, request: Any, left: str
) -> None:
    if left == "closed":
        contact = request.getfixturevalue("contact")
        with session_factory(engine)() as session, session.begin():
            session.get_one(User, contact.user_id).active = False
    decide(claim(claimant), AT)
    assert members(engine, party)[claimant.user_id] is True


def test_a_contact_objects_once_and_the_officer_decides_with_it(
    engine: Engine,
    begin: Any,
    claim: Any,
    decide: Any,
    claimant: Any,
    contact: Any,
    make_actor: Any,
    party: int,
) -> None:
    number = claim(claimant)
    with begin(make_actor(Role.APPLICANT), AT) as w, pytest.raises(NotFound):
        own.object_to(w, number, "并非我们的人")
    with begin(contact, AT) as w, pytest.raises(Invalid):
        own.object_to(w, number, "  ")
    with begin(contact, AT) as w:
        assert [row.id for row in own.against_party(w, party)] == [number]
        own.object_to(w, number, "并非我们的人")
    with begin(contact, AT) as w, pytest.raises(Conflict, match="made already"):
        own.object_to(w, number, "再次")
    found = load(engine, PartyClaim, number)
    assert (found.objection, found.objected_by_id) == ("并非我们的人", contact.user_id)
    decide(number, AT, accepted=False, answer="现联系人否认")
    with begin(contact, AT) as w, pytest.raises(Conflict, match="settled before"):
        own.object_to(w, number, "太迟")


def test_once_a_contact_objected_the_officer_need_not_wait(
    engine: Engine, begin: Any, claim: Any, decide: Any, claimant: Any, contact: Any
) -> None:
    number = claim(claimant)
    with begin(contact, AT) as w:
        own.object_to(w, number, "并非我们的人")
    decide(number, AT, answer="单位来函证明原联系人已解聘", end_others=True)
    assert state(engine, number) is ClaimState.ACCEPTED


def test_nobody_objects_to_a_claim_that_is_not_before_the_authority(
    begin: Any, claim: Any, claimant: Any, contact: Any
) -> None:
    number = claim(claimant, proven=False)
    with begin(contact, AT) as w, pytest.raises(NotFound):
        own.object_to(w, number, "并非我们的人")


def test_who_decides_reaches_the_party_and_is_neither_side(
    begin: Any,
    claim: Any,
    decide: Any,
    claimant: Any,
    officer: Any,
    contact: Any,
    make_actor: Any,
    party: int,
) -> None:
    number = claim(claimant)
    outside = (
        contact,
        claimant,
        make_actor(Role.OFFICER, None, "420000"),
        make_actor(Role.RECOMMENDER, None, "371500"),
        make_actor(Role.AUDITOR, None, "371500"),
        replace(officer, parties=frozenset({party})),
        replace(officer, recommender_parties=frozenset({party})),
    )
    for actor in outside:
        with pytest.raises(NotFound):
            decide(number, who=actor)
        assert waits(begin, actor) == 0
    with pytest.raises(Refused, match="own"):
        decide(number, who=replace(officer, user_id=claimant.user_id))
    assert waits(begin, replace(officer, user_id=claimant.user_id)) == 0
    assert waits(begin, officer) == 1
    with pytest.raises(FactorNeeded):
        decide(number, who=replace(officer, stale=True))
    decide(number)


def test_what_is_not_handed_in_yet_is_nobody_s_to_decide(
    begin: Any, claim: Any, decide: Any, claimant: Any, officer: Any
) -> None:
    number = claim(claimant, proven=False)
    assert waits(begin, officer) == 0
    with pytest.raises(NotFound):
        decide(number)
    with begin(officer, AT) as w, pytest.raises(NotFound):
        looking.shown(w, number)


def test_an_officer_of_a_programme_decides_on_its_parties_and_on_those_of_none(
    engine: Engine, begin: Any, claim: Any, register: Any, claimant: Any, make_actor: Any, party: int
) -> None:
    """A claim opens a party to the programmes of its territory where no programme has a case of it."""
    here, there = make_actor(Role.OFFICER, "liaocheng", "371500"), make_actor(Role.OFFICER, "hubei", "420000")
    with begin(here, AT) as w, pytest.raises(NotFound):
        parties.require_party(w, "party.view", w.session.get_one(Party, party))
    number = claim(claimant)
    assert (waits(begin, here), waits(begin, there)) == (1, 0)
    accredit(engine, "miit_volunteer/workstation", "2024-03-20", party_id=party, region="371502")
    assert waits(begin, here) == 0
    assert waits(begin, make_actor(Role.OFFICER, "miit_volunteer", "370000")) == 1
    assert state(engine, number) is ClaimState.OPEN


def test_two_officers_at_once_decide_once(
    engine: Engine, claim: Any, claimant: Any, make_actor: Any, party: int
) -> None:
    number = claim(claimant)
    officers = [make_actor(Role.OFFICER, None, "371500") for _ in range(2)]
    results = race(engine, officers, AT, lambda w: deciding.decide(w, number, accepted=True))
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    assert members(engine, party) == {claimant.user_id: True}


def test_without_a_proof_or_an_account_in_use_nothing_is_accepted(
    engine: Engine, begin: Any, claim: Any, decide: Any, claimant: Any
) -> None:
    number = claim(claimant)
    with session_factory(engine)() as session, session.begin():
        file = session.scalars(select(Attachment).where(Attachment.claim_id == number)).one()
        file.removed_at = file.uploaded_at
    with pytest.raises(Refused, match="without proof"):
        decide(number)
    with session_factory(engine)() as session, session.begin():
        session.get_one(Attachment, file.id).removed_at = None
        session.get_one(User, claimant.user_id).active = False
    with pytest.raises(Refused, match="closed"):
        decide(number)


def test_taken_back_it_is_settled_and_the_contacts_are_told(
    engine: Engine, begin: Any, claim: Any, decide: Any, claimant: Any, contact: Any
) -> None:
    number = claim(claimant)
    with begin(claimant, AT) as w:
        own.withdraw(w, number)
    assert state(engine, number) is ClaimState.WITHDRAWN
    assert told(engine, contact.user_id) == ["claim.made", "claim.closed"]
    with begin(claimant, AT) as w, pytest.raises(Conflict, match="settled before"):
        own.withdraw(w, number)
    with pytest.raises(Conflict, match="settled before"):
        decide(number)


def test_of_two_claims_the_new_contact_is_heard_on_the_other(
    engine: Engine, claim: Any, decide: Any, claimant: Any, make_actor: Any
) -> None:
    second = make_actor(Role.APPLICANT)
    first, other = claim(claimant), claim(second)
    decide(first, "2024-05-20T11:00")
    assert told(engine, claimant.user_id) == ["claim.accepted", "claim.closed", "claim.made"]
    with pytest.raises(Refused, match="can object"):
        decide(other, AT)
    decide(other, WEEK_OVER)


def test_what_a_table_left_out_comes_from_the_claim_with_its_proof(
    engine: Engine, begin: Any, register: Any, decide: Any, claimant: Any, store: Any
) -> None:
    listed = make_party(engine, region="371502", uscc=None, name="聊城甲服务中心", directly_included=True)
    number = uscc()
    made = register(claimant, number).claim_id
    with begin(claimant, AT) as w:
        own.hand_in(w, made, PROOF, store)
    decide(made, WEEK_OVER)
    assert load(engine, Party, listed).uscc == number


def test_who_is_a_member_by_now_becomes_the_main_one_and_stands_once(
    engine: Engine, begin: Any, claim: Any, decide: Any, claimant: Any, contact: Any, party: int
) -> None:
    number = claim(claimant)
    with session_factory(engine)() as session, session.begin():
        user = session.get_one(User, claimant.user_id)
        user.confirmed_at = user.create_datetime
        login = user.email
    with begin(contact, AT) as w:
        invited = invitations.invite(w, party, login, "https://x/")
    with session_factory(engine)() as session:
        query = select(OutboxMessage.secret).where(OutboxMessage.key == f"invitation/{invited}")
        token = session.scalars(query).one()
    with begin(claimant, AT) as w:
        invitations.accept(w, token)
    decide(number)
    assert members(engine, party) == {contact.user_id: False, claimant.user_id: True}
    with begin(replace(claimant, parties=frozenset({party})), AT) as w:
        assert own.against_party(w, party) == []


def test_the_officer_has_both_sides_before_them(
    begin: Any, claim: Any, claimant: Any, contact: Any, officer: Any, code: str
) -> None:
    number = claim(claimant)
    with begin(officer, AT) as w:
        view = looking.shown(w, number)
        sides = {pair.label.zh: (pair.known, pair.claimed, pair.same) for pair in view.pairs}
        assert sides["统一社会信用代码"] == (code, code, True)
        assert sides["名称（姓名）"][2] is True
        assert sides["电子邮箱"][2] is False
        assert "***@" in view.login
        assert [item.user_id for item in view.acting] == [contact.user_id]
        assert (len(view.proofs), view.to_answer, str(view.last)) == (1, True, "2024-05-27")
        assert view.waits is not None
    with begin(officer, WEEK_OVER) as w:
        assert looking.shown(w, number).waits is None
