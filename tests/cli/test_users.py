"""`accredit user`: accounts made and changed on a real database, and recorded in the audit trail."""

import psycopg
import pytest
from argon2 import PasswordHasher

from core.domain.clock import now
from core.embedded.server import conninfo
from core.storage.models import User
from core.storage.sealed.boxes import Kind, opened
from core.storage.trail.keys import KeyFile
from tests.services.factory import make_party, uscc

PASSWORD = "a long pass phrase"


@pytest.fixture
def register(accredit, engine, tmp_path):
    """Runs a command on a migrated database of the test's own."""
    url = engine.url.render_as_string(hide_password=False)

    def run(*arguments, env=None, **options):
        given = {"ACCREDIT_DATABASE_URL": url} | (env or {})
        return accredit(*arguments, "--instance", tmp_path, env=given, **options)

    return run


@pytest.fixture
def ask(engine):
    """One value out of the test's database."""
    url = engine.url.render_as_string(hide_password=False)

    def query(statement, *values):
        with psycopg.connect(conninfo(url)) as connection:
            row = connection.execute(statement, values).fetchone()
            return row[0] if row else None

    return query


@pytest.fixture
def told(engine, tmp_path):
    """Who was written to of what was done on the machine, by a part of what was written."""
    url = engine.url.render_as_string(hide_password=False)
    written = (
        "SELECT u.email, m.body FROM outbox_message m JOIN app_user u ON u.id = m.user_id "
        "WHERE m.event = 'account.changed_on_machine'"
    )

    def people(part):
        with psycopg.connect(conninfo(url)) as connection:
            rows = connection.execute(written).fetchall()
        keys = KeyFile.of(tmp_path)
        return sorted({email for email, body in rows if part in opened(keys, Kind.MESSAGE, body)})

    return people


def add(register, email="lin@example.cn", *more, **options):
    return register("user", "add", email, "--name", "林岚", *more, **options)


def first(register, email="root@example.cn"):
    return add(register, email, "--role", "sysadmin", "--stdin", stdin=PASSWORD + "\n")


def test_the_first_administrator_gets_a_password_and_nobody_else(register, ask):
    early = add(register, "lin@example.cn", "--role", "auditor", "--stdin", stdin=PASSWORD + "\n")
    assert (early.code, "first administrator" in early.err) == (1, True), early.err
    assert first(register).code == 0
    stored = ask("SELECT password FROM app_user")
    assert PASSWORD not in stored
    assert PasswordHasher().verify(stored, PASSWORD)
    again = first(register, "second@example.cn")
    assert (again.code, "first administrator" in again.err) == (1, True), again.err
    assert ask("SELECT count(*) FROM app_user") == 1


def test_an_account_is_made_with_its_role_and_no_password(register, ask):
    answer = add(register, "lin@example.cn", "--role", "officer", "--program", "hubei")
    assert answer.code == 0, answer.err
    assert ask("SELECT password FROM app_user") is None
    assert ask("SELECT count(*) FROM outbox_message WHERE event = 'account.created'") > 0
    (found,) = register("user", "list", "--json").lines
    assert found == {
        "email": "lin@example.cn",
        "name": "林岚",
        "active": True,
        "roles": [{"role": "officer", "program": "hubei", "region": None}],
    }


def test_every_error_of_an_account_is_said_at_once(register):
    wrong = ("--name", " ", "--mobile", "12", "--role", "sysadmin", "--stdin")
    answer = register("user", "add", "nobody", *wrong, stdin="short\n")
    assert answer.code == 1
    assert all(name in answer.err for name in ("email", "name", "mobile", "password"))
    assert register("user", "list").out == ""


def test_an_address_has_one_account(register):
    add(register)
    answer = add(register, "LIN@example.cn")
    assert answer.code == 1
    assert "email" in answer.err


def test_a_wrong_role_leaves_no_account_behind(register):
    answer = add(register, "lin@example.cn", "--role", "officer", "--program", "atlantis")
    assert answer.code == 1
    assert "atlantis" in answer.err
    assert register("user", "list").out == ""


def test_roles_are_given_and_taken_away(register):
    add(register)
    reach = ("recommender", "--program", "liaocheng", "--region", "371521")
    assert register("user", "grant", "lin@example.cn", *reach).code == 0
    assert "recommender (liaocheng 371521)" in register("user", "list").out
    again = register("user", "grant", "lin@example.cn", *reach)
    assert again.code == 1
    missing = register("user", "revoke", "lin@example.cn", "recommender", "--program", "liaocheng")
    assert missing.code == 1
    assert "accredit user list" in missing.err
    assert register("user", "revoke", "lin@example.cn", *reach).code == 0
    assert "recommender" not in register("user", "list").out


def test_the_glass_is_broken_with_a_reason_and_told(register, ask, told):
    first(register)
    add(register, "chen@example.cn", "--role", "auditor", "--program", "hubei")
    add(register)
    broken = ("user", "password", "lin@example.cn", "--stdin")
    silent = register(*broken, stdin="another pass phrase\n")
    assert (silent.code, "--reason" in silent.err) == (2, True), silent.err
    answer = register(*broken, "--reason", "邮件系统故障", stdin="another pass phrase\n")
    assert answer.code == 0, answer.err
    stored = ask("SELECT password FROM app_user WHERE email = 'lin@example.cn'")
    assert PasswordHasher().verify(stored, "another pass phrase")
    assert told("lin@example.cn：更换密码（邮件系统故障）") == ["chen@example.cn", "root@example.cn"]
    assert told("lin@example.cn：新建账号") == ["chen@example.cn", "root@example.cn"]
    weak = register(*broken, "--reason", "故障", stdin="1111111111\n")
    assert weak.code == 1
    assert "password" in weak.err


def test_a_second_factor_is_taken_away_by_two_and_the_trail_says_so(register, ask):
    add(register)
    ask(
        "UPDATE app_user SET tf_primary_method = 'authenticator', tf_totp_secret = 's', tf_last_counter = 1, "
        "mf_recovery_codes = '{a}' RETURNING id"
    )
    session = ask("SELECT fs_uniquifier FROM app_user")
    given = ("--reason", "手机遗失，已当面核对")
    asked = register("user", "forget-factor", "lin@example.cn", *given)
    assert asked.code == 0, asked.err
    assert ask("SELECT tf_primary_method FROM app_user") == "authenticator"
    twice = register("user", "forget-factor", "lin@example.cn", *given)
    assert (twice.code, "已有待确认" in twice.err) == (1, True), twice.err
    own = register("user", "confirm-factor", "lin@example.cn")
    assert (own.code, "第二人确认" in own.err) == (1, True), own.err
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        posing = register("user", "confirm-factor", "lin@example.cn", env={name: "second"})
        assert (posing.code, "第二人确认" in posing.err) == (1, True), "a name in the environment is nobody's"
    # As another account of the machine would have asked for it.
    ask("UPDATE factor_reset SET opened_by = 'command line (second)' RETURNING id")
    answer = register("user", "confirm-factor", "lin@example.cn")
    assert answer.code == 0, answer.err
    for column in ("tf_primary_method", "tf_totp_secret", "tf_last_counter", "mf_recovery_codes"):
        assert ask(f"SELECT {column} FROM app_user") is None  # noqa: S608  # constants
    assert ask("SELECT fs_uniquifier FROM app_user") != session
    trail = (
        "SELECT changes->'tf_primary_method'->>0 FROM audit_event "
        "WHERE action = 'user.confirm_factor' AND changes ? 'tf_primary_method'"
    )
    assert ask(trail) == "authenticator"


def test_the_roles_of_a_body_pass_on_by_date(engine, register, ask, told):
    first(register)
    old, new = uscc(), uscc()
    bodies = [make_party(engine, uscc=code) for code in (old, new)]
    add(register, "lin@example.cn", "--role", "recommender", "--program", "jilin")
    ask("UPDATE role_grant SET party_id = %s WHERE role = 'recommender' RETURNING id", bodies[0])
    for wrong, said in (((old, uscc()), "no body"), ((old, old), "与原单位相同")):
        answer = register("user", "succeed", *wrong, "--from", "2190-01-01")
        assert (answer.code, said in answer.err) == (1, True), answer.err
    assert register("user", "succeed", old, new, "--from", "soon").code == 1
    answer = register("user", "succeed", old, new, "--from", "2190-01-01")
    assert answer.code == 0, answer.err
    assert f"1 roles pass from {old} to {new} on 2190-01-01" in answer.out
    assert ask("SELECT party_id FROM role_grant WHERE starts_on = '2190-01-01'") == bodies[1]
    assert told(f"lin@example.cn：自 2190-01-01 起，代 {old} 的角色转为代 {new}") == ["root@example.cn"]


def test_an_account_is_closed_and_opened_again(register, ask):
    add(register)
    assert register("user", "deactivate", "lin@example.cn").code == 0
    assert ask("SELECT active FROM app_user") is False
    assert "(deactivated)" in register("user", "list").out
    assert register("user", "activate", "lin@example.cn").code == 0
    assert ask("SELECT active FROM app_user") is True


def test_an_account_of_a_mobile_number_is_listed_and_changed(register, session):
    signed_up = User(mobile="13800138000", name="王芳", fs_uniquifier="a" * 32, mobile_confirmed_at=now())
    session.add(signed_up)
    session.commit()
    listed = register("user", "list")
    assert (listed.code, "13800138000" in listed.out) == (0, True), listed.err
    assert register("user", "deactivate", "138 0013 8000").code == 0
    session.expire_all()
    assert signed_up.active is False


def test_the_last_administrator_stays(register):
    first(register)
    assert register("user", "deactivate", "root@example.cn").code == 1
    assert register("user", "revoke", "root@example.cn", "sysadmin").code == 1
    assert "sysadmin" in register("user", "list").out


def test_an_unknown_account_is_named(register):
    for command in (["deactivate"], ["password", "--stdin", "--reason", "故障"]):
        answer = register("user", *command, "ghost@example.cn", stdin=PASSWORD + "\n")
        assert answer.code == 1
        assert "ghost@example.cn" in answer.err
        assert "Traceback" not in answer.err


def test_duties_are_kept_apart(register, ask):
    first(register)
    for role in (("officer",), ("recommender", "--program", "jilin"), ("auditor",)):
        answer = register("user", "grant", "root@example.cn", *role)
        assert (answer.code, "不得由同一账号兼任" in answer.err) == (1, True), answer.err
    assert ask("SELECT count(*) FROM role_grant") == 1
    assert "two duties" not in register("user", "list").out


def test_the_trail_says_who_made_the_account(register, ask):
    add(register)
    assert ask("SELECT actor FROM audit_event WHERE subject = 'app_user'").startswith("command line (")
    assert ask("SELECT count(*) FROM audit_event WHERE changes::text LIKE %s", f"%{PASSWORD}%") == 0
