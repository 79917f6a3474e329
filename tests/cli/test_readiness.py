"""What keeps an installation from being opened to others: all of it at once, each with its way out."""

from pathlib import Path
from uuid import uuid4

import click
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.cli.readiness import hold, warn
from core.demo.people.parties import DOMAIN
from core.storage.models import User
from core.storage.trail.signing import signer_of
from core.web.frame.config import secret_key

READY = {
    "ACCREDIT_SMTP_URL": "smtp://mail.example:587",
    "ACCREDIT_BASE_URL": "https://register.example.cn",
    "ACCREDIT_HTTPS": "1",
    "ACCREDIT_PROXIES": "1",
}
BEYOND = "0.0.0.0"  # noqa: S104  # what is refused


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """An instance folder with a key of its own."""
    secret_key(tmp_path)
    return tmp_path


def refusal(instance: Path, engine: Engine, host: str = BEYOND, **changes: str) -> list[str]:
    """The reasons for which it is refused."""
    with pytest.raises(click.ClickException) as caught:
        hold(instance, engine, host, READY | changes)
    return [line[2:] for line in str(caught.value.message).splitlines()[1:]]


@pytest.mark.parametrize("host", [BEYOND, "127.0.0.1"])
def test_a_safe_installation_is_opened_without_a_word(instance: Path, engine: Engine, host: str) -> None:
    assert hold(instance, engine, host, READY) == []


@pytest.mark.parametrize(
    ("variable", "value", "way_out"),
    [
        ("ACCREDIT_SMTP_URL", "", "set ACCREDIT_SMTP_URL"),
        ("ACCREDIT_BASE_URL", "", "set ACCREDIT_BASE_URL"),
        ("ACCREDIT_BASE_URL", "http://register.example.cn", "give the https:// address"),
        ("ACCREDIT_HTTPS", "", "put a proxy with TLS in front"),
        ("ACCREDIT_PROXIES", "0", "put a proxy with TLS in front"),
    ],
)
def test_each_setting_that_is_missing_is_told(
    instance: Path, engine: Engine, variable: str, value: str, way_out: str
) -> None:
    (fault,) = refusal(instance, engine, **{variable: value})
    assert way_out in fault


def test_a_clock_that_is_ahead_is_refused(instance: Path, engine: Engine) -> None:
    (instance / "clock_forward").write_text("3\n")
    (fault,) = refusal(instance, engine)
    assert "the clock is 3 days ahead" in fault
    assert "accredit db reset" in fault
    (instance / "clock_forward").write_text("0\n")
    assert hold(instance, engine, BEYOND, READY) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_is_refused(instance: Path, engine: Engine, mode: int) -> None:
    (instance / "secret_key").chmod(mode)
    (fault,) = refusal(instance, engine)
    assert f"chmod 600 {instance / 'secret_key'}" in fault


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_key_of_the_trail_that_others_may_read_is_refused(
    instance: Path, engine: Engine, mode: int
) -> None:
    signer_of(instance)
    assert hold(instance, engine, BEYOND, READY) == []
    (instance / "trail_key").chmod(mode)
    (fault,) = refusal(instance, engine)
    assert f"chmod 600 {instance / 'trail_key'}, and accredit trail key --new" in fault


@pytest.mark.parametrize("key", ["", "change-me", "abcdefghijklmnopqrstuvwxyz12345", "abcdefg" * 10])
def test_a_key_that_can_be_guessed_is_refused(instance: Path, engine: Engine, key: str) -> None:
    (instance / "secret_key").write_text(key)
    (fault,) = refusal(instance, engine)
    assert "a new key is made" in fault


@pytest.mark.parametrize("key", ["abcdefghijklmnopqrstuvwxyz123456", "abcdefgh" * 10])
def test_a_key_at_the_bounds_is_taken(instance: Path, engine: Engine, key: str) -> None:
    (instance / "secret_key").write_text(key)
    hold(instance, engine, BEYOND, READY)


def test_a_key_that_is_not_there_yet_is_no_hindrance(tmp_path: Path, engine: Engine) -> None:
    hold(tmp_path, engine, BEYOND, READY)


@pytest.mark.owner
def test_a_site_that_may_lift_the_triggers_is_refused(instance: Path, engine: Engine) -> None:
    (fault,) = refusal(instance, engine)
    assert "can undo what keeps the audit trail: it owns the database, tables" in fault
    assert "Run accredit db upgrade; on a server of your own make a role for the owner first" in fault


def test_the_owners_address_beside_the_site_is_refused(instance: Path, engine: Engine) -> None:
    (fault,) = refusal(instance, engine, ACCREDIT_OWNER_URL="postgresql://owner@db/register")
    assert "give it to accredit db upgrade and accredit restore alone" in fault


@pytest.fixture
def made_up(session: Session) -> User:
    """An account of the demo."""
    user = User(email=f"admin@{DOMAIN}", name="演示", fs_uniquifier=uuid4().hex)
    session.add(user)
    session.commit()
    return user


def test_accounts_whose_password_everyone_knows_are_refused(
    instance: Path, engine: Engine, session: Session, made_up: User
) -> None:
    (fault,) = refusal(instance, engine)
    assert fault.startswith("1 demo accounts")
    assert "accredit db reset" in fault
    made_up.active = False
    session.commit()
    hold(instance, engine, BEYOND, READY)


def test_everything_is_told_at_once(instance: Path, engine: Engine, made_up: User) -> None:
    (instance / "secret_key").chmod(0o644)
    nothing = dict.fromkeys(READY, "")
    assert len(refusal(instance, engine, **nothing)) == 5


def test_on_this_machine_alone_it_is_only_said(
    instance: Path, engine: Engine, made_up: User, capsys: pytest.CaptureFixture[str]
) -> None:
    warn(hold(instance, engine, "127.0.0.1", {}))
    assert capsys.readouterr().err.count("Not for others yet: ") == 4


@pytest.mark.parametrize(
    ("variable", "value"), [("ACCREDIT_BASE_URL", "https://register.example.cn"), ("ACCREDIT_PROXIES", "1")]
)
def test_a_proxy_in_front_opens_it_too(
    instance: Path, engine: Engine, made_up: User, variable: str, value: str
) -> None:
    with pytest.raises(click.ClickException, match="not opened to others"):
        hold(instance, engine, "127.0.0.1", {variable: value})
