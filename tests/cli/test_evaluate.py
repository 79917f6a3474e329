"""`accredit evaluate`: a verdict with every condition, or every error at once."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

CASES = json.loads((Path(__file__).parents[1] / "cases" / "eligibility.json").read_text(encoding="utf-8"))
BASE = next(case for case in CASES if case["id"] == "liaocheng/comprehensive/base")
RESULT = {"clause", "kind", "outcome", "waivable", "title", "sentence", "observed"}


def evaluate(accredit, file, *more):
    return accredit("evaluate", BASE["program"], BASE["track"], "--as-of", BASE["as_of"], file, *more)


def summary(answer):
    """The verdict as the golden cases count it: by clause, of the required conditions."""
    clauses = defaultdict(list)
    for result in answer["results"]:
        if result["kind"] == "required":
            clauses[result["clause"]].append(result)
    failing = {
        clause: [result for result in results if result["outcome"] == "not_met"]
        for clause, results in clauses.items()
    }
    return {
        "outcome": answer["outcome"],
        "not_met": sorted(clause for clause, failed in failing.items() if failed),
        "unknown": sorted(
            clause
            for clause, results in clauses.items()
            if not failing[clause] and any(result["outcome"] == "unknown" for result in results)
        ),
        "waivable": sorted(
            clause
            for clause, failed in failing.items()
            if failed and all(result["waivable"] for result in failed)
        ),
    }


def test_a_verdict_has_every_condition_with_its_clause_sentence_and_figures(accredit, written):
    answer = evaluate(accredit, written({"facts": BASE["facts"]}))
    assert answer.code == 0, answer.err
    verdict = answer.json
    assert list(verdict) == ["program", "track", "edition", "as_of", "outcome", "results"]
    assert (verdict["program"], verdict["track"], verdict["as_of"]) == (
        BASE["program"],
        BASE["track"],
        BASE["as_of"],
    )
    assert verdict["outcome"] == "eligible"
    assert all(set(result) == RESULT for result in verdict["results"])
    served = next(result for result in verdict["results"] if result["clause"] == "8(3)")
    assert "不少于 80 家" in served["sentence"]
    assert {"smes_served_last_year": BASE["facts"]["smes_served_last_year"]} in served["observed"]


def test_the_verdict_does_not_change_the_exit_code(accredit, written):
    answer = evaluate(accredit, written({"facts": BASE["facts"] | {"smes_served_last_year": 79}}))
    assert (answer.code, answer.json["outcome"]) == (0, "ineligible")
    unknown = evaluate(accredit, written({"facts": {}}))
    assert (unknown.code, unknown.json["outcome"]) == (0, "undetermined")


def test_a_fraction_given_for_a_percentage_is_taken_and_warned_of(accredit, written):
    facts = BASE["facts"] | {"satisfaction_pct": 0.95}
    answer = evaluate(accredit, written({"facts": facts}), "--lang", "en")
    assert answer.json["warnings"] == {"satisfaction_pct": "taken as 0.95%; for 95% write 95"}
    assert {"satisfaction_pct": 0.95} in [
        seen for result in answer.json["results"] for seen in result["observed"]
    ]
    matched = accredit("match", written({"facts": facts}), "--as-of", BASE["as_of"])
    assert all("satisfaction_pct" in verdict["warnings"] for verdict in matched.json)


def test_a_code_whose_check_digit_does_not_fit_needs_the_authority_s_word(accredit, written):
    facts = {**BASE["facts"], "uscc": "91350100M000100Y44"}
    answer = evaluate(accredit, written({"facts": facts}), "--lang", "en")
    assert answer.code == 2
    assert "check digit" in answer.out
    taken = evaluate(accredit, written({"facts": facts, "accepted_uscc": ["91350100m000100y44"]}))
    assert (taken.code, taken.json["outcome"]) == (0, "eligible")
    other = evaluate(accredit, written({"facts": facts, "accepted_uscc": ["91350100M000100Y45"]}))
    assert other.code == 2
    for wrong in ("91350100M000100Y44", [1]):
        said = evaluate(accredit, written({"facts": facts, "accepted_uscc": wrong}), "--lang", "en")
        assert said.code == 2
        assert "must be a list" in said.out


@pytest.mark.parametrize(
    ("code", "said"), [("330103", "330105"), ("999999", "no division 999999"), ("37", "6 digits")]
)
def test_a_division_that_is_none_is_refused_and_a_former_one_leads_on(accredit, written, code, said):
    answer = evaluate(accredit, written({"facts": {**BASE["facts"], "region": code}}), "--lang", "en")
    assert answer.code == 2
    assert said in answer.out
    line = {**BASE, "facts": {**BASE["facts"], "region": code}}
    batch = accredit("evaluate", "--batch", written([line]), "--lang", "en")
    assert said in batch.out


def test_texts_come_in_english_on_demand(accredit, written):
    answer = evaluate(accredit, written({"facts": BASE["facts"]}), "--lang", "en")
    served = next(result for result in answer.json["results"] if result["clause"] == "8(3)")
    assert "at least 80" in served["sentence"]
    assert not any("一" <= letter <= "鿿" for letter in served["sentence"] + served["title"])


def test_every_error_of_a_profile_is_named_at_once(accredit, written):
    wrong = {
        "staff_full_time": -3,
        "satisfaction_pct": 101,
        "established_on": "2024-02-30",
        "fixed_premises": "perhaps",
        "uscc": "91350100M000100Y44",
        "number_of_moons": 1,
    }
    answer = evaluate(accredit, written({"facts": BASE["facts"] | wrong}))
    assert answer.code == 2
    assert set(answer.json) == {"error", "facts"}
    assert set(answer.json["facts"]) == set(wrong)
    assert all(answer.json["facts"].values())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{not json", "not JSON"),
        ("[]", "JSON object"),
        ('{"facts": 3}', "facts"),
        ("{}", "facts"),
    ],
)
def test_a_file_that_is_no_profile_is_refused_with_the_reason(accredit, written, content, said):
    answer = evaluate(accredit, written(content))
    assert answer.code == 2
    assert said in answer.json["error"]


def test_an_unknown_programme_track_or_day_is_refused_with_what_there_is(accredit, written):
    file = written({"facts": {}})
    for arguments, said in [
        (("atlantis", "expert", "--as-of", "2024-01-01"), "jilin"),
        (("jilin", "wizard", "--as-of", "2024-01-01"), "provider"),
        (("jilin", "expert", "--as-of", "2024-13-01"), "2024-13-01"),
    ]:
        answer = accredit("evaluate", *arguments, file)
        assert answer.code == 2
        assert said in answer.json["error"]


def test_a_batch_gives_the_golden_verdicts_in_the_order_of_its_lines(accredit, written):
    lines = [{key: case[key] for key in ("id", "program", "track", "as_of", "facts")} for case in CASES]
    answer = accredit("evaluate", "--batch", written(lines))
    assert answer.code == 0, answer.err
    assert [line["id"] for line in answer.lines] == [case["id"] for case in CASES]
    for case, line in zip(CASES, answer.lines, strict=True):
        expected = {
            key: sorted(value) if isinstance(value, list) else value for key, value in case["expect"].items()
        }
        assert summary(line) == expected, f"{case['id']}: {case['why']}"


def test_a_line_that_cannot_be_read_does_not_stop_the_batch(accredit, written):
    good = {key: BASE[key] for key in ("program", "track", "as_of", "facts")}
    lines = [
        {"id": "first", **good},
        "{broken",
        "17",
        {"id": "bad fact", **good, "facts": {"staff_full_time": "many"}},
        {"id": "no such", **good, "program": "atlantis"},
        {"id": 6, **good},
    ]
    answer = accredit("evaluate", "--batch", written(lines))
    assert answer.code == 0
    first, broken, number, fact, program, last = answer.lines
    assert (first["id"], first["outcome"]) == ("first", "eligible")
    assert broken["id"] is None
    assert "line 2" in broken["error"]
    assert number["id"] is None
    assert "line 3" in number["error"]
    assert (fact["id"], set(fact["facts"])) == ("bad fact", {"staff_full_time"})
    assert program["id"] == "no such"
    assert (last["id"], last["outcome"]) == (6, "eligible")


def test_a_batch_can_come_from_standard_input(accredit):
    line = json.dumps(
        {"id": 1} | {key: BASE[key] for key in ("program", "track", "as_of", "facts")}, ensure_ascii=False
    )
    answer = accredit("evaluate", "--batch", "-", stdin=line + "\n")
    assert answer.json["outcome"] == "eligible"


def test_ten_thousand_profiles_take_a_few_seconds(accredit, written):
    lines = [
        {key: case[key] for key in ("program", "track", "as_of", "facts")} | {"id": number}
        for number, case in zip(range(10_000), CASES * 200, strict=False)
    ]
    answer = accredit("evaluate", "--batch", written(lines), timeout=60)
    assert [line["id"] for line in answer.lines] == list(range(10_000))


def test_without_arguments_the_usage_is_shown(accredit):
    answer = accredit("evaluate")
    assert answer.code == 2
    assert "--batch" in answer.err
