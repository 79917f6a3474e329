"""The command, run as an operator runs it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.cli import forked

SCRIPT = Path(sys.executable).with_name("accredit")


@dataclass(frozen=True)
class Answer:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


class Accredit(Protocol):
    """How `accredit` is called: with arguments; `stdin` and `env` as given."""

    def __call__(
        self,
        *arguments: object,
        stdin: str | None = None,
        env: dict[str, str] | None = None,
        timeout: float = 120,
    ) -> Answer: ...


@pytest.fixture(scope="session")
def accredit() -> Accredit:
    """Runs the command `accredit` in a process of its own."""

    def run(*arguments, stdin=None, env=None, timeout=120):
        return Answer(*forked.run([*map(str, arguments)], stdin or "", os.environ | (env or {}), timeout))

    return run


@pytest.fixture(scope="session")
def script() -> Accredit:
    """Runs the console script itself, as an operator's shell does."""

    def run(*arguments, stdin=None, env=None, timeout=120):
        done = subprocess.run(
            [SCRIPT, *map(str, arguments)],
            input=stdin,
            env=os.environ | (env or {}),
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def written(tmp_path):
    """Writes a value as JSON (a list: as JSONL) and gives the file."""

    def write(value, name="input.json"):
        path = tmp_path / name
        if isinstance(value, str):
            path.write_text(value, encoding="utf-8")
        elif isinstance(value, list):
            lines = (
                line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in value
            )
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        else:
            path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        return path

    return write
