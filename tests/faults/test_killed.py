"""SIGKILL of the check and of the sender: at a COMMIT on both its sides, and at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.children import Kill
from tests.faults.conftest import Copies
from tests.faults.killing import LATER, Undisturbed, finished, killed, post, start_check, tell, write
from tests.faults.oracle import check as hold
from tests.faults.register import CHECKED_AT


@pytest.fixture(scope="module")
def checked(copies: Copies) -> Undisturbed:
    with copies.one() as copy:
        return finished(copy, start_check(copy))


def kill_the_check(copies: Copies, checked: Undisturbed, fault: Kill | float) -> bool:
    """Whether it was killed before its end; the next run comes to the same in any case."""
    with copies.one() as copy:
        died = killed(start_check(copy, fault if isinstance(fault, Kill) else None), fault)
        start_check(copy).end()
        hold(copy.town.engine, checked.dump, copy.town.store)
    return died


def test_a_check_that_is_killed_is_made_up_for(copies: Copies, checked: Undisturbed) -> None:
    assert kill_the_check(copies, checked, checked.middle)


@pytest.mark.assurance
def test_a_check_that_is_killed_at_any_commit_is_made_up_for(copies: Copies, checked: Undisturbed) -> None:
    assert all(kill_the_check(copies, checked, fault) for fault in checked.boundaries())
    tell("check", 2 * checked.commits, f"at both sides of {checked.commits} COMMITs")


@pytest.mark.assurance
def test_a_check_that_is_killed_at_any_moment_is_made_up_for(copies: Copies, checked: Undisturbed) -> None:
    died = [kill_the_check(copies, checked, fault) for fault in checked.moments(80)]
    tell("check", len(died), f"at any moment, {sum(died)} before its end")


@pytest.fixture(scope="module")
def written(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """What was written before has left; what the check writes has not."""
    with copies.then(write(tmp_path_factory.mktemp("before"))) as made:
        yield made


@pytest.fixture(scope="module")
def sent(written: Copies, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    with written.one() as copy, post(tmp_path_factory.mktemp("sent")) as office:
        done = finished(copy, office.start(copy, CHECKED_AT))
        mails, texts = office.arrivals(copy)
        assert mails.messages > 2
        assert texts.messages > 2
        assert (mails.copies, texts.copies, mails.wrong, texts.wrong) == (0, 0, [], [])
        return done


def kill_the_sender(
    written: Copies, sent: Undisturbed, faults: list[Kill] | list[float], folder: Path
) -> tuple[list[bool], int]:
    """Which were killed before their end, and how many letters went out twice.

    Whatever they did, each letter arrives at its own recipient's.
    """
    died, letters, doubled = [], 0, 0
    for number, fault in enumerate(faults):
        with written.one() as copy, post(folder, number) as office:
            first = office.start(copy, CHECKED_AT, fault if isinstance(fault, Kill) else None)
            died.append(killed(first, fault))
            office.start(copy, LATER).end()
            hold(copy.town.engine, sent.dump, copy.town.store)
            for came in office.arrivals(copy):
                assert came.wrong == []
                assert came.copies <= 1, "only the letter that was just being sent can go out again"
                letters, doubled = letters + came.messages, doubled + came.copies
    tell(
        "sender",
        len(died),
        f"{sum(died)} before its end; {letters} messages arrived, {doubled} of them twice",
    )
    return died, doubled


@pytest.mark.assurance
def test_a_sender_that_is_killed_is_made_up_for(written: Copies, sent: Undisturbed, tmp_path: Path) -> None:
    died, doubled = kill_the_sender(written, sent, [sent.middle], tmp_path)
    assert all(died)
    assert doubled == 1, "the one that was handed over and not yet marked"


@pytest.mark.assurance
def test_a_sender_that_is_killed_at_any_commit_is_made_up_for(
    written: Copies, sent: Undisturbed, tmp_path: Path
) -> None:
    died, _ = kill_the_sender(written, sent, sent.boundaries(), tmp_path)
    assert all(died)


@pytest.mark.assurance
def test_a_sender_that_is_killed_at_any_moment_is_made_up_for(
    written: Copies, sent: Undisturbed, tmp_path: Path
) -> None:
    kill_the_sender(written, sent, sent.moments(80), tmp_path)
