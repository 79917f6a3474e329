"""Holding the trail to what was kept outside: anchors, and the files of parts that were put away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.rules.text import T
from core.storage.models.trail import AuditEnd, AuditLink
from core.storage.trail import chain, detaching
from core.storage.trail.anchors import Anchor, anchors_in
from core.storage.trail.chain import BEGINNING, Linked, Place
from core.storage.trail.ends import FORGED, UNKNOWN_KEY, is_genuine
from core.storage.verify.check import Fault

NO_ANCHOR = T("没有存证记录", "has no anchor in it")
UNREADABLE = T("不是可读的存证记录", "cannot be read as an anchor")
EMPTIED = T("操作记录已被清空", "was anchored, and the trail is empty")
REWRITTEN = T("链被重写：该环的校验值与存证不符", "is not what was anchored: the chain was written anew")
MISSING = T("该环缺失", "was anchored, and is missing")
SHOWN = 60


@dataclass(slots=True)
class Held:
    """What came of holding the trail to anchors."""

    faults: list[Fault] = field(default_factory=list)
    newest: Anchor | None = None
    """Of those that the trail bears out."""
    since: int = 0
    """How many links have come after it."""
    away: int = 0
    """Anchors of links that were put away, and whose file was not given."""

    @property
    def said(self) -> T:
        """What the newest anchor covers."""
        if self.newest is None:
            return T("没有存证与本链相符", "no anchor covers the trail")
        item = self.newest
        away = T(f"；另有 {self.away} 份存证属于已转出部分", f"; {self.away} anchors are of parts put away")
        return T(
            f"最新存证（{item.at}）覆盖第 1 至 {item.number} 环、{item.events} 条记录；其后 {self.since} 环"
            f"{away.zh if self.away else ''}",
            f"the newest anchor ({item.at}) covers links 1 to {item.number} with {item.events} events; "
            f"{self.since} links came after it{away.en if self.away else ''}",
        )


@dataclass(slots=True)
class Archive:
    """What came of looking through the file of a part that was put away."""

    faults: list[Fault] = field(default_factory=list)
    hashes: dict[int, str] = field(default_factory=dict)
    """Of its links, by number."""


def hold(session: Session, anchors: str, keys: Collection[str], hashes: Mapping[int, str]) -> Held:
    """Hold the trail to the anchors in a text; `hashes` are of links that were put away."""
    held, last, begins = Held(), chain.head(session), chain.start(session)
    found = list(anchors_in(anchors))
    if not found:
        held.faults.append(Fault("audit.anchor", "anchor", "-", NO_ANCHOR))
    for item in found:
        if isinstance(item, str):
            held.faults.append(Fault("audit.anchor", "anchor", item[:SHOWN], UNREADABLE))
            continue
        wrong = _untrusted(item, keys) or _borne_out(session, item, last, begins, hashes)
        if wrong is not None:
            held.faults.append(Fault("audit.anchor", "anchor", str(item.number), wrong))
        elif item.number < begins.number and item.number not in hashes:
            held.away += 1
        elif held.newest is None or item.number > held.newest.number:
            held.newest, held.since = item, last.number - item.number
    return held


def look_through(session: Session, path: Path, keys: Collection[str]) -> Archive:
    """Hold the file of a part that was put away to itself, and to its end in the database."""
    found = Archive()
    try:
        found.faults.extend(_archived(session, path, keys, found.hashes))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = T(f"无法读取：{error}", f"cannot be read as a part of the trail: {error}")
        found.faults.append(_of_file(path, message))
    return found


def _untrusted(item: Anchor, keys: Collection[str]) -> T | None:
    if not item.genuine:
        return FORGED
    return UNKNOWN_KEY if item.key not in keys else None


def _borne_out(
    session: Session, item: Anchor, last: Place, begins: Place, hashes: Mapping[int, str]
) -> T | None:
    """What is wrong with the trail, by an anchor that is genuine."""
    if last == BEGINNING:
        return EMPTIED
    if item.number > last.number:
        return T(
            f"链尾被截断：库中只到第 {last.number} 环",
            f"was anchored, and the chain ends with link {last.number}: its end was cut off",
        )
    if item.number == begins.number:
        known: str | None = begins.hash
    elif item.number < begins.number:
        known = hashes.get(item.number, item.hash)
    else:
        known = session.scalar(select(AuditLink.hash).where(AuditLink.number == item.number))
    if known is None:
        return MISSING
    return None if known == item.hash else REWRITTEN


def _archived(session: Session, path: Path, keys: Collection[str], hashes: dict[int, str]) -> Iterator[Fault]:
    last, first, events = None, None, 0
    for item in detaching.read(path):
        if isinstance(item, Linked):
            if last is None:
                first = int(item.link["number"])
                last = Place(first - 1, item.link["previous_hash"])
                if last != _before(session, first):
                    yield _of_file(path, T("首环与之前的部分不相连", "does not follow the part before it"))
            for table, number, message in (*chain.wrong_place(item.link, last), *chain.wrong_in(item)):
                yield Fault("audit.archive", table, str(number), message)
            last = Place(int(item.link["number"]), item.link["hash"])
            events += len(item.events)
            hashes[last.number] = last.hash
            continue
        said = (item["first"], Place(item["number"], item["hash"]), item["events"], item["sha256"])
        if said != (first, last, events, item["found_sha256"]):
            yield _of_file(path, T("内容与其终点不符", "does not hold what its end says"))
        if not is_genuine(item):
            yield _of_file(path, FORGED)
        elif item["key"] not in keys:
            yield _of_file(path, UNKNOWN_KEY)
        if not _is_known(session, item):
            yield _of_file(path, T("库中没有该部分的终点", "has no end in the database that stands for it"))


def _before(session: Session, first: int) -> Place | None:
    if first == 1:
        return BEGINNING
    known = session.scalar(select(AuditEnd.hash).where(AuditEnd.number == first - 1))
    return Place(first - 1, known) if known is not None else None


def _is_known(session: Session, end: Mapping[str, Any]) -> bool:
    columns = AuditEnd.__table__.c
    row = session.execute(select(*columns).where(columns.number == end["number"])).one_or_none()
    return row is not None and all(row._mapping[column.name] == end[column.name] for column in columns)


def _of_file(path: Path, message: T) -> Fault:
    return Fault("audit.archive", "file", str(path), message)
