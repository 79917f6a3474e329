"""Whatever looks a party up by number or name finds the registration that is left of two that were merged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from core.domain.clock import moment
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.base.naming import accreditation_named, is_of_party
from core.services.base.work import ANONYMOUS, Actor
from core.services.diary import enterprises
from core.services.duties import complaints
from core.services.granting.libraries import Came, import_register
from core.services.mergers import merging
from core.services.people import keyed
from core.services.public import formers, open_data, register
from core.services.public.register import Search
from core.services.takein.entering import take_in
from core.services.takein.plan import Fate, plan
from core.storage.engine import session_factory
from core.storage.models import Accreditation, ChangeRequest, Complaint, Party, Successor
from tests.services.factory import Held, accredit, load, make_party
from tests.services.takein.tables import row, table

AT, LATER = "2024-06-03T10:00", "2024-06-10T10:00"
KEPT, MERGED = "武汉某某服务中心", "江城某某中心"
PLACE = "420106"
ORGANIZATION = PartyKind.ORGANIZATION


@dataclass(frozen=True)
class One:
    """A body that was registered twice; the registration that was merged away holds nothing."""

    left: int
    away: int
    left_code: str
    away_code: str
    held: Held


@pytest.fixture
def lead(make_actor: Any) -> Actor:
    return make_actor(Role.LEAD)


@pytest.fixture
def one(engine: Engine, begin: Any, lead: Actor) -> One:
    left, away = (make_party(engine, name=name, region=PLACE) for name in (KEPT, MERGED))
    held = accredit(engine, "hubei/specialized", "2024-02-01", party_id=left, region=PLACE)
    with begin(lead, AT) as w:
        merging.merge(w, left, away, "两次登记")
    left_code, away_code = (load(engine, Party, number).uscc for number in (left, away))
    return One(left, away, left_code, away_code, held)


def test_either_code_leads_to_the_one_that_is_left(begin: Any, one: One) -> None:
    full = one.away_code.lower().translate({ord("9"): "９"})
    with begin(ANONYMOUS, LATER) as w:
        for written in (one.left_code, one.away_code, f" {full[:8]}-{full[8:]} "):
            assert keyed.by_number(w, written) == keyed.by_uscc(w, written) == one.left
        assert keyed.by_number(w, "91420106X") is None


def test_a_former_library_enters_the_one_that_is_left(
    engine: Engine, begin: Any, make_actor: Any, lead: Actor, one: One
) -> None:
    given = {"track": "provider", "name": MERGED, "uscc": one.away_code, "region": "220202"}
    with begin(make_actor(Role.LEAD, program="jilin"), LATER) as w:
        first, again = import_register(w, "jilin", [given, given | {"uscc": one.left_code}])
    assert (first.came, again.came) == (Came.MERGED, Came.REPEATED)
    assert first.party_id == again.party_id == one.left
    assert load(engine, Party, one.away).mobile == ""


def test_a_take_in_finds_the_one_that_is_left(engine: Engine, begin: Any, make_actor: Any, one: One) -> None:
    officer = make_actor(Role.OFFICER, "hubei")
    merged_away = row(name=MERGED, uscc=one.away_code, number="鄂严选〔2023〕17号")
    over = row(
        name=MERGED,
        uscc=one.away_code,
        number="鄂严选〔2019〕3号",
        started_on=date(2019, 3, 20),
        valid_through=date(2022, 3, 20),
        mobile="13800138000",
    )
    with begin(officer, LATER) as w:
        # It holds the track already, under the other number.
        (found,) = plan(w, "hubei", table(merged_away)).rows
        assert (found.fate, one.held.number in found.said[0].zh) == (Fate.REFUSED, True)
        take_in(w, "hubei", table(over))
    with begin(officer, LATER) as w:
        made = w.session.scalars(
            select(Accreditation).where(Accreditation.number == "鄂严选〔2019〕3号")
        ).one()
        assert (made.party_id, made.party.mobile) == (one.left, "13800138000")
        # And once more it is there already, equal.
        assert [item.fate for item in plan(w, "hubei", table(over)).rows] == [Fate.THERE]


def test_of_two_rows_of_one_body_the_second_is_refused(begin: Any, make_actor: Any, engine: Engine) -> None:
    left, away = (make_party(engine, name=name, region=PLACE) for name in (KEPT, MERGED))
    for party in (left, away):
        accredit(engine, "hubei/comprehensive", f"2024-0{1 + (party == away)}-01", party_id=party)
    with begin(make_actor(Role.LEAD), AT) as w:
        merging.merge(w, left, away, "两次登记")
    codes = [load(engine, Party, number).uscc for number in (left, away)]
    rows = [row(uscc=code, number=f"鄂严选〔2023〕1{place}号") for place, code in enumerate(codes)]
    with begin(make_actor(Role.OFFICER, "hubei"), LATER) as w:
        fates = plan(w, "hubei", table(*rows)).rows
    assert [item.fate for item in fates] == [Fate.NEW, Fate.REFUSED]
    assert "第 2 行是同一主体" in fates[1].said[0].zh


def test_a_name_that_was_merged_away_finds_what_the_one_left_holds(
    engine: Engine, begin: Any, one: One
) -> None:
    with begin(ANONYMOUS, LATER) as w:
        for text in (KEPT, MERGED, one.left_code, one.away_code, one.held.number):
            assert [body.id for body in register.find_bodies(w, text).rows] == [one.left], text
            assert [item.id for item in register.search(w, Search(text)).rows] == [one.held.id], text
            query = select(Accreditation.id).where(accreditation_named(text))
            assert list(w.session.scalars(query)) == [one.held.id], text
        query = select(Party.id).where(is_of_party(Party.id, MERGED)).order_by(Party.id)
        assert list(w.session.scalars(query)) == [one.left, one.away]
        assert register.find_bodies(w, "没有这个").rows == ()


def test_a_served_enterprise_is_offered_as_the_one_that_is_left(
    engine: Engine, begin: Any, make_actor: Any, one: One
) -> None:
    party = make_party(engine, name="某服务商")
    user = make_actor(Role.APPLICANT, parties=[party])
    with begin(user, LATER) as w:
        for text in (KEPT, MERGED, one.away_code[:12], one.left_code[:12]):
            found = [(item.name, item.uscc) for item in enterprises.look_up(w, party, text)]
            assert (KEPT, one.left_code) in found, text
            assert MERGED not in [name for name, _ in found]


def test_a_complaint_about_a_duplicate_counts_for_the_status_that_stays(
    engine: Engine, begin: Any, lead: Actor, one: One
) -> None:
    third = make_party(engine, name="武汉某某服务中心", region=PLACE)
    later = accredit(engine, "hubei/specialized", "2024-03-01", party_id=third, region=PLACE)
    with begin(lead, AT) as w:
        merging.merge(w, one.left, third, "两次登记")
    with begin(ANONYMOUS, LATER) as w:
        complaints.file_complaint(w, later.number, "某企业", "a@example.cn", "收费不实")
    with session_factory(engine)() as session:
        assert session.scalars(select(Complaint.accreditation_id)).all() == [one.held.id]


def test_the_mark_of_the_open_data_changes_with_a_merger(engine: Engine, begin: Any, lead: Actor) -> None:
    left, away = (make_party(engine, name=name, region=PLACE) for name in (KEPT, MERGED))
    accredit(engine, "hubei/specialized", "2024-02-01", party_id=left, region=PLACE)
    accredit(engine, "hubei/comprehensive", "2024-02-01", party_id=away, region=PLACE)

    def mark() -> str:
        with begin(ANONYMOUS, LATER) as w:
            return open_data.fingerprint(w)

    before = mark()
    with begin(lead, AT) as w:
        merging.merge(w, left, away, "两次登记")
    assert mark() != before


def test_whoever_was_included_without_a_number_and_merged_is_no_other_body(
    engine: Engine, begin: Any, make_actor: Any, lead: Actor
) -> None:
    """Of one name with a body whose number is known, another body may register."""
    known = make_party(engine, name=KEPT, region=PLACE)
    included = make_party(engine, name=KEPT, region=PLACE, uscc=None, directly_included=True)
    data = {"name": KEPT, "region": PLACE, "mobile": "", "phone": "", "uscc": "x"}
    with begin(lead, AT) as w:
        assert keyed.known(w, ORGANIZATION, [data]) == [included]
        merging.merge(w, known, included, "两次登记")
        assert keyed.known(w, ORGANIZATION, [data]) == [None]


def test_a_successor_named_by_a_merged_code_is_the_one_that_is_left(
    engine: Engine, begin: Any, one: One
) -> None:
    gone = accredit(engine, "hubei/comprehensive", "2024-01-01", region=PLACE).party_id
    with engine.begin() as connection:
        asked = {"party_id": gone, "kind": "merger", "state": "granted", "ends_party": True}
        at = moment(AT)
        made = insert(ChangeRequest).values(**asked, asked_at=at, decided_at=at)
        request_id = connection.scalar(made.returning(ChangeRequest.id))
        named = {"request_id": request_id, "name": MERGED, "uscc": one.away_code}
        connection.execute(insert(Successor).values(**named))
    with begin(ANONYMOUS, LATER) as w:
        (turn,) = formers.fate_of(w, gone).after
        assert [other.party_id for other in turn.others] == [one.left]
        (before,) = formers.fate_of(w, one.left).before
        assert [other.party_id for other in before.others] == [gone]
