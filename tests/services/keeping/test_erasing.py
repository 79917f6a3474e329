"""Giving an account up: nothing names its person any more, what was handed in stays, and the trail holds."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, Text, cast, func, literal_column, select

from core.domain.clock import moment
from core.domain.errors import NotAllowed, Refused
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.base.work import ANONYMOUS, Actor, Work
from core.services.keeping import destroying, erasing, nightly
from core.services.people import users
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import (
    Application,
    Attachment,
    AuditEvent,
    Base,
    DataExport,
    FormerPassword,
    Grant,
    Guess,
    LegalHold,
    LoginSession,
    Membership,
    OutboxMessage,
    Party,
    PartyClaim,
    PersonKey,
    User,
    VerificationCode,
)
from core.storage.models.accounts import CodePurpose, GuessKind
from core.storage.models.holdings import AttachmentPurpose
from core.storage.models.operations import MessageState
from core.storage.trail.persons import ERASED, shown
from core.storage.trail.sealing import seal
from core.storage.verify import faults
from tests.services.factory import accredit, make_party
from tests.services.keeping.test_lists import grown_old

TIME, AT, REGION = "2024-07-01T10:00", moment("2024-07-01T10:00"), "310104"
NAME, EMAIL, MOBILE = "欧阳念慈", "ouyang.nianci@example.cn", "13912345678"


@pytest.fixture
def person(engine: Engine, begin: Any, make_actor: Any) -> Actor:
    """Somebody with a name, both addresses and all that an account can have beside it."""
    actor = make_actor(Role.APPLICANT)
    with begin(actor, "2024-06-01T10:00", "account.settings") as w:
        user = w.session.get_one(User, actor.user_id)
        user.name, user.email, user.mobile, user.username = NAME, EMAIL, MOBILE, "ouyang"
        user.password, user.tf_primary_method, user.tf_totp_secret = "hash", "authenticator", "{}"
        user.mf_recovery_codes, user.mobile_confirmed_at = ["one"], AT
    put(
        engine,
        message(actor, None, "密码已更改"),
        FormerPassword(user_id=actor.user_id, hash="old", replaced_at=AT),
        VerificationCode(
            purpose=CodePurpose.CONFIRM_ADDRESS,
            address=EMAIL,
            user_id=actor.user_id,
            code_hash="0",
            created_at=AT,
            expires_at=AT,
        ),
        Guess(kind=GuessKind.PASSWORD, user_id=actor.user_id, address="203.0.113.9", last_at=AT),
        DataExport(user_id=actor.user_id, name="own", file_format="zip", filename="a.zip", asked_at=AT),
        LoginSession(
            user_id=actor.user_id,
            key_hash="0" * 64,
            address="203.0.113.9",
            device="",
            started_at=AT,
            seen_at=AT,
        ),
    )
    return Actor(actor.user_id, "操作人", actor.grants)


def put(engine: Engine, *rows: Any) -> list[Any]:
    with session_factory(engine).begin() as session:
        session.add_all(rows)
        session.flush()
        return [getattr(row, "id", None) for row in rows]


def message(actor: Actor, party: int | None, subject: str, **more: Any) -> OutboxMessage:
    given = {
        "key": uuid4().hex,
        "event": "account.password_changed",
        "channel": "email",
        "user_id": actor.user_id,
        "party_id": party,
        "recipient": EMAIL,
        "subject": subject,
        "body": f"{NAME}：您好",
        "state": MessageState.SENT,
    }
    return OutboxMessage(**given | more)


def act_for(engine: Engine, actor: Actor, party: int, *, main: bool = True) -> None:
    put(engine, Membership(party_id=party, user_id=actor.user_id, main=main))


def given_up(engine: Engine, begin: Any, actor: Actor) -> None:
    with begin(actor, TIME, "account.give_up") as w:
        erasing.give_up(w)
    assert nightly.forget_given_up(session_factory(engine), AT) == 1


def told(engine: Engine) -> str:
    """Every row of every table as the server writes it, and all that the trail can still show."""
    with session_factory(engine)() as session:
        rows = [
            row
            for table in Base.metadata.sorted_tables
            for row in session.scalars(select(cast(literal_column(table.name), Text)).select_from(table))
        ]
        people = [(one.name, one.email, one.mobile, str(one)) for one in session.scalars(select(User))]
        letters = [(one.recipient, one.body) for one in session.scalars(select(OutboxMessage))]
        events = session.scalars(select(AuditEvent)).all()
        return f"{rows} {people} {letters} {list(shown(session, events).values())}"


def wrong(engine: Engine, store: FileStore) -> list[str]:
    seal(session_factory(engine))
    with session_factory(engine)() as session:
        return [str(found) for found in faults(session, store) if found.subject != "holiday_day"]


def count(engine: Engine, entity: type[Base], *where: Any) -> int:
    with session_factory(engine)() as session:
        return session.scalar(select(func.count()).select_from(entity).where(*where)) or 0


def why(w: Work) -> list[str]:
    return [f"{it.body}：{it.why.zh}" if it.body else it.why.zh for it in erasing.obstacles(w)]


def test_nothing_names_the_person_any_more_and_the_trail_holds(
    engine: Engine, begin: Any, person: Actor, store: FileStore
) -> None:
    assert [word for word in (NAME, EMAIL, "ouyang") if word not in told(engine)] == []
    given_up(engine, begin, person)
    found = told(engine)
    assert [word for word in (NAME, EMAIL, MOBILE, "ouyang", "203.0.113.9") if word in found] == []
    assert ERASED.zh in found
    assert wrong(engine, store) == []
    with session_factory(engine)() as session:
        user = session.get_one(User, person.user_id)
        assert (user.given_up_at, user.active, str(user)) == (AT, False, f"#{user.id}")
        assert (user.password, user.tf_totp_secret, user.mf_recovery_codes) == (None, None, None)
    gone = (FormerPassword, VerificationCode, Guess, DataExport, LoginSession, OutboxMessage)
    assert [count(engine, entity) for entity in gone] == [0] * len(gone)


def test_until_it_is_forgotten_the_nightly_run_finds_it_and_done_twice_is_done_once(
    engine: Engine, begin: Any, person: Actor
) -> None:
    with begin(person, TIME, "account.give_up") as w:
        erasing.give_up(w)
    with begin(person, "2024-07-01T10:01", "account.give_up") as w:
        erasing.give_up(w)  # asked for twice at once
        assert w.session.get_one(User, person.user_id).given_up_at == AT
    key = PersonKey.person == f"user:{person.user_id}"
    assert count(engine, PersonKey, key) == 1, "stopped half-way: the trail still reads what was emptied"
    assert [nightly.forget_given_up(session_factory(engine), AT) for _ in range(2)] == [1, 0]
    assert count(engine, PersonKey, key) == 0


def test_a_body_for_which_nothing_was_handed_in_goes_with_its_files(
    engine: Engine, begin: Any, person: Actor, store: FileStore
) -> None:
    own = make_party(engine, PartyKind.PERSON, region=REGION, name=NAME)
    stored = store.put(b"identity card", at_most=1000)
    act_for(engine, person, own)
    put(
        engine,
        Attachment(
            party_id=own,
            purpose=AttachmentPurpose.LICENCE,
            filename="证件.pdf",
            content_type="application/pdf",
            size=stored.size,
            sha256=stored.sha256,
            uploaded_by_id=person.user_id,
            uploaded_at=AT,
        ),
    )
    given_up(engine, begin, person)
    assert (count(engine, Party), count(engine, Attachment)) == (0, 0)
    assert NAME not in told(engine)
    grown_old(store)
    swept = [
        destroying.sweep(session_factory(engine), store, AT + timedelta(days=1, seconds=seconds))
        for seconds in (-1, 0, 1)
    ]
    assert swept == [0, 1, 0], "a day later, once"
    assert not store.exists(stored.sha256)
    assert wrong(engine, store) == []


@pytest.mark.parametrize("hangs", ["draft", "letter", "member", "ended"])
def test_a_body_of_which_there_is_more_stays(engine: Engine, begin: Any, person: Actor, hangs: str) -> None:
    own = make_party(engine, region=REGION)
    act_for(engine, person, own, main=hangs != "member")
    match hangs:
        case "draft":
            put(
                engine,
                Application(
                    program="shanghai",
                    track="specialized",
                    edition="rules",
                    party_id=own,
                    region=REGION,
                    state=ApplicationState.DRAFT,
                ),
            )
        case "letter":
            put(engine, message(person, own, "成员变更"))
        case "member":
            (other,) = put(engine, User(email="other@example.cn", fs_uniquifier=uuid4().hex))
            put(engine, Membership(party_id=own, user_id=other, main=True))
        case _:
            ended = {"ended_on": date(2013, 1, 8), "state": AccreditationState.EXPIRED}
            accredit(engine, "shanghai/specialized", "2010-01-08", party_id=own, **ended)
    given_up(engine, begin, person)
    assert count(engine, Party) == 1
    assert count(engine, Membership, Membership.user_id == person.user_id) == 0


def test_what_has_to_be_done_first_is_said_and_nothing_is_lost(
    engine: Engine, begin: Any, person: Actor
) -> None:
    held, shared, frozen = (make_party(engine, region=REGION, name=name) for name in "甲乙丙")
    for party in (held, shared, frozen):
        act_for(engine, person, party)
    accredit(engine, "shanghai/specialized", "2024-01-08", party_id=held)
    (other,) = put(engine, User(email="other@example.cn", fs_uniquifier=uuid4().hex))
    put(
        engine,
        Membership(party_id=shared, user_id=other),
        LegalHold(party_id=frozen, reason="诉讼", placed_at=AT),
        PartyClaim(party_id=frozen, user_id=person.user_id, name="丙", region=REGION, made_at=AT),
        Grant(user_id=person.user_id, role=Role.OFFICER, program="shanghai"),
    )
    with begin(person, TIME) as w:
        assert why(w) == [
            "您还有工作人员角色",
            "您认领主体的申请还没有答复",
            "甲：有有效的认定或办理中的申请，只有您可以办理",
            "乙：您是主要联系人",
            "丙：资料被限制处置",
        ]
    with begin(person, TIME) as w, pytest.raises(Refused, match="role of staff"):
        erasing.give_up(w)
    assert count(engine, User, User.given_up_at.is_not(None)) == 0


@pytest.mark.parametrize(("ends", "stands"), [(date(2024, 7, 2), True), (date(2024, 7, 1), False)])
def test_a_role_that_has_ended_is_no_obstacle(
    engine: Engine, begin: Any, person: Actor, ends: date, stands: bool
) -> None:
    put(engine, Grant(user_id=person.user_id, role=Role.OFFICER, program="shanghai", ends_on=ends))
    with begin(person, TIME) as w:
        assert bool(why(w)) is stands


def test_it_is_opened_no_more_and_given_no_role(
    engine: Engine, begin: Any, person: Actor, make_actor: Any
) -> None:
    given_up(engine, begin, person)
    admin = make_actor(Role.SYSADMIN)
    for change in (
        lambda w: users.activate(w, person.user_id),
        lambda w: users.grant(w, person.user_id, Role.OFFICER, program="shanghai", region="310000"),
        lambda w: users.send_reset(w, person.user_id),
    ):
        with begin(admin, TIME) as w, pytest.raises(Refused):
            change(w)
    with begin(ANONYMOUS, TIME) as w, pytest.raises(NotAllowed):
        erasing.give_up(w)
