"""A row that the database refuses, in any table, in the middle of a life: undone whole, told, done again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.services.daily_check.run import run_checks
from core.storage.engine import session_factory
from core.storage.models import ExitCase, JobRun
from core.storage.models.base import Base
from core.storage.models.operations import JobState
from tests.faults import putting_right
from tests.faults.conftest import Copies
from tests.faults.duties import Others, duties, prepare
from tests.faults.life import Act, decision, life
from tests.faults.oracle import Dump, check, differences, dump
from tests.faults.refusing import REFUSED, refusing
from tests.faults.register import CHECKED_AT, Register

WRITTEN = """
SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables
WHERE schemaname = 'public' ORDER BY relname"""
OPERATIONS = ("INSERT", "UPDATE", "DELETE")
UNTOUCHED = {
    "region",  # comes with the database
    "audit_end",  # the owner's hand puts old parts of the trail away: tests/storage/trail/test_detaching.py
}
"""Tables that nobody's life writes, and why."""
OF_DUTIES = {
    *("agreement", "annual_report", "correction_item", "excused_absence", "extension_request"),
    *("inspection", "nomination", "rectification", "review_assignment", "score"),
    *("redaction", "redaction_request", "sealed_opening"),
}
"""Tables that the second life writes."""
OF_MENDS = {
    *("certificate_issue", "change_request", "decision_correction", "factor_reset", "filer_look"),
    *("filing_file", "former_value", "merger", "not_same", "pending_decision", "successor", "taken_in"),
}
"""Tables that the third life writes."""


Acts = Callable[[Register, Path], list[Act]]


@dataclass(frozen=True)
class Lived:
    """A life that nothing disturbed: the register after each act, and how many rows were written where."""

    acts: Acts
    dumps: list[Dump]
    written: dict[tuple[str, str], int]


def undisturbed(copies: Copies, acts: Acts, folder: Path) -> Lived:
    with copies.one() as copy:
        engine, dumps = copy.town.engine, [dump(copy.town.engine)]
        for act in acts(copy, folder):
            act.on(copy)
            dumps.append(dump(engine))
        engine.dispose()  # what a connection has written is counted when it ends
        known = Base.metadata.tables
        with engine.connect() as connection:
            rows = connection.execute(text(WRITTEN)).all()
        written = {
            (row[0], operation): number
            for row in rows
            for operation, number in zip(OPERATIONS, row[1:], strict=True)
            if number and row[0] in known
        }
        return Lived(acts, dumps, written)


def refuse_once(
    copies: Copies, lived: Lived, table: str, operation: str, nth: int, folder: Path
) -> str | None:
    """Live with one row refused: the name of the act that it befell, which then was done again.

    None where the sender noted it by itself and went on: it makes up for it before it ends.
    """
    befell = []
    with copies.one() as copy:
        engine = copy.town.engine
        with refusing(engine, table, operation, nth):
            for number, act in enumerate(lived.acts(copy, folder)):
                try:
                    act.on(copy)
                except (DBAPIError, RuntimeError) as error:
                    if REFUSED not in str(error):
                        raise
                    befell.append(act.name)
                    if act.who is not None:
                        left = [str(item) for item in differences(lived.dumps[number], dump(engine))]
                        assert not left, f"{act.name} was not undone whole: {left}"
                    act.on(copy)
        check(engine, lived.dumps[-1], copy.town.store)
    assert len(befell) == 1 or (table == "exit_case" and not befell), (
        f"{operation} on {table}, row {nth}: {befell}"
    )
    return befell[0] if befell else None


def test_a_refused_row_leaves_nothing_behind(copies: Copies, tmp_path: Path) -> None:
    """An event in the trail of a decision: neither its state nor its message is there."""
    lived = undisturbed(copies, lambda register, _: decision(register), tmp_path)
    what = "audit_event", "INSERT"
    assert refuse_once(copies, lived, *what, (lived.written[what] + 1) // 2, tmp_path)


@pytest.mark.assurance
def test_a_refused_row_of_any_table_leaves_nothing_behind(copies: Copies, tmp_path: Path) -> None:
    lived = undisturbed(copies, life, tmp_path)
    tables = {table for table, _ in lived.written}
    assert tables | OF_DUTIES | OF_MENDS | UNTOUCHED == {*Base.metadata.tables}
    refuse_each(copies, lived, tables, tmp_path)


@pytest.mark.assurance
def test_a_refused_row_of_a_duty_leaves_nothing_behind(copies: Copies, tmp_path: Path) -> None:
    made: list[Others] = []
    with copies.then(lambda register: made.append(prepare(register))) as prepared:
        lived = undisturbed(prepared, lambda register, _: duties(register, made[0]), tmp_path)
        assert {table for table, _ in lived.written} >= OF_DUTIES
        refuse_each(prepared, lived, OF_DUTIES, tmp_path)


@pytest.mark.assurance
def test_a_refused_row_of_what_is_put_right_leaves_nothing_behind(copies: Copies, tmp_path: Path) -> None:
    made: list[putting_right.Mistaken] = []
    with copies.then(lambda register: made.append(putting_right.prepare(register))) as prepared:
        lived = undisturbed(prepared, lambda register, _: putting_right.mends(register, made[0]), tmp_path)
        assert {table for table, _ in lived.written} >= OF_MENDS
        refuse_each(prepared, lived, OF_MENDS, tmp_path)


def refuse_each(copies: Copies, lived: Lived, tables: set[str], folder: Path) -> None:
    """The first row of each kind in each table, and one in the middle."""
    written = {what: number for what, number in lived.written.items() if what[0] in tables}
    trials = [(*what, nth) for what, number in written.items() for nth in {1, (number + 1) // 2}]
    befell = {refuse_once(copies, lived, *trial, folder) for trial in trials}
    print(  # noqa: T201  # a figure for assurance
        f"\n{len(trials)} refused rows in {len(tables)} tables, met by {len(befell - {None})} acts: "
        "each undone whole and done again, 0 lost, half-done, doubled"
    )


def test_one_accreditation_that_cannot_be_kept_is_noted_and_the_others_are_checked(copies: Copies) -> None:
    with copies.one() as copy:
        with refusing(copy.town.engine, "exit_case", "INSERT", 1):
            report = run_checks(session_factory(copy.town.engine), CHECKED_AT.date())
        (failure,) = report.tally.failures
        assert REFUSED in str(failure["error"])
        with session_factory(copy.town.engine)() as session:
            proposed = session.scalars(select(ExitCase.accreditation_id)).all()
            assert len(proposed) == 1 + len(copy.experts) - 1
            assert failure["accreditation"] not in proposed


@pytest.mark.parametrize(
    ("table", "part"), [("public_notice", "notices"), ("accreditation", "accreditations")]
)
def test_a_transaction_that_fails_is_noted_and_the_check_makes_the_others(
    copies: Copies, table: str, part: str
) -> None:
    with copies.one() as copy:
        factory = session_factory(copy.town.engine)
        with refusing(copy.town.engine, table, "UPDATE", 1), pytest.raises(DBAPIError, match="No space left"):
            run_checks(factory, CHECKED_AT.date(), batch=1)
        with factory() as session:
            run = session.scalars(select(JobRun).order_by(JobRun.id.desc())).first()
            assert run is not None
            assert run.state is JobState.FAILED
            assert [failure["part"].split()[0] for failure in run.failures] == [part]
            proposed = len(session.scalars(select(ExitCase)).all())
            assert proposed >= len(copy.experts)
            counted = run.counts["counts"]["miit_volunteer"]
            assert sum(number for what, number in counted.items() if what.endswith("exit_proposed")) == (
                proposed - 1
            ), "only what was kept is counted"
