"""For how long what is kept: the kinds and what becomes of them."""

import pytest

from core.domain.lifecycle.keeping import RETENTION, Kept


def test_a_case_goes_to_the_archive_and_all_else_is_destroyed() -> None:
    assert {kind for kind in Kept if not kind.is_destroyed} == {Kept.CASE}


@pytest.mark.parametrize("kind", Kept)
def test_each_kind_has_a_length_a_day_and_a_basis(kind: Kept) -> None:
    kept = RETENTION[kind]
    assert kept.months > 0
    assert kept.since.zh
    assert kept.source.zh
    assert kind.label == kept.label
    assert kind.setting == f"keep_{kind.value}_months"
