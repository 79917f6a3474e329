"""Whatever file is sent to whatever address, a virus scanner has seen it before anything reads it."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.services.files.scanning import Clamd
from core.web.app import create_app
from core.web.frame.bound import limiter
from tests.clamd import VIRUS, free_port, scanning
from tests.web.filled import PUBLIC, Filled
from tests.web.sites import LENIENT

WHO = ("lead", "sysadmin", "recommender", "reviewer", "auditor", PUBLIC)
TABLES = {
    "/my/roster/{party}": ("applicant", "file"),
    "/diary/import": ("applicant", "file"),
    "/admin/tables/former": ("lead", "sheet"),
    "/admin/filing/inclusion": ("lead", "sheet"),
}
"""Where a table is read that is not kept, with the field that it is sent in."""


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with scanning(tmp_path_factory.mktemp("clamd")) as (path, _):
        yield path


def scanned(filled: Filled, instance: Path, address: str) -> Flask:
    """The site on the filled register, with a scanner at an address."""
    url = filled.engine.url.render_as_string(hide_password=False)
    config = LENIENT(instance=instance, database_url=url, testing=True, scanner=Clamd(address))
    made = create_app(config)
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def sent(data: bytes, field: str = "file") -> dict[str, tuple[io.BytesIO, str]]:
    return {field: (io.BytesIO(data), "名单.xlsx")}


def test_no_address_reads_a_file_that_the_scanner_found(
    filled: Filled, filled_instance: Path, clamd: str
) -> None:
    app = scanned(filled, filled_instance, clamd)
    browsers = [filled.browser(app, who) for who in WHO]
    passed = []
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint.startswith("security."):
            continue  # the pages of a login take no files at all
        path = re.sub(r"<(?:any\((\w+)[^)]*\):|\w+:)?\w+>", lambda found: found[1] or "1", rule.rule)
        # Who may not act there is turned away before; the first who may is told of the virus.
        for browser in browsers:
            answer = browser.post(path, data=sent(VIRUS))
            if answer.status_code not in (302, 403):
                break
        limiter.reset()
        if answer.status_code != 422 or "Accredit.Test" not in answer.text:
            passed.append(f"{path}: {answer.status_code}")
    assert passed == []


def test_tables_that_are_read_and_not_kept_are_scanned_too(
    filled: Filled, filled_instance: Path, clamd: str
) -> None:
    app = scanned(filled, filled_instance, clamd)
    away = scanned(filled, filled_instance, f"127.0.0.1:{free_port()}")
    for address, (who, field) in TABLES.items():
        path = address.format_map(filled.ids)
        found = filled.browser(app, who).post(path, data=sent(b"PK\x03\x04" + VIRUS, field))
        assert (found.status_code, "Accredit.Test" in found.text) == (422, True), path
        clean = filled.browser(app, who).post(path, data=sent(b"PK\x03\x04", field))
        assert "Accredit.Test" not in clean.text, path
        silent = filled.browser(away, who).post(path, data=sent(b"PK\x03\x04", field))
        assert (silent.status_code, "稍后再传" in silent.text) == (422, True), path
