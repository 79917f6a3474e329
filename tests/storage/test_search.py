"""Names are found by what people type: two characters anywhere, one at the start, of any width and case."""

import json
import unicodedata

import hypothesis
import pytest
from hypothesis import strategies
from sqlalchemy import Engine, Text, insert, literal_column, select, text
from sqlalchemy.orm import Session

from core.domain.folding import folded, number_key, number_key_sql
from core.rules.clauses import PartyKind
from core.storage.models import Party
from core.storage.search import bigrams, name_grams, name_matches

NAMES = [
    "吉林市松花江创业服务中心",
    "松江区中小企业协会",
    "江花松树种植合作社",
    "ABC咨询（北京）有限公司",
    "ＡＢＣ 技术服务所",
    "100%满意_服务站",
    "100满意服务站",
    "䶮㛃𬭚科技有限公司",
    "王",
    "o'Neil 顾问 \\ 公司",
]


@pytest.fixture
def named(session: Session) -> Session:
    """A session over parties of these names."""
    for number, name in enumerate(NAMES):
        session.add(Party(kind=PartyKind.ORGANIZATION, name=name, uscc=f"U{number:05d}", region="220200"))
    session.commit()
    return session


def found(session: Session, query: str) -> list[str]:
    return list(session.scalars(select(Party.name).where(name_matches(query)).order_by(Party.id)))


FOUND = {
    "松花": [0],
    "花松": [2],
    "松花江": [0],
    "松": [1],
    "江": [2],
    "江松": [],
    "中小企业": [1],
    "abc": [3, 4],
    "ａＢｃ": [3, 4],
    "C技": [4],
    "C 技术": [4],
    "(北京)": [3],
    "100%": [5],
    "100%满意_服": [5],
    "意服务": [6],
    "䶮㛃": [7],
    "𬭚科": [7],
    "王": [8],
    "o'n": [9],
    "\\公": [9],
    "": [],
    "  ": [],
    "%": [],
    "__": [],
}
"""A query, and the names that it finds."""


def test_a_query_finds_these_names(named: Session) -> None:
    expected = {query: [NAMES[number] for number in numbers] for query, numbers in FOUND.items()}
    assert {query: found(named, query) for query in FOUND} == expected


def test_the_pieces_in_another_order_do_not_match(session: Session) -> None:
    session.add(Party(kind=PartyKind.ORGANIZATION, name="甲乙丙 乙丁", uscc="U1", region="220200"))
    session.commit()
    assert set(bigrams("甲乙丁")) <= set(bigrams("甲乙丙乙丁"))
    assert found(session, "甲乙丁") == []


def test_a_new_name_is_found_and_the_old_one_no_more(named: Session) -> None:
    party = named.scalars(select(Party).where(Party.name == NAMES[1])).one()
    party.name = "黄浦区企业协会"
    named.commit()
    assert found(named, "松江区") == []
    assert found(named, "黄浦") == ["黄浦区企业协会"]


def test_pieces_are_normalised_and_stand_once() -> None:
    assert bigrams("哈哈哈") == ["哈哈"]
    assert bigrams("甲") == bigrams("") == []
    assert name_grams("甲乙") == ["^甲", "甲乙"]
    assert name_grams(" ") == []


@pytest.mark.owner
def test_a_search_among_many_uses_the_index_again_and_again(engine: Engine, session: Session) -> None:
    words = ["中小", "企业", "服务", "创业", "科技", "咨询", "信息", "管理"]
    rows = [
        {
            "kind": "organization",
            "uscc": f"U{n:06d}",
            "region": "220200",
            "name": name,
            "name_grams": name_grams(name),
            "folded_name": folded(name),
        }
        for n in range(20_000)
        for name in ["".join(words[(n >> (3 * k)) % 8] for k in range(5)) + str(n)]
    ]
    rows[777] |= {"name": "黄浦江畔", "folded_name": "黄浦江畔", "name_grams": name_grams("黄浦江畔")}
    with engine.begin() as connection:
        connection.execute(insert(Party.__table__), rows)
    session.execute(text("ANALYZE party"))
    statement = select(Party.name).where(name_matches("浦江"))
    compiled = statement.compile(engine, compile_kwargs={"render_postcompile": True})
    for _ in range(8):
        plan = (
            session.connection()
            .exec_driver_sql(f"EXPLAIN (FORMAT JSON) {compiled}", compiled.params)
            .scalar_one()
        )
        assert "ix_party_name_grams" in json.dumps(plan)
        assert found(session, "浦江") == ["黄浦江畔"]


def known_to_both(code: int) -> bool:
    """Whether Python's Unicode and any newer one of PostgreSQL have the character, and it can be stored."""
    return unicodedata.category(chr(code)) not in ("Cn", "Cs") and code > 0


FOLDS = text(
    "SELECT accredit_folded(name) FROM unnest(CAST(:names AS text[])) WITH ORDINALITY n(name, i) ORDER BY i"
)
NAMED = strategies.text(
    strategies.one_of(
        strategies.sampled_from(
            "·•・．.˙●（(【[⟨「⻓⽂长－—‐\u2011⁃ＡaßẞΣςÉéỄ0９ʼ´\u200b\u00ad \u3000'\"“İﷺ"
        ),
        strategies.characters().filter(lambda character: known_to_both(ord(character))),
    ),
    max_size=12,
)


@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(strategies.lists(NAMED, min_size=10, max_size=20))
def test_the_database_folds_names_as_python_does(session: Session, names: list[str]) -> None:
    assert list(session.scalars(FOLDS, {"names": names})) == [folded(name) for name in names]


def test_every_character_folds_alike_in_the_database(session: Session) -> None:
    every = [chr(code) for code in range(0x30000) if known_to_both(code)]
    pairs = zip(every, session.scalars(FOLDS, {"names": every}), strict=True)
    assert [(ascii(one), found) for one, found in pairs if found != folded(one)] == []


KEYS = (
    select(literal_column(number_key_sql("n.given"), Text()))
    .select_from(text("unnest(CAST(:given AS text[])) WITH ORDINALITY n(given, i)"))
    .order_by(text("i"))
)


@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(strategies.lists(NAMED, min_size=10, max_size=20))
def test_the_database_has_the_key_of_a_number_as_python_does(session: Session, given: list[str]) -> None:
    assert list(session.scalars(KEYS, {"given": given})) == [number_key(number) for number in given]
