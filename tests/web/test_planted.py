"""Numbers of people that stand in a register: no page, file or dump has one whole, but for whose it is."""

from hashlib import sha256
from pathlib import Path

from tests.leaks import dumped, told
from tests.web.crawl import Crawl
from tests.web.filled import PUBLIC, Filled

MANY = 40
FILES = 60


def test_the_register_is_full_of_numbers(filled: Filled) -> None:
    assert len(filled.numbers) > MANY
    assert {who for owners in filled.numbers.values() for who in owners} > {"applicant", "expert", "officer"}


def test_no_page_and_no_export_has_a_number_whole_but_for_whose_it_is(filled: Filled, crawled: Crawl) -> None:
    read: dict[bytes, set[str]] = {}
    wrong: dict[str, set[str]] = {}
    files = set()
    for (who, path), answer in crawled.answers.items():
        digest = sha256(answer.content).digest()
        if digest not in read:
            read[digest] = told(filled.numbers, answer.content)
        if answer.page is None:
            files.add(answer.endpoint)
        if leaked := {number for number in read[digest] if who not in filled.numbers[number]}:
            wrong[f"{who} {path}"] = leaked
    assert wrong == {}
    assert len(files) > FILES
    own = {number for found in read.values() for number in found}
    assert {who for number in own for who in filled.numbers[number]} >= {"applicant", "expert"}, "their own"
    assert [path for (who, path), answer in crawled.answers.items() if who == PUBLIC] != []


def test_a_dump_has_no_number(filled: Filled, tmp_path: Path) -> None:
    assert told(filled.numbers, dumped(filled.engine, tmp_path / "dump.sql.gz")) == set()
