"""Liaocheng's article 21: a county runs its own programme by reference to the city's."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from core.hooks.catalogue import load_catalogue
from core.hooks.loaded import LoadedProgram
from core.plugin_api import (
    Edition,
    Kind,
    NumberFact,
    PartyKind,
    Program,
    T,
    Track,
    by_reading,
    derive,
    facts,
    hookimpl,
)
from core.rules.clauses import Condition
from core.rules.evaluate import Outcome
from core.rules.terms import Number
from core.rules.verdict import judge
from core.rules.walk import Settings, parameters, readings, rewrite, with_numbers
from plugins import jilin, liaocheng, shanghai
from tests.plugins.liaocheng.profile import COMPREHENSIVE

COUNTY = replace(
    liaocheng.program(),
    id="dongchangfu",
    title=T("东昌府区中小企业公共服务示范平台", "Dongchangfu demonstration platforms"),
    authority=T("东昌府区民营经济发展局", "Dongchangfu Bureau of Private Economy Development"),
    recommenders=T("各镇街", "Towns and subdistricts"),
    register=T("东昌府区示范平台名单", "List of Dongchangfu platforms"),
    region="371502",
    recommender_level=0,
    tracks=tuple(
        replace(track, number_pattern=f"DCF-{track.number_pattern}") for track in liaocheng.program().tracks
    ),
    editions=(Edition("2025", T("东昌府区办法", "Measures of Dongchangfu"), date(2025, 1, 1)),),
)

NUMBERS = {
    "8(3).smes_served_last_year": 40,
    "8(7).staff_college_plus_and_mid_title_share": 60,
    "10(1).at_least": 3,
    "13.working_days": 7,
    "18.years": 2,
    "20(3).months": 18,
    "17.due_month": 2,
}


def county(**changes: int) -> LoadedProgram:
    plugin = derive(liaocheng, program=COUNTY, numbers=NUMBERS | changes)
    catalogue = load_catalogue([("liaocheng", liaocheng), ("dongchangfu", plugin)])
    assert catalogue.problems == ()
    return catalogue["dongchangfu"]


def outcome(program: LoadedProgram, edition: str, served: int) -> Outcome:
    rules = program.track_rules("comprehensive", edition)
    facts_of = {**COMPREHENSIVE.base, "smes_served_last_year": served, "smes_served_prior_year": 10}
    verdict = judge(rules.conditions, facts_of, COMPREHENSIVE.as_of)
    (result,) = (item for item in verdict.results if item.condition.clause == "8(3)")
    return result.outcome


def test_a_county_asks_for_forty_smes_where_the_city_asks_for_eighty() -> None:
    derived = county()
    city = load_catalogue([("liaocheng", liaocheng)])["liaocheng"]
    assert [outcome(derived, "2025", served) for served in (39, 40, 79)] == [
        Outcome.NOT_MET,
        Outcome.MET,
        Outcome.MET,
    ]
    assert [outcome(city, "measures", served) for served in (79, 80)] == [Outcome.NOT_MET, Outcome.MET]


def test_authority_region_and_editions_are_the_countys_own() -> None:
    program = county().program
    assert (program.id, program.region, program.authority.en) == (
        "dongchangfu",
        "371502",
        "Dongchangfu Bureau of Private Economy Development",
    )
    assert [edition.id for edition in program.editions] == ["2025"]
    assert program.tracks[0].number_pattern.format(year=2025, sequence=1) == "DCF-LC-Z-2025-0001"


@pytest.mark.parametrize("track", ["comprehensive", "specialized"])
def test_only_the_given_numbers_change_and_they_are_the_new_defaults(track: str) -> None:
    city = load_catalogue([("liaocheng", liaocheng)])["liaocheng"].rules[track, "measures"].parameters()
    expected = {item.id: Decimal(NUMBERS.get(item.id, item.default)) for item in city}
    assert {item.id: item.default for item in county().rules[track, "2025"].parameters()} == expected


def test_everything_else_is_taken_over() -> None:
    derived, city = county(), load_catalogue([("liaocheng", liaocheng)])["liaocheng"]
    for track in ("comprehensive", "specialized"):
        own, theirs = derived.rules[track, "2025"], city.rules[track, "measures"]
        assert own.materials == theirs.materials
        assert [item.clause for item in own.clauses] == [item.clause for item in theirs.clauses]
        assert [item.title for item in own.conditions] == [item.title for item in theirs.conditions]
    assert derived.articles == city.articles
    assert derived.summary_tables == city.summary_tables


def test_readings_stay_open_and_are_chosen_apart_from_the_citys() -> None:
    derived = county()
    ids = {item.id for item in derived.asked}
    assert ids == {item.id.replace("liaocheng.", "dongchangfu.") for item in liaocheng.interpretations()}
    people = {
        **COMPREHENSIVE.base,
        "staff_full_time": 20,
        "staff_college_plus": 20,
        "staff_mid_title_plus": 11,
        "staff_college_plus_and_mid_title": 11,
    }
    for reading, expected in (("union", Outcome.MET), ("intersection", Outcome.NOT_MET)):
        settings = Settings(readings={"dongchangfu.professionals": reading})
        conditions = derived.track_rules("comprehensive", "2025", settings).conditions
        results = judge(conditions, people, COMPREHENSIVE.as_of).results
        team = [item.outcome for item in results if item.condition.title.en.startswith("Management team")]
        assert team == [expected]


def test_one_track_alone_can_be_taken_over() -> None:
    only = replace(COUNTY, tracks=COUNTY.tracks[1:])
    plugin = derive(liaocheng, program=only, numbers={"9.at_least": 2})
    loaded = load_catalogue([("dongchangfu", plugin)])
    assert loaded.problems == ()
    assert set(loaded["dongchangfu"].rules) == {("specialized", "2025")}
    assert [table.track for table in loaded["dongchangfu"].summary_tables] == ["specialized"]


def test_a_derived_programme_can_be_derived_from() -> None:
    first = derive(liaocheng, program=COUNTY, numbers=NUMBERS)
    town = replace(first.program(), id="town")
    second = load_catalogue(
        [("town", derive(first, program=town, numbers={"8(4).aggregated_organizations": 1}))]
    )
    assert second.problems == ()
    defaults = {item.id: item.default for item in second["town"].rules["comprehensive", "2025"].parameters()}
    assert defaults["8(3).smes_served_last_year"] == 40
    assert defaults["8(4).aggregated_organizations"] == 1
    assert second["town"].stated[0].id == "town.served"


def test_a_number_the_base_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(
        ValueError, match=r"liaocheng has no number 8\(3\)\.smes, 8\(9\)\.x; it has .*10\(1\)"
    ):
        derive(liaocheng, program=COUNTY, numbers={"8(3).smes": 40, "8(9).x": 1, "18.years": 2})


def test_a_number_of_a_track_left_out_is_refused() -> None:
    only = replace(COUNTY, tracks=COUNTY.tracks[1:])
    with pytest.raises(ValueError, match=r"liaocheng has no number 10\(1\)\.at_least"):
        derive(liaocheng, program=only, numbers={"10(1).at_least": 3})


def test_a_track_the_base_does_not_have_is_refused() -> None:
    strange = replace(
        COUNTY, tracks=(Track("expert", T("专家", "Expert"), PartyKind.PERSON, "X-{sequence}"),)
    )
    with pytest.raises(ValueError, match="liaocheng has no track expert; it has comprehensive, specialized"):
        derive(liaocheng, program=strange, numbers={})


def test_an_edition_the_base_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="liaocheng has no edition 2030; it has measures"):
        derive(liaocheng, program=COUNTY, numbers={}, edition="2030")


def test_the_bases_edition_can_be_named() -> None:
    district = replace(
        shanghai.program(), id="xuhui", region="310104", editions=(Edition("a", T("甲", "A")),)
    )
    plugin = derive(shanghai, program=district, numbers={"2.1(3).smes_served_last_year": 30}, edition="2017")
    assert load_catalogue([("xuhui", plugin)]).problems == ()


def test_own_facts_of_the_base_get_the_new_prefix() -> None:
    changchun = replace(jilin.program(), id="changchun", region="220100")
    loaded = load_catalogue([("changchun", derive(jilin, program=changchun, numbers={}))])
    assert loaded.problems == ()
    program = loaded["changchun"].program
    assert [fact.name for fact in program.extra_facts] == ["changchun_service_areas"]
    assert program.service_areas == program.extra_facts[0]


OWN_SHARE = NumberFact("base_share", Kind.PERCENT, T("份额", "Share"))


class Base:
    """A programme whose numbers and facts are open to a choice of readings."""

    @hookimpl
    def program(self) -> Program:
        return replace(COUNTY, id="base", tracks=COUNTY.tracks[:1], extra_facts=(OWN_SHARE,))

    @hookimpl
    def eligibility(self, edition: str) -> tuple[Condition, ...]:
        test = by_reading("base.bar", low=OWN_SHARE.at_least(10), high=OWN_SHARE.at_least(20))
        condition = Condition(clause=f"1({edition})", title=T("一", "One"), test=test)  # type: ignore[arg-type]
        return (condition,)


def test_numbers_of_every_reading_can_be_set_and_names_that_only_look_alike_stay() -> None:
    base = SimpleNamespace(program=Base().program, eligibility=Base().eligibility)
    for hook in ("required_materials", "duties", "exit_rules"):
        setattr(base, hook, lambda: ())
    base.procedure = liaocheng.procedure
    own = replace(COUNTY, id="own", tracks=COUNTY.tracks[:1])
    derived = derive(base, program=own, numbers={"1(2025).base_share#2": 25})
    (condition,) = derived.eligibility("comprehensive")
    assert [item.default for item in parameters(condition)] == [10, 25]
    (choice,) = readings(condition)
    assert choice.interpretation == "own.bar"
    names = [value.fact.name for _, value in choice.values if isinstance(value, Number)]
    assert names == ["own_share", "own_share"]
    # The base's id is `base`: a reading of another programme keeps its name.
    (window,) = [item for item in derived.procedure("comprehensive").stages if item.working_days]
    assert window.working_days == 5


def test_with_numbers_leaves_what_it_does_not_name() -> None:
    condition = Condition(clause="1", title=T("一", "One"), test=facts.staff_full_time.at_least(3))
    assert with_numbers(condition, {}) == condition
    assert with_numbers(condition, {"2.staff_full_time": Decimal(9)}) is condition
    changed = with_numbers(condition, {"1.staff_full_time": Decimal(9)})
    assert changed.test == facts.staff_full_time.at_least(9)


def test_rewrite_reaches_every_part_and_leaves_types_alone() -> None:
    seen: list[object] = []

    def note(part: object) -> object:
        seen.append(part)
        return part

    condition = Condition(clause="1", title=T("一", "One"), test=facts.fixed_premises.holds())
    assert rewrite(condition, note) is condition
    assert facts.fixed_premises in seen
    assert seen[-1] is condition
    assert rewrite(Condition, note) is Condition
