"""`accredit serve` and `accredit worker`: processes that answer, and that end in order."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from core.embedded.server import attach, release
from core.web.frame.config import derived, secret_key
from tests.cli.conftest import SCRIPT

pytestmark = [pytest.mark.slow, pytest.mark.database]
PATIENCE = 60


@pytest.fixture(scope="module")
def model(accredit, tmp_path_factory):
    """A fresh register on an embedded server of its own, to copy."""
    folder = tmp_path_factory.mktemp("model") / "register"
    answer = accredit("db", "upgrade", "--instance", folder, env={"ACCREDIT_DATABASE_URL": ""})
    assert answer.code == 0, answer.err
    return folder


@pytest.fixture
def instance(model, tmp_path):
    """Such a register of the test's own; its server does not run."""
    folder = tmp_path / "register"
    subprocess.run(["cp", "-a", model, folder], check=True)
    return folder


@pytest.fixture
def start(instance):
    """Starts a long-running command on the instance; whatever still runs at the end is killed."""
    started = []

    def run(*arguments, **settings):
        log = (instance / "log.txt").open("w")
        process = subprocess.Popen(
            [SCRIPT, *map(str, arguments), "--instance", instance],
            env=os.environ | {"ACCREDIT_DATABASE_URL": ""} | settings,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer_of(port, path, process):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def end(process, instance):
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0, (instance / "log.txt").read_text()


def server_stopped(instance):
    return not (instance / "postgres" / "postmaster.pid").exists()


def test_the_site_answers_over_several_processes_and_ends_in_order(start, instance):
    port = free_port()
    server = start("serve", "--port", port, "--workers", 2)
    status, body = answer_of(port, "/healthz", server)
    assert (status, json.loads(body)["status"]) == (200, "ok")
    for number in range(2, 22):
        assert answer_of(port, "/healthz", server)[0] == 200
        assert counted(port, server, "health.healthz") == number, "whichever process is asked tells all"
    end(server, instance)
    assert server_stopped(instance)


@pytest.mark.assurance
def test_every_process_tells_the_sum_of_all_and_of_those_that_died(start, instance):
    port = free_port()
    server = start("serve", "--port", port, "--workers", 2)
    answer_of(port, "/healthz", server)
    total, processes = 0, set()
    wait_for(lambda: len(children(server.pid)) >= 2)
    while len(processes) < 2:  # each request takes a new connection, and either of them may have it
        answer_of(port, "/verify", server)
        total += 1
        assert counted(port, server) == total, "whichever process is asked tells all"
        processes = counting(server.pid)
    os.kill(processes.pop(), signal.SIGKILL)
    for number in range(1, 6):
        answer_of(port, "/verify", server)
        assert counted(port, server) == total + number, "what a process has counted outlives it"
    code, body = answer_of(port, "/readyz", server)
    assert (code, json.loads(body)["ready"]) == (200, True)
    end(server, instance)
    assert counting(server.pid) == set()


def counted(port, server, endpoint="verification.form"):
    """How many answers an endpoint has given, as the process that is asked tells it."""
    page = answer_of(port, "/metrics", server)[1].decode()
    assert re.findall(r"^accredit_accounts_locked (.*)$", page, re.MULTILINE) == ["0.0"]
    line = rf'^accredit_requests_total{{endpoint="{endpoint}",method="GET",status="200"}} (.*)$'
    (value,) = re.findall(line, page, re.MULTILINE)
    return float(value)


def counting(parent):
    """The processes below one that have counted something."""
    folders = Path(tempfile.gettempdir()).glob("accredit-figures-*")
    return {pid for folder in folders for pid in children(parent) if (folder / f"counter_{pid}.db").exists()}


def test_who_sends_slowly_or_too_much_keeps_nobody_from_the_public_pages(start, instance):
    port = free_port()
    server = start("serve", "--port", port, ACCREDIT_BODY_IDLE_SECONDS="5")
    answer_of(port, "/healthz", server)

    def drip(number):
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.sendall(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n\r\na=")
            return connection.recv(12)

    with ThreadPoolExecutor(50) as clients:
        slow = [clients.submit(drip, number) for number in range(50)]
        codes = []
        while not all(client.done() for client in slow):
            codes.append(answer_of(port, "/", server)[0])
    assert {client.result() for client in slow} == {b"HTTP/1.1 408"}
    assert set(codes) == {200}
    most = 25 * 1024 * 1024
    cookie = logged_in(instance)
    assert posted(port, most, cookie)[0] == 400  # it was read, and has no token
    code, page = posted(port, most + 1, cookie)
    assert (code, "上传的文件过大" in page, "<nav" in page) == (413, True, True)
    code, page = posted(port, most)
    assert (code, "上传文件请先登录" in page) == (413, True)
    end(server, instance)


def test_while_the_database_is_away_everybody_is_told_so_and_then_all_goes_on(start, instance):
    port = free_port()
    server = start("serve", "--port", port, "--with-worker")
    answer_of(port, "/healthz", server)
    until_said(instance, "worker.started")
    cookies = ("", logged_in(instance))
    database = instance / "postgres" / "postmaster.pid"
    os.kill(int(database.read_text().split()[0]), signal.SIGINT)  # its fast way to end
    wait_for(lambda: server_stopped(instance))
    try:
        for _ in range(3):
            for path in ("/", "/login", "/search", "/start", "/admin/", "/healthz", "/nowhere"):
                for cookie in cookies:
                    code, fields, page = asked(port, path, cookie)
                    assert (code, fields["Retry-After"]) == (503, "10"), path
                    assert "系统暂时无法使用" in page
                    assert "not available" in page
            time.sleep(1.1)
        code, _, page = asked(port, "/complaints/new/1?lang=zh", form="content=收费<不实>&csrf_token=t")
        assert (code, 'name="content" value="收费&lt;不实&gt;"' in page, "再试一次" in page) == (
            503,
            True,
            True,
        )
        assert asked(port, "/metrics")[0] == 200
        assert len(until_said(instance, "database.away", 2)) == 2  # the site, and the worker
    finally:
        attach(instance)
    try:
        wait_for(lambda: asked(port, "/")[0] == 200)
        assert asked(port, "/healthz")[0] == 200
        assert asked(port, "/login", cookies[1])[0] == 200
        back = until_said(instance, "database.back", 2)
        assert sorted(line["refused"] > 0 for line in back) == [False, True]
        said = (instance / "log.txt").read_text().splitlines()
        lines = [json.loads(line) for line in said if line.startswith("{")]
        assert len(lines) < 20
        # A job that was just under way has its own line; nothing that the site was asked has one.
        assert not [line for line in lines if "exception" in line and line["logger"].startswith("core.")]
    finally:
        server.send_signal(signal.SIGTERM)
        release(instance)  # else it would wait half a minute for this process to leave the database
        server.wait(PATIENCE)


def asked(port, path, cookie="", form=None):
    """The code, the headers and the page of an address, opened or sent a form."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        if form is None:
            connection.request("GET", path, headers={"Cookie": cookie})
        else:
            headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, form.encode(), headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def wait_for(holds):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def until_said(instance, event, times=1):
    """The lines of the log about an event, when there are so many."""
    found = []

    def there():
        lines = (instance / "log.txt").read_text().splitlines()
        found[:] = [json.loads(line) for line in lines if f'"event": "{event}"' in line]
        return len(found) >= times

    wait_for(there)
    return found


def logged_in(instance):
    """A session as the site signs it for somebody."""
    app = Flask("cookies")
    app.secret_key = derived(secret_key(instance), "session")
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    return f"accredit={signer.dumps({'_user_id': 'somebody'})}"


def posted(port, size, cookie=""):
    """What a form with a file of so many bytes is answered."""
    headers = {"Cookie": cookie, "Content-Type": "multipart/form-data; boundary=x"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        head, tail = (
            b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n',
            b"\r\n--x--\r\n",
        )
        connection.request("POST", "/login", head + b"x" * (size - len(head) - len(tail)) + tail, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_a_limit_that_cannot_be_read_is_said_before_anything_is_served(accredit, instance):
    env = {"ACCREDIT_DATABASE_URL": "", "ACCREDIT_SPOOL_MB": "much"}
    answer = accredit("serve", "--instance", instance, "--port", free_port(), env=env)
    assert answer.code == 1
    assert "ACCREDIT_SPOOL_MB is 'much'" in answer.err


def test_a_worker_beside_the_site_does_the_daily_check_and_ends_with_it(start, instance, accredit):
    port = free_port()
    server = start("serve", "--port", port, "--with-worker")
    answer_of(port, "/healthz", server)
    deadline = time.monotonic() + PATIENCE
    children = []
    while not children and time.monotonic() < deadline:
        children = worker_processes(server.pid)
        time.sleep(0.1)
    assert children
    end(server, instance)
    assert not any(is_alive(child) for child in children)
    assert server_stopped(instance)


def test_a_worker_alone_says_that_it_is_ready_and_ends_in_order(start, instance, accredit):
    def ready():
        answer = accredit("ready", "--instance", instance)
        assert not answer.err
        return answer.code, json.loads(answer.out)

    assert ready() == (1, {"ready": False, "workers": []})
    worker = start("worker")
    wait_for(lambda: ready()[0] == 0)
    (said,) = ready()[1]["workers"]
    assert (said["pid"], said["ready"], set(said["checks"].values())) == (worker.pid, True, {"ok"})
    end(worker, instance)
    assert ready() == (1, {"ready": False, "workers": []})
    assert server_stopped(instance), (instance / "log.txt").read_text()


def test_a_port_that_is_taken_is_said(accredit, instance):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = accredit("serve", "--instance", instance, "--port", port, env={"ACCREDIT_DATABASE_URL": ""})
    assert answer.code == 1
    assert f"port {port}" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_database_of_another_schema_is_refused(accredit, database_url, tmp_path, command):
    env = {"ACCREDIT_DATABASE_URL": database_url}
    answer = accredit(command, "--instance", tmp_path, env=env)
    assert answer.code == 1
    assert "accredit db upgrade" in answer.err


def worker_processes(parent):
    """The processes of `python -m core.jobs` below a process."""
    return [pid for pid in children(parent) if b"core.jobs" in command(pid)]


def command(pid):
    with contextlib.suppress(OSError):
        return (Path("/proc") / str(pid) / "cmdline").read_bytes()
    return b""


def children(parent):
    """The numbers of the processes that a process has started and that are there."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state, above, *_ = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                if int(above) == parent and state != "Z":
                    found.append(int(entry.name))
    return found


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
