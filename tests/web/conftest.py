"""A web application on the test's database, and browsers that are logged in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security.utils import hash_password
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.storage.models import Grant, User
from tests.databases import NewDatabase, ReusedDatabase
from tests.web.crawl import Crawl, crawl
from tests.web.entering import cookie_of
from tests.web.filled import Filled, fill
from tests.web.sites import application, as_new

PASSWORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def _at_once(at_once: None) -> None:
    """Pages are tested for what follows from a decision; that it waits has tests of its own."""


@pytest.fixture(scope="session")
def reused_app(reused_database: ReusedDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on the worker's own database, which `app` hands out."""
    with application(reused_database.engine, tmp_path_factory.mktemp("reused")) as made:
        yield made


@pytest.fixture
def app(engine: Engine, reused_app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The application, without the CSRF check, which tests of it turn on."""
    with as_new(reused_app, tmp_path / "instance") as made:
        made.config.update(WTF_CSRF_ENABLED=False, SECURITY_PASSWORD_HASH="argon2")
        yield made


MakeUser = Callable[..., User]


@pytest.fixture
def make_user(app: Flask, session: Session) -> MakeUser:
    """Makes a user with a password and one grant."""

    def make(
        role: Role | None = None,
        program: str | None = None,
        region: str | None = None,
        *,
        party_id: int | None = None,
        password: str = "",
        language: str = "zh",
    ) -> User:
        unique = uuid4().hex
        with app.app_context():
            hashed = hash_password(password) if password else None
        user = User(
            email=f"{unique[:8]}@example.cn",
            name=f"用户{unique[:4]}",
            fs_uniquifier=unique,
            password=hashed,
            language=language,
        )
        if role is not None:
            user.grants.append(Grant(role=role, program=program, region=region, party_id=party_id))
        session.add(user)
        session.commit()
        return user

    return make


LogIn = Callable[[User], FlaskClient]


@pytest.fixture
def log_in(app: Flask, engine: Engine) -> LogIn:
    """A browser in which the user is logged in, by a second factor that was shown just now."""

    def enter(user: User) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie.update(cookie_of(engine, user.id))
        return client

    return enter


@pytest.fixture
def officer(make_user: MakeUser, log_in: LogIn) -> FlaskClient:
    """A browser of an officer of every programme and region."""
    return log_in(make_user(Role.OFFICER))


@pytest.fixture(scope="session")
def filled_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance folder of the filled register."""
    return tmp_path_factory.mktemp("filled")


@pytest.fixture(scope="session")
def filled(new_database: NewDatabase, filled_instance: Path) -> Iterator[Filled]:
    """A register with one of everything, made once: tests look at it and change nothing."""
    with new_database() as engine:
        yield fill(engine, filled_instance)


@pytest.fixture(scope="session")
def filled_app(filled: Filled, filled_instance: Path) -> Iterator[Flask]:
    """The application on the filled register."""
    with application(filled.engine, filled_instance) as made:
        yield made


@pytest.fixture(scope="session")
def crawled(filled: Filled, filled_app: Flask) -> Crawl:
    """Every page of the filled register, as everyone who may got it; opened once."""
    return crawl(filled, filled_app)
