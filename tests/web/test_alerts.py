"""The alerts and the board: their figures are told with those labels; each alert has a line in the page."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.orm import Session

from core.domain.clock import now, today
from core.jobs import figures
from core.storage.models import JobRun
from core.storage.models.operations import JobState
from core.web.frame import health

FOLDER = Path("docs/operations")
RULES = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
PANELS = json.loads((FOLDER / "board.json").read_text("utf-8"))["panels"]
PAGE = Path("docs/operations.md").read_text("utf-8")
OURS = re.compile(r"(accredit_[a-z_]+)(?:\{([^}]*)\})?")
GROUPED = re.compile(r"by \(([^)]*)\)")
OF_PROMETHEUS = {"instance", "job"}
"""Labels that it gives each figure itself; `job` is also one of ours."""


def asked() -> Iterator[tuple[str, str]]:
    """Each expression, with the name of its alert or panel."""
    yield from ((rule["alert"], rule["expr"]) for rule in RULES)
    yield from ((panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"])


@pytest.fixture
def told(app: Flask, session: Session) -> dict[str, set[str]]:
    """The names of the lines that site and worker really tell, each with its labels."""
    session.add(
        JobRun(job="daily_check", as_of=today(), started_at=now(), finished_at=now(), state=JobState.DONE)
    )
    session.commit()
    for registry in (figures.REGISTRY, health.REGISTRY):
        counters: Any = registry._collector_to_names
        for counted in counters:
            if counted._labelnames:
                counted.labels(*("of-a-test" for _ in counted._labelnames))
    site = app.test_client().get("/metrics").text
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(site + generate_latest(figures.REGISTRY).decode()):
        found.setdefault(family.name, set())
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


LABELLED = {
    "accredit_queue_jobs": {"queue", "job", "status"},
    "accredit_supervision_events": {"program", "kind"},
    "accredit_exit_cases_open": {"program", "state"},
}
"""Figures that have no line in an empty register; `test_operating` holds their labels."""


def test_every_figure_of_the_rules_and_the_board_is_told_with_those_labels(told: dict[str, set[str]]) -> None:
    for where, expression in asked():
        named = OURS.findall(expression)
        assert named, where
        labels: set[str] = set()
        for name, matched in named:
            assert name in told, f"{where}: there is no {name}"
            own = told[name] | LABELLED.get(name, set())
            assert set(re.findall(r"(\w+)[=!]", matched)) <= own, f"{where}: labels of {name}"
            labels |= own
        grouped = {label.strip() for found in GROUPED.findall(expression) for label in found.split(",")}
        assert grouped <= labels | OF_PROMETHEUS, where


def test_every_figure_of_ours_is_on_the_board_or_in_a_rule(told: dict[str, set[str]]) -> None:
    named = {name for _, expression in asked() for name, _ in OURS.findall(expression)}
    families = {re.sub(r"_(total|bucket|count|sum|created)$", "", name) for name in told}
    assert {name for name in families if not any(each.startswith(name) for each in named)} == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_it_is_in_both_languages_and_leads_to_its_line(rule: dict[str, Any]) -> None:
    said = rule["annotations"]
    assert re.search("[一-鿿]", said["summary_zh"])
    assert not re.search("[一-鿿]", said["summary"])
    page, _, place = said["runbook"].partition("#")
    assert Path(page).read_text("utf-8") == PAGE
    assert f'| <a id="{place}"></a>`{rule["alert"]}` | ' in PAGE
    assert rule["labels"]["severity"] in ("critical", "warning")
    shown = set(re.findall(r"\$labels\.(\w+)", said["summary"] + said["summary_zh"]))
    grouped = {label.strip() for found in GROUPED.findall(rule["expr"]) for label in found.split(",")}
    assert shown <= grouped, "a label that the expression does not keep is empty"


def test_the_page_has_no_line_of_an_alert_that_is_gone() -> None:
    assert re.findall(r'<a id="accredit\w+"></a>`(\w+)`', PAGE) == [rule["alert"] for rule in RULES]


@pytest.mark.assurance
def test_prometheus_takes_the_rules_and_sounds_them_at_their_bounds() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not on this machine: Debian's package prometheus has it")
    commands = ["check", "rules", FOLDER / "alerts.yml"], ["test", "rules", "tests/web/alerts.test.yml"]
    for command in commands:
        done = subprocess.run([promtool, *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
