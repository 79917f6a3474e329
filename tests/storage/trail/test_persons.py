"""Persons in the trail: whose a value is, how it is sealed and shown, how a person is erased."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core.domain.facts import ALL
from core.rules.clauses import PartyKind
from core.storage.engine import make_engine, session_factory
from core.storage.models import AuditEvent, AuditValue, OutboxMessage, Party, PersonKey, User
from core.storage.trail import persons, privacy
from core.storage.trail.chain import verify_chain
from core.storage.trail.changes import audited, columns, table_of
from core.storage.trail.keys import KeyFile, NoKeysError
from core.storage.trail.persons import ERASED, forget, rotate, shown
from core.storage.trail.privacy import FACTS, is_personal
from core.storage.verify.columns import by_columns

NUMBER = "110101199003070038"


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    """Master keys of the test's own."""
    return KeyFile(tmp_path / "keys")


@pytest.fixture
def session(engine: Engine, keys: KeyFile) -> Iterator[Session]:
    """A session that has them."""
    own = make_engine(engine.url.render_as_string(hide_password=False), keys)
    with session_factory(own)() as made:
        yield made
    own.dispose()


@pytest.fixture
def person(session: Session) -> Party:
    """An expert who has changed its telephone number."""
    person = Party(
        kind=PartyKind.PERSON,
        name="王芳",
        id_number=NUMBER,
        mobile="13800138000",
        region="220200",
        profile={"name": "王芳", "mobile": "13800138000", "education": "bachelor"},
    )
    session.add(person)
    session.commit()
    person.mobile = "13900139000"
    person.profile = {**person.profile, "mobile": "13900139000"}
    session.commit()
    return person


def told(session: Session) -> list[AuditEvent]:
    return list(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


def found(session: Session) -> list[tuple[str, str, str]]:
    return [(fault.check, fault.subject, fault.subject_id) for fault in by_columns(session)]


def tamper(session: Session, statement: str) -> None:
    """Change something by hand."""
    session.connection().execute(text(statement))


def test_each_entity_with_personal_columns_says_whose_they_are() -> None:
    for entity in audited():
        table = table_of(entity).name
        personal = [
            column.name
            for column in columns(entity).values()
            if is_personal(table, column.name, column.name) or f"{table}.{column.name}" in FACTS
        ]
        assert not personal or entity.whose, f"{table}: say in `whose` whose {personal} are"
        assert set(entity.whose) <= set(table_of(entity).c.keys())


def test_every_fact_about_a_person_is_personal() -> None:
    of_people = {"name", "id_number", "mobile", "email", "employer"}
    assert {fact for fact in ALL if is_personal("party", "profile", fact)} == of_people


def test_values_are_shown_masked_and_stand_nowhere_in_the_open(session: Session, person: Party) -> None:
    added, changed = told(session)
    read = shown(session, [added, changed])
    assert read[added.id]["id_number"] == [None, "110***********0038"]
    assert read[changed.id] == {
        "mobile": ["138****8000", "139****9000"],
        "profile": [{"mobile": "138****8000"}, {"mobile": "139****9000"}],
    }
    raw = "SELECT string_agg(e.changes::text, '') || string_agg(v.sealed::text, '') FROM audit_event e "
    text_of = session.scalar(text(raw + "JOIN audit_value v ON v.event_id = e.id"))
    assert not [secret for secret in ("王芳", NUMBER, "139001") if secret in text_of]


LINE, AFTER = "0531-82345678转8", "13900139000"


def test_a_number_is_personal_whatever_its_fact_is_called(session: Session, person: Party) -> None:
    for line in (LINE, [AFTER, "云南"], AFTER):
        person.profile = {"acme_line": line, "acme_note": "电话见名片", "acme_code": "3:" + "a" * 64}
        session.commit()
    raw = session.scalar(text("SELECT string_agg(changes::text, '') FROM audit_event"))
    assert not [number for number in (LINE, "82345678", AFTER) if number in raw]
    assert "电话见名片" in raw
    events = told(session)[-3:]
    read = [shown(session, [event])[event.id]["profile"] for event in events]
    assert [pair[1]["acme_line"] for pair in read] == [
        "053********78转8",
        ["139****9000", "云南"],
        "139****9000",
    ]
    assert found(session) == []
    tamper(session, """UPDATE party SET profile = jsonb_set(profile, '{acme_line}', '"13900139001"')""")
    (fault,) = by_columns(session)
    assert (fault.check, "profile.acme_line" in fault.message.en) == ("audit.state", True)
    assert "13900139001" not in f"{fault}"


@pytest.mark.owner
def test_what_an_earlier_version_told_in_the_open_is_followed(
    session: Session, person: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(privacy, "tells_a_number", lambda *_: False)
        person.profile = {"acme_line": LINE}
        session.commit()
    assert LINE in str(told(session)[-1].changes)
    assert found(session) == []
    person.profile = {"acme_line": AFTER}
    session.commit()
    assert AFTER not in str(told(session)[-1].changes)
    assert found(session) == []


def test_equal_values_of_two_persons_or_places_have_different_digests(session: Session) -> None:
    for number in (1, 2):
        values = {"uscc": str(number), "mobile": "13800138000", "profile": {"mobile": "13800138000"}}
        session.add(Party(kind=PartyKind.ORGANIZATION, name="甲", region="220200", **values))
        session.commit()
    changes = [event.changes for event in told(session)]
    digests = {item["mobile"][1] for item in changes} | {item["profile"][1]["mobile"] for item in changes}
    assert len(digests) == 4


@pytest.mark.parametrize("column", ["name", "id_number", "mobile", "profile"])
def test_what_is_sealed_is_held_to_the_trail(session: Session, person: Party, column: str) -> None:
    value = """'{"name": "李四"}'""" if column == "profile" else "'x'"
    tamper(session, f"UPDATE party SET {column} = {value}")  # noqa: S608  # the test's own
    faults = list(by_columns(session))
    assert {(fault.check, fault.subject_id) for fault in faults} == {("audit.state", str(person.id))}
    assert not [fault for fault in faults if "王芳" in str(fault) or "李四" in str(fault)]


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE audit_value SET sealed = 'x'", "audit.value"),
        ("UPDATE audit_value SET sealed = (SELECT min(sealed) FROM audit_value)", "audit.value"),
        ("DELETE FROM audit_value", "audit.value"),
        ("DELETE FROM person_key", "audit.key"),
        ("UPDATE person_key SET wrapped = 'x'", "audit.key"),
    ],
)  # fmt: skip
def test_who_touches_keys_or_sealed_values_is_found(
    session: Session, person: Party, statement: str, check: str
) -> None:
    assert found(session) == []
    tamper(session, statement)
    assert {item[0] for item in found(session)} == {check}


def test_an_erased_person_is_told_and_compared_no_more(session: Session, person: Party) -> None:
    assert forget(session, f"party:{person.id}") == 1
    session.commit()
    assert forget(session, f"party:{person.id}") == 0
    session.commit()
    assert session.scalars(select(AuditValue)).all() == session.scalars(select(PersonKey)).all() == []
    first, second, gone = told(session)
    assert gone.action == persons.FORGET
    read = shown(session, [first, second])
    assert read[second.id]["mobile"] == [ERASED, ERASED]
    assert read[first.id]["profile"][1] == {"name": ERASED, "mobile": ERASED, "education": "bachelor"}
    assert (found(session), verify_chain(session)) == ([], [])
    tamper(session, "UPDATE party SET mobile = '1'")
    assert found(session) == []
    tamper(session, "UPDATE party SET region = '220202'")
    assert found(session) == [("audit.state", "party", str(person.id))]


def test_an_erased_person_that_comes_again_has_a_key_of_its_own(session: Session, person: Party) -> None:
    forget(session, f"party:{person.id}")
    session.commit()
    person.mobile = "13700137000"
    session.commit()
    assert found(session) == []
    assert shown(session, told(session)[-1:])[told(session)[-1].id]["mobile"][1] == "137****7000"


def test_new_master_keys_change_no_digest(session: Session, person: Party, keys: KeyFile) -> None:
    before, old = [event.changes for event in told(session)], keys.read()
    for number in (1, 2, 3):
        assert rotate(session) == 1
        assert len(keys.read()) == 2
        assert number == 1 or not set(old) & set(keys.read())
    assert [event.changes for event in told(session)] == before
    assert found(session) == []
    person.mobile = "13700137000"
    session.commit()
    assert session.scalar(text("SELECT count(*) FROM person_key")) == 1


def test_a_rotation_that_breaks_off_loses_nothing(
    session: Session, person: Party, keys: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        with monkeypatch.context() as patch:
            patch.setattr(session, "commit", lambda: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                rotate(session)
        session.rollback()
        assert found(session) == []
    assert rotate(session) == 1
    assert found(session) == []


def test_with_others_in_the_place_of_the_master_keys_verify_says_what_is_lost(
    session: Session, person: Party, keys: KeyFile
) -> None:
    keys.path.unlink()
    KeyFile(keys.path).read()
    person.mobile = "13700137000"
    session.commit()
    assert found(session) == [("audit.key", "person_key", "1")]
    first, _, last = told(session)
    assert shown(session, [last])[last.id]["mobile"] == ["139****9000", "137****7000"]
    assert shown(session, [first])[first.id]["name"][1] == persons.UNREADABLE


def test_the_file_of_master_keys_is_its_owners_alone(session: Session, person: Party, keys: KeyFile) -> None:
    assert keys.path.stat().st_mode & 0o777 == 0o600
    rotate(session)
    assert keys.path.stat().st_mode & 0o777 == 0o600
    keys.path.write_text("no key")
    with pytest.raises(NoKeysError, match="holds no master keys"):
        found(session)


def test_nothing_personal_is_recorded_without_keys(engine: Engine) -> None:
    own = make_engine(engine.url.render_as_string(hide_password=False))
    with session_factory(own)() as session:
        session.add(User(email="u@example.cn", fs_uniquifier="f"))
        with pytest.raises(NoKeysError, match="give make_engine"):
            session.commit()
    own.dispose()


def test_a_message_to_nobody_known_is_its_own_person(session: Session) -> None:
    session.add(
        OutboxMessage(key="k", event="e", channel="email", recipient="a@b.cn", subject="s", body="正文")
    )
    session.commit()
    assert session.scalars(select(PersonKey.person)).all() == ["outbox_message:1"]
    (event,) = told(session)
    assert shown(session, [event])[event.id]["body"] == [None, "***"]
    assert shown(session, [event])[event.id]["recipient"] == [None, "a***@b.cn"]
    tamper(session, "UPDATE outbox_message SET body = '别的'")
    assert found(session) == [("audit.state", "outbox_message", "1")]
