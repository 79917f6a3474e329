"""The log: one JSON object a line for machines, plain lines for people."""

import json
import subprocess
import sys

import pytest

from core import logs

SCRIPT = """
import logging
import structlog
from core import logs
logs.configure()
structlog.get_logger("core.jobs").info("worker.started", pid=1, name="工作进程")
logging.getLogger("some.library").warning("it took %s s", 3)
logging.getLogger("apscheduler.executors").info("ran a job")
structlog.get_logger("core.jobs").debug("job.begins")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("core.jobs").exception("job.failed")
"""


def logged(script=SCRIPT, **environment):
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        timeout=60,
    )
    assert done.stdout == ""
    return done.stderr


def test_machines_get_one_object_a_line():
    first, second, third = [json.loads(line) for line in logged().splitlines()]
    assert (first["event"], first["name"], first["level"]) == ("worker.started", "工作进程", "info")
    assert (second["event"], second["logger"], second["level"]) == ("it took 3 s", "some.library", "warning")
    assert "ZeroDivisionError" in third["exception"]
    assert first["timestamp"] <= third["timestamp"]


@pytest.mark.parametrize(("level", "lines"), [("debug", 4), ("warning", 2), ("error", 1)])
def test_the_level_is_a_setting(level, lines):
    assert len(logged(ACCREDIT_LOG_LEVEL=level).splitlines()) == lines


def test_people_get_plain_lines():
    first = logged(ACCREDIT_LOG_FORMAT="plain").splitlines()[0]
    assert "worker.started" in first
    assert "pid=1" in first
    assert not first.startswith("{")


PRIVATE = {
    "id_number": [
        "110101199003074477",
        "11010119900307447X",
        "11010119900307447x",
        "１１０１０１１９９００３０７４４７７",
    ],
    "mobile": [
        "13812345678",
        "+86 138 1234 5678",
        "86-138-1234-5678",
        "008613812345678",
        "１３８１２３４５６７８",
    ],
    "email": ["zhang.san@example.cn", "a+b@mail.example.com"],
}
AROUND = ["{}", "电话{}。", "to={},", '("{}")', "tel{}x", "/people/{}/edit", "b'{}'"]


@pytest.mark.parametrize("kind", PRIVATE)
def test_what_looks_like_a_persons_number_or_address_is_masked(kind):
    for number in PRIVATE[kind]:
        for around in AROUND:
            said = logs.masked(around.format(number))
            assert f"[{kind}]" in said, (number, around)
            assert number not in said


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T09:00:00.123456Z",
        "1381234567",
        "138123456789",
        "12812345678",
        "1101011990030744",
        "3f8a13812345678b0c55aa13812345678b0c55aa",
        "export=12 of 3",
    ],
)
def test_times_ids_and_digests_are_left(text):
    assert logs.masked(text) == text


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/admin/applications/12/completeness", "/admin/applications/12/completeness"),
        ("/open-data/register.csv", "/open-data/register.csv"),
        ("/invitations/Zk3vQ8-aB_7sLxw0", "/invitations/…"),
        ("/search/张三", "/search/…"),
        ("/parties/13812345678", "/parties/…"),
        ("/", "/"),
    ],
)
def test_a_path_keeps_pages_and_ids_and_no_token(path, shown):
    assert logs.address(path) == shown


PLANTED = """
import logging
import structlog
from core import logs
logs.configure()
log = structlog.get_logger("core.x")
log.info("x", id="110101199003074477", numbers=[13812345678, {"to": ("a@example.cn",)}])
log.warning("y", error=ValueError("13812345678"))
logging.getLogger("some.library").warning("sent to %s", "13812345678")
try:
    raise ValueError('twice\\nDETAIL:  Key (name, email)=(张三, a@example.cn).\\n\\nThe above exception')
except ValueError:
    log.exception("failed for 13812345678")
    logging.getLogger("some.library").exception("failed")
"""


@pytest.mark.parametrize("style", ["json", "plain"])
def test_whatever_is_logged_and_however_it_is_masked_at_last(style):
    said = logged(PLANTED, ACCREDIT_LOG_FORMAT=style)
    for planted in ("110101199003074477", "13812345678", "a@example.cn", "张三"):
        assert planted not in said
    assert said.count("DETAIL: [left out]") == 2
    assert said.count("The above exception") == 2
    if style == "json":
        first = json.loads(said.splitlines()[0])
        assert (first["id"], first["numbers"]) == ("[id_number]", ["[mobile]", {"to": ["[email]"]}])
        assert first["level"] == "info"
