"""Until which day the public pages name a person: below, at and above it, and never less of a body."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from core.domain.clock import moment
from core.domain.errors import NotFound
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.rules.clauses import PartyKind
from core.services.base.work import ANONYMOUS, ENDED_DAYS, NOTICE_DAYS, SYSTEM
from core.services.keeping.public_names import shown
from core.services.public import bodies, notices, open_data, register
from core.services.public.register import Search
from core.services.settings.values import set_operation
from core.storage.engine import session_factory
from core.storage.models import Application, NoticeItem, PublicNotice
from tests.conftest import Begin
from tests.services.factory import Held, accredit, make_party

BEFORE, DAY = "2024-06-30T23:59", "2024-07-01T00:00"
EXPERT = "王守国"


def expert(engine: Engine, **more: Any) -> Held:
    party = make_party(engine, PartyKind.PERSON, "220202", name=EXPERT, employer="某大学")
    return accredit(engine, "jilin/expert", "2020-01-08", party_id=party, **more)


def told(begin: Begin, held: Held, at: str) -> str:
    """Everything that the public is told of it."""
    with begin(ANONYMOUS, at) as w:
        found = [
            register.search(w, Search(state=None)).rows,
            register.search(w, Search(text=EXPERT, state=None)).rows,
            register.find_bodies(w, EXPERT).rows,
            register.find_bodies(w, held.number).rows,
            register.look_up_bodies(w, EXPERT),
            bodies.all_of(w, held.party_id),
            bodies.verify(w, held.number),
            list(open_data.register(w.session, w.today, open_data.words(w), shown(w))),
            list(open_data.notices(w.session, w.today, shown(w))),
        ]
        try:
            found.append(bodies.body_page(w, held.party_id))
        except NotFound:
            found.append("no page")
    return json.dumps(found, ensure_ascii=False, default=str)


@pytest.mark.parametrize(
    "more",
    [
        {"state": AccreditationState.REVOKED, "ended_on": date(2023, 7, 2)},
        # Nobody has checked it yet: the term itself tells.
        {"valid_through": date(2023, 7, 1)},
    ],
)
def test_an_ended_expert_is_named_for_as_long_as_is_set_and_no_day_longer(
    engine: Engine, begin: Begin, more: dict[str, Any]
) -> None:
    held = expert(engine, **more)
    assert told(begin, held, BEFORE).count(EXPERT) >= 8
    assert EXPERT in told(begin, held, "2024-06-30T00:00")
    after = told(begin, held, DAY)
    assert [word for word in (EXPERT, "某大学") if word in after] == []
    assert "no page" in after
    with begin(ANONYMOUS, DAY) as w:
        verified = bodies.verify(w, held.number)
        assert verified is not None
        assert (verified.withheld, verified.entry.number) == (True, held.number)


def test_who_holds_a_status_is_named_whatever_ended_before(engine: Engine, begin: Begin) -> None:
    old = expert(engine, state=AccreditationState.EXPIRED, ended_on=date(2021, 1, 8))
    accredit(engine, "jilin/expert", "2024-01-08", party_id=old.party_id)
    with begin(ANONYMOUS, DAY) as w:
        (only,) = bodies.body_page(w, old.party_id).entries.rows
        assert (only.name, only.started_on) == (EXPERT, date(2024, 1, 8))
        verified = bodies.verify(w, old.number)
        assert verified is not None
        assert verified.withheld


def test_a_body_stays(engine: Engine, begin: Begin) -> None:
    held = accredit(
        engine,
        "jilin/provider",
        "2015-01-08",
        state=AccreditationState.REVOKED,
        ended_on=date(2016, 1, 8),
    )
    with begin(ANONYMOUS, DAY) as w:
        verified = bodies.verify(w, held.number)
        assert verified is not None
        assert (verified.withheld, bool(verified.entry.name)) == (False, True)
        assert len(bodies.body_page(w, held.party_id).entries.rows) == 1


def test_the_setting_moves_the_day(engine: Engine, begin: Begin) -> None:
    held = expert(engine, state=AccreditationState.REVOKED, ended_on=date(2023, 7, 2))
    with begin(SYSTEM, BEFORE) as w:
        set_operation(w, ENDED_DAYS, "30", w.today, "缩短公开期限")
    assert EXPERT not in told(begin, held, BEFORE)


def published(engine: Engine, closes_on: date) -> tuple[int, list[int]]:
    owners = [
        make_party(engine, PartyKind.PERSON, "220202", name=EXPERT),
        make_party(engine, name="公示机构"),
    ]
    with session_factory(engine).begin() as session:
        items = [
            NoticeItem(
                application=Application(
                    program="jilin",
                    track=track,
                    edition="interim",
                    party_id=owner,
                    region="220202",
                    state=ApplicationState.ON_NOTICE,
                    submitted_at=moment("2023-12-01T10:00"),
                )
            )
            for owner, track in zip(owners, ("expert", "provider"), strict=True)
        ]
        notice = PublicNotice(
            program="jilin",
            title="名单公示",
            published_on=date(2023, 12, 10),
            closes_on=closes_on,
            working_days=5,
            items=items,
        )
        session.add(notice)
        session.flush()
        return notice.id, [item.application_id for item in items]


def test_a_notice_names_people_for_as_long_as_is_set_and_bodies_longer(engine: Engine, begin: Begin) -> None:
    number, (person, body) = published(engine, date(2024, 1, 2))
    with begin(ANONYMOUS, BEFORE) as w:  # 180 days after it closed
        page = notices.notice_page(w, number)
        assert [item.party for item in page.items.rows] == [EXPERT, "公示机构"]
        assert not page.names_came_down
        assert notices.one_item(w, number, person).party == EXPERT
        assert EXPERT in str(list(open_data.notices(w.session, w.today, shown(w))))
    with begin(ANONYMOUS, DAY) as w:
        page = notices.notice_page(w, number)
        assert [item.party for item in page.items.rows] == ["公示机构"]
        assert page.names_came_down
        assert notices.one_item(w, number, body).party == "公示机构"
        with pytest.raises(NotFound):
            notices.one_item(w, number, person)
        assert EXPERT not in str(list(open_data.notices(w.session, w.today, shown(w))))
    with begin(SYSTEM, DAY) as w:
        set_operation(w, NOTICE_DAYS, "181", w.today, "延长")
    with begin(ANONYMOUS, DAY) as w:
        assert len(notices.notice_page(w, number).items.rows) == 2
