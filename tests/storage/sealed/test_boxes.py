"""Sealed texts: they open under their key and as their kind, are found by themselves, and tell nothing."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from core.storage.models import Party
from core.storage.sealed.boxes import MARK, Kind, is_sealed, opened, resealed, seal, seals
from core.storage.sealed.types import Sealed, SealedJson, SealedList, give_keys
from core.storage.trail.keys import KeyFile, NoKeysError

NUMBER, MOBILE = "110101199003070038", "13800138000"


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    """Master keys of the test's own."""
    return KeyFile(tmp_path / "keys")


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.FACT}))
@pytest.mark.parametrize("text", [NUMBER, "微信 abc；晚上", "0531-82412345转801、13800138000"])
def test_what_is_sealed_opens_and_shows_nothing(keys: KeyFile, kind: Kind, text: str) -> None:
    kept = seal(keys, kind, text)
    assert opened(keys, kind, kept) == text
    assert is_sealed(kind, kept)
    assert not is_sealed(kind, text)
    assert not any(part in kept for part in (NUMBER, "abc", "82412345", MOBILE))
    assert kept == seal(keys, kind, text), "the same text is found again"


def test_each_number_is_found_by_itself_and_behind_its_extension(keys: KeyFile) -> None:
    line, mobile = (seal(keys, Kind.TELEPHONE, text) for text in ("0531-82412345", MOBILE))
    kept = seal(keys, Kind.TELEPHONE, f"0531-82412345转801、{MOBILE}")
    assert kept == f"{line}转801、{mobile}"
    assert not is_sealed(Kind.TELEPHONE, f"{line}转801、{MOBILE}")


def test_nothing_is_nobodys_secret(keys: KeyFile) -> None:
    for kind in Kind:
        assert seal(keys, kind, "") == opened(keys, kind, "") == ""
        assert is_sealed(kind, "")


def test_a_seal_does_not_open_as_another_kind_nor_with_another_key(keys: KeyFile, tmp_path: Path) -> None:
    kept = seal(keys, Kind.IDENTITY, NUMBER)
    assert opened(keys, Kind.CODE, kept) == kept
    assert opened(KeyFile(tmp_path / "others"), Kind.IDENTITY, kept) == kept
    spoilt = kept[:-3] + ("AAA" if kept[-3:] != "AAA" else "BBB")
    assert opened(keys, Kind.IDENTITY, spoilt) == spoilt
    assert opened(keys, Kind.IDENTITY, MARK + "0") == MARK + "0"


def test_whoever_types_a_seal_does_not_have_it_opened(keys: KeyFile) -> None:
    stolen = seal(keys, Kind.ADDRESS, MOBILE)
    assert opened(keys, Kind.ADDRESS, seal(keys, Kind.ADDRESS, stolen)) == stolen


@pytest.mark.parametrize(
    ("text", "sealed"),
    [
        (NUMBER, True),
        (NUMBER[:-1] + "9", False),
        (NUMBER[:-1], False),
        ("91350100M000100Y43", False),
        ("914403001922038216", False),
        (MOBILE, True),
        (MOBILE[:-1], False),
        ("12345678901", False),
        ("0531-82412345转801、400-800-1234", True),
        ("0531-82412345、王芳", False),
        ("+852-2123-4567", True),
        ("2024-01-05", False),
        ("", False),
        (MARK, True),
    ],
)
def test_a_fact_is_sealed_by_its_form(keys: KeyFile, text: str, sealed: bool) -> None:
    kept = seal(keys, Kind.FACT, text)
    assert (kept != text) is sealed
    assert opened(keys, Kind.FACT, kept) == text
    assert is_sealed(Kind.FACT, kept)
    assert sealed is (not is_sealed(Kind.FACT, text)) or text == MARK


def test_under_a_new_key_the_old_seals_open_and_are_looked_for(keys: KeyFile) -> None:
    old = seal(keys, Kind.IDENTITY, NUMBER)
    keys.renew()
    new = seal(keys, Kind.IDENTITY, NUMBER)
    assert new != old
    assert opened(keys, Kind.IDENTITY, old) == NUMBER
    assert seals(keys, Kind.IDENTITY, NUMBER) == [new, old]
    assert resealed(keys, Kind.IDENTITY, old) == resealed(keys, Kind.IDENTITY, NUMBER) == new


@pytest.mark.parametrize("kind", [Kind.IDENTITY, Kind.FACT])
def test_what_a_lost_key_sealed_is_left_for_the_day_it_is_found(
    keys: KeyFile, tmp_path: Path, kind: Kind
) -> None:
    kept = seal(keys, kind, NUMBER)
    others = KeyFile(tmp_path / "others")
    assert resealed(others, kind, kept) == kept
    written = f"{MARK}short"
    assert opened(others, Kind.ADDRESS, resealed(others, Kind.ADDRESS, written)) == written


def test_keys_that_are_gone_are_not_made_anew(keys: KeyFile) -> None:
    kept, held = seal(keys, Kind.IDENTITY, NUMBER), keys.path.read_bytes()
    keys.path.unlink()
    for use in (seal, opened):
        with pytest.raises(NoKeysError, match="put it, or its backup, in its place"):
            use(keys, Kind.IDENTITY, kept)
    assert not keys.path.exists()
    keys.path.write_bytes(held)
    assert opened(keys, Kind.IDENTITY, kept) == NUMBER


def test_of_facts_the_numbers_are_sealed_and_nothing_else(keys: KeyFile) -> None:
    def change(kind: Kind, text: str) -> str:
        return seal(keys, kind, text)

    facts = {
        "id_number": NUMBER,
        "mobile": MOBILE,
        "name": "王芳",
        "years": 3,
        "of": [{"contact_phone": MOBILE}],
    }
    kept = SealedJson().changed(facts, change)
    assert (kept["name"], kept["years"]) == ("王芳", 3)
    assert NUMBER not in str(kept)
    assert MOBILE not in str(kept)
    assert kept["mobile"] == seal(keys, Kind.TELEPHONE, MOBILE), "as the column has it"
    assert SealedJson().changed(NUMBER, change) == kept["id_number"], "as a statement of the fact has it"
    assert "王芳" not in str(SealedJson(Kind.WORDS).changed(facts, change))
    assert SealedList(Kind.CODE).changed(["a"], change) == [seal(keys, Kind.CODE, "a")]


def test_rows_are_looked_for_by_what_they_are_kept_as(keys: KeyFile) -> None:
    engine = create_engine("postgresql+psycopg://")
    give_keys(engine.dialect, keys)
    keys.renew()
    for asked in (Party.id_number == NUMBER, Party.id_number.in_({NUMBER, None})):
        compiled = select(Party.id).where(asked).compile(dialect=engine.dialect)
        ((name, value),) = compiled.params.items()
        kept = compiled._bind_processors[name]
        assert callable(kept)
        assert kept(value) == seals(keys, Kind.IDENTITY, NUMBER)
        assert "= ANY" in str(compiled)


def test_without_keys_nothing_is_written() -> None:
    engine = create_engine("postgresql+psycopg://")
    column = Sealed(Kind.IDENTITY)
    with pytest.raises(NoKeysError, match="give make_engine"):
        column.process_bind_param(NUMBER, engine.dialect)
    with pytest.raises(NoKeysError, match="give make_engine"):
        column.process_result_value(MARK, engine.dialect)
    assert column.process_bind_param(None, engine.dialect) is None
