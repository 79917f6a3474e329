"""The figures of a small register, counted by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.domain.roles import Role
from core.domain.supervision.standing import EventKind
from core.services.base.work import SYSTEM
from core.services.statistics import activity, duties, funnel, register
from core.services.statistics.narrow import Narrow, months
from core.storage.engine import session_factory
from core.storage.models import Application, Call, RegisterEvent, ServiceRecord
from core.storage.models.register import RecordState
from core.storage.seed import load_regions
from tests.conftest import Begin, MakeActor
from tests.services.factory import Held, accredit, load, make_party, serve

TODAY = "2026-05-10T12:00"
YEAR = Narrow(months=12)


@pytest.fixture
def held(engine: Engine) -> dict[str, Held]:
    """Four accreditations: two of Wuhan, one of Yichang that was revoked, one of Liaocheng."""
    return {
        "old": accredit(engine, "hubei/comprehensive", "2025-12-01", functions=["information", "legal"]),
        "revoked": accredit(
            engine, "hubei/comprehensive", "2024-03-01", region="420502",
            state=AccreditationState.REVOKED, ended_on=date(2026, 4, 15), functions=["legal"],
        ),
        "new": accredit(
            engine, "hubei/specialized", "2026-05-01",
            state=AccreditationState.RECTIFYING, functions=["information"],
        ),
        "city": accredit(engine, "liaocheng/comprehensive", "2026-04-30", functions=["information"]),
    }  # fmt: skip


def test_the_months_end_with_the_present_one(begin: Begin) -> None:
    with begin(SYSTEM, "2026-01-31T23:59") as w:
        assert months(w, Narrow(months=12))[0] == date(2025, 2, 1)
        assert months(w, Narrow(months=12))[-1] == date(2026, 1, 1)


def test_by_track_and_state(begin: Begin, held: dict[str, Held]) -> None:
    with begin(SYSTEM, TODAY) as w:
        found = {(row.program, row.track): row for row in register.by_track(w, Narrow())}
    assert found["hubei", "comprehensive"].states == {
        AccreditationState.ACTIVE: 1,
        AccreditationState.REVOKED: 1,
    }
    assert found["hubei", "comprehensive"].in_force == 1
    assert found["hubei", "specialized"].in_force == 1


def test_by_month_counts_what_was_granted_and_what_ended(begin: Begin, held: dict[str, Held]) -> None:
    with begin(SYSTEM, TODAY) as w:
        rows = {row.month: row for row in register.by_month(w, YEAR)}
    assert len(rows) == 12
    april, may = rows[date(2026, 4, 1)], rows[date(2026, 5, 1)]
    assert (april.granted, april.revoked, april.ended, april.in_force) == (1, 1, 1, 2)
    assert (may.granted, may.ended, may.in_force) == (1, 0, 3)
    assert rows[date(2025, 6, 1)].in_force == 1, "what was granted before the first month counts from there"
    assert rows[date(2025, 11, 1)].granted == 0
    assert rows[date(2025, 12, 1)].granted == 1


def test_by_function_each_in_the_words_of_its_programme(begin: Begin, held: dict[str, Held]) -> None:
    with begin(SYSTEM, TODAY) as w:
        rows = register.by_function(w, Narrow(program="hubei"))
    assert [(row.function, row.in_force) for row in rows] == [("information", 2), ("legal", 1)]
    assert rows[0].title.zh == "信息服务"


def test_by_region_goes_down_level_by_level(engine: Engine, begin: Begin, held: dict[str, Held]) -> None:
    with session_factory(engine)() as session, session.begin():
        load_regions(session)
    accredit(engine, "hubei/comprehensive", "2026-05-01", region="420000")
    with begin(SYSTEM, TODAY) as w:
        top = register.by_region(w, Narrow())
        province = register.by_region(w, Narrow(region="420000"))
        single = register.by_region(w, Narrow(program="liaocheng"))
    assert [(row.region, row.in_force, row.ended, row.deeper) for row in top] == [
        ("420000", 3, 1, True),
        ("370000", 1, 0, True),
    ]
    assert [(row.region, row.in_force, row.ended, row.deeper) for row in province] == [
        ("420100", 2, 0, True),
        ("420000", 1, 0, False),
        ("420500", 0, 1, True),
    ]
    assert [row.region for row in single] == ["371502"], "levels with one division are passed over"


def test_figures_keep_to_the_reach_of_the_actor(
    begin: Begin, held: dict[str, Held], make_actor: MakeActor
) -> None:
    wuhan = make_actor(Role.RECOMMENDER, "hubei", "420100")
    with begin(wuhan, TODAY) as w:
        assert sum(row.in_force for row in register.by_track(w, Narrow())) == 2
        assert [row.region for row in register.by_region(w, Narrow())] == ["420106"]
        assert register.by_month(w, YEAR)[-1].in_force == 2
        assert register.by_track(w, Narrow(program="liaocheng")) == []
    with begin(make_actor(Role.APPLICANT), TODAY) as w:
        assert register.by_track(w, Narrow()) == []
        assert sum(row.in_force for row in register.by_track(w, Narrow(everyone=True))) == 3


def _remind(engine: Engine, held: Held, period: str, on: str) -> None:
    with session_factory(engine)() as session, session.begin():
        session.add(
            RegisterEvent(
                accreditation_id=held.id, kind=EventKind.REMINDER, happened_on=date.fromisoformat(on),
                clause="10(1)", period=period, title_zh="提醒", title_en="Reminder",
            )
        )  # fmt: skip


def test_duties_at_risk_are_measured_again(engine: Engine, begin: Begin, make_actor: MakeActor) -> None:
    made = {name: accredit(engine, "jilin/provider", "2025-07-01") for name in ("short", "hours", "served")}
    made["last_year"] = accredit(engine, "jilin/provider", "2025-07-01")
    made["revoked"] = accredit(
        engine, "jilin/provider", "2025-07-01",
        state=AccreditationState.REVOKED, ended_on=date(2026, 5, 1),
    )  # fmt: skip
    for name in ("short", "hours", "served", "revoked"):
        _remind(engine, made[name], "duty/2026-07-01", "2026-04-01")
    _remind(engine, made["last_year"], "duty/2026-05-09", "2026-04-01")
    serve(engine, made["short"], "2026-05-01", "11.5", tuple(f"企业{n}" for n in range(29)))
    serve(engine, made["short"], "2025-06-30", "24")
    serve(engine, made["short"], "2026-05-02", "24", state=RecordState.DRAFT)
    serve(engine, made["hours"], "2026-05-01", "12")
    serve(engine, made["served"], "2026-05-01", "1", tuple(f"企业{n}" for n in range(30)))
    with begin(make_actor(Role.OFFICER, "jilin", "220200"), TODAY) as w:
        found = duties.at_risk(w, Narrow())
    assert [row.number for row in found.rows] == [made["short"].number]
    row = found.rows[0]
    assert (row.last, row.days_left, row.clause) == (date(2026, 7, 1), 52, "10(1)")
    assert "11.5 / 12" in row.progress.zh
    assert "29 of 30" in row.progress.en
    track = next(item for item in found.tracks if item.track == "provider")
    assert (track.in_force, track.reminded, track.short) == (4, 3, 1)
    assert found.complete


def test_where_there_are_too_many_those_that_end_first_are_measured(
    engine: Engine, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties, "MOST_MEASURED", 1)
    for start, last in (("2025-07-01", "2026-07-01"), ("2025-06-01", "2026-06-01")):
        _remind(engine, accredit(engine, "jilin/provider", start), f"duty/{last}", "2026-04-01")
    with begin(SYSTEM, TODAY) as w:
        found = duties.at_risk(w, Narrow())
    assert [row.last for row in found.rows] == [date(2026, 6, 1)]
    assert not found.complete


S = ApplicationState


def _application(engine: Engine, begin: Begin, call_id: int | None, *moves: tuple[str, S]) -> None:
    party = make_party(engine, region="420106")
    number = 0
    for on, state in moves:
        with begin(SYSTEM, f"{on}T10:00") as w:
            if not number:
                made = Application(
                    program="hubei", track="comprehensive", edition="2023", party_id=party, call_id=call_id,
                    region="420106", state=state,
                )  # fmt: skip
                w.session.add(made)
                w.session.flush()
                number = made.id
            else:
                found = w.session.get_one(Application, number)
                found.state, found.submitted_at = state, found.submitted_at or w.now


@pytest.fixture
def call_id(engine: Engine) -> int:
    """A call of Hubei."""
    with session_factory(engine)() as session, session.begin():
        moment: dict[str, Any] = {"opens_at": "2026-02-01T00:00+08", "submit_by": "2026-04-01T00:00+08"}
        call = Call(program="hubei", edition="2023", tracks=["comprehensive"], title="通知", **moment)
        session.add(call)
        session.flush()
        return call.id


def test_the_funnel_of_a_call(engine: Engine, begin: Begin, call_id: int, make_actor: MakeActor) -> None:
    _application(
        engine, begin, call_id, ("2026-03-01", S.DRAFT), ("2026-03-03", S.SUBMITTED),
        ("2026-03-05", S.RETURNED), ("2026-03-09", S.SUBMITTED), ("2026-03-19", S.RECOMMENDED),
    )  # fmt: skip
    _application(
        engine, begin, call_id, ("2026-03-01", S.DRAFT), ("2026-03-02", S.SUBMITTED),
        ("2026-03-12", S.UNDER_REVIEW),
    )  # fmt: skip
    _application(engine, begin, call_id, ("2026-03-01", S.DRAFT))
    _application(engine, begin, None, ("2026-03-01", S.DRAFT), ("2026-03-20", S.SUBMITTED))
    with begin(make_actor(Role.OFFICER, "hubei"), TODAY) as w:
        rows = {row.state: row for row in funnel.funnel(w, Narrow(), call_id)}
        everything = {row.state: row for row in funnel.funnel(w, Narrow())}
        assert [row.id for row in funnel.calls(w, Narrow())] == [call_id]
    draft, submitted = rows[S.DRAFT], rows[S.SUBMITTED]
    assert (draft.reached, draft.now, draft.left) == (3, 1, 2)
    assert draft.median_days == pytest.approx(1.5)
    assert draft.most_days == pytest.approx(1.9)
    assert (submitted.reached, submitted.now, submitted.left) == (2, 0, 3), "one came into it twice"
    assert submitted.median_days == pytest.approx(10)
    assert rows[S.UNDER_REVIEW].median_days is None, "what still stands there has waited no known time"
    assert rows[S.UNDER_REVIEW].now == 1
    assert everything[S.SUBMITTED].now == 1
    with begin(make_actor(Role.OFFICER, "liaocheng"), TODAY) as w:
        assert funnel.calls(w, Narrow()) == []
        assert {row.reached for row in funnel.funnel(w, Narrow(), call_id)} == {0}


def test_volume_counts_an_entry_once_and_an_enterprise_once_a_month(
    engine: Engine, begin: Begin, held: dict[str, Held]
) -> None:
    twice = serve(engine, held["old"], "2026-05-02", "2.5", ("甲", "乙"), participants=10)
    again = serve(engine, held["new"], "2026-05-02", "2.5", ("甲", "乙"), participants=10)
    with session_factory(engine)() as session, session.begin():
        entry = load(engine, ServiceRecord, twice).entry_id
        session.get_one(ServiceRecord, again).entry_id = entry
    serve(engine, held["old"], "2026-05-10", "1", ("甲",))
    serve(engine, held["old"], "2026-05-11", "8", ("丙",))
    serve(engine, held["old"], "2026-05-03", "8", ("丁",), state=RecordState.REJECTED)
    serve(engine, held["city"], "2025-06-01", "3", ("甲",))
    serve(engine, held["city"], "2025-05-31", "8", ("甲",))
    with begin(SYSTEM, TODAY) as w:
        rows = {row.month: row for row in activity.volume(w, YEAR)}
    may = rows[date(2026, 5, 1)]
    assert (may.services, may.hours, may.participants, may.enterprises) == (2, Decimal("3.5"), 10, 2)
    assert rows[date(2025, 6, 1)].hours == 3
    assert sum(row.services for row in rows.values()) == 3


def test_satisfaction_by_the_bar_of_the_programme(
    engine: Engine, begin: Begin, held: dict[str, Held]
) -> None:
    for rating in ("79.99", "80", "100"):
        serve(engine, held["old"], "2026-05-02", satisfaction_pct=Decimal(rating))
    serve(engine, held["old"], "2026-05-02")
    serve(engine, held["city"], "2026-05-02", satisfaction_pct=Decimal(10))
    with begin(SYSTEM, TODAY) as w:
        hubei, liaocheng = activity.satisfaction(w, YEAR)
    assert (hubei.program, hubei.rated, hubei.low) == ("hubei", 3, 1)
    assert hubei.mean == pytest.approx(Decimal("86.6633"), abs=Decimal("0.001"))
    assert hubei.low_share == pytest.approx(Decimal("33.33"), abs=Decimal("0.01"))
    assert (liaocheng.low, liaocheng.low_share) == (None, None), "it sets no bar"
