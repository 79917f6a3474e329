"""`accredit match`, `coverage` and `programs`."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CASES = json.loads((ROOT / "tests/cases/eligibility.json").read_text(encoding="utf-8"))
ORGANIZATION = next(case for case in CASES if case["id"] == "liaocheng/comprehensive/base")
PERSON = next(case for case in CASES if case["id"] == "jilin/expert/base")
TRACKS_OF = {
    "organization": {
        ("jilin", "provider"),
        ("liaocheng", "comprehensive"),
        ("liaocheng", "specialized"),
        ("hubei", "comprehensive"),
        ("hubei", "specialized"),
        ("shanghai", "comprehensive"),
        ("shanghai", "specialized"),
        ("miit_volunteer", "workstation"),
    },
    "person": {("jilin", "expert"), ("miit_volunteer", "expert")},
}
PROGRAMS = {"jilin", "liaocheng", "hubei", "shanghai", "miit_volunteer"}


@pytest.mark.parametrize(("party", "case"), [("organization", ORGANIZATION), ("person", PERSON)])
def test_match_judges_every_track_of_the_partys_kind(accredit, written, party, case):
    answer = accredit("match", written({"facts": case["facts"]}), "--as-of", case["as_of"])
    assert answer.code == 0, answer.err
    assert {(line["program"], line["track"]) for line in answer.json} == TRACKS_OF[party]
    own = next(
        line for line in answer.json if (line["program"], line["track"]) == (case["program"], case["track"])
    )
    assert own["outcome"] == "eligible"


def test_match_takes_the_kind_of_party_that_the_file_names(accredit, written):
    answer = accredit("match", written({"party": "person", "facts": {}}), "--as-of", "2024-06-01")
    assert {(line["program"], line["track"]) for line in answer.json} == TRACKS_OF["person"]
    assert {line["outcome"] for line in answer.json} == {"undetermined"}


def test_match_asks_for_the_kind_where_it_cannot_be_told(accredit, written):
    for profile in ({"facts": {"name": "某"}}, {"party": "ghost", "facts": {}}):
        answer = accredit("match", written(profile), "--as-of", "2024-06-01")
        assert answer.code == 2
        assert "person" in answer.json["error"]


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_coverage_says_of_every_article_how_it_ends(accredit, program):
    answer = accredit("coverage", program, "--json")
    assert answer.code == 0, answer.err
    assert answer.lines
    for line in answer.lines:
        assert line["program"] == program
        assert line["coverage"] in ("encoded", "interpreted", "informational")
        assert line["encoded_by"] or line["interpretations"] or line["why"], line


def test_coverage_without_a_programme_goes_through_all_of_them(accredit):
    answer = accredit("coverage", "--json")
    assert {line["program"] for line in answer.lines} == PROGRAMS
    words = accredit("coverage", "jilin", "--lang", "en")
    assert "encoded" in words.out
    assert accredit("coverage", "atlantis").code == 2


def test_programs_lists_the_ten_tracks(accredit):
    answer = accredit("programs", "--json")
    found = {(line["party"], line["program"], line["track"]) for line in answer.lines}
    assert found == {(party, *track) for party, tracks in TRACKS_OF.items() for track in tracks}
