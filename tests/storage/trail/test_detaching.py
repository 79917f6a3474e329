"""Parts of the trail put away: nothing is lost on the way, the rest goes on from a signed end."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core.domain.clock import moment
from core.services.base.work import SYSTEM, work
from core.storage.engine import session_factory
from core.storage.models import AuditEnd, AuditEvent, AuditLink
from core.storage.trail.anchors import anchor
from core.storage.trail.chain import verify_chain
from core.storage.trail.detaching import Detached, DetachError, detach
from core.storage.trail.ends import FORGED, UNKNOWN_KEY
from core.storage.trail.sealing import seal
from core.storage.trail.signing import Signer, signer_of
from core.storage.verify import faults
from core.storage.verify.anchored import REWRITTEN, hold, look_through
from tests.storage.trail.trails import add, organization, tamper

pytestmark = pytest.mark.owner

DAYS = [moment(f"2026-03-0{number}T09:00") for number in range(1, 6)]
NOW = moment("2026-04-01T09:00")


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return signer_of(tmp_path / "instance")


@pytest.fixture
def five_days(engine: Engine) -> None:
    """A sealed transaction on each of five days, and one that is not sealed yet."""
    for number, at in enumerate(DAYS, start=1):
        with session_factory(engine)() as session, work(session, SYSTEM, at, "party.add") as w:
            w.session.add(organization(number))
    seal(session_factory(engine))
    add(engine, 6)


PutAway = Callable[[datetime, Path], Detached | None]


@pytest.fixture
def put_away(engine: Engine, signer: Signer) -> PutAway:
    def run(before: datetime, target: Path) -> Detached | None:
        with session_factory(engine)() as session, work(session, SYSTEM, NOW, "trail.detach") as w:
            return detach(w.session, signer, before, target, w.now)

    return run


def found(session: Session, signer: Signer) -> list[str]:
    session.rollback()
    return [str(fault) for fault in faults(session, keys=signer.known) if fault.check.startswith("audit.")]


def in_file(session: Session, path: Path, signer: Signer) -> list[str]:
    session.rollback()
    return [fault.message.en for fault in look_through(session, path, signer.known).faults]


def left(session: Session) -> list[int]:
    session.rollback()
    return list(session.scalars(select(AuditLink.id).order_by(AuditLink.id)))


def test_a_part_goes_into_a_file_and_the_rest_goes_on_behind_its_end(
    five_days: None, put_away: PutAway, engine: Engine, session: Session, signer: Signer, tmp_path: Path
) -> None:
    target = tmp_path / "2026-03-03.jsonl"
    done = put_away(DAYS[2], target)
    assert done is not None
    assert (done.first, done.number, done.events) == (1, 2, 2)
    assert left(session) == [3, 4, 5, 6, 7]
    assert found(session, signer) == []
    assert in_file(session, target, signer) == []
    *lines, end = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line["events"][0]["changes"]["uscc"][1][-3:-1] for line in lines] == ["01", "02"]
    assert end["end"]["sha256"] == done.sha256
    seal(session_factory(engine))
    assert found(session, signer) == []
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "trail.detach")).one()
    assert told.changes["events"] == [None, 2]
    again = put_away(DAYS[3], tmp_path / "next.jsonl")
    assert again is not None
    assert (again.first, again.number) == (3, 3)
    assert found(session, signer) == []
    for path in (target, tmp_path / "next.jsonl"):
        assert in_file(session, path, signer) == []


@pytest.mark.parametrize(
    ("before", "number"),
    [(DAYS[0], None), (DAYS[1], 1), (moment("2026-03-02T09:00:00.000001"), 2), (DAYS[4], 4), (NOW, 5)],
)
def test_only_whole_links_of_before_go(
    five_days: None, put_away: PutAway, session: Session, tmp_path: Path, before: datetime, number: int | None
) -> None:
    done = put_away(before, tmp_path / "part.jsonl")
    assert (done.number if done else None) == number
    assert (tmp_path / "part.jsonl").exists() is (number is not None)
    session.rollback()
    assert verify_chain(session) == []


def test_done_twice_there_is_nothing_to_do(
    five_days: None, put_away: PutAway, session: Session, tmp_path: Path
) -> None:
    target = tmp_path / "part.jsonl"
    put_away(DAYS[2], target)
    written, before = target.read_bytes(), left(session)
    assert put_away(DAYS[2], target) is None
    assert (target.read_bytes(), left(session)) == (written, before)


def test_what_stops_half_way_loses_nothing(
    five_days: None, put_away: PutAway, engine: Engine, session: Session, signer: Signer, tmp_path: Path
) -> None:
    before = left(session)
    target = tmp_path / "part.jsonl"
    with session_factory(engine)() as broken:
        assert detach(broken, signer, DAYS[2], target, NOW) is not None
        broken.rollback()
    assert (left(session), found(session, signer)) == (before, [])
    with pytest.raises(DetachError, match="is there already"):
        put_away(DAYS[2], target)
    with pytest.raises(DetachError, match="nothing can be written"):
        put_away(DAYS[2], tmp_path / "nowhere" / "part.jsonl")
    assert (left(session), found(session, signer)) == (before, [])
    assert {path.name for path in tmp_path.iterdir()} == {"instance", "part.jsonl"}
    assert put_away(DAYS[2], tmp_path / "second.jsonl") is not None
    assert in_file(session, tmp_path / "second.jsonl", signer) == []


def test_what_is_wrong_is_not_put_away(
    five_days: None, put_away: PutAway, session: Session, tmp_path: Path
) -> None:
    tamper(session, "UPDATE audit_event SET actor = 'other' WHERE id = 2")
    with pytest.raises(DetachError, match="audit_event 2 was changed"):
        put_away(DAYS[2], tmp_path / "part.jsonl")
    assert len(left(session)) == 6
    assert not (tmp_path / "part.jsonl").exists()


def test_the_triggers_are_back_afterwards(
    five_days: None, put_away: PutAway, session: Session, tmp_path: Path
) -> None:
    put_away(DAYS[2], tmp_path / "part.jsonl")
    off = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'"
    session.rollback()
    assert session.scalar(text(off)) == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE audit_end SET events = 1", FORGED.en),
        ("UPDATE audit_end SET signature = repeat('A', 86) || '=='", FORGED.en),
        ("DELETE FROM audit_end", "links 1..2 before it are missing, and no signed end stands for them"),
        (
            "DELETE FROM audit_end; DELETE FROM audit_link WHERE number = 3",
            "links 1..3 before it are missing",
        ),
        ("UPDATE audit_end SET number = 3", "stands here although it was put away"),
    ],
)
def test_a_forged_or_missing_end_is_found(
    five_days: None,
    put_away: PutAway,
    session: Session,
    signer: Signer,
    tmp_path: Path,
    change: str,
    told: str,
) -> None:
    put_away(DAYS[2], tmp_path / "part.jsonl")
    tamper(session, *change.split("; "))
    assert any(told in fault for fault in found(session, signer))


def test_an_end_that_another_key_has_signed_is_found(
    five_days: None, put_away: PutAway, session: Session, signer: Signer, tmp_path: Path
) -> None:
    """Who takes a part away by hand can sign an end, and not with the register's key."""
    put_away(DAYS[2], tmp_path / "part.jsonl")
    other = signer_of(tmp_path / "other")
    told = found(session, other)
    assert len(told) == 1
    assert UNKNOWN_KEY.en in told[0]


def test_an_end_that_was_left_out_is_found(
    five_days: None, put_away: PutAway, session: Session, signer: Signer, tmp_path: Path
) -> None:
    put_away(DAYS[1], tmp_path / "first.jsonl")
    put_away(DAYS[2], tmp_path / "second.jsonl")
    tamper(session, "DELETE FROM audit_end WHERE number = 1")
    assert ["the end of links 1..1 before it is missing" in fault for fault in found(session, signer)] == [
        True
    ]
    assert in_file(session, tmp_path / "second.jsonl", signer) == ["does not follow the part before it"]
    assert in_file(session, tmp_path / "first.jsonl", signer) == [
        "has no end in the database that stands for it"
    ]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda lines: [lines[0].replace("MA0000001", "MA0000009"), *lines[1:]], "was changed"),
        (lambda lines: lines[1:], "does not hold what its end says"),
        (lambda lines: [lines[0], lines[2]], "does not hold what its end says"),
        (lambda lines: lines[:2], "it was cut off"),
        (lambda lines: [], "it was cut off"),
        (lambda lines: ["{}", *lines], "cannot be read"),
        (lambda lines: ["no json", *lines], "cannot be read"),
        (lambda lines: ['{"end": {}}'], "cannot be read"),
        (lambda lines: [*lines[:2], lines[2].replace('"events":2', '"events":3')], FORGED.en),
    ],
)
def test_a_file_that_was_changed_is_found(
    five_days: None, put_away: PutAway, session: Session, signer: Signer, tmp_path: Path,
    spoil: Callable[[list[str]], list[str]], told: str,
) -> None:  # fmt: skip
    target = tmp_path / "part.jsonl"
    put_away(DAYS[2], target)
    lines = spoil(target.read_text(encoding="utf-8").splitlines())
    target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert any(told in fault for fault in in_file(session, target, signer))


def test_a_file_that_is_not_there_is_told(session: Session, signer: Signer, tmp_path: Path) -> None:
    assert "cannot be read" in in_file(session, tmp_path / "nothing", signer)[0]


def test_anchors_of_a_part_put_away_are_held_to_its_end_and_its_file(
    five_days: None, put_away: PutAway, engine: Engine, session: Session, signer: Signer, tmp_path: Path
) -> None:
    target = tmp_path / "part.jsonl"
    put_away(DAYS[0].replace(hour=10), tmp_path / "first.jsonl")
    session.rollback()
    made = anchor(session, signer, NOW)
    assert made is not None
    assert (made.number, made.events) == (5, 5)
    put_away(NOW, target)
    lines = made.line()
    archive = look_through(session, target, signer.known)
    assert (archive.faults, sorted(archive.hashes)) == ([], [2, 3, 4, 5])
    assert hold(session, lines, signer.known, {}).newest == made, "it speaks of the very end"
    seal(session_factory(engine))
    put_away(moment("2100-01-01"), tmp_path / "third.jsonl")
    session.rollback()
    held = hold(session, lines, signer.known, {})
    assert (held.faults, held.newest, held.away) == ([], None, 1)
    assert hold(session, lines, signer.known, archive.hashes).newest == made
    wrong = {**archive.hashes, 5: "0" * 64}
    assert [fault.message for fault in hold(session, lines, signer.known, wrong).faults] == [REWRITTEN]


def test_the_end_stays(five_days: None, put_away: PutAway, session: Session, tmp_path: Path) -> None:
    put_away(DAYS[2], tmp_path / "part.jsonl")
    end = session.scalars(select(AuditEnd)).one()
    assert (end.first, end.number, end.at) == (1, 2, NOW)
