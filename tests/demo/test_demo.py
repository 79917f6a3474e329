"""The demo's register: every state is there, nothing is wrong with it, and it is loaded once."""

import os
import re
import subprocess
import sys
from datetime import date

import pytest
from sqlalchemy import func, select

from core.demo.loading import ForeignDataError, Told, load, loaded
from core.demo.people.staff import PASSWORD, accounts
from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.clauses import StageKind
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import (
    Accreditation,
    Application,
    AuditEvent,
    Ban,
    Call,
    ChangeRequest,
    Complaint,
    ExitCase,
    ExtensionRequest,
    Finding,
    JobRun,
    Nomination,
    Objection,
    OutboxMessage,
    Party,
    PublicNotice,
    Rectification,
    ServiceRecord,
    SettingOverride,
    User,
)
from core.storage.models.applications import Channel
from core.storage.models.exits import ExitState
from core.storage.models.notices import ObjectionState
from core.storage.models.operations import JobState, MessageState
from core.storage.models.register import RecordState
from core.storage.models.supervision import ExtensionState, FindingState, RectificationState
from core.storage.processes.forward import DEMO_JOB
from core.storage.seed import seed
from core.storage.verify import faults

pytestmark = pytest.mark.slow
TODAY = date(2026, 11, 20)
SMALL = 1


@pytest.fixture(scope="module")
def told():
    """What was told while the demo was loaded."""
    return []


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def register(new_database, instance, told):
    """A small demo, loaded once for all tests of this module."""
    with new_database() as engine:
        factory = session_factory(engine)
        with factory() as session, session.begin():
            seed(session)
        assert loaded(factory) is None
        load(factory, instance, TODAY, size=SMALL, told=told.append)
        yield factory


@pytest.fixture
def data(register):
    with register() as session:
        yield session


def values(data, column):
    return set(data.scalars(select(column).distinct()))


def test_nothing_is_wrong_with_it(data, instance):
    assert [str(fault) for fault in faults(data, FileStore(instance / "files"))] == []


def test_every_track_has_applications_in_every_state_that_it_knows(data):
    found = data.execute(select(Application.program, Application.track, Application.state).distinct()).all()
    for known, track in catalogue().tracks():
        states = {row.state for row in found if (row.program, row.track) == (known.program.id, track.id)}
        kinds = {
            stage.kind
            for stage in known.track_rules(track.id, known.program.editions[-1].id).procedure.stages
        }
        wanted = set(ApplicationState) - {ApplicationState.AGREEMENT}
        wanted -= {ApplicationState.RECOMMENDED} if StageKind.RECOMMENDATION not in kinds else set()
        noticed = {ApplicationState.APPROVED, ApplicationState.ON_NOTICE}
        wanted -= noticed if StageKind.NOTICE not in kinds else set()
        wanted |= {ApplicationState.AGREEMENT} if StageKind.AGREEMENT in kinds else set()
        assert states == wanted, f"{known.program.id}/{track.id}"


def test_every_kind_of_ending_and_matter_is_there(data):
    assert values(data, Accreditation.state) == set(AccreditationState)
    assert values(data, ExitCase.state) == set(ExitState)
    assert values(data, Finding.state) == set(FindingState)
    assert values(data, Rectification.state) == set(RectificationState)
    assert values(data, ExtensionRequest.state) == set(ExtensionState)
    assert values(data, Objection.state) == set(ObjectionState)
    assert values(data, ChangeRequest.state) == set(ChangeState)
    assert values(data, ChangeRequest.kind) >= {ChangeKind.DETAILS, ChangeKind.MERGER, ChangeKind.NUMBER}
    assert values(data, Complaint.verified) == {True, False, None}
    assert values(data, ServiceRecord.state) == set(RecordState)
    assert values(data, Application.channel) == set(Channel)
    assert data.scalar(select(func.count()).select_from(Ban)) >= 1
    assert data.scalar(select(func.count()).select_from(Nomination)) >= 1
    assert data.scalar(select(func.count()).select_from(SettingOverride)) >= 1


def test_three_years_of_records_lie_in_the_diaries(data):
    first, last = data.execute(
        select(func.min(ServiceRecord.service_date), func.max(ServiceRecord.service_date))
    ).one()
    assert (last - first).days > 3 * 365
    assert last <= TODAY
    assert data.scalar(select(func.count()).select_from(ServiceRecord)) > 2000


def test_calls_are_open_and_over_for_whoever_has_calls(data):
    calls = data.scalars(select(Call)).all()
    for program in {call.program for call in calls}:
        own = [call for call in calls if call.program == program]
        assert any(call.closed_at is not None for call in own)
        assert any(call.closed_at is None and call.submit_by.date() > TODAY for call in own)


def test_papers_are_titled_as_authorities_title_them(data):
    """A title stands alone in a list of all programmes: it says the year, the programme and what it is."""
    for entity, ending in ((Call, "申报通知"), (PublicNotice, "拟认定名单公示")):
        titles = list(data.execute(select(entity.program, entity.title)))
        assert titles
        assert len(set(titles)) == len(titles)
        for program, title in titles:
            named = re.escape(catalogue()[program].program.title.zh)
            assert re.fullmatch(rf"20\d\d年度{named}{ending}(（补充）|（第二批）)?", title)


def test_there_are_users_of_every_role_who_can_log_in(data):
    shown = accounts(data)
    assert {line.role for line in shown} == {role.label for role in Role}
    for line in shown:
        for email in line.emails:
            assert data.scalar(select(User.password).where(User.email == email)) is not None
    assert PASSWORD


def test_parties_are_many_and_their_messages_went_out(data):
    assert data.scalar(select(func.count()).select_from(Party)) >= 200
    assert values(data, OutboxMessage.state) <= {MessageState.SENT, MessageState.PENDING}


def test_progress_was_told_from_the_first_day_to_today(told):
    assert told[0].done == 0
    assert told[-1] == Told(TODAY, told[-1].of, told[-1].of)
    assert [step.done for step in told] == sorted(step.done for step in told)


def test_the_command_keeps_what_is_loaded(register, accredit_demo, data):
    before = data.scalar(select(func.max(AuditEvent.id)))
    assert loaded(register) is True
    answer = accredit_demo()
    assert answer.returncode == 0, answer.stderr
    assert "保留现有内容" in answer.stdout
    assert "officer.hubei" in answer.stdout
    assert PASSWORD in answer.stdout
    data.rollback()
    assert data.scalar(select(func.max(AuditEvent.id))) == before


def test_a_register_with_data_of_its_own_is_left_alone(session, engine):
    session.add(User(email="real@example.cn", fs_uniquifier="real"))
    session.commit()
    with pytest.raises(ForeignDataError, match="data of its own"):
        loaded(session_factory(engine))


def test_loading_that_broke_off_is_known(session, engine):
    session.add(JobRun(job=DEMO_JOB, as_of=TODAY, started_at=func.now(), state=JobState.RUNNING))
    session.commit()
    assert loaded(session_factory(engine)) is False


@pytest.fixture
def accredit_demo(register, instance):
    """Runs `accredit demo --no-serve` on the loaded register."""
    url = register.kw["bind"].url.render_as_string(hide_password=False)

    def run(*arguments):
        command = [
            sys.executable,
            "-m",
            "core.cli",
            "demo",
            "--no-serve",
            "--instance",
            str(instance),
            *arguments,
        ]
        env = os.environ | {"ACCREDIT_DATABASE_URL": url}
        return subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=False)

    return run
