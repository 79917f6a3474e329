"""What the commands on a register share: its instance folder, its database, and errors said in one line."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from core.domain.clock import now
from core.domain.errors import DomainError, Invalid
from core.embedded.server import OWNER_VARIABLE, DatabaseServerError, connect, database_url, owner_url
from core.services.base.work import Actor, Work, work
from core.storage import grants
from core.storage.engine import make_engine, session_factory
from core.storage.migrate import too_old, unfit
from core.storage.processes.forward import take_up
from core.storage.sealed.rows import not_ours
from core.storage.trail.keys import KeyFile
from core.storage.trail.signing import SigningKeyError
from core.storage.unfinished import MEND, unfinished

INSTANCE_VARIABLE = "ACCREDIT_INSTANCE"

instance_option = click.option(
    "--instance",
    envvar=INSTANCE_VARIABLE,
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("instance"),
    show_default=True,
    help="Folder of the embedded database, the documents and the secret key.",
)


def operator() -> Actor:
    """Whoever gives a command, by the account on this machine that runs it.

    Not by the environment, in which anyone may write another's name.
    """
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # an account by its number alone, as containers run them
        name = f"uid {number}"
    return Actor(None, f"command line ({name})", system=True)


@contextmanager
def opened(instance: Path, *, migrated: bool = True) -> Iterator[Engine]:
    """An engine on the register's database; refused where the schema is not that of this version."""
    with explained():
        engine = make_engine(database_url(instance), KeyFile.of(instance))
        try:
            if (why := too_old(engine)) is not None:
                raise click.ClickException(why)
            if migrated:
                require_migrated(engine)
                if (why := take_up(instance, engine)) is not None:
                    raise click.ClickException(why)
            yield engine
        finally:
            engine.dispose()


@contextmanager
def owned(instance: Path) -> Iterator[Engine]:
    """An engine on the register's database as the role that owns its tables, for what changes the schema."""
    with explained():
        engine = make_engine(owner_url(instance), KeyFile.of(instance))
        try:
            with engine.connect() as connection:
                why = grants.not_owned(connection)
            if why is not None:
                raise click.ClickException(
                    f"{why}: this changes the schema, and needs the owner's rights; run with {OWNER_VARIABLE}"
                    "=postgresql://owner:password@host:5432/name, beside the application's address"
                )
            yield engine
        finally:
            engine.dispose()


@contextmanager
def acting(instance: Path, action: str, language: str = "zh") -> Iterator[Work]:
    """A unit of work of whoever runs the command on this machine."""
    with (
        opened(instance) as engine,
        explained(language),
        session_factory(engine)() as session,
        work(session, operator(), now(), action) as unit,
    ):
        yield unit


def application_role(instance: Path) -> str:
    """The role that the site and the workers connect as."""
    with connect(database_url(instance)) as connection:
        return connection.info.user


def require_migrated(engine: Engine) -> None:
    """Refuse to work on a database that this version does not know how to work on, or on half a register."""
    if unfinished(engine):
        raise click.ClickException(f"the database cannot be used: {MEND}")
    if (why := unfit(engine) or not_ours(engine)) is not None:
        raise click.ClickException(why)


@contextmanager
def explained(language: str = "zh") -> Iterator[None]:
    """Say a refusal, or what the database said, instead of a traceback."""
    try:
        yield
    except Invalid as error:
        said = "\n".join(f"{name}: {reason.get(language)}" for name, reason in error.errors.items())
        raise click.ClickException(said) from error
    except DomainError as error:
        raise click.ClickException(error.text.get(language)) from error
    except (DatabaseServerError, SigningKeyError) as error:
        raise click.ClickException(str(error)) from error
    except psycopg.Error as error:
        raise click.ClickException(f"the database said: {str(error).strip()}") from error
    except DBAPIError as error:
        raise click.ClickException(f"the database said: {str(error.orig).strip()}") from error
