"""`accredit replay`: a life lived again gives the days of the text."""

import json
from pathlib import Path

import pytest

CASES = json.loads((Path(__file__).parents[1] / "cases" / "supervision.json").read_text(encoding="utf-8"))
LIFE = ("program", "track", "party", "accredited_on", "events", "check_until")


def life(case):
    return {key: case[key] for key in LIFE}


def hold(case, timeline):
    """A case's `expect` is complete for each (what, clause) that it names; `never` names what must not be."""
    for what, clause in {(item["what"], item["clause"]) for item in case["expect"]}:
        wanted = sorted(
            item["on"] for item in case["expect"] if (item["what"], item["clause"]) == (what, clause)
        )
        found = sorted(
            entry["on"] for entry in timeline if entry["what"] == what and clause in ("*", entry["clause"])
        )
        assert found == wanted, f"{case['id']}: {what} {clause}: {case['why']}"
    for item in case["never"]:
        met = [
            entry
            for entry in timeline
            if entry["what"] == item["what"] and item["clause"] in ("*", entry["clause"])
        ]
        assert not met, f"{case['id']}: {case['why']}"


def test_the_golden_lives_come_out_day_by_day(accredit, written):
    answer = accredit("replay", "--batch", written([{"id": case["id"], **life(case)} for case in CASES]))
    assert answer.code == 0, answer.err
    assert [line["id"] for line in answer.lines] == [case["id"] for case in CASES]
    for case, line in zip(CASES, answer.lines, strict=True):
        hold(case, line["timeline"])


def test_one_life_from_a_file_has_days_in_order_with_clause_and_title(accredit, written):
    case = CASES[0]
    answer = accredit("replay", written(life(case)))
    assert answer.code == 0, answer.err
    timeline = answer.json["timeline"]
    assert all(set(entry) == {"on", "what", "clause", "title"} for entry in timeline)
    assert [entry["on"] for entry in timeline] == sorted(entry["on"] for entry in timeline)
    hold(case, timeline)


def test_a_fraction_given_for_a_percentage_is_warned_of(accredit, written):
    served = {"type": "service", "date": "2024-05-06", "hours": 2, "enterprises": ["甲公司"]}
    events = [{**served, "satisfaction_pct": share} for share in (0, 0.95, 1.01, 95)]
    answer = accredit("replay", written({**life(CASES[0]), "events": events}), "--lang", "en")
    assert answer.json["warnings"] == {"events[1].satisfaction_pct": "taken as 0.95%; for 95% write 95"}
    answer = accredit("replay", written({**life(CASES[0]), "events": events[2:]}))
    assert "warnings" not in answer.json


def test_an_exit_that_waits_for_a_holiday_table_ends_nothing_and_says_so(accredit, written):
    expert = {"program": "miit_volunteer", "track": "expert", "events": [], "check_until": "2027-11-01"}
    waiting = accredit("replay", written(expert | {"accredited_on": "2025-12-27"})).json
    known = accredit("replay", written(expert | {"accredited_on": "2025-06-27"})).json
    assert waiting["holiday_years_missing"] == [2027]
    ends = [
        {"exit_proposed", "revoked"} & {entry["what"] for entry in life["timeline"]}
        for life in (waiting, known)
    ]
    assert ends == [{"exit_proposed"}, {"exit_proposed", "revoked"}]
    assert "holiday_years_missing" not in known


def test_every_error_of_a_life_is_named_at_once(accredit, written):
    wrong = life(CASES[0]) | {
        "accredited_on": "2024-02-31",
        "events": [{"date": "soon", "type": "service"}, {"date": "2024-03-01", "type": "party"}],
    }
    answer = accredit("replay", written(wrong))
    assert answer.code == 2
    assert len(answer.json["facts"]) >= 3


@pytest.mark.parametrize("missing", ["program", "track", "accredited_on", "check_until"])
def test_a_life_without_a_part_says_which(accredit, written, missing):
    answer = accredit(
        "replay", written({key: value for key, value in life(CASES[0]).items() if key != missing})
    )
    assert answer.code == 2
    assert missing in json.dumps(answer.json)


def test_a_life_that_cannot_be_read_does_not_stop_the_batch(accredit, written):
    lines = [
        {"id": "a", **life(CASES[0])},
        {"id": "b", **life(CASES[0]), "program": "atlantis"},
        "nothing",
        {"id": "c", **life(CASES[1])},
    ]
    answer = accredit("replay", "--batch", written(lines))
    assert answer.code == 0
    first, second, third, fourth = answer.lines
    assert "timeline" in first
    assert (second["id"], "atlantis" in second["error"]) == ("b", True)
    assert (third["id"], "line 3" in third["error"]) == (None, True)
    assert fourth["id"] == "c"
    hold(CASES[1], fourth["timeline"])
