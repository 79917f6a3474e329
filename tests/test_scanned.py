"""Secrets that a scan has found: those that are made up are known, any other is told without its value."""

import json

from tests.scanned import KNOWN, known, unknown


def scan(*digests: str) -> str:
    items = [{"type": "Private Key", "hashed_secret": digest, "line_number": 7} for digest in digests]
    return json.dumps({"results": {"history.txt": items}})


def test_what_is_made_up_is_known_by_digest_and_reason() -> None:
    made_up = known(KNOWN.read_text(encoding="utf-8"))
    assert made_up
    assert all(len(digest) == 40 and meaning for digest, meaning in made_up.items())
    assert unknown(scan(*made_up), KNOWN.read_text(encoding="utf-8")) == []


def test_any_other_is_told() -> None:
    planted = "0" * 40
    assert unknown(scan(planted), KNOWN.read_text(encoding="utf-8")) == [f"Private Key: {planted}, line 7"]
