"""Long exports in the queue: made by a worker's task, given up where that fails for good."""

import pytest
from sqlalchemy import text

from core.domain import clock
from core.domain.roles import Role
from core.embedded.server import conninfo
from core.jobs.schedule import RETRY_STALLED
from core.jobs.tasks import MOST_ATTEMPTS, Runtime
from core.services.base.queue import MAKE_EXPORT
from core.services.exports import long_ones
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import DataExport
from core.storage.models.operations import JobState
from tests.jobs.test_schedule import HOURLY
from tests.queues import work_off

LIST = {"path": "/admin/parties/export/csv/", "query": ""}


@pytest.fixture
def address(engine):
    return conninfo(engine.url.render_as_string(hide_password=False))


@pytest.fixture
def runtime(engine, tmp_path):
    return Runtime(session_factory(engine), {}, FileStore.of(tmp_path), HOURLY)


@pytest.fixture
def asked(make_actor, begin):
    """An export that an officer has asked for."""

    def ask(arguments=None):
        with begin(make_actor(Role.OFFICER), clock.now().isoformat()) as w:
            return long_ones.ask(w, "parties.export", "csv", arguments or LIST, "主体.csv", "zh")

    return ask


def state(session, number):
    session.rollback()
    row = session.get_one(DataExport, number, populate_existing=True)
    return row.state, row.message


def test_a_worker_makes_it_by_the_page_that_shows_it(asked, address, runtime, session):
    number = asked()
    work_off(address, runtime)
    assert state(session, number) == (JobState.DONE, "")
    row = session.get_one(DataExport, number)
    with runtime.making.store.open(row.sha256) as file:
        assert file.read().decode("utf-8-sig").startswith("名称,")
    assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0


def test_what_no_longer_leads_to_a_list_has_failed(asked, address, runtime, session):
    number = asked({"path": "/admin/nothing/", "query": ""})
    work_off(address, runtime)
    assert state(session, number) == (JobState.FAILED, "该列表已不存在")


def test_one_that_kills_its_workers_has_failed_for_its_user_to_see(asked, address, runtime, session):
    number = asked()
    session.execute(
        text("UPDATE procrastinate_jobs SET status = 'doing', attempts = :n WHERE task_name = :task"),
        {"n": MOST_ATTEMPTS, "task": MAKE_EXPORT},
    )
    session.execute(
        text("INSERT INTO procrastinate_jobs (task_name, queue_name) VALUES (:task, 'default')"),
        {"task": RETRY_STALLED},
    )
    session.commit()
    work_off(address, runtime)
    assert state(session, number)[0] is JobState.FAILED
