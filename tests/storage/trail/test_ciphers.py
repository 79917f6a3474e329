"""The ciphers: official vectors of SM3 and SM4, what a seal holds, and one suite in the other's place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3, Hash
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core.rules.clauses import PartyKind
from core.storage.engine import make_engine, session_factory
from core.storage.models import AuditEvent, Party, PersonKey
from core.storage.sealed.boxes import Kind, opened, seals
from core.storage.trail import ciphers
from core.storage.trail.ciphers import (
    MARK,
    VARIABLE,
    Sm4Gcm,
    Sm4Siv,
    Suite,
    box_of,
    new_master,
    suite_from,
    wrap_of,
)
from core.storage.trail.keys import KeyFile, NoKeysError
from core.storage.trail.persons import rotate, shown
from core.storage.trail.values import Key
from core.storage.verify.columns import by_columns

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_gives_the_digests_of_gb_t_32905_appendix_a(message: bytes, digest: str) -> None:
    made = Hash(SM3())
    made.update(message)
    assert made.finalize().hex() == digest


@pytest.mark.parametrize(
    ("rounds", "block"),
    [(1, "681edf34d206965e86b3e94f536e4246"), (1_000_000, "595298c7c6fd271f0402f804c33d3f66")],
)
def test_sm4_gives_the_blocks_of_gb_t_32907_appendix_a(rounds: int, block: str) -> None:
    encryptor, made = Cipher(algorithms.SM4(KEY), modes.ECB()).encryptor(), KEY  # noqa: S305  # the vector's
    for _ in range(rounds):
        made = encryptor.update(made)
    assert made.hex() == block


def test_sm4_gcm_gives_the_text_and_tag_of_rfc_8998_appendix_a1() -> None:
    plain = b"".join(bytes([each]) * 8 for each in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    nonce, more = "00001234567800000000abcd", "feedfacedeadbeeffeedfacedeadbeefabaddad2"
    encryptor = Cipher(algorithms.SM4(KEY), modes.GCM(bytes.fromhex(nonce))).encryptor()
    encryptor.authenticate_additional_data(bytes.fromhex(more))
    made = encryptor.update(plain) + encryptor.finalize()
    assert made.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )
    assert encryptor.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


@pytest.mark.parametrize("suite", list(Suite))
def test_a_seal_is_the_same_each_time_and_opens_for_nothing_else(suite: Suite) -> None:
    box, other = box_of(new_master(suite)), box_of(new_master(suite))
    sealed = box.encrypt(b"13800138000", [b"telephone"])
    assert sealed == box.encrypt(b"13800138000", [b"telephone"])
    assert box.decrypt(sealed, [b"telephone"]) == b"13800138000"
    assert sealed != box.encrypt(b"13800138000", [b"address"])
    assert b"13800138000" not in sealed
    turned = bytes([sealed[-1] ^ 1])
    for broken, kind, opener in (
        (sealed, b"address", box),
        (sealed[:-1] + turned, b"telephone", box),
        (turned + sealed[1:], b"telephone", box),
        (sealed[:8], b"telephone", box),
        (sealed, b"telephone", other),
    ):
        with pytest.raises((InvalidTag, ValueError)):
            opener.decrypt(broken, [kind])


def test_parts_that_are_authenticated_are_kept_apart() -> None:
    box = Sm4Siv(bytes(48))
    assert box.encrypt(b"c", [b"ab"]) != box.encrypt(b"c", [b"a", b"b"])
    assert box.encrypt(b"c", None) == box.encrypt(b"c", [])
    assert box.decrypt(box.encrypt(b"", None), None) == b""


@pytest.mark.parametrize("suite", list(Suite))
def test_what_is_wrapped_is_other_each_time_and_opens_for_nothing_else(suite: Suite) -> None:
    wrap, other = wrap_of(new_master(suite)), wrap_of(new_master(suite))
    token = wrap.encrypt(b"secret")
    assert token != wrap.encrypt(b"secret")
    assert wrap.decrypt(token) == b"secret"
    for broken, opener in ((token, other), (token[:-8] + b"AAAAAAA=", wrap), (b"%", wrap), (b"", wrap)):
        with pytest.raises(InvalidToken):
            opener.decrypt(broken)


def test_a_person_s_key_tells_its_suite_and_digests_differ() -> None:
    keys = {suite: Key(1, ciphers.new_secret(suite)) for suite in Suite}
    digests = {key.digest("party", "mobile", "13800138000") for key in keys.values()}
    assert len(digests) == 2
    assert isinstance(ciphers.wrap_under(keys[Suite.NATIONAL].secret), Sm4Gcm)
    for key in keys.values():
        assert key.open(key.seal({"mobile": [None, "13800138000"]})) == {"mobile": [None, "13800138000"]}


def test_the_installation_names_its_suite_and_nothing_else_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert suite_from({}) is suite_from({VARIABLE: ""}) is Suite.INTERNATIONAL
    with pytest.raises(ValueError, match=f"{VARIABLE}: 'sm9' is no suite of ciphers; give international or"):
        suite_from({VARIABLE: "sm9"})
    monkeypatch.delenv("ACCREDIT_PERSON_KEYS", raising=False)
    monkeypatch.setenv(VARIABLE, "national")
    made = KeyFile.of(tmp_path)
    assert made.suite is Suite.NATIONAL
    assert made.read()[0].startswith(MARK)
    # What is there tells its own suite, whatever the environment says later.
    monkeypatch.delenv(VARIABLE)
    assert KeyFile.of(tmp_path).suite is Suite.NATIONAL
    made.path.write_text(f"{MARK}short\n", "ascii")
    with pytest.raises(NoKeysError):
        KeyFile(made.path).read()


@contextmanager
def opened_with(engine: Engine, keys: KeyFile) -> Iterator[Session]:
    """A session of the register with these keys."""
    own = make_engine(engine.url.render_as_string(hide_password=False), keys)
    with session_factory(own)() as made:
        yield made
    own.dispose()


def add(session: Session, name: str, number: str) -> None:
    session.add(
        Party(kind=PartyKind.PERSON, name=name, id_number=number, mobile="13800138000", region="220200")
    )
    session.commit()


def faults(session: Session) -> list[str]:
    session.rollback()
    return [str(fault) for fault in by_columns(session)]


def test_a_register_goes_over_to_the_other_suite_with_its_next_master_key(
    engine: Engine, tmp_path: Path
) -> None:
    first, second = "110101199003070038", "11010119900307002X"
    keys = KeyFile(tmp_path / "keys")
    with opened_with(engine, keys) as session:
        add(session, "王芳", first)
    (old,) = seals(keys, Kind.IDENTITY, first)
    national = KeyFile(tmp_path / "keys", Suite.NATIONAL)
    with opened_with(engine, national) as session:
        assert rotate(session) == 1
        (stored,) = session.scalars(text("SELECT id_number FROM party"))
        assert stored not in (old, first)
        assert opened(national, Kind.IDENTITY, stored) == first
        add(session, "李强", second)
        assert faults(session) == []
        assert session.scalars(select(Party.name).where(Party.id_number == first)).one() == "王芳"
        wrapped = session.scalars(select(PersonKey.wrapped).order_by(PersonKey.id)).all()
        assert [len(national.unwrap(key) or b"") for key in wrapped] == [64, 48], "a person keeps its key"
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        assert {changes["name"][1] for changes in shown(session, events).values()} == {"王芳", "李强"}
