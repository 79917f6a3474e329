"""What README and docs show is what the commands say."""

import json
import re
from pathlib import Path

import pytest

from core.cli import COMMANDS
from core.domain.lifecycle.accreditation_table import ACCREDITATION_TABLE
from core.domain.lifecycle.application_table import APPLICATION_TABLE
from core.domain.lifecycle.finding import diagram
from core.domain.lifecycle.states import AccreditationState, ApplicationState

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_of_the_readme_is_real(accredit, written):
    profile = re.search(r'^ {4}(\{"facts".*?\}\})$', README, re.DOTALL | re.MULTILINE).group(1)
    shown = json.loads(re.search(r"```json\n(.*?)```", README, re.DOTALL).group(1))
    command = re.search(r"\$ accredit (evaluate .*)$", README, re.MULTILINE).group(1)
    file = written(json.loads(profile))
    answer = accredit(*command.replace("expert.json", str(file)).split()).json
    assert len(answer["results"]) == 5
    for result in shown.pop("results"):
        assert result in answer["results"]
    assert shown == {key: value for key, value in answer.items() if key != "results"}


@pytest.mark.parametrize("page", ["README.md", "docs/cli.md"])
def test_every_command_is_named(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [name for name in COMMANDS if not re.search(rf"`{name}`|accredit {name}\b", text)] == []


def test_the_diagrams_are_those_of_the_tables():
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    drawn = re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL)
    assert diagram(APPLICATION_TABLE, ApplicationState.DRAFT, "en") in drawn
    assert diagram(ACCREDITATION_TABLE, AccreditationState.ACTIVE, "en") in drawn
