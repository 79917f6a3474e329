"""The worker beside the site: started again when it dies, gone when its parent is."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from core.jobs.embedded import run_embedded
from core.services.base.queue import LEAD
from tests.jobs.processes import rows, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.database]

PARENT = """
import sys, time
from pathlib import Path
from core.jobs.embedded import run_embedded
from core.storage.engine import make_engine
from core.storage.migrate import upgrade
from core.embedded.server import owner_url

folder = Path(sys.argv[1])
engine = make_engine(owner_url(folder))
upgrade(engine, application="accredit")
engine.dispose()
with run_embedded(folder) as worker:
    print(worker.pid, flush=True)
    sys.stdin.readline()
"""


def alive(pid):
    """Whether a process runs (a dead child of ours that nobody waited for does not)."""
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_a_worker_that_dies_is_started_again_and_ends_with_the_block(engine, tmp_path):
    url = engine.url.render_as_string(hide_password=False)
    led = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s"
    address = url.replace("postgresql+psycopg", "postgresql")
    with run_embedded(tmp_path, url) as worker:
        first = worker.pid
        wait_until("it leads", lambda: rows(address, led, LEAD))
        os.kill(first, signal.SIGKILL)
        wait_until("another was started", lambda: worker.pid not in {None, first})
        second = worker.pid
        wait_until("the check was done", lambda: rows(address, "SELECT 1 FROM job_run WHERE state = 'done'"))
        assert alive(second)
    assert not alive(second)
    assert worker.pid is None


@pytest.mark.parametrize("crash", [False, True])
def test_the_worker_and_the_database_go_with_the_parent(tmp_path, crash):
    folder = tmp_path / "instance"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ACCREDIT_")}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(tmp_path / "log").open("wb"),
        text=True,
        env=environment,
    )
    child = int(parent.stdout.readline())
    log = tmp_path / "log"
    wait_until("the worker leads", lambda: "leader.elected" in log.read_text())
    if crash:
        parent.kill()
        parent.wait()
    else:
        parent.communicate("\n", timeout=60)
        assert parent.returncode == 0
    wait_until("the worker ended", lambda: not alive(child))
    wait_until("the database stopped", lambda: not (folder / "postgres" / "postmaster.pid").exists())
    assert "worker.stopped" in log.read_text()
