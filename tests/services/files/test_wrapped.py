"""The readers of forms, tables and batches stand in marshmallow fields as they are: nothing is read anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields

from core.cli.pages.cases import REFUSED, SECTIONS, Section
from core.domain import facts
from core.domain.errors import Invalid, MalformedError
from core.domain.profile import parse_facts, read
from core.domain.supervision.life_file import parse_life
from core.rules.terms import Kind as FactKind
from core.rules.text import T
from core.services.files import kinds


class Reader(fields.Field[Any]):
    """A field that reads by one of the readers, and says what it says."""

    def __init__(self, of: Callable[[Any], Any]) -> None:
        self.of = of
        super().__init__(required=True)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_more: Any) -> Any:
        try:
            return self.of(value)
        except Invalid as error:
            raise ValidationError({name: _said(why) for name, why in error.errors.items()}) from error
        except MalformedError as error:
            raise ValidationError(_said(error.text)) from error


def _said(why: T) -> list[str]:
    return [why.zh, why.en]


def load(of: Callable[[Any], Any], given: object) -> tuple[Any, Any]:
    """What a schema with the one field makes of a value, and what it says against it."""
    schema = Schema.from_dict({"it": Reader(of)})()
    try:
        return schema.load({"it": given})["it"], []
    except ValidationError as error:
        return REFUSED, error.messages_dict["it"]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title.en)
def test_a_field_takes_what_the_reader_takes_and_gives_its_reason(section: Section) -> None:
    for written, expected in section.cases:
        value, said = load(section.read, written)
        _, told = section.outcome(written)
        assert value == expected, written
        assert said == ([told.zh, told.en] if expected is REFUSED else []), written


COLUMNS: tuple[tuple[kinds.Kind, object, object, object], ...] = (
    (kinds.Text(3), "甲公司", "甲公司", "甲乙公司"),
    (kinds.Whole(0, unit="家"), "80家", 80, -1),
    (kinds.Amount(0, unit="元"), "200万元", 2_000_000, "200人"),
    (kinds.Percent(), "95.5%", Decimal("95.5"), "0.955"),
    (kinds.Day(), "2024年2月9日", date(2024, 2, 9), "2024-2-30"),
    (kinds.YesNo(), "是", True, "x"),
    (kinds.Choice.among(facts.education.choices), "本科", "bachelor", "甲"),
    (kinds.Code(), "138 0013 8000", "138 0013 8000", 10**17),
    (kinds.Several(kinds.Code(), kinds.BY_LINE), "1；2；1", ("1", "2"), date(2024, 3, 5)),
)


@pytest.mark.parametrize(("kind", "given", "value", "bad"), COLUMNS, ids=lambda item: type(item).__name__)
def test_so_does_every_kind_of_column(kind: kinds.Kind, given: object, value: object, bad: object) -> None:
    assert load(kind.read, given) == (value, [])
    refused, said = load(kind.read, bad)
    assert refused is REFUSED
    assert len(said) == 2


GIVEN: Mapping[FactKind, tuple[object, object]] = {
    FactKind.FLAG: (True, "yes"),
    FactKind.INTEGER: (80, 80.5),
    FactKind.DECIMAL: ("3.50", "three"),
    FactKind.MONEY: (2_000_000, -1),
    FactKind.PERCENT: (95.5, 101),
    FactKind.DATE: ("2024-02-09", "2024-02-30"),
    FactKind.DATE_OR_NEVER: ("never", "always"),
    FactKind.ENUM: ("enterprise", "firm"),
    FactKind.LEVEL: ("master", "wizard"),
    FactKind.SET: ([], "law"),
    FactKind.TEXT: ("甲公司", ""),
    FactKind.USCC: ("91350100M000100Y43", "91350100M000100Y44"),
    FactKind.ID_NUMBER: ("11010519491231002X", "110105194912310021"),
    FactKind.REGION: ("371500", "37"),
    FactKind.MOBILE: ("13800138000", "0531-82412345"),
    FactKind.EMAIL: ("zhang@example.cn", "张三 <zhang@example.cn>"),
}


@pytest.mark.parametrize("kind", FactKind)
def test_so_does_every_kind_of_fact(kind: FactKind) -> None:
    fact = next(fact for fact in facts.ALL.values() if fact.kind is kind)
    good, bad = GIVEN[kind]
    assert load(lambda given: read(fact, given), good)[1] == []
    value, said = load(lambda given: read(fact, given), bad)
    assert value is REFUSED
    assert len(said) == 2


def test_whole_profiles_and_lives_name_their_errors_by_field() -> None:
    good, none = load(lambda raw: parse_facts(raw).require(), {"satisfaction_pct": "95"})
    assert (good, none) == ({"satisfaction_pct": 95}, [])
    for read_whole, given, field in (
        (lambda raw: parse_facts(raw).require(), {"satisfaction_pct": 101, "region": "37"}, "region"),
        (parse_life, {"program": "jilin", "track": "expert", "events": 1}, "events"),
    ):
        value, said = load(read_whole, given)
        assert value is REFUSED
        assert len(said[field]) == 2
