"""Destruction: what is over and not held is listed, approved by two, and gone, while the trail holds."""

import os
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select

from core.domain.clock import moment
from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from core.domain.lifecycle.keeping import RETENTION, Kept
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.base.work import SYSTEM, Actor
from core.services.keeping import destroying, holds, lists
from core.services.keeping.due import table_of
from core.services.settings.values import set_operation
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import (
    Application,
    Attachment,
    AuditValue,
    Complaint,
    Decision,
    DestructionItem,
    DestructionList,
    Finding,
    MaterialFile,
    OutboxMessage,
    Party,
    Redaction,
    ServiceRecord,
)
from core.storage.models.decisions import DecisionKind
from core.storage.models.holdings import AttachmentPurpose, RedactionKind
from core.storage.models.operations import MessageState
from core.storage.trail.sealing import seal
from core.storage.verify import faults
from tests.services.factory import Held, accredit, make_party, serve

TIME, PROGRAM, REGION = "2024-07-01T10:00", "shanghai", "310104"
NEXT_DAY = moment("2024-07-02T10:00")
"""When the files of what went at `TIME` may go."""
YEARS = RETENTION[Kept.RECORDS].months // 12


def put(engine: Engine, *rows: Any) -> list[int]:
    with session_factory(engine).begin() as session:
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def ended(engine: Engine, on: date) -> Held:
    party = make_party(engine, region=REGION)
    return accredit(
        engine,
        "shanghai/specialized",
        "2010-01-08",
        party_id=party,
        state=AccreditationState.REVOKED,
        ended_on=on,
    )


def refused(engine: Engine, store: FileStore, decided: str, content: bytes = b"licence") -> tuple[int, int]:
    """A rejected application with one file; its party and the file."""
    party = make_party(engine, PartyKind.PERSON, region=REGION, name="王芳")
    stored = store.put(content, at_most=1000)
    application = Application(
        program=PROGRAM,
        track="specialized",
        edition="rules",
        party_id=party,
        region=REGION,
        state=ApplicationState.REJECTED,
        submitted_at=moment("2018-05-01T10:00"),
        created_at=moment("2018-05-01T10:00"),
    )
    file = MaterialFile(
        application=application,
        key="licence",
        filename="王芳的证明.pdf",
        content_type="application/pdf",
        size=stored.size,
        sha256=stored.sha256,
        uploaded_at=moment("2018-05-01T10:00"),
    )
    decision = Decision(
        application=application,
        kind=DecisionKind.REJECTED,
        reason="不符合条件",
        at=moment(decided),
        as_of=moment(decided).date(),
        edition="rules",
        settings={},
        facts={},
        verdict={},
    )
    _, number, _ = put(engine, application, file, decision)
    return party, number


@pytest.fixture
def people(make_actor: Any) -> tuple[Actor, Actor]:
    return make_actor(Role.OFFICER, PROGRAM, "310000"), make_actor(Role.LEAD, PROGRAM, "310000")


def destroyed(begin: Any, people: tuple[Actor, Actor], kind: Kept) -> int:
    """A list of the kind, drawn up and approved by both."""
    first, second = people
    with begin(first, TIME, "destruction.propose") as w:
        number = lists.propose(w, PROGRAM, kind, "保管期满")
    with begin(first, TIME) as w:
        assert lists.approve(w, number) is False
    with begin(second, TIME) as w:
        assert lists.approve(w, number) is True
    return number


def left(engine: Engine, kind: Any) -> list[int]:
    with session_factory(engine)() as session:
        return list(session.scalars(select(kind.id).order_by(kind.id)))


def wrong(engine: Engine, store: FileStore) -> list[str]:
    seal(session_factory(engine))
    with session_factory(engine)() as session:
        found = [f for f in faults(session, store) if f.subject != "holiday_day"]
        return [str(f) for f in found if f.check.startswith(("audit", "material", "value"))]


def grown_old(store: FileStore) -> None:
    """As if every file had been handed in years ago."""
    for path in store.older(store.moment() + 10):
        os.utime(path, (1, 1))


def test_records_go_a_day_after_their_years_and_not_before(engine: Engine, begin: Any, people: Any) -> None:
    over, last_day = ended(engine, date(2024 - YEARS, 6, 30)), ended(engine, date(2024 - YEARS, 7, 1))
    held = accredit(engine, "shanghai/specialized", "2010-01-08", region=REGION)
    gone = serve(engine, over, "2012-03-01")
    stay = [serve(engine, item, "2012-03-01") for item in (last_day, held)]
    number = destroyed(begin, people, Kept.RECORDS)
    assert left(engine, ServiceRecord) == stay
    with session_factory(engine)() as session:
        found = session.get_one(DestructionList, number)
        assert found.counts == {"service_record": 1}
        item = session.scalars(select(DestructionItem)).one()
        assert (item.subject_id, item.party_id, item.since, item.gone) == (
            gone,
            over.party_id,
            date(2024 - YEARS, 6, 30),
            True,
        )


def test_the_files_go_with_what_is_sealed_of_them_and_the_chain_holds(
    engine: Engine, begin: Any, people: Any, store: FileStore
) -> None:
    _, number = refused(engine, store, "2019-06-30T10:00")
    other, kept = refused(engine, store, "2019-07-01T10:00", b"another licence")
    with session_factory(engine)() as session:
        row = session.get_one(MaterialFile, number)
        sha256 = row.sha256
        before = session.scalar(select(func.count()).select_from(AuditValue)) or 0
    put(
        engine,
        Redaction(
            material_id=number,
            party_id=other,
            kind=RedactionKind.OTHER,
            reason="误交",
            filename="原件.pdf",
            content_type="application/pdf",
            size=1,
            sha256="1" * 64,
            copy_filename="a.pdf",
            copy_content_type="application/pdf",
            copy_size=7,
            copy_sha256=sha256,
            at=moment(TIME),
        ),
    )
    grown_old(store)
    assert destroyed(begin, people, Kept.REFUSED_FILES)
    assert left(engine, MaterialFile) == [kept]
    assert left(engine, Redaction) == [], "what hangs on it goes with it"
    early = NEXT_DAY - timedelta(seconds=1)
    assert destroying.sweep(session_factory(engine), store, early) == 0, "a backup may be under way"
    assert store.exists(sha256)
    assert destroying.sweep(session_factory(engine), store, NEXT_DAY) == 1
    assert destroying.sweep(session_factory(engine), store, NEXT_DAY) == 0, "done twice"
    assert not store.exists(sha256)
    assert wrong(engine, store) == []
    with session_factory(engine)() as session:
        assert (session.scalar(select(func.count()).select_from(AuditValue)) or 0) < before
        found = session.scalars(select(DestructionList)).one()
        assert found.counts == {"material_file": 1, "redaction": 1}
        assert (found.files_gone, found.files_left) == (1, [])


def test_verify_finds_a_value_that_was_taken_without_a_list(
    engine: Engine, begin: Any, store: FileStore
) -> None:
    refused(engine, store, "2019-06-30T10:00")
    with session_factory(engine).begin() as session:
        session.delete(session.scalars(select(AuditValue).order_by(AuditValue.event_id)).all()[0])
    assert any("audit.value" in line for line in wrong(engine, store))


def test_bytes_that_another_row_names_stay(engine: Engine, begin: Any, people: Any, store: FileStore) -> None:
    refused(engine, store, "2019-06-30T10:00", b"same bytes")
    _, kept = refused(engine, store, "2023-06-30T10:00", b"same bytes")
    grown_old(store)
    destroyed(begin, people, Kept.REFUSED_FILES)
    assert destroying.sweep(session_factory(engine), store, NEXT_DAY) == 0
    assert left(engine, MaterialFile) == [kept]
    assert wrong(engine, store) == []


def test_bytes_handed_in_again_just_now_wait_for_the_next_run(
    engine: Engine, begin: Any, people: Any, store: FileStore
) -> None:
    refused(engine, store, "2019-06-30T10:00")
    destroyed(begin, people, Kept.REFUSED_FILES)
    assert destroying.sweep(session_factory(engine), store, NEXT_DAY) == 0
    grown_old(store)
    assert destroying.sweep(session_factory(engine), store, NEXT_DAY) == 1


def test_one_person_does_not_approve_twice_and_others_not_at_all(
    engine: Engine, begin: Any, people: Any, make_actor: Any
) -> None:
    serve(engine, ended(engine, date(2010, 6, 30)), "2010-03-01")
    first, second = people
    with begin(first, TIME) as w:
        number = lists.propose(w, PROGRAM, Kept.RECORDS, "保管期满")
    # Two at once: the database holds one open list of a kind.
    twin = DestructionList(
        program=PROGRAM,
        kind=Kept.RECORDS,
        months=1,
        reason="重复",
        sha256="0" * 64,
        proposed_at=moment(TIME),
    )
    with pytest.raises(Conflict), begin(second, TIME) as w:
        w.session.add(twin)
    with begin(first, TIME) as w:
        lists.approve(w, number)
    with pytest.raises(Refused, match="by two persons"), begin(first, TIME) as w:
        lists.approve(w, number)
    for stranger, error in (
        (make_actor(Role.OFFICER, "jilin", "220000"), NotFound),
        (make_actor(Role.RECOMMENDER, PROGRAM, "310000"), NotFound),
        (make_actor(Role.AUDITOR), NotAllowed),
    ):
        with pytest.raises(error), begin(stranger, TIME) as w:
            lists.approve(w, number)
    assert len(left(engine, ServiceRecord)) == 1
    with begin(second, TIME) as w:
        lists.approve(w, number)
    with pytest.raises(Conflict), begin(first, TIME) as w:
        lists.approve(w, number)
    assert left(engine, ServiceRecord) == []


def test_a_list_that_was_declined_destroys_nothing(engine: Engine, begin: Any, people: Any) -> None:
    serve(engine, ended(engine, date(2010, 6, 30)), "2010-03-01")
    first, second = people
    with begin(first, TIME) as w:
        number = lists.propose(w, PROGRAM, Kept.RECORDS, "保管期满")
        (standing,) = [item for item in lists.standings(w, PROGRAM) if item.kind is Kept.RECORDS]
        assert (standing.due, standing.open_list and standing.open_list.id) == (0, number)
    with pytest.raises(Invalid), begin(second, TIME) as w:
        lists.decline(w, number, " ")
    with begin(second, TIME) as w:
        lists.decline(w, number, "尚需利用")
    with pytest.raises(Conflict), begin(second, TIME) as w:
        lists.approve(w, number)
    assert len(left(engine, ServiceRecord)) == 1
    with begin(first, TIME) as w:
        assert lists.propose(w, PROGRAM, Kept.RECORDS, "再次拟定") > number


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_hold_keeps_all_of_a_party_out_and_what_is_listed_already(
    engine: Engine, begin: Any, people: Any, when: str
) -> None:
    held, other = ended(engine, date(2010, 6, 30)), ended(engine, date(2010, 6, 30))
    stays, goes = (serve(engine, item, "2010-03-01") for item in (held, other))
    # The hold is on a registration that is the same party.
    twin = make_party(engine, region=REGION)
    with session_factory(engine).begin() as session:
        session.get_one(Party, twin).merged_into_id = held.party_id
    first, second = people

    def hold() -> None:
        with begin(first, TIME) as w:
            holds.place(w, held.party_id, "行政诉讼（2024）沪行初 1 号")

    if when == "before":
        hold()
    with begin(first, TIME) as w:
        number = lists.propose(w, PROGRAM, Kept.RECORDS, "保管期满")
        assert (lists.items(w, lists.find(w, number)).total) == (1 if when == "before" else 2)
    if when == "after":
        hold()
    for who in people:
        with begin(who, TIME) as w:
            lists.approve(w, number)
    assert left(engine, ServiceRecord) == [stays]
    assert goes not in left(engine, ServiceRecord)
    with session_factory(engine)() as session:
        found = {row.subject_id: row.gone for row in session.scalars(select(DestructionItem))}
    assert found == ({goes: True} if when == "before" else {goes: True, stays: False})
    # Lifted by somebody else, it is due again.
    with begin(second, TIME) as w:
        (item,) = holds.of_party(w, held.party_id)
        with pytest.raises(Invalid):
            holds.lift(w, item.id, "")
        assert holds.lift(w, item.id, "判决已生效") == held.party_id
    destroyed(begin, people, Kept.RECORDS)
    assert left(engine, ServiceRecord) == []


def test_a_hold_is_placed_once_and_lifted_once_by_another(
    engine: Engine, begin: Any, people: Any, store: FileStore, make_actor: Any
) -> None:
    party, file = refused(engine, store, "2019-06-30T10:00")
    with session_factory(engine)() as session:
        case = session.get_one(MaterialFile, file).application_id
    first, second = people
    with begin(first, TIME) as w:
        number = holds.place(w, party, "审计", case)
        with pytest.raises(Refused, match="held already"):
            holds.place(w, party, "审计", case)
        with pytest.raises(Invalid):
            holds.place(w, party, "审计", case + 1000)
    with pytest.raises(Refused, match="nothing is over"), begin(first, TIME) as w:
        lists.propose(w, PROGRAM, Kept.REFUSED_FILES, "保管期满")
    with pytest.raises(Refused, match="a second person"), begin(first, TIME) as w:
        holds.lift(w, number, "误设")
    with pytest.raises(NotFound), begin(make_actor(Role.OFFICER, "jilin", "220000"), TIME) as w:
        holds.of_party(w, party)
    with begin(second, TIME) as w:
        holds.lift(w, number, "审计结束")
    with pytest.raises(Conflict), begin(second, TIME) as w:
        holds.lift(w, number, "审计结束")
    with pytest.raises(NotFound), begin(second, TIME) as w:
        holds.lift(w, number + 1000, "审计结束")


def test_what_is_argued_about_or_proves_something_is_not_due(engine: Engine, begin: Any, people: Any) -> None:
    argued, proof = ended(engine, date(2010, 6, 30)), ended(engine, date(2010, 6, 30))
    serve(engine, argued, "2010-03-01")
    record = serve(engine, proof, "2010-03-01")
    put(
        engine,
        Complaint(
            accreditation_id=argued.id,
            complainant="某人",
            contact="13800000001",
            content="收费不实",
            code="A" * 12,
            received_on=date(2024, 6, 1),
        ),
        Finding(
            accreditation_id=proof.id,
            kind="x",
            reason="不实",
            opened_on=date(2010, 4, 1),
            service_record_id=record,
        ),
    )
    with pytest.raises(Refused, match="nothing is over"), begin(people[0], TIME) as w:
        lists.propose(w, PROGRAM, Kept.RECORDS, "保管期满")


def test_photos_go_with_the_last_record_of_their_entry(
    engine: Engine, begin: Any, people: Any, store: FileStore
) -> None:
    over = ended(engine, date(2010, 6, 30))
    runs = accredit(engine, "shanghai/comprehensive", "2010-01-08", region=REGION, party_id=over.party_id)
    alone, shared = uuid4(), uuid4()
    for held, entry in ((over, alone), (over, shared), (runs, shared)):
        record = serve(engine, held, "2010-03-01")
        with session_factory(engine).begin() as session:
            session.get_one(ServiceRecord, record).entry_id = entry
    photos = [
        Attachment(
            purpose=AttachmentPurpose.PHOTO,
            party_id=over.party_id,
            entry_id=entry,
            filename="照片.png",
            content_type="image/png",
            size=3,
            sha256=store.put(name, at_most=10).sha256,
            uploaded_at=moment(TIME),
        )
        for entry, name in ((alone, b"one"), (shared, b"two"))
    ]
    _, stays = put(engine, *photos)
    destroyed(begin, people, Kept.RECORDS)
    assert left(engine, Attachment) == [stays]
    assert len(left(engine, ServiceRecord)) == 1


def test_drafts_that_nobody_touched_and_old_messages_are_due(
    engine: Engine, begin: Any, people: Any, store: FileStore
) -> None:
    _, number = refused(engine, store, "2019-06-30T10:00")
    with session_factory(engine).begin() as session:
        file = session.get_one(MaterialFile, number)
        session.get_one(Application, file.application_id).state = ApplicationState.WITHDRAWN
        session.add_all(
            OutboxMessage(
                key=f"k{place}",
                event="warning",
                channel="email",
                program=PROGRAM,
                recipient="a@example.cn",
                subject="提醒",
                body="提醒",
                state=state,
                created_at=moment(at),
            )
            for place, (state, at) in enumerate(
                (
                    (MessageState.SENT, "2021-06-30T23:59"),
                    (MessageState.SENT, "2021-07-01T00:00"),
                    (MessageState.PENDING, "2020-06-30T10:00"),
                )
            )
        )
    destroyed(begin, people, Kept.ABANDONED_FILES)
    assert left(engine, MaterialFile) == []
    messages = left(engine, OutboxMessage)
    destroyed(begin, people, Kept.MESSAGES)
    assert left(engine, OutboxMessage) == messages[1:]


def test_the_length_is_a_setting_and_held_when_it_is_carried_out(
    engine: Engine, begin: Any, people: Any
) -> None:
    serve(engine, ended(engine, date(2010, 6, 30)), "2010-03-01")
    with begin(people[0], TIME) as w:
        number = lists.propose(w, PROGRAM, Kept.RECORDS, "保管期满")
    with begin(SYSTEM, TIME) as w:
        set_operation(w, Kept.RECORDS.setting, "240", w.today, "延长保管")
    for who in people:
        with begin(who, TIME) as w:
            lists.approve(w, number)
    assert len(left(engine, ServiceRecord)) == 1, "it counts anew"


def test_a_list_that_was_changed_by_hand_is_not_carried_out(engine: Engine, begin: Any, people: Any) -> None:
    over = ended(engine, date(2010, 6, 30))
    serve(engine, over, "2010-03-01")
    with begin(people[0], TIME) as w:
        number = lists.propose(w, PROGRAM, Kept.RECORDS, "保管期满")
    put(engine, DestructionItem(list_id=number, subject_id=99, since=date(2010, 6, 30)))
    with begin(people[0], TIME) as w:
        lists.approve(w, number)
    with pytest.raises(Refused, match="not what was drawn up"), begin(people[1], TIME) as w:
        lists.approve(w, number)


def test_more_than_a_list_takes_stands_on_the_next(
    engine: Engine, begin: Any, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST", 2)
    monkeypatch.setattr(destroying, "BATCH", 1)
    over = ended(engine, date(2010, 6, 30))
    for _ in range(3):
        serve(engine, over, "2010-03-01")
    with begin(people[0], TIME) as w:
        assert {item.kind: item.due for item in lists.standings(w, PROGRAM)}[Kept.RECORDS] == 3
    destroyed(begin, people, Kept.RECORDS)
    assert len(left(engine, ServiceRecord)) == 1
    destroyed(begin, people, Kept.RECORDS)
    assert left(engine, ServiceRecord) == []
    with begin(people[0], TIME) as w:
        assert [item.counts["service_record"] for item in lists.past(w, PROGRAM).rows] == [1, 2]


def test_a_case_is_handed_over_and_not_destroyed(begin: Any, people: Any) -> None:
    with pytest.raises(Refused, match="handed over"), begin(people[0], TIME) as w:
        lists.propose(w, PROGRAM, Kept.CASE, "保管期满")
    with pytest.raises(ValueError, match="archive"):
        table_of(Kept.CASE)


def test_rows_that_are_written_once_are_never_taken(engine: Engine) -> None:
    with session_factory(engine)() as session, pytest.raises(ValueError, match="written once"):
        destroying.destroy(session, Decision, [1])


@pytest.mark.parametrize("kind", list(Kept))
def test_each_kind_has_a_day_a_length_and_a_source(kind: Kept) -> None:
    kept = RETENTION[kind]
    assert kept.months > 0
    assert all((kept.since.zh, kept.since.en, kept.source.zh, kept.source.en))
    assert kind.label is kept.label
    assert timedelta(days=kept.months * 28) >= timedelta(days=336)
