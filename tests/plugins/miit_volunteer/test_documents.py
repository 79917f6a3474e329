"""The programme as the register shows it, and the tables of annexes 3 and 4, column for column."""

from importlib.resources import files

from core.domain import facts
from core.rules.clauses import PartyKind
from tests.plugins.profiles import programs

TEXT = files("plugins.miit_volunteer").joinpath("text.zh.txt").read_text(encoding="utf-8")


def loaded():
    return programs()["miit_volunteer"]


def table(table_id):
    (found,) = (item for item in loaded().summary_tables if item.id == table_id)
    return found


def test_whose_register_it_is():
    program = loaded().program
    assert program.authority.zh in TEXT
    assert (program.region, program.recommender_level) == ("", 2)
    assert [edition.id for edition in program.editions] == ["2023"]
    assert {track.id: track.party for track in program.tracks} == {
        "workstation": PartyKind.ORGANIZATION,
        "expert": PartyKind.PERSON,
    }
    patterns = [track.number_pattern.format(year=2023, sequence=7) for track in program.tracks]
    assert patterns == ["MIIT-GZZ-2023-00007", "MIIT-ZJ-2023-00007"]


def test_services_are_recorded_by_field_of_expertise():
    assert loaded().program.service_areas is facts.expertise_fields
    named = TEXT.split("包括但不限于政策")[1].split("等。")[0].split("、")
    labels = [label.zh for _, label in facts.expertise_fields.choices]
    assert [name.strip() for name in named] == [
        "解读" if x == "政策解读" else x for x in labels[: len(named)]
    ]


def test_annex_3_column_for_column():
    workstations = table("A3")
    assert "\t".join(column.header for column in workstations.columns) in TEXT
    assert [column.fact for column in workstations.columns] == [
        "number",
        "name",
        "address",
        "contact_name",
        "contact_phone",
    ]
    assert (workstations.track, workstations.imported, workstations.choices) == ("workstation", True, ())


def test_annex_4_column_for_column_with_the_words_of_its_note():
    experts = table("A4")
    headers = "\t".join(column.header for column in experts.columns)
    assert headers.replace("（机构）", " (机构)") in TEXT
    assert [column.fact for column in experts.columns] == [
        "number",
        "name",
        "employer",
        "expertise_fields",
        "contact_phone",
        "email",
    ]
    assert "擅长领域包括：" + "、".join(word for word, _ in experts.choices) + "等" in TEXT
    known = {choice for choice, _ in facts.expertise_fields.choices}
    assert [choice for _, choice in experts.choices] == [
        "policy",
        "legal",
        "financing",
        "management",
        "startup",
        "digital",
    ]
    assert {choice for _, choice in experts.choices} <= known
    assert experts.imported


def test_both_tables_are_headed_by_who_sends_them():
    for item in loaded().summary_tables:
        assert item.head == ("填写单位", "联系人", "联系电话")
        assert all(f"{line}：" in TEXT for line in item.head)


def test_the_readings_and_their_defaults():
    assert {item.id: (item.clause, item.default) for item in loaded().interpretations} == {
        "miit.shortfall": ("A1.15", "both"),
        "miit.year_basis": ("A1.7(2)", "accreditation_year"),
        "miit.mode": ("A1.15", "automatic"),
    }


def test_what_the_text_states_is_no_choice() -> None:
    assert {item.id: item.clause for item in loaded().stated} == {
        "miit.served": "A1.7(2)",
        "miit.inactivity": "N5",
        "miit.extension": "A1.12",
    }
