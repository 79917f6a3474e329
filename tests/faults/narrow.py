"""A disk with little room: a small tmpfs that only this process sees, or else a bound on each file's size."""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.services.applications import materials
from core.services.base.work import Actor, work
from core.services.delivery.gateways import LogGateway
from core.services.delivery.letters import DeliveryError, Letter
from core.storage.engine import make_engine, session_factory
from core.storage.files import FileStore
from core.storage.models.operations import MessageChannel
from tests.databases import keys as persons_keys
from tests.faults.oracle import by_text
from tests.services.journey import PDF

OWN_MOUNTS, OWN_USERS = 0x00020000, 0x10000000
"""CLONE_NEWNS and CLONE_NEWUSER."""
PRIVATE = 0x4000 | 0x40000
"""MS_REC and MS_PRIVATE."""
DISK = 512 * 1024
LARGEST = 24 * 1024
"""Bytes of a document."""
LETTERS = 6


def _mount(folder: Path) -> bool:
    """Whether this process may have a disk of its own there."""
    libc = ctypes.CDLL(None)
    user, group = os.geteuid(), os.getegid()
    # In a namespace of users root would not reach the database's socket; anybody else needs one to mount.
    if libc.unshare(OWN_MOUNTS if user == 0 else OWN_MOUNTS | OWN_USERS):
        return False
    if user != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    libc.mount(None, b"/", None, PRIVATE, None)
    return not libc.mount(b"none", bytes(folder), b"tmpfs", 0, f"size={DISK}".encode())


@contextmanager
def narrow(folder: Path, room: int) -> Iterator[None]:
    """Leave so many bytes, of the disk or to each file."""
    if folder.is_mount():
        ballast = folder / "ballast"
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        ballast.write_bytes(b"x" * max(0, free - room))
        yield
        ballast.unlink()
        return
    resource.setrlimit(resource.RLIMIT_FSIZE, (room // 2, resource.RLIM_INFINITY))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@dataclass(frozen=True)
class Handing:
    """Who hands in the documents of which application, and when."""

    application_id: int
    who: Actor
    at: datetime


def hand_in(
    url: str, folder: Path, handing: Handing, room: int | None, said: Path, *, begun: Callable[[], None]
) -> None:
    """Hand in every document and write some letters: what does not fit is done again once there is room."""
    factory, at = session_factory(make_engine(url, persons_keys())), handing.at
    _mount(folder)
    store = FileStore(folder / "files")
    with factory() as session, work(session, handing.who, at) as w:
        keys = [row.key for row in materials.checklist(w, handing.application_id)]

    def attach(key: str) -> None:
        data = PDF + key.encode() * (LARGEST // len(key.encode()))
        with factory() as session, work(session, handing.who, at, "material.attach") as w:
            materials.attach(w, handing.application_id, key, f"{key}.pdf", data, store)

    texts = LogGateway(folder / "texts.jsonl", MessageChannel.SMS)

    def write(number: str) -> None:
        texts.send(Letter(number, "13800138000", "", "短信" * 1000, at))

    begun()
    failed: list[tuple[Callable[[str], None], str]] = []
    acts: list[tuple[Callable[[str], None], str]] = [(attach, key) for key in keys]
    acts += [(write, f"letter {number}") for number in range(LETTERS)]
    if room is not None:
        with narrow(folder, room):
            failed = [(act, name) for act, name in acts if not _done(act, name)]
            _whole(store)
    else:
        failed = acts
    for act, name in failed:
        act(name)
    _whole(store)
    letters = by_text(texts.path)
    assert sorted(identifier for identifier, _ in letters) == sorted(
        Letter(name, "", "", "", at).identifier for act, name in acts if act is write
    )
    said.write_text(f"{len(failed)} of {len(acts)}")


def _done(act: Callable[[str], None], name: str) -> bool:
    try:
        act(name)
    except (OSError, DeliveryError):
        return False
    return True


def _whole(store: FileStore) -> None:
    """Nothing of what did not fit is left, and what is there is whole."""
    kept = [path for path in store.root.rglob("*") if path.is_file()]
    assert not [path for path in kept if path.parent.name == "incoming"], "a part of a file was kept"
    assert all(store.intact(path.name) for path in kept)
