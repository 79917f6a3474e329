"""The bar of stages above an application: what is over, what is under way, what is to come."""

import pytest

from core.domain.lifecycle.states import ApplicationState as State
from core.rules.clauses import StageKind
from core.services.applications.own import marks

WAY = [StageKind.SUBMISSION, StageKind.RECOMMENDATION, StageKind.REVIEW, StageKind.NOTICE]
WAY += [StageKind.ACCREDITATION]


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (State.DRAFT, ["now", "", "", "", ""]),
        (State.RETURNED, ["now", "", "", "", ""]),
        (State.SUBMITTED, ["past", "now", "", "", ""]),
        (State.RECOMMENDED, ["past", "past", "now", "", ""]),
        (State.UNDER_REVIEW, ["past", "past", "now", "", ""]),
        (State.ON_NOTICE, ["past", "past", "past", "now", ""]),
        (State.ACCREDITED, ["past", "past", "past", "past", "past"]),
        (State.REJECTED, ["", "", "", "", ""]),
        (State.WITHDRAWN, ["", "", "", "", ""]),
    ],
)
def test_the_bar_marks_the_stage_under_way(state: State, shown: list[str]) -> None:
    assert marks(WAY, state) == shown


def test_without_recommendation_a_submitted_case_is_before_its_review() -> None:
    kinds = [StageKind.SUBMISSION, StageKind.REVIEW, StageKind.ACCREDITATION]
    assert marks(kinds, State.SUBMITTED) == ["past", "now", ""]
