"""The register as everyone reads it: search, a body's page, and what a certificate's number stands for."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.domain.errors import NotFound
from core.domain.lifecycle.states import AccreditationState
from core.domain.supervision.standing import EventKind
from core.rules.clauses import PartyKind
from core.services.base.paging import MOST_COUNTED, Page, Wish
from core.services.base.work import ANONYMOUS
from core.services.public import bodies, register
from core.services.public.register import PUBLIC_COLUMNS, Entry, Search, Sort
from core.services.public.state import PublicState
from core.storage.models import Party, RegisterEvent
from tests.conftest import Begin
from tests.services.factory import Held, accredit, load, make_party

TODAY = "2024-06-03T10:00"
DAY = date(2024, 6, 3)
LC = "liaocheng/comprehensive"


def look(begin: Begin, page: int = 0, **wanted: object) -> Page[Entry]:
    with begin(ANONYMOUS, TODAY) as w:
        return register.search(w, Search(**wanted), Wish(page))  # type: ignore[arg-type]  # as a test gives them


def names(begin: Begin, **wanted: object) -> list[str]:
    return [row.name for row in look(begin, **wanted).rows]


def held(engine: Engine, name: str, key: str = LC, **more: Any) -> Held:
    region = more.pop("region", "371502")
    kind = PartyKind.PERSON if key.endswith("expert") else PartyKind.ORGANIZATION
    party = make_party(engine, kind, region=region, name=name)
    started = more.pop("started_on", "2024-01-10")
    return accredit(engine, key, started, party_id=party, region=region, **more)


def test_only_public_columns_are_ever_selected() -> None:
    allowed = {"id", "kind", "name", "employer", "uscc", "party_id", "number", "program", "track", "edition"}
    allowed |= {"region", "functions", "state", "started_on", "valid_from", "valid_through"}
    assert {column.key for column in PUBLIC_COLUMNS} <= allowed | {
        "ended_on",
        "ended_clause",
        "merged_into_id",
    }


NAMES = {
    "创业": ["聊城市启航创业服务中心"],
    "服务": ["聊城市启航创业服务中心", "茌平区服务协会"],
    "聊": ["聊城市启航创业服务中心"],
    "协": [],
    "启航　创业": ["聊城市启航创业服务中心"],
    "100%": [],
    "_": [],
}


def test_a_part_of_the_name_finds_it(engine: Engine, begin: Begin) -> None:
    held(engine, "聊城市启航创业服务中心")
    held(engine, "茌平区服务协会")
    assert {typed: sorted(names(begin, text=typed)) for typed in NAMES} == {
        typed: sorted(found) for typed, found in NAMES.items()
    }


def test_code_and_number_find_it_however_typed(engine: Engine, begin: Begin) -> None:
    one = held(engine, "甲中心", number="LC-Z-2024-0007")
    held(engine, "乙中心")
    code = load(engine, Party, one.party_id).uscc
    for typed in (
        code,
        code.lower(),
        f" {code[:8]} {code[8:]} ",
        "lc-z-2024-0007",
        "ＬＣ－Ｚ－２０２４－０００７",
    ):
        assert names(begin, text=typed) == ["甲中心"], typed
    assert names(begin, text=code[:17]) == []


def test_the_first_and_the_last_day_count(engine: Engine, begin: Begin) -> None:
    for day, started, through in (
        ("over", "2024-01-10", "2024-06-02"),
        ("last", "2024-01-10", "2024-06-03"),
        ("runs", "2024-01-10", "2024-06-04"),
        ("first", "2024-06-03", "2027-06-02"),
        ("comes", "2024-06-04", "2027-06-03"),
    ):
        held(engine, day, started_on=started, valid_through=date.fromisoformat(through))
    assert sorted(names(begin)) == ["first", "last", "runs"]
    assert names(begin, state=PublicState.EXPIRED) == ["over"]
    assert names(begin, state=PublicState.UPCOMING) == ["comes"]
    states = {row.name: row.state for row in look(begin, state=None).rows}
    assert {day for day, state in states.items() if state is PublicState.IN_FORCE} == {
        "first",
        "last",
        "runs",
    }
    assert (states["over"], states["comes"]) == (PublicState.EXPIRED, PublicState.UPCOMING)


def test_an_order_to_rectify_is_not_public(engine: Engine, begin: Begin) -> None:
    held(engine, "甲中心", state=AccreditationState.RECTIFYING)
    assert [row.state for row in look(begin).rows] == [PublicState.IN_FORCE]


def test_what_ended_is_shown_on_wish(engine: Engine, begin: Begin) -> None:
    for number, state in enumerate((AccreditationState.REVOKED, AccreditationState.WITHDRAWN), start=1):
        held(engine, f"第{number}中心", state=state, ended_on=DAY, ended_clause="20(1)")
    held(engine, "现行中心")
    assert names(begin) == ["现行中心"]
    assert names(begin, state=PublicState.REVOKED) == ["第1中心"]
    assert names(begin, state=PublicState.WITHDRAWN) == ["第2中心"]
    assert len(names(begin, state=None)) == 3


def test_a_region_takes_in_what_lies_below_it(engine: Engine, begin: Begin) -> None:
    for name, region in (("市里", "371500"), ("区里", "371502"), ("别处", "370102"), ("外省", "410102")):
        held(engine, f"{name}中心", region=region)
    assert sorted(names(begin, region="371500")) == ["区里中心", "市里中心"]
    assert sorted(names(begin, region="370000")) == ["别处中心", "区里中心", "市里中心"]
    assert names(begin, region="371502") == ["区里中心"]
    assert len(names(begin, region="不是代码")) == 4


def test_programme_track_and_function_narrow_it(engine: Engine, begin: Begin) -> None:
    held(engine, "甲中心", functions=["training", "legal"])
    held(engine, "乙中心", "liaocheng/specialized", functions=["training"])
    held(engine, "丙中心", "hubei/specialized", functions=["legal"])
    assert sorted(names(begin, program="liaocheng")) == ["乙中心", "甲中心"]
    assert names(begin, program="liaocheng", track="specialized") == ["乙中心"]
    assert sorted(names(begin, function="legal")) == ["丙中心", "甲中心"]
    assert names(begin, function="legal", program="hubei") == ["丙中心"]
    with begin(ANONYMOUS, TODAY) as w:
        assert register.in_force_by_program(w) == {"liaocheng": 2, "hubei": 1}


def test_every_row_is_on_one_page_in_order(engine: Engine, begin: Begin) -> None:
    wanted = [f"机构{number:02d}" for number in range(43)]
    for number, name in enumerate(wanted):
        held(engine, name, started_on=f"2024-02-{1 + number % 28:02d}")
    pages = [look(begin, sort=Sort.NAME, page=number) for number in (0, 1, 2)]
    assert [row.name for page in pages for row in page.rows] == wanted
    assert [page.more for page in pages] == [True, True, False]
    assert {page.total for page in pages} == {43}
    assert look(begin, sort=Sort.NAME, page=99).rows == pages[-1].rows
    newest = [row.started_on for row in look(begin).rows]
    assert newest == sorted(newest, reverse=True)
    ending = [row.valid_through for row in look(begin, sort=Sort.ENDING).rows]
    assert ending == sorted(ending)


def test_rows_are_counted_up_to_a_bound(engine: Engine, begin: Begin) -> None:
    one = held(engine, "甲中心")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO accreditation (program, track, edition, party_id, number, year, sequence,"
                " region, state, started_on, valid_from, valid_through, ended_on) SELECT program, track,"
                " edition, party_id, 'N-' || n, 1990, n, region, 'expired', started_on, valid_from,"
                " valid_through, valid_through FROM accreditation, generate_series(1, :n) AS n WHERE id = :id"
            ),
            {"n": MOST_COUNTED, "id": one.id},
        )
    assert look(begin, state=PublicState.EXPIRED).total == MOST_COUNTED
    assert look(begin, state=None).total is None


def test_a_body_has_its_history_without_what_is_not_public(
    engine: Engine, begin: Begin, session: Session
) -> None:
    old = held(
        engine,
        "甲中心",
        started_on="2020-03-01",
        state=AccreditationState.REVOKED,
        ended_on=date(2022, 5, 6),
        ended_clause="20(1)",
    )
    new = accredit(engine, "liaocheng/specialized", "2024-01-10", party_id=old.party_id)
    for kind, on, clause in (
        (EventKind.ACCREDITED, date(2020, 3, 1), "14"),
        (EventKind.WARNING, date(2021, 1, 1), "19"),
        (EventKind.RECTIFICATION_ORDERED, date(2021, 2, 1), "19"),
        (EventKind.REVOKED, date(2022, 5, 6), "20(1)"),
    ):
        session.add(
            RegisterEvent(
                accreditation_id=old.id, kind=kind, happened_on=on, clause=clause, period=str(on),
                title_zh="标题", title_en="Title", evidence={"reason": "内部"},
            )
        )  # fmt: skip
    session.commit()
    with begin(ANONYMOUS, TODAY) as w:
        page = bodies.body_page(w, old.party_id)
    assert [item.id for item in page.entries.rows] == [new.id, old.id]
    kinds = [(line.kind, line.clause) for line in page.history[old.id]]
    assert kinds == [(EventKind.ACCREDITED, "14"), (EventKind.REVOKED, "20(1)")]
    assert [line.on for line in page.history[new.id]] == [date(2024, 1, 10)]


def test_a_party_that_was_never_accredited_is_not_found(engine: Engine, begin: Begin) -> None:
    party = make_party(engine)
    with begin(ANONYMOUS, TODAY) as w, pytest.raises(NotFound):
        bodies.body_page(w, party)


ALIKE = (
    "LC-Z-2024-0007",
    "lc-z-2024-0007",
    " LC-Z-2024-0007\u200b",
    "LC Z 2024 0007",
    "LCZ20240007",
    "ＬＣ－Ｚ－２０２４－０００７",
    "LC—Z—2024—0007",
)
NO_NUMBERS = ("", " ", "-", "LC-Z-2024-000", "LC-Z-2024-00077", "%", "\x00")


def test_a_number_is_read_however_it_is_typed(engine: Engine, begin: Begin) -> None:
    one = held(engine, "甲中心", number="LC-Z-2024-0007")
    held(engine, "乙中心", number="LC-Z-2024-0008")
    with begin(ANONYMOUS, TODAY) as w:
        for typed in ALIKE:
            found = bodies.verify(w, typed)
            assert found is not None, typed
            assert (found.entry.id, found.entry.state) == (one.id, PublicState.IN_FORCE)
            assert found.authority.zh == "聊城市民营经济发展局"
            assert found.at == w.now
        assert [bodies.verify(w, typed) for typed in NO_NUMBERS] == [None] * len(NO_NUMBERS)


def test_numbers_that_differ_by_hyphens_alone_are_one_number(engine: Engine, begin: Begin) -> None:
    one = held(engine, "甲中心", number="A-1-11")
    with pytest.raises(IntegrityError, match="uq_accreditation_number_key"):
        held(engine, "乙中心", number="A-11-1")
    with begin(ANONYMOUS, TODAY) as w:
        for typed in ("A111", "A-1-11", "A-11-1"):
            found = bodies.verify(w, typed)
            assert found is not None
            assert found.entry.id == one.id


def test_a_revoked_certificate_says_since_when_and_why(engine: Engine, begin: Begin) -> None:
    ended = {"state": AccreditationState.REVOKED, "ended_on": date(2024, 5, 6), "ended_clause": "20(1)"}
    one = held(engine, "甲中心", **ended)
    new = accredit(engine, LC, "2024-05-20", party_id=one.party_id)
    with begin(ANONYMOUS, TODAY) as w:
        found = bodies.verify(w, one.number)
    assert found is not None
    assert found.ended is not None
    assert (found.entry.state, found.ended.on, found.ended.clause) == (
        PublicState.REVOKED,
        date(2024, 5, 6),
        "20(1)",
    )
    assert found.ended.title.zh == "受行政主管机关处分"
    assert found.successor is not None
    assert found.successor.number == new.number
