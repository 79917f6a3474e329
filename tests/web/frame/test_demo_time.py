"""A site that lives ahead says so on every page, with its day; one in real time says nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from core.domain import clock
from core.storage.processes.forward import FILE
from core.web.app import create_app
from core.web.frame.config import AppConfig


@pytest.fixture(autouse=True)
def _real_time() -> Iterator[None]:
    yield
    clock.set_forward(0)


@pytest.mark.parametrize("days", [0, 1, 40])
def test_the_banner(app: Flask, days: int) -> None:
    client = app.test_client()
    really = clock.today()
    clock.set_forward(days)
    page = client.get("/").text
    english = client.get("/?lang=en").text
    assert ("演示时间" in page, "Demo time" in english) == (days > 0, days > 0)
    if days:
        assert clock.today() == really + timedelta(days=days)
        assert f"快 {days} 天" in page
        assert f"({days} days ahead)" in english


def test_a_site_of_real_cases_does_not_start_ahead(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("3")
    url = engine.url.render_as_string(hide_password=False)
    with pytest.raises(RuntimeError, match="remove the file"):
        create_app(AppConfig(instance=tmp_path, database_url=url))
