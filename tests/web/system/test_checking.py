"""The daily check from its button to its end: one run for all who ask, and what became of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from core.domain.clock import now, today
from core.domain.roles import Grant, Role
from core.embedded.server import conninfo
from core.jobs.tasks import Runtime
from core.services.base.work import Actor, work
from core.services.daily_check import asked
from core.services.daily_check.run import CHECK, JOB
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import JobRun
from core.storage.models.operations import JobState
from tests.databases import as_owner
from tests.queues import work_off
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser

PAGE = "/admin/daily-check/"
RUN = "/daily-check/run"


@pytest.fixture
def sysadmin(make_user: MakeUser, log_in: LogIn) -> Browser:
    return Browser(log_in(make_user(Role.SYSADMIN)))


@pytest.fixture
def finish(engine: Engine, tmp_path: Path) -> Callable[[], None]:
    """A worker that does what waits."""
    runtime = Runtime(session_factory(engine), {}, FileStore.of(tmp_path))
    return lambda: work_off(conninfo(engine.url.render_as_string(hide_password=False)), runtime)


def in_queue(session: Session) -> int:
    session.rollback()
    count = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'daily_check_now' AND status = 'todo'"
    return session.scalar(text(count)) or 0


def runs(session: Session) -> list[JobState]:
    session.rollback()
    return list(session.scalars(select(JobRun.state).order_by(JobRun.id)))


def test_it_waits_for_a_worker_and_then_shows_what_it_did(
    sysadmin: Browser, session: Session, finish: Callable[[], None]
) -> None:
    page = sysadmin.get("/admin/jobs/")
    assert PAGE in page.response.text, "the list of runs leads to the check"
    page = sysadmin.get(PAGE)
    assert "没有检查在排队或进行" in page.text
    assert "后台任务目前没有运行" in page.text
    page = page.send(RUN)
    assert "已排入队列" in page.text
    assert "排队中 等待后台任务启动" in page.text
    assert 'hx-trigger="every 2s"' in page.response.text, "it looks again by itself"
    assert not page.has(RUN)
    assert (in_queue(session), runs(session)) == (1, [])
    who = "SELECT actor_id FROM audit_event WHERE action = 'job.run'"
    assert session.scalars(text(who)).one() is not None, "the trail tells who asked"
    finish()
    page = sysadmin.get(PAGE)
    assert "最近一次" in page.text
    assert "完成" in page.text
    assert "没有到期事项" in page.text
    assert "hx-trigger" not in page.response.text
    assert session.scalar(select(JobRun.as_of)) == today()
    page.send(RUN)
    finish()
    assert runs(session) == [JobState.DONE, JobState.DONE], "what came up since is done, too"


def test_pressed_twice_it_runs_once(sysadmin: Browser, session: Session, finish: Callable[[], None]) -> None:
    sysadmin.get(PAGE).send(RUN)
    again = sysadmin.client.post(f"{PAGE}run", follow_redirects=True)
    assert "不再重复" in again.text
    assert in_queue(session) == 1
    finish()
    assert runs(session) == [JobState.DONE]


def test_of_several_who_ask_at_once_one_starts_it(engine: Engine, session: Session) -> None:
    factory, together = session_factory(engine), Barrier(6)
    administrator = Actor(None, "sysadmin", (Grant(Role.SYSADMIN),))

    def ask(_: int) -> bool:
        with factory() as own, work(own, administrator, now(), "job.run") as w:
            together.wait()
            return asked.ask(w)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(ask, range(6))) == [False] * 5 + [True]
    assert in_queue(session) == 1


def test_one_that_goes_on_is_shown_and_not_started_again(
    sysadmin: Browser, session: Session, engine: Engine
) -> None:
    session.add(JobRun(job=JOB, as_of=today(), started_at=now(), counts={"checked": 7}))
    session.commit()
    with engine.connect() as holder:
        holder.execute(select(func.pg_advisory_lock(CHECK.key)))
        page = sysadmin.get(PAGE)
        assert "进行中 已检查 7 项认定" in page.text
        assert not page.has(RUN)
        assert "不再重复" in sysadmin.client.post(f"{PAGE}run", follow_redirects=True).text
        assert in_queue(session) == 0
        holder.execute(select(func.pg_advisory_unlock(CHECK.key)))


def test_one_that_stopped_half_way_is_said_to_have(
    sysadmin: Browser, session: Session, finish: Callable[[], None]
) -> None:
    run = JobRun(job=JOB, as_of=today(), started_at=now())
    session.add(run)
    session.commit()
    page = sysadmin.get(PAGE)
    assert "上次运行中断：已办理的有效，再次运行即办理其余事项" in page.text
    assert "再试一次" in page.text
    for address in ("/admin/jobs/", f"/admin/system/jobs/{run.id}"):
        shown = sysadmin.get(address)
        assert "已中断" in shown.text
    page.send(RUN)
    finish()
    assert runs(session) == [JobState.STOPPED, JobState.DONE]


def test_one_that_failed_shows_its_error_and_is_tried_again(
    sysadmin: Browser, session: Session, engine: Engine, finish: Callable[[], None]
) -> None:
    with as_owner(engine) as owner, owner.begin() as connection:
        connection.execute(text("ALTER TABLE public_notice RENAME TO gone"))
    sysadmin.get(PAGE).send(RUN)
    finish()
    page = sysadmin.get(PAGE)
    assert "失败" in page.text
    assert "UndefinedTable" in page.text
    with as_owner(engine) as owner, owner.begin() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO public_notice"))
    assert "再试一次" in page.text
    page.send(RUN)
    finish()
    assert runs(session) == [JobState.FAILED, JobState.DONE]


def test_others_look_on_in_their_language(make_user: MakeUser, log_in: LogIn) -> None:
    officer = Browser(log_in(make_user(Role.OFFICER, "jilin", "220000", language="en")))
    page = officer.get(PAGE)
    assert "No worker is running" in page.text
    assert "No check is in the queue or under way" in page.text
    assert not page.has(RUN)
    assert officer.client.post(f"{PAGE}run").status_code == 403
