"""Claims beside measurements: the difference, and whether a clause comes out otherwise."""

from decimal import Decimal

import pytest

from core.rules.evaluate import Outcome
from core.rules.verdict import Eligibility
from core.services.applications.case import Case
from core.services.review import recommendations
from core.services.review.measured import comparison_of
from core.services.review.recommenders_queue import preview

KEY = "liaocheng/comprehensive"


def measured(town, claimed, found):
    case = town.start(KEY).fill({"smes_served_last_year": claimed}).attach_all().submit()
    with case.as_recommender() as w:
        recommendations.evaluate(w, case.application_id, {"smes_served_last_year": found}, "抽查")
    with case.as_recommender() as w:
        return comparison_of(Case(w, case.load_in(w)))


@pytest.mark.parametrize(
    ("found", "difference", "percent", "changes"),
    [(79, -1, "-1.2", True), (80, 0, "0", False), (81, 1, "1.2", False)],
)
def test_a_measurement_matters_where_it_crosses_the_bound(town, found, difference, percent, changes):
    comparison = measured(town, 80, found)
    operation, row, unmeasured = comparison.rows
    assert operation.required
    assert (row.difference, row.percent, row.note) == (difference, Decimal(percent), "抽查")
    assert row.differs is (difference != 0)
    assert [(effect.clause, effect.before, effect.after) for effect in row.effects] == (
        [("8(3)", Outcome.MET, Outcome.NOT_MET)] if changes else []
    )
    assert unmeasured.measured is None
    assert unmeasured.required


def test_a_measurement_taken_back_leaves_the_claim(town):
    case = town.start(KEY).fill().attach_all().submit()
    for value in (10, None):
        with case.as_recommender() as w:
            recommendations.evaluate(w, case.application_id, {"smes_served_last_year": value})
    with case.as_recommender() as w:
        comparison = comparison_of(Case(w, case.load_in(w)))
        rows = preview(w, [case.application_id], as_claimed=False)
    assert comparison.differing == ()
    assert comparison.claimed == comparison.measured == comparison.verdict.outcome
    assert comparison.measured is not Eligibility.INELIGIBLE
    assert "测评核实" in rows[0].blocked[0].zh
