"""Several workers at once on a register in which much is due: as if there were one."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.domain import clock
from core.domain.clock import moment
from core.embedded.server import conninfo
from core.jobs.schedule import DAILY
from core.services.exports import long_ones
from core.services.messaging.writing import EMAIL
from tests.faults.conftest import Copies
from tests.faults.oracle import Dump, by_mail, check, deliveries, dump
from tests.faults.register import Register
from tests.jobs.processes import rows, wait_until, worker
from tests.services.servers import Mailbox, mail_server

pytestmark = [pytest.mark.assurance, pytest.mark.database]

EXPORTS = 5
EVER = moment("2000-01-01")
LEFT = """
SELECT 1 FROM procrastinate_jobs UNION ALL SELECT 1 FROM outbox_message WHERE state = 'pending'
UNION ALL SELECT 1 FROM data_export WHERE state = 'running'"""
ENDED = "SELECT job FROM job_run WHERE state = 'done' ORDER BY job"


def worked_off(copy: Register, folder: Path, number: int) -> tuple[Dump, Mailbox]:
    """Have so many workers do what is due and asked for; the letters that left."""
    engine, box = copy.town.engine, Mailbox()
    url = engine.url.render_as_string(hide_password=False)
    address = conninfo(url)
    officer = copy.town.officer("liaocheng")
    for count in range(EXPORTS):
        with copy.town.begin(officer, clock.now().isoformat()) as w:
            asked = {"path": "/admin/parties/export/csv/", "query": ""}
            long_ones.ask(w, "parties.export", "csv", asked, f"主体{count}.csv", "zh")
    with ExitStack() as stack:
        port = stack.enter_context(mail_server(box))
        settings = {
            "ACCREDIT_SMTP_URL": f"smtp://127.0.0.1:{port}?starttls=no",
            "ACCREDIT_MAIL_FROM": "register@authority.example",
        }
        workers = [
            stack.enter_context(worker(url, folder, f"w{count}", settings=settings))
            for count in range(number)
        ]
        wait_until("all are up", lambda: all(process.said("worker.started") for process in workers), 120)
        wait_until("the day's jobs are done", lambda: len(rows(address, ENDED)) >= len(DAILY), 120)
        wait_until("nothing is left", lambda: not rows(address, LEFT), 120)
        assert [process.stop() for process in workers] == [0] * number
        assert sum(process.said("leader.elected") for process in workers) >= 1
    done = Counter(job for (job,) in rows(address, ENDED))
    assert done == {daily.task: 1 for daily in DAILY}
    arrivals = deliveries(engine, by_mail(box.mails, box.recipients), since=EVER, channel=EMAIL)
    assert (arrivals.wrong, arrivals.copies) == ([], 0)
    assert arrivals.messages > 20
    texts = [json.loads(line)["id"] for line in (folder / "outbox.jsonl").read_text().splitlines()]
    assert len(texts) == len({*texts})
    print(f"{number} workers: {arrivals}, {len(texts)} text messages, {EXPORTS} exports, each once")  # noqa: T201  # a figure for assurance
    return dump(engine), box


@pytest.mark.parametrize("number", [2, 5])
def test_what_is_due_is_done_once_however_many_workers_there_are(
    copies: Copies, tmp_path: Path, number: int
) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    for folder in (alone, together):
        folder.mkdir()
    with copies.one() as copy:
        expected, letters = worked_off(copy, alone, 1)
    with copies.one() as copy:
        _, same = worked_off(copy, together, number)
        check(copy.town.engine, expected)
    assert sorted(letters.recipients) == sorted(same.recipients)
