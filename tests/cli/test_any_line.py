"""A batch has an answer to every line, whatever a line holds."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.cli import replaying
from core.cli.common import each_line
from core.hooks.catalogue import catalogue

CASES = json.loads((Path(__file__).parents[1] / "cases" / "supervision.json").read_text(encoding="utf-8"))
LIFE = ("program", "track", "party", "accredited_on", "events", "check_until")
# Of short lives: it is what a line holds that is tried, not how long a life can be.
LIVES = sorted(({key: case[key] for key in LIFE} for case in CASES), key=lambda life: len(json.dumps(life)))[
    :12
]
ODD: list[Any] = [
    "0001-01-01", "9999-12-31", "2024-02-30", "", [], {}, [[]], {"a": []}, -1, 1e300, 1e-300, 10**400,
    float("nan"), [""], [{}], [{"name": "甲", "uscc": "9"}], "service", "jilin", "\ud800", True, None,
]  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
LINES = st.text(max_size=20).map(lambda text: text.replace("\n", "\r")) | ANYTHING.map(json.dumps)
UNHURRIED = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A life in which one or two things, wherever they stand, are something else."""
    life: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(LIVES)))
    for _ in range(draw(st.integers(1, 2))):
        at: Any = life
        while True:
            key = draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
            inner = at[key]
            if not (isinstance(inner, dict | list) and inner and draw(st.booleans())):
                break
            at = inner
        at[key] = draw(st.sampled_from(ODD) | ANYTHING)
    return life


def answers(text: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    each_line(io.BytesIO(text.encode()), lambda request: replaying._answer(catalogue(), request, "zh"))
    said = capsys.readouterr().out
    said.encode()
    return [json.loads(line) for line in said.splitlines()]


@UNHURRIED
@given(mutated())
def test_a_life_with_anything_in_it(capsys: pytest.CaptureFixture[str], life: dict[str, Any]) -> None:
    (answer,) = answers(json.dumps({"id": "x", **life}), capsys)
    assert answer["id"] == "x"
    assert ("timeline" in answer) != ("error" in answer)


@UNHURRIED
@given(st.lists(LINES, max_size=4))
def test_lines_of_anything(capsys: pytest.CaptureFixture[str], lines: list[str]) -> None:
    assert len(answers("".join(f"{line}\n" for line in lines), capsys)) == len(lines)


def test_only_a_line_feed_ends_a_line(accredit: Any, tmp_path: Path) -> None:
    pretty = json.dumps({"id": "good", **LIVES[0]}, indent=1).encode()
    path = tmp_path / "lives.jsonl"
    path.write_bytes(b"\n".join([pretty.replace(b"\n", b"\r"), json.dumps(LIVES[0]).encode() + b"\r"]))
    first, second = accredit("replay", "--batch", path).lines
    assert (first["id"], second["id"]) == ("good", None)
    assert first["timeline"] == second["timeline"]


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe{}",
        '{"id": "张"}'.encode("gbk"),
        b"[" * 100_000,
        b"9" * 5000,
        b'{"id": "\\ud800"}',
        b"\x00",
        b"NaN",
        b"",
        b" \t\r",
    ],
    ids=["utf-16", "gbk", "deep", "long", "surrogate", "nul", "nan", "empty", "blank"],
)
def test_a_line_that_spoils_itself_alone(accredit: Any, tmp_path: Path, line: bytes) -> None:
    good = json.dumps({"id": "good", **LIVES[0]}).encode()
    path = tmp_path / "lives.jsonl"
    path.write_bytes(b"\n".join([good, line, good]) + b"\n")
    for command in ("replay", "evaluate"):
        answer = accredit(command, "--batch", path)
        assert answer.code == 0, answer.err
        assert [item["id"] for item in answer.lines][::2] == ["good", "good"]
        assert len(answer.lines) == 3
        assert "error" in answer.lines[1]
