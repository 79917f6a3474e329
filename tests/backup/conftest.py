"""A register with one of everything and an old life that must not go on, and how it is put away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from core.domain.clock import now
from core.services.base.queue import defer
from core.services.people.rights.sessions import begin
from core.services.people.users import hash_password
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import Invitation, OutboxMessage, User, VerificationCode
from core.storage.models.accounts import CodePurpose
from core.storage.models.operations import MessageState
from core.web.frame.config import SECRET_FILE, secret_key
from tests.cli.conftest import Answer
from tests.cli.conftest import accredit as accredit
from tests.databases import NewDatabase
from tests.web.entering import LONG
from tests.web.filled import Filled, fill
from tests.web.sites import application

FACTOR_HOLDER, PASSWORD = "factor@example.cn", "correct-horse-battery"
FACTOR_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""What the holder's telephone makes its codes of."""


@dataclass(frozen=True)
class Register:
    """A register that is in use."""

    filled: Filled
    instance: Path
    url: str

    @property
    def engine(self) -> Engine:
        return self.filled.engine

    @property
    def key(self) -> Path:
        return self.instance / SECRET_FILE


@pytest.fixture(scope="package")
def register(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """The register that the tests put away; none changes it."""
    instance = tmp_path_factory.mktemp("source") / "instance"
    instance.mkdir()
    with new_database() as engine:
        filled = fill(engine, instance)
        secret_key(instance)
        _documents(engine, FileStore.of(instance))
        _old_life(filled, instance)
        yield Register(filled, instance, engine.url.render_as_string(hide_password=False))


def _documents(engine: Engine, store: FileStore) -> None:
    """Bytes of its own for each document, also for those that were made up without any."""
    with engine.begin() as connection:
        for table in ("material_file", "attachment"):
            for number in connection.scalars(text(f"SELECT id FROM {table}")).all():  # noqa: S608  # constants
                stored = store.put(f"{table} {number}".encode() * 200, at_most=10_000)
                change = text(f"UPDATE {table} SET sha256 = :sha256, size = :size WHERE id = :id")  # noqa: S608  # constants
                connection.execute(change, {"sha256": stored.sha256, "size": stored.size, "id": number})


def _old_life(filled: Filled, instance: Path) -> None:
    """What a restored register must not go on with, and a second factor."""
    with application(filled.engine, instance) as app, app.app_context():
        secret = app.extensions["security"]._totp_factory._totp(key=FACTOR_KEY).to_json(encrypt=True)
    moment = now()
    with session_factory(filled.engine)() as session, session.begin():
        holder = User(
            email=FACTOR_HOLDER,
            name="双重验证",
            fs_uniquifier="factor",
            password=hash_password(PASSWORD),
            tf_primary_method="authenticator",
            tf_totp_secret=secret,
        )
        waiting = {"channel": "email", "recipient": "a@example.cn", "subject": "s", "body": "b"}
        session.add_all(
            (
                holder,
                OutboxMessage(key="waits", event="warning", state=MessageState.PENDING, **waiting),
                OutboxMessage(key="code", event="account_code", secret="123456", **waiting),
                OutboxMessage(
                    key="went", event="warning", state=MessageState.SENT, sent_at=moment, **waiting
                ),
                VerificationCode(
                    purpose=CodePurpose.SIGN_UP,
                    address="new@example.cn",
                    code_hash="0" * 64,
                    created_at=moment,
                    expires_at=moment + timedelta(minutes=10),
                ),
                Invitation(
                    party_id=session.scalar(text("SELECT min(id) FROM party")),
                    address="guest@example.cn",
                    token_hash="1" * 64,
                    invited_at=moment,
                    expires_at=moment + timedelta(days=7),
                ),
            )
        )
        session.flush()
        begin(session, holder.id, moment, LONG, address="203.0.113.7", device="Firefox")
        defer(session, "daily_check_now", as_of="2026-01-01")


Run = Callable[..., Answer]


@pytest.fixture
def backup(accredit: Run, register: Register) -> Run:
    """Puts the register away: `backup(target)`, with more arguments as given."""

    def run(target: Path, *arguments: object, **options: object) -> Answer:
        given = {"ACCREDIT_DATABASE_URL": register.url}
        return accredit("backup", target, "--instance", register.instance, *arguments, env=given, **options)

    return run


@pytest.fixture
def restore(accredit: Run) -> Run:
    """Brings a backup back: `restore(source, instance, url)`; without an address, on the embedded server."""

    def run(source: Path, instance: Path, url: str = "", *arguments: object) -> Answer:
        given = {"ACCREDIT_DATABASE_URL": url}
        return accredit("restore", source, "--instance", instance, *arguments, env=given, timeout=300)

    return run


@pytest.fixture(scope="package")
def archive(accredit: Run, register: Register, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the register; its keys lie beside it as `keys`."""
    folder = tmp_path_factory.mktemp("archive")
    answer = accredit(
        *("backup", folder / "backup.tar", "--keys", folder / "keys", "--instance", register.instance),
        env={"ACCREDIT_DATABASE_URL": register.url},
    )
    assert answer.code == 0, answer.err + answer.out
    return folder / "backup.tar"


def everything(engine: Engine) -> Mapping[str, list[str]]:
    """Every row of every table as JSON, in one order: the same in any version of PostgreSQL."""
    tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    with engine.connect() as connection:
        names = connection.scalars(text(tables)).all()
        rows = 'SELECT to_jsonb(t)::text COLLATE "C" AS row FROM "{}" t ORDER BY row'
        return {name: list(connection.scalars(text(rows.format(name)))) for name in sorted(names)}


def below(folder: Path) -> set[str]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
