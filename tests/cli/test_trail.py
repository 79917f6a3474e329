"""`accredit trail`, and `accredit verify` by what was kept outside."""

import json

import pytest

from core.storage.engine import make_engine
from core.storage.trail.keys import VARIABLE, KeyFile
from core.storage.trail.signing import KEY_FILE, signer_of
from tests.databases import OWNER
from tests.storage.trail.trails import add, sealed, tamper


@pytest.fixture
def instance(tmp_path):
    return tmp_path / "instance"


@pytest.fixture
def register(accredit, engine, instance):
    """Runs a command on a migrated database of the test's own."""
    url, owner = engine.url, engine.url.set(username=OWNER)

    def run(*arguments, **more):
        env = {
            "ACCREDIT_DATABASE_URL": url.render_as_string(hide_password=False),
            "ACCREDIT_OWNER_URL": owner.render_as_string(hide_password=False),
            **more,
        }
        return accredit(*arguments, "--instance", instance, env=env)

    return run


def test_transactions_are_sealed_by_hand(register, engine):
    add(engine, 1, 2)
    assert register("trail", "seal").out == "2 transactions sealed\n"
    assert register("trail", "seal").out == "0 transactions sealed\n"


def test_the_head_is_anchored_once_and_verify_holds_the_trail_to_it(register, engine, session, instance):
    add(engine, 1, 2)
    answer = register("trail", "anchor")
    assert answer.code == 0, answer.err
    assert (answer.json["number"], answer.json["events"]) == (2, 2)
    file = instance / "anchors.jsonl"
    assert file.read_text() == answer.out
    assert "nothing new" in register("trail", "anchor").out
    assert file.read_text() == answer.out
    held = register("verify", "--anchor", file, "--lang", "en")
    assert held.code == 0, held.out
    assert "covers links 1 to 2 with 2 events; 0 links came after it" in held.out
    tamper(session, "DELETE FROM audit_event WHERE id = 2", "DELETE FROM audit_link WHERE id = 2")
    cut = register("verify", "--anchor", file, "--lang", "en")
    assert cut.code == 1
    assert "audit.anchor: anchor 2: was anchored, and the chain ends with link 1" in cut.out
    assert "链尾被截断" in register("verify", "--anchor", file).out
    told = register("verify", "--anchor", file, "--json").lines
    assert [(fault["check"], fault["id"]) for fault in told] == [("audit.row", "2"), ("audit.anchor", "2")]


def test_an_auditor_elsewhere_gives_the_public_key(register, engine, instance, tmp_path):
    add(engine, 1)
    register("trail", "anchor")
    public = tmp_path / "register.pub"
    public.write_text(register("trail", "key").out)
    file = instance / "anchors.jsonl"
    assert register("verify", "--anchor", file, "--key", public).code == 0
    public.write_text(signer_of(tmp_path / "other").public)
    other = register("verify", "--anchor", file, "--key", public, "--lang", "en")
    assert other.code == 1
    assert "is signed with a key that this register does not know" in other.out
    public.write_text("no key")
    assert "holds no public key" in register("verify", "--anchor", file, "--key", public).err


def test_a_new_key_stands_before_the_old_one_and_in_the_trail(register, engine, session):
    old = register("trail", "key").out
    answer = register("trail", "key", "--new")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[1:] == old.splitlines()
    assert register("trail", "key").out == answer.out
    register("trail", "anchor")
    told = "SELECT actor, subject_id FROM audit_event WHERE action = 'trail.key'"
    with engine.connect() as connection:
        ((actor, subject),) = connection.exec_driver_sql(told)
    assert actor.startswith("command line (")
    assert subject == answer.out.splitlines()[0]


def test_a_part_is_put_away_and_looked_through(register, engine, tmp_path):
    sealed(engine, 1, 2)
    part = tmp_path / "part.jsonl"
    answer = register("trail", "detach", "--before", "2100-01-01", "--to", part)
    assert answer.code == 0, answer.err
    assert "links 1 to 2 with 2 events" in answer.out
    assert len(part.read_text().splitlines()) == 3
    again = register("trail", "detach", "--before", "2020-01-01", "--to", part)
    assert (again.code, "nothing to do" in again.out) == (0, True)
    refused = register("trail", "detach", "--before", "2100-01-01", "--to", part)
    assert refused.code == 1
    assert "is not written over" in refused.err
    assert register("verify", "--archive", part).code == 0
    part.write_text(part.read_text().replace("MA0000001", "MA0000009"))
    changed = register("verify", "--archive", part, "--lang", "en")
    assert changed.code == 1
    assert "audit.archive: audit_event 1: was changed" in changed.out


def test_the_persons_keys_are_wrapped_anew(register, engine, instance, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "persons"))
    with engine.connect() as connection:
        made = make_engine(connection.engine.url.render_as_string(hide_password=False), KeyFile.of(instance))
    add(made, 1, 2)
    made.dispose()
    before = (tmp_path / "persons").read_text().split()
    assert register("trail", "rotate-keys").out.startswith("2 keys of persons wrapped anew")
    after = (tmp_path / "persons").read_text().split()
    assert (len(after), after[1:]) == (2, before)
    assert register("verify").code == 0


def test_a_key_file_that_was_spoilt_is_named(register, engine, instance):
    add(engine, 1)
    instance.mkdir()
    (instance / KEY_FILE).write_text("nonsense")
    for command in (("trail", "anchor"), ("trail", "key")):
        answer = register(*command)
        assert answer.code == 1
        assert f"{instance / KEY_FILE} holds no key" in answer.err
    answer = register("verify")
    assert (answer.code, "Traceback" in answer.err) == (1, False)
    assert "holds no key" in answer.err


def test_a_bad_outlet_is_named(register, engine):
    add(engine, 1)
    answer = register("trail", "anchor", ACCREDIT_ANCHOR_SYSLOG="logs.example.cn")
    assert answer.code == 1
    assert "ACCREDIT_ANCHOR_SYSLOG" in answer.err
    answer = register("trail", "anchor", ACCREDIT_ANCHOR_FILE="/nowhere/anchors")
    assert answer.code == 1
    assert "/nowhere/anchors" in answer.err


def test_an_anchor_goes_where_it_is_told(register, engine, tmp_path):
    add(engine, 1)
    answer = register("trail", "anchor", ACCREDIT_ANCHOR_FILE=str(tmp_path / "elsewhere"))
    assert json.loads((tmp_path / "elsewhere").read_text()) == answer.json
