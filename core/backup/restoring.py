"""Bringing a register back from an archive, into a place where nothing is yet."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from sqlalchemy import Engine, select, text

from core.backup import archive, secret
from core.backup.disarming import Disarmed, disarm
from core.backup.secret import Keys
from core.backup.taking import rows
from core.embedded.clients import ClientError, load, server_version
from core.embedded.server import conninfo
from core.services.base.work import Actor, work
from core.services.diary.renewing import renew_keys
from core.services.exports.long_ones import FOLDER as EXPORTS
from core.storage import unfinished
from core.storage.engine import Session, session_factory
from core.storage.files import FOLDER, FileStore
from core.storage.migrate import give_rights, head, revisions, upgrade
from core.storage.models import PersonKey, User
from core.storage.sealed.rows import not_ours
from core.storage.seed import seed
from core.storage.trail.keys import FILE as PERSON_KEYS
from core.storage.trail.keys import KeyFile as MasterKeys
from core.storage.trail.sealing import seal
from core.storage.trail.signing import KEY_FILE
from core.storage.trail.takeover import is_due, take_over
from core.web.frame.config import SECRET_FILE, secret_key

ACTION = "register.restore"
USED = (FOLDER, EXPORTS, SECRET_FILE, KEY_FILE, PERSON_KEYS)
"""What stands in the folder of an instance that was used."""
SEALED_FROM = "0040"
"""The revision from which on personal numbers are sealed in their columns."""


class RestoreError(Exception):
    """Nothing was restored, or not all of it; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A register that was brought back."""

    disarmed: Disarmed
    unreadable: tuple[str, ...]
    """Accounts whose second factor cannot be read without the key that it was made with."""


def readable(source: Path, keys: Path | None) -> tuple[archive.Manifest, Keys | None]:
    """The manifest of a whole archive that this version can restore, and the keys that belong to it."""
    manifest = archive.check(source)
    if manifest.revision not in revisions():
        raise RestoreError(
            f"{source} was made by accredit {manifest.product} at revision {manifest.revision}, and this "
            f"version knows up to {head()}; restore it with accredit {manifest.product} or newer"
        )
    given = secret.read(keys) if keys is not None else None
    if given is not None and manifest.key and given.fingerprint != manifest.key:
        raise RestoreError(f"the keys in {keys} are not those of the register in {source}; give its own")
    return manifest, given


def _is_sealed(manifest: archive.Manifest) -> bool:
    known = revisions()
    return known.index(manifest.revision) >= known.index(SEALED_FROM)


def require_openable(manifest: archive.Manifest, instance: Path, keys: Keys | None) -> None:
    """Refuse an archive whose personal numbers nobody could read any more."""
    if (
        _is_sealed(manifest)
        and manifest.tables.get(PersonKey.__tablename__)
        and not (keys is not None and keys.persons)
        and not MasterKeys.of(instance).path.exists()
    ):
        raise RestoreError(
            "the personal numbers in it are sealed, and open with the register's master keys alone: give "
            "them with --keys, as accredit backup --keys has written them"
        )


def require_unused(instance: Path) -> None:
    """Refuse a folder in which a register stands, or a part of one."""
    there = [name for name in USED if (instance / name).exists()]
    if there:
        raise RestoreError(
            f"{instance} is not empty ({', '.join(there)} in it); name a new folder, or remove this one if a "
            "restore into it broke off"
        )


def restore(
    engine: Engine,
    source: Path,
    manifest: archive.Manifest,
    instance: Path,
    keys: Keys | None,
    actor: Actor,
    clock: Callable[[], datetime],
    *,
    application: str,
) -> Restored:
    """Bring a register back; until it is done its database carries a note, and nobody can use it.

    The engine is the owner's; `application`: the role that works on the register afterwards.
    """
    began = clock()
    with engine.begin() as connection:
        refused = unfinished.take(connection)
    if refused is not None:
        raise RestoreError(f"nothing was restored into the database: {refused}")
    try:
        _fill(engine, source, manifest, instance, keys)
        give_rights(engine, application)
    except (ClientError, OSError, psycopg.Error) as error:
        raise RestoreError(f"{error}\nNow {unfinished.MEND}") from error
    with session_factory(engine)() as session, work(session, actor, clock(), ACTION) as w:
        disarmed = disarm(w, source, manifest, began)
        unreadable = _second_factors(w.session) if keys is None else ()
        if manifest.revision != head():
            renew_keys(w)
        # In the same transaction: whoever may use it finds it harmless.
        unfinished.clear(session.connection())
    seal(session_factory(engine))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return Restored(disarmed, unreadable)


def _fill(
    engine: Engine, source: Path, manifest: archive.Manifest, instance: Path, keys: Keys | None
) -> None:
    """Database, documents and keys as they were, and the schema of this version."""
    url = engine.url.render_as_string(hide_password=False)
    with psycopg.connect(conninfo(url)) as connection:
        with archive.opened_dump(source) as packed, gzip.open(packed) as script:
            load(url, server_version(connection), _lines(script))
        _require_same(rows(connection), manifest.tables)
    _documents(source, FileStore.of(instance))
    if keys is not None:
        secret.put(instance, keys)
    else:
        secret_key(instance)
    if _is_sealed(manifest) and (why := not_ours(engine)):
        raise RestoreError(f"{why}. Now {unfinished.MEND}")
    if manifest.revision != head():
        upgrade(engine)
        with session_factory(engine)() as session:
            seed(session)
            session.commit()
            if is_due(session):
                take_over(session)


def _lines(script: gzip.GzipFile) -> Iterator[bytes]:
    yield from script


def _require_same(found: dict[str, int], wanted: dict[str, int]) -> None:
    differing = [name for name in wanted.keys() | found.keys() if found.get(name) != wanted.get(name)]
    if differing:
        said = ", ".join(
            f"{name}: {found.get(name)} rows of {wanted.get(name)}" for name in sorted(differing)
        )
        raise RestoreError(f"the database is not what was put away ({said}); {unfinished.MEND}")


def _documents(source: Path, store: FileStore) -> None:
    for sha256, size, file in archive.documents(source):
        stored = store.put(file, at_most=size)
        if stored.sha256 != sha256:
            raise RestoreError(f"{sha256} in {source} changed while it was read; {unfinished.MEND}")


def _second_factors(session: Session) -> tuple[str, ...]:
    query = select(User).where(User.tf_totp_secret.is_not(None)).order_by(User.id)
    return tuple(user.email or user.mobile for user in session.scalars(query))
