"""Articles 2 to 5: the programme as the register shows it."""

from importlib.resources import files

from core.rules.clauses import PartyKind
from tests.plugins.profiles import programs

LOADED = programs()["jilin"]


def test_whose_register_it_is_and_who_recommends():
    program = LOADED.program
    assert program.authority.zh == "吉林市中小企业服务中心"
    assert program.register.zh == "吉林市中小企业服务信息资源库"
    assert (program.region, program.recommender_level) == ("220200", 6)


def test_one_register_with_two_tracks_and_own_numbers():
    tracks = {track.id: track for track in LOADED.program.tracks}
    assert {name: track.party for name, track in tracks.items()} == {
        "provider": PartyKind.ORGANIZATION,
        "expert": PartyKind.PERSON,
    }
    assert tracks["provider"].number_pattern.format(year=2024, sequence=7) == "JL-F-2024-0007"
    assert tracks["expert"].number_pattern.format(year=2024, sequence=7) == "JL-Z-2024-0007"


def test_the_twelve_areas_of_article_2_in_its_order():
    areas = LOADED.program.service_areas
    listed = "、".join(label.zh for _, label in areas.choices[:-1]) + "和" + areas.choices[-1][1].zh
    text = files("plugins.jilin").joinpath("text.zh.txt").read_text(encoding="utf-8")
    assert len(areas.choices) == 12
    assert f"提供{listed}等服务" in text
    assert LOADED.program.extra_facts == (areas,)
    assert areas.name == "jilin_service_areas"


def test_no_table_is_attached():
    assert LOADED.summary_tables == ()


def test_the_readings_and_their_defaults():
    assert {item.id: (item.clause, item.default) for item in LOADED.interpretations} == {
        "jilin.expert_preference": ("7(2)4", "title_or_awarded"),
        "jilin.year_basis": ("10(1)", "accreditation_year"),
        "jilin.mode": ("11(1)", "automatic"),
    }


def test_what_the_text_states_is_no_choice() -> None:
    assert {item.id: item.clause for item in LOADED.stated} == {
        "jilin.served": "10(1)",
        "jilin.report_due": "10(1)",
        "jilin.extension": "10(3)",
    }
