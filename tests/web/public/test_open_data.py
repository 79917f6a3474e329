"""The files of open data, as a program fetches them."""

import csv
import io
import json

from flask import Flask
from sqlalchemy import Engine

from core.services.public.open_data_fields import FIELDS
from tests.services.factory import accredit, make_party


def test_the_table_opens_in_a_spreadsheet_and_runs_nothing(app: Flask, engine: Engine) -> None:
    nasty = '=HYPERLINK("http://evil.example","点我")'
    accredit(engine, "liaocheng/comprehensive", "2025-03-01", party_id=make_party(engine, name=nasty))
    accredit(engine, "jilin/provider", "2025-03-01", functions=["policy", "training"])
    answer = app.test_client().get("/open-data/register.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert list(rows[0]) == [field.key for field, _ in FIELDS]
    assert nasty not in {row["holder"] for row in rows}
    assert f"'{nasty}" in {row["holder"] for row in rows}
    assert "policy;training" in {row["functions"] for row in rows}


def test_what_has_not_changed_is_not_sent_again(app: Flask, engine: Engine) -> None:
    accredit(engine, "liaocheng/comprehensive", "2025-03-01")
    client = app.test_client()
    for name in ("register.csv", "register.json"):
        first = client.get(f"/open-data/{name}")
        mark = first.headers["ETag"]
        again = client.get(f"/open-data/{name}", headers={"If-None-Match": mark})
        assert (again.status_code, again.data) == (304, b"")
        accredit(engine, "liaocheng/specialized", "2025-03-01")
        changed = client.get(f"/open-data/{name}", headers={"If-None-Match": mark})
        assert changed.status_code == 200
        assert changed.headers["ETag"] != mark


def test_the_json_is_one_object_a_line_with_its_version(app: Flask, engine: Engine) -> None:
    for _ in range(3):
        accredit(engine, "liaocheng/comprehensive", "2025-03-01")
    client = app.test_client()
    text = client.get("/open-data/register.json").get_data(as_text=True)
    whole = json.loads(text)
    assert (whole["kind"], whole["schema_version"], len(whole["items"])) == ("register", "1.0", 3)
    assert whole["generated_at"].endswith("+08:00")
    assert json.loads(text.splitlines()[1].rstrip(",")) == whole["items"][0]
    assert json.loads(client.get("/open-data/notices.json").get_data(as_text=True))["items"] == []
    schema = client.get("/open-data/schema.json").get_json()
    assert schema["$schema"].endswith("2020-12/schema")
