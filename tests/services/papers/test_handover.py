"""A closed case as a package for the archive: files, metadata and digests, recorded and held to them."""

import hashlib
import json
import zipfile
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Conflict, Invalid, NotFound, Refused
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.domain.supervision.standing import EventKind
from core.rules.obligations import Mode
from core.services.papers.keeping import handover
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    AnnualReport,
    ArchivePackage,
    ExitCase,
    MaterialFile,
    Party,
    Rectification,
    RegisterEvent,
)
from core.storage.models.exits import ExitState
from tests.services.journey import AUTHORITY, Case, Town

KEY, URL = "shanghai/specialized", "http://localhost"


@pytest.fixture
def case(town: Town, engine: Engine) -> Case:
    """A case whose status has ended."""
    made = town.start(KEY).accredited()
    with session_factory(engine).begin() as session:
        held = session.scalars(
            select(Accreditation).where(Accreditation.application_id == made.application_id)
        ).one()
        held.state, held.ended_on = AccreditationState.EXPIRED, held.valid_through + timedelta(days=1)
    return made


def hand_over(case: Case, days: int = 40, language: str = "zh") -> int:
    with case.as_officer(days) as w:
        return handover.hand_over(w, case.application_id, case.town.store, language=language, base_url=URL)


def test_a_package_has_the_files_with_metadata_and_digests_and_is_recorded(
    engine: Engine, case: Case
) -> None:
    with case.as_officer(40) as w:
        assert [row.id for row in handover.waiting(w, case.program).rows] == [case.application_id]
    number = hand_over(case)
    with case.as_officer(50) as w:
        row = w.session.get_one(ArchivePackage, number)
        made = handover.download(w, number, case.town.store, base_url=URL)
        data = made.stream.read()
        assert handover.waiting(w, case.program).rows == ()
        assert [item.id for item in handover.packages(w, case.program).rows] == [number]
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (row.sha256, row.size)
    with zipfile.ZipFile(made.stream) as packed:
        told = json.loads(packed.read("metadata.json"))
        tree = ElementTree.fromstring(packed.read("metadata.xml"))  # noqa: S314  # our own
        assert len(told["文件"]) == row.files
        for item in told["文件"]:
            found = hashlib.sha256(packed.read(item["计算机文件名"])).hexdigest()
            assert found == item["摘要"], item
    with session_factory(engine)() as session:
        held = session.scalars(select(Accreditation)).one()
        party = session.get_one(Party, held.party_id)
        files = session.scalars(select(MaterialFile.sha256)).all()
        expected = {
            "聚合层次": "案卷",
            "保管期限": "30年",
            "文件编号": held.number,
            "日期": held.started_on.isoformat(),
            "年度": str(held.started_on.year),
            "密级": "内部",
            "摘要算法": "SHA-256",
        }
        assert {name: told[name] for name in expected} == expected
        assert party.name in told["题名"]
        assert told["责任者"] == told["立档单位名称"] != ""
    assert set(files) <= {item["摘要"] for item in told["文件"]}
    assert tree.findtext("文件编号") == told["文件编号"]
    assert [one.findtext("摘要") for one in tree.findall("文件")] == [item["摘要"] for item in told["文件"]]


def test_the_letters_on_the_status_go_with_it(engine: Engine, case: Case) -> None:
    with session_factory(engine)() as session:
        held = session.scalars(select(Accreditation)).one()
    own = {"accreditation_id": held.id, "clause": "1"}
    title = {"title_zh": "未报送年度总结", "title_en": "No yearly summary"}
    day = held.started_on
    with session_factory(engine).begin() as session:
        session.add_all(
            [
                RegisterEvent(
                    kind=EventKind.WARNING, happened_on=day, period="1", evidence={}, **own, **title
                ),
                Rectification(ordered_on=day, deadline=day + timedelta(days=30), evidence={}, **own),
                AnnualReport(
                    accreditation_id=held.id,
                    year=day.year,
                    submitted_on=day,
                    summary="全年总结",
                    success_cases="",
                    figures={},
                ),
                ExitCase(
                    mode=Mode.CONFIRM,
                    period=str(day.year),
                    proposed_on=day,
                    state=ExitState.UPHELD,
                    decided_on=day,
                    decision_reason="事实清楚",
                    reason="查实",
                    evidence={},
                    **own,
                    **title,
                ),
            ]
        )
    number = hand_over(case)
    with case.as_officer(41) as w:
        made = handover.download(w, number, case.town.store, base_url=URL)
    with zipfile.ZipFile(made.stream) as packed:
        told = [item["题名"] for item in json.loads(packed.read("metadata.json"))["文件"]]
    letters = ["警告书", "责令整改通知书", "年度报告", "拟撤销认定告知书", "撤销认定决定书"]
    assert [title for title in told if title in letters] == letters


def test_at_one_moment_it_is_one_package_and_later_another(case: Case) -> None:
    first = hand_over(case)
    assert hand_over(case) == first
    assert hand_over(case, 41) > first


def test_a_case_that_changed_since_is_not_given_out_as_the_old_package(engine: Engine, case: Case) -> None:
    number = hand_over(case)
    with session_factory(engine).begin() as session:
        session.scalars(select(MaterialFile).order_by(MaterialFile.id)).all()[0].filename = "改名.pdf"
    with pytest.raises(Conflict, match="has changed"), case.as_officer(41) as w:
        handover.download(w, number, case.town.store, base_url=URL)


def test_an_open_case_is_not_handed_over(town: Town) -> None:
    case = town.start(KEY).fill().attach_all().submit()
    with case.as_officer(1) as w:
        assert handover.waiting(w, case.program).rows == ()
    with pytest.raises(Refused, match="not closed"):
        hand_over(case, 1)


def test_who_does_not_reach_it_has_none_of_it(case: Case) -> None:
    number = hand_over(case)
    stranger = case.town.make_actor(Role.OFFICER, "jilin", AUTHORITY["jilin"])
    recommender = case.town.recommender(case.program)
    for who in (stranger, recommender):
        with pytest.raises(NotFound), case.town.begin(who, case.on(41)) as w:
            handover.download(w, number, case.town.store, base_url=URL)
        with case.town.begin(who, case.on(41)) as w:
            assert handover.packages(w, case.program).rows == ()
    with pytest.raises(NotFound), case.as_officer(41) as w:
        handover.download(w, number + 1, case.town.store, base_url=URL)


def test_the_archive_takes_it_once_under_its_number(case: Case) -> None:
    number = hand_over(case)
    taken = case.day + timedelta(days=40)

    def receive(on: date, *given: str) -> None:
        with case.as_officer(41) as w:
            handover.receive(w, number, on, *given)

    for on, given in (
        (taken - timedelta(days=1), ("X-1", "市档案馆")),
        (taken + timedelta(days=2), ("X-1", "市档案馆")),
        (taken, ("", "市档案馆")),
        (taken, ("X" * 101, "市档案馆")),
        (taken, ("X-1", " ")),
    ):
        with pytest.raises(Invalid):
            receive(on, *given)
    receive(taken, "X-1", "市档案馆")
    with pytest.raises(Conflict):
        receive(taken, "X-2", "市档案馆")
