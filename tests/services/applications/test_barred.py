"""Where a text says that a body cannot apply, its application is not submitted, and it is told until when."""

from datetime import date

import pytest

from core.domain.errors import Refused
from core.domain.lifecycle.states import ApplicationState
from core.services.granting import starting
from tests.services.journey import Town

DAY = date(2024, 5, 20)
WITHOUT = {"highest_recognition_level": "none"}


@pytest.mark.parametrize("key", ["shanghai/specialized", "hubei/specialized"])
@pytest.mark.parametrize(
    ("penalty", "until"),
    [("2021-05-21", "2024-05-22"), ("2021-05-20", "2024-05-21"), ("2021-05-19", ""), ("never", "")],
)
def test_a_penalty_of_the_last_three_years_stops_the_submission(
    town: Town, key: str, penalty: str, until: str
) -> None:
    case = town.start(key, day=DAY).fill({"last_penalty_on": penalty, **WITHOUT}).attach_all()
    if not until:
        case.submit()
        assert case.load().state is ApplicationState.SUBMITTED
        return
    with pytest.raises(Refused) as refused, case.as_applicant() as w:
        starting.submit(w, case.application_id)
    clause = {"shanghai": "2.1(6)", "hubei": "5(6)"}[case.program]
    assert f"按政策文本暂不能申报：{clause}" in refused.value.text.zh
    assert until in refused.value.text.zh
    assert case.load().state is ApplicationState.DRAFT


def test_an_investigation_stops_it_and_a_ground_to_set_it_aside_lets_it_through(town: Town) -> None:
    case = (
        town.start("hubei/specialized", day=DAY).fill({"under_investigation": True, **WITHOUT}).attach_all()
    )
    with pytest.raises(Refused, match="cannot apply: 5"), case.as_applicant() as w:
        starting.submit(w, case.application_id)
    # What the authority may set aside, it decides; the application reaches it.
    case.fill({"under_investigation": True, "highest_recognition_level": "county"}).submit()
    assert case.load().state is ApplicationState.SUBMITTED


def test_a_text_that_does_not_say_so_lets_the_authority_judge(town: Town) -> None:
    case = (
        town.start("liaocheng/specialized", day=DAY).fill({"under_investigation": True}).attach_all().submit()
    )
    assert case.load().state is ApplicationState.SUBMITTED
