"""The page for operators names every setting that the code reads, every job and every figure."""

import re
from pathlib import Path

from core.jobs import figures, schedule
from core.services.base.queue import MAKE_EXPORT

PAGE = Path("docs/operations.md").read_text(encoding="utf-8")


def test_every_variable_is_explained():
    read = {
        name
        for path in Path("core").rglob("*.py")
        for name in re.findall(r'"(ACCREDIT_[A-Z_]+[A-Z])"', path.read_text(encoding="utf-8"))
    }
    assert read
    assert read == set(re.findall(r"\| `(ACCREDIT_[A-Z_]+)` \|", PAGE))


def test_every_job_and_figure_is_explained():
    daily = (item.task for item in schedule.DAILY)
    jobs = (*daily, schedule.SEND_OUTBOX, schedule.ISSUE, schedule.RETRY_STALLED, MAKE_EXPORT)
    names = {metric.name for metric in figures.REGISTRY.collect()}
    for name in (*jobs, *names):
        assert f"`{name}" in PAGE, name


def test_the_times_are_those_of_the_timetable():
    for daily in schedule.DAILY:
        assert f"| `{daily.task}` | {daily.at:%H:%M} |" in PAGE
