"""A register at rest: planted numbers and codes stand nowhere in the open; keys change and are lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from core.domain.clock import moment
from core.domain.roles import Role
from core.embedded.server import conninfo
from core.rules.clauses import PartyKind
from core.services.base.work import ANONYMOUS
from core.services.claims import registering
from core.services.duties import complaints
from core.services.exports import long_ones
from core.services.granting import libraries, notices
from core.services.people import accounts, invitations, parties
from core.storage.engine import make_engine, session_factory
from core.storage.files import FileStore
from core.storage.models import Accreditation, FactEntry, OutboxMessage, Party, PublicNotice, User
from core.storage.models.applications import Provenance
from core.storage.sealed import rows
from core.storage.sealed.boxes import MARK, Kind, resealed, seal
from core.storage.sealed.types import keys_for
from core.storage.trail.keys import KeyFile
from core.storage.trail.persons import rotate
from core.storage.verify import faults
from tests.conftest import actor_maker, beginner
from tests.databases import OWNER, NewDatabase
from tests.leaks import told
from tests.services.factory import id_number, make_party, uscc
from tests.services.journey import Town

ON = "2026-03-16T10:00"
MOBILES = [f"1395550{number:04d}" for number in range(12)]
LINES = ["0531-87654321", "0531-87654322"]
RECOVERY = ["recover-one-two", "recover-three"]


@pytest.fixture
def owned(new_database: NewDatabase, tmp_path: Path) -> Iterator[Engine]:
    """A register of its own under keys of its own, as the owner of its tables."""
    with new_database(OWNER) as made:
        own = make_engine(made.url.render_as_string(hide_password=False), KeyFile(tmp_path / "own"))
        yield own
        own.dispose()


def state(engine: Engine, application_id: int, number: str) -> None:
    """Put a statement of a telephone number beside an application."""
    with session_factory(engine)() as session, session.begin():
        said = {"name": "contact_phone", "value": number, "provenance": Provenance.CLAIMED}
        session.add(FactEntry(application_id=application_id, at=moment(ON), **said))


def dumped(engine: Engine) -> dict[str, str]:
    """Everything that the database keeps, as a copy of its tables would carry it away."""
    with psycopg.connect(conninfo(engine.url.render_as_string(hide_password=False))) as connection:
        query = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        found = {}
        for (name,) in connection.execute(query).fetchall():
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT') as copied:
                found[name] = b"".join(copied).decode()
        return found


def test_no_planted_number_or_code_stands_in_the_database_or_the_log(
    engine: Engine, holidays: None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    begin, make_actor = beginner(engine), actor_maker(engine)
    town = Town(engine, begin, make_actor, FileStore(tmp_path))
    person = id_number()
    (own, sign_up, invited, complainant, objector, changed, imported, asked, account, other, stated, _) = (
        MOBILES
    )
    phone = f"{LINES[0]}转801、{other}"
    case = town.start("jilin/expert", id_number=person, mobile=own, phone=phone)
    state(engine, case.application_id, stated)
    case.accredited()
    noticed = town.start("liaocheng/comprehensive").reviewed().approve().publish()
    with begin(ANONYMOUS, noticed.on(5)) as w:
        notice = w.session.scalars(select(PublicNotice.id)).one()
        objection = notices.object_to(
            w, notice, noticed.application_id, objector="李", contact=f"李 {objector}", content="不实"
        )
    with session_factory(engine)() as session:
        number = session.scalars(select(Accreditation.number)).first()
        assert number is not None
    with begin(ANONYMOUS, ON) as w:
        complaint = complaints.file_complaint(w, number, "赵六", complainant, "乱收费")
        accounts.ask_sign_up(w, sign_up)
    with begin(case.applicant, ON) as w:
        parties.edit_party(w, case.party_id, {"mobile": changed})
        invitations.invite(w, case.party_id, invited, "https://example.cn/invitation")
        long_ones.ask(w, "parties", "xlsx", {"search": [asked]}, "主体", "zh")
    with begin(make_actor(Role.APPLICANT), ON) as w:
        given = {"name": "王建国", "id_number": person, "region": "220202", "mobile": other}
        claimed = registering.register(w, PartyKind.PERSON, given, lambda: 0)
        assert claimed.claim_id is not None
    with begin(town.officer("jilin"), ON) as w:
        row = {"track": "provider", "name": "原机构库成员", "uscc": uscc(), "region": "220202"}
        libraries.import_register(w, "jilin", [{**row, "mobile": imported, "phone": LINES[1]}])
    with session_factory(engine)() as session:
        user = User(mobile=account, email="a@example.cn", name="甲", fs_uniquifier="a" * 32)
        user.mf_recovery_codes = list(RECOVERY)
        session.add(user)
        session.commit()
        codes = [row.secret for row in session.scalars(select(OutboxMessage)) if row.secret]
        kept = list(session.scalars(select(Party).order_by(Party.id)))
        assert (kept[0].id_number, kept[0].mobile, kept[0].phone) == (person, changed, phone)
        assert session.scalars(select(User.mf_recovery_codes).where(User.mobile == account)).one() == RECOVERY
    assert len(codes) >= 3
    planted = [person, *MOBILES[:11], *LINES, *RECOVERY, *codes, objection, complaint]
    found = dumped(engine)
    assert {name: texts for name, kept in found.items() if (texts := told(planted, kept))} == {}
    assert told(planted, "".join(capfd.readouterr())) == set()
    sealed = {name for name, kept_rows in found.items() if MARK in kept_rows}
    assert sealed == {of.name for of in rows.sealed_tables()}


@pytest.mark.owner
def test_keys_are_replaced_while_the_register_works(owned: Engine) -> None:
    number = id_number()
    make_party(owned, PartyKind.PERSON, name="王芳", mobile=MOBILES[0], id_number=number)
    keys = keys_for(owned.dialect)
    old = seal(keys, Kind.IDENTITY, number)
    keys.renew()
    with session_factory(owned)() as session:
        assert session.scalars(select(Party.name).where(Party.id_number == number)).all() == ["王芳"]
        session.rollback()
        rotate(session)
        assert len(keys.read()) == 2
        kept = session.scalar(text("SELECT id_number FROM party"))
        assert kept == seal(keys, Kind.IDENTITY, number) != old
        assert session.scalars(select(Party.mobile).where(Party.id_number == number)).all() == [MOBILES[0]]
        assert list(faults(session)) == []


@pytest.mark.owner
def test_what_broke_off_goes_on_and_comes_back(owned: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "BATCH", 1)
    for number in range(3):
        make_party(owned, name=f"机构{number}", mobile=MOBILES[number])
    (of,) = (of for of in rows.sealed_tables() if of.name == "party")

    def kept(connection: Connection) -> list[str]:
        found = list(connection.scalars(text("SELECT mobile FROM party ORDER BY id")))
        connection.commit()
        return found

    with owned.connect() as connection:
        sealed = kept(connection)
        assert rows.open_all(connection, of) == 3
        assert kept(connection) == MOBILES[:3]
        steps = iter([resealed])
        with monkeypatch.context() as patch:
            patch.setattr(rows, "resealed", lambda *given: next(steps)(*given) if given[2] else "")
            with pytest.raises(StopIteration):
                rows.seal_all(connection, of)
        connection.rollback()
        assert kept(connection) == [sealed[0], *MOBILES[1:3]]
        assert rows.seal_all(connection, of) == 2
        assert kept(connection) == sealed
        assert rows.seal_all(connection, of) == 0


@pytest.mark.owner
def test_a_batch_that_crosses_with_another_s_work_is_done_again_after_it(
    owned: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [make_party(owned, name=f"机构{number}", mobile=MOBILES[number]) for number in range(2)]
    (of,) = (of for of in rows.sealed_tables() if of.name == "party")
    lock = text("SELECT id FROM party WHERE id = :id FOR UPDATE")
    waits = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    begun: list[object] = []
    batch = rows._batch

    def counted(*given: Any, **more: Any) -> Any:
        begun.append(given)
        return batch(*given, **more)

    monkeypatch.setattr(rows, "_batch", counted)
    with owned.connect() as connection, owned.connect() as other, ThreadPoolExecutor(1) as beside:
        rows.open_all(connection, of)
        begun.clear()
        other.execute(lock, {"id": ids[1]})
        sealing = beside.submit(rows.seal_all, connection, of)
        while not other.scalar(waits):
            assert not sealing.done()
        # It holds the first row and waits for the second; each waits for the other now, and it waits longer.
        other.execute(lock, {"id": ids[0]})
        other.commit()
        assert sealing.result() == 2
        assert len(begun) == 3, "begun, done again, and nothing left"


@pytest.mark.owner
def test_what_is_written_once_is_sealed_and_stays_kept(owned: Engine, holidays: None, tmp_path: Path) -> None:
    town = Town(owned, beginner(owned), actor_maker(owned), FileStore(tmp_path))
    state(owned, town.start("jilin/expert").application_id, MOBILES[0])
    (of,) = (of for of in rows.sealed_tables() if of.name == "fact_entry")
    with owned.connect() as connection:
        assert rows.open_all(connection, of) > 0
        assert MOBILES[0] in dumped(owned)["fact_entry"]
        assert rows.seal_all(connection, of) > 0
        assert MOBILES[0] not in dumped(owned)["fact_entry"]
        with pytest.raises(DBAPIError, match="written once"):
            connection.execute(text("UPDATE fact_entry SET value = NULL"))


@pytest.mark.owner
def test_what_stands_in_the_open_or_does_not_open_is_a_fault(owned: Engine) -> None:
    first, second = (
        make_party(owned, mobile=MOBILES[number], profile={"mobile": MOBILES[number]}) for number in (0, 1)
    )
    with session_factory(owned)() as session:
        assert [fault for fault in faults(session) if fault.check == "value.sealed"] == []
        session.rollback()
        session.execute(
            text("UPDATE party SET mobile = :open WHERE id = :id"), {"open": MOBILES[0], "id": first}
        )
        session.execute(
            text(
                "UPDATE party SET profile = jsonb_set(profile, '{mobile}', '\"sealed.AAAA\"') WHERE id = :id"
            ),
            {"id": second},
        )
        told = [str(fault.message.en) for fault in faults(session) if fault.check == "value.sealed"]
    assert told == ["mobile stands in the open", "profile cannot be read with the master keys there are"]


def test_other_keys_or_none_keep_the_register_closed(owned: Engine, tmp_path: Path) -> None:
    assert rows.not_ours(owned) is None
    make_party(owned, PartyKind.PERSON)
    assert rows.not_ours(owned) is None
    for path, said in ((tmp_path / "other", "holds other master keys"), (tmp_path / "none", "is not there")):
        if path.name == "other":
            KeyFile(path).read()
        wrong = make_engine(owned.url.render_as_string(hide_password=False), KeyFile(path))
        assert said in (rows.not_ours(wrong) or "")
        assert path.exists() is (path.name == "other"), "none is made in the place of a lost one"
        wrong.dispose()
