"""Numbers of before: each verifies as it was printed, in every writing, and new ones go on behind them."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.folding import number_key
from core.hooks.catalogue import catalogue
from core.services.applications.handling import desk_of
from core.services.base.naming import number_is
from core.services.base.work import ANONYMOUS
from core.services.granting.accreditations import _number
from core.services.public.bodies import verify
from core.services.takein.entering import place_in_series
from core.services.takein.plan import Fate
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import (
    Accreditation,
    TakenIn,
)
from core.storage.verify import faults
from tests.services.factory import uscc
from tests.services.takein.tables import AT, fates, row, said, table, years


def test_the_number_of_the_old_series_verifies(begin: Any, take: Any) -> None:
    take(table(row()))
    with begin(ANONYMOUS, AT) as w:
        found = verify(w, "鄂严选〔2023〕17号")
    assert found is not None
    assert found.entry.number == "鄂严选〔2023〕17号"


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("HB-S-2023-0017", 17), ("HB-S-2022-0017", None), ("HB-S-2023-17", None), ("HB-S-2023-0000", None),
        ("HB\u2011S\u20112023\u20110017", 17), ("hb–s–2023–0017", 17), ("ＨＢＳ 2023 0017", 17),
        ("HB-Z-2023-0017", None), ("鄂严选17", None), ("HB-S-2023-10017", 10017),
    ],
)  # fmt: skip
def test_a_number_of_the_tracks_own_pattern_has_its_place(number: str, place: int | None) -> None:
    track = catalogue()["hubei"].program.track("specialized")
    assert place_in_series(track, number, 2023) == place


def test_new_numbers_go_on_behind_the_old_and_never_meet_one(begin: Any, officer: Any, take: Any) -> None:
    # The last has the form of a number of 2024, and is of a status of 2023.
    old = [("HB-S-2024-0041", date(2024, 1, 5)), ("HB-S-2024-0042", date(2023, 3, 20))]
    take(table(*(row(number=number, uscc=uscc(), started_on=day) for number, day in old)))
    with begin(officer, AT) as w:
        assert _number(w, desk_of(w, "hubei", "specialized"), 2024) == ("HB-S-2024-0043", 43)


PRINTED = (
    "鄂服（2024）3号", "鄂服 2024 07", "HB\u2011S\u20112024\u20110042", "HB-S-2024-0043\u200b",
    "HB–S–2024–0044", "鄂服\u30002024\u000b08",
)  # fmt: skip
TYPED = (
    "鄂服(2024)3号", "鄂服〔2024〕3号", "鄂服202407", "HB-S-2024-0042", "HB–S–2024–0042", "HB-S-2024-0043",
    "hbs20240044", "鄂服 2024 08",
)  # fmt: skip


def test_numbers_of_every_writing_verify_and_are_found_as_printed_and_as_typed(
    engine: Engine, begin: Any, take: Any, store: FileStore
) -> None:
    took = take(table(*(row(number=number, uscc=uscc(), started_on=date(2024, 1, 5)) for number in PRINTED)))
    assert took.counts[Fate.NEW] == len(PRINTED)
    with begin(ANONYMOUS, AT) as w:
        for typed in (*PRINTED, *TYPED):
            found = verify(w, typed)
            assert found is not None, ascii(typed)
            assert w.session.scalars(select(Accreditation.number).where(number_is(typed))).all() == [
                found.entry.number
            ]
            assert number_key(found.entry.number) == number_key(typed)
        assert verify(w, "HB-S-2024-0045") is None
        assert [found.check for found in faults(w.session, store) if "number" in found.check] == []
    with session_factory(engine)() as session:
        kept = session.scalars(select(Accreditation.number).order_by(Accreditation.id)).all()
    assert kept == [*PRINTED[:3], "HB-S-2024-0043", "HB–S–2024–0044", "鄂服 2024 08"], (
        "nothing unseen is kept"
    )


def test_one_number_in_two_writings_is_one_status(take: Any, planned: Any) -> None:
    numbers = ("HB-S-2024-0043\u200b", "HB–S–2024–0043")
    found = planned(table(*(row(number=number, uscc=uscc()) for number in numbers)))
    assert fates(found) == [Fate.NEW, Fate.REFUSED]
    assert "与第 2 行重复" in said(found)
    body = uscc()
    take(table(row(number=numbers[0], uscc=body)))
    assert fates(planned(table(row(number=numbers[1], uscc=body)))) == [Fate.THERE]


def test_the_second_table_may_write_a_number_otherwise(engine: Engine, take: Any) -> None:
    span = {"first": date(2023, 3, 20), "last": date(2024, 3, 19)}
    take(table(row()), years({"number": "鄂严选（2023）17 号", "services": 3, **span}))
    with session_factory(engine)() as session:
        assert session.scalars(select(TakenIn.totals)).one()[0]["services"] == "3"


def test_a_new_number_passes_over_one_that_was_written_otherwise(begin: Any, officer: Any, take: Any) -> None:
    # Of a status of 2023: it has no place in the series of 2024.
    take(table(row(number="HB–S–2024–0001", started_on=date(2023, 3, 20))))
    with begin(officer, AT) as w:
        assert _number(w, desk_of(w, "hubei", "specialized"), 2024) == ("HB-S-2024-0002", 2)
