"""The command starts without what it does not need, and says what there is."""

import subprocess
import sys

import pytest

from core.cli import COMMANDS

HEAVY = (
    "flask",
    "flask_admin",
    "sqlalchemy",
    "alembic",
    "psycopg",
    "granian",
    "procrastinate",
    "apscheduler",
)


@pytest.mark.parametrize(
    "arguments",
    [
        ["evaluate", "jilin", "expert", "FILE", "--as-of", "2024-06-01"],
        ["match", "FILE", "--as-of", "2024-06-01"],
        ["coverage", "jilin"],
        ["programs"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_judging_loads_neither_web_framework_nor_database(written, arguments):
    file = str(written({"party": "person", "facts": {}}))
    command = [file if item == "FILE" else item for item in arguments]
    code = (
        "import sys\nfrom core.cli import main\n"
        f"main({command!r}, standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "[]"
    assert done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(accredit, name):
    answer = accredit(name, "--help")
    assert answer.code == 0, answer.err
    assert len(answer.out.splitlines()) > 3


def test_the_command_lists_its_commands_and_its_version(script):
    listed = script("--help").out
    assert all(f"  {name}" in listed for name in COMMANDS)
    assert script("--version").out.startswith("accredit")


def test_an_unknown_command_is_refused(script):
    answer = script("enchant")
    assert answer.code == 2
    assert "enchant" in answer.err
