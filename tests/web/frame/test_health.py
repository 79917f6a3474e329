"""What machines ask: `/healthz`, `/readyz`, `/metrics`."""

import json
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from core.storage.processes import readiness
from core.storage.processes.readiness import NEEDS
from core.web.frame import health


@pytest.fixture(autouse=True)
def _asked_anew(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0.0)


def test_a_site_in_order_is_ready(app: Flask) -> None:
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"ready": True, "checks": dict.fromkeys(NEEDS, "ok")}
    assert "Retry-After" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_one_that_is_not_says_what_fails_and_neither_where_nor_why(app: Flask) -> None:
    folder = Path(app.instance_path)
    folder.mkdir(exist_ok=True)
    (folder / "files").write_text("in the way")
    answer = app.test_client().get("/readyz", headers={"Accept": "text/html"})
    said = answer.get_json()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert said == {"ready": False, "checks": {**dict.fromkeys(NEEDS, "ok"), "files": "failing"}}
    assert str(folder) not in answer.text


def test_without_a_database_it_answers_all_the_same(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("the address db.internal"))

    monkeypatch.setattr(readiness, "reach_database", away)
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()["checks"]["database"]) == (503, "failing")
    assert "db.internal" not in answer.text
    told = app.test_client().get("/metrics").text
    assert 'accredit_ready{check="database"} 0.0' in told
    assert "accredit_requests_total" in told
    assert "accredit_messages" not in told


def test_the_figures_have_a_name_a_meaning_and_no_value_twice(app: Flask) -> None:
    client = app.test_client()
    client.get("/healthz")
    families = list(text_string_to_metric_families(client.get("/metrics").text))
    samples = [
        (sample.name, json.dumps(sample.labels, sort_keys=True)) for it in families for sample in it.samples
    ]
    assert len(samples) == len(set(samples))
    assert all(it.documentation for it in families)
    names = {it.name for it in families}
    assert names >= {
        "accredit_requests",
        "accredit_request_seconds",
        "accredit_ready",
        "accredit_disk_free_bytes",
        "accredit_clock_ahead_seconds",
        "accredit_messages",
        "accredit_accounts_locked",
    }


def test_a_database_that_goes_while_it_is_read_leaves_the_other_figures(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception(), connection_invalidated=True)

    monkeypatch.setattr(health, "figures", away)
    told = app.test_client().get("/metrics")
    assert told.status_code == 200
    assert "accredit_disk_free_bytes" in told.text
