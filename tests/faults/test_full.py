"""A disk that is full: nothing is half kept, it is told, and done once there is room."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.domain.clock import moment
from tests.faults.children import Child
from tests.faults.conftest import Copies
from tests.faults.narrow import LARGEST, Handing, hand_in
from tests.faults.oracle import Dump, check, dump
from tests.faults.register import Register

POINTS = 20


def handing(register: Register) -> Handing:
    return Handing(register.draft.application_id, register.draft.applicant, moment(register.draft.on(0)))


def run(register: Register, folder: Path, room: int | None) -> str:
    """How many acts did not fit."""
    disk, said = folder / "disk", folder / "said"
    disk.mkdir(parents=True)
    Child(hand_in, register.url, disk, handing(register), room, said).end()
    return said.read_text()


@pytest.fixture(scope="module")
def kept(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Dump:
    with copies.one() as copy:
        run(copy, tmp_path_factory.mktemp("wide"), None)
        return dump(copy.town.engine)


@pytest.mark.assurance
def test_what_does_not_fit_is_not_kept_and_done_again(copies: Copies, kept: Dump, tmp_path: Path) -> None:
    with copies.one() as copy:
        assert not run(copy, tmp_path, LARGEST * 5 // 2).startswith("0 ")
        check(copy.town.engine, kept)


@pytest.mark.assurance
def test_wherever_a_disk_is_full_nothing_is_half_kept(copies: Copies, kept: Dump, tmp_path: Path) -> None:
    said = []
    for point in range(POINTS):
        with copies.one() as copy:
            said.append(run(copy, tmp_path / str(point), point * LARGEST // 2))
            check(copy.town.engine, kept)
    print(f"\ndisk full at {POINTS} points, acts refused: {', '.join(said)}")  # noqa: T201  # a figure for assurance
