"""The page for operators names every setting that the code reads, every job and every figure."""

import re
from pathlib import Path

from core.jobs import figures, schedule
from core.services.base.queue import MAKE_EXPORT
from core.services.statistics import operating
from core.storage.processes.readiness import NEEDS
from core.web.frame import health

COUNTED = figures.REGISTRY, health.REGISTRY
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
    names = {metric.name for registry in COUNTED for metric in registry.collect()}
    assert len(standing()) > 10
    for name in (*jobs, *names, *standing(), *(f"{need}` |" for need in NEEDS)):
        assert f"`{name}" in PAGE, name


def standing():
    """The figures that are read, and not counted, by where they are made."""
    sources = (Path(module.__file__).read_text(encoding="utf-8") for module in (operating, health))
    return {name for source in sources for name in re.findall(r'"(accredit_[a-z_]+)",', source)}


def test_the_times_are_those_of_the_timetable():
    for daily in schedule.DAILY:
        assert f"| `{daily.task}` | {daily.at:%H:%M} |" in PAGE
