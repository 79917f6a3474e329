"""Pictures are measured before anything of them is decoded."""

import io
from pathlib import Path

import pytest

from core.domain.errors import Invalid, MalformedError
from core.services.attachments.photos import reencoded
from core.services.files import pictures
from core.services.files.pictures import MOST_PIXELS, require_picture
from core.services.files.uploads import take
from core.storage.files import FileStore
from tests.pictures import claiming, picture


@pytest.mark.parametrize(("width", "height"), [(6000, 9999), (6000, 10_000), (1, MOST_PIXELS)])
def test_a_picture_up_to_the_bound_is_taken(width: int, height: int) -> None:
    file = io.BytesIO(claiming(width, height))
    require_picture(file)
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("width", "height"),
    [(6000, 10_001), (1, MOST_PIXELS + 1), (10_000, 12_000), (40_000, 40_000), (2**31 - 1,) * 2],
)
def test_a_larger_one_is_refused_with_the_bound(width: int, height: int) -> None:
    with pytest.raises(MalformedError) as caught:
        require_picture(io.BytesIO(claiming(width, height)))
    assert "6000 万像素" in caught.value.text.zh
    assert "60 million pixels" in caught.value.text.en


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_each_kind_is_measured(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name, store = f"a.{kind.lower()}", FileStore.of(tmp_path)
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    assert take(name, picture(kind, (10, 10)), store).filename == name
    with pytest.raises(Invalid, match="11×10"):
        take(name, picture(kind, (11, 10)), store)


def test_every_page_of_a_tiff_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_FRAMES", 3)
    require_picture(io.BytesIO(picture("TIFF", pages=3)))
    with pytest.raises(MalformedError, match="3"):
        require_picture(io.BytesIO(picture("TIFF", pages=4)))
    monkeypatch.setattr(pictures, "MOST_PIXELS", 5)
    with pytest.raises(MalformedError, match="2×3"):
        require_picture(io.BytesIO(picture("TIFF", pages=2)))


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n0000", b"\xff\xd8\xff\xe0", b"II*\0", b"MM\0*" + b"0" * 90]
)
def test_what_cannot_be_opened_is_no_picture(data: bytes) -> None:
    with pytest.raises(MalformedError, match="damaged"):
        require_picture(io.BytesIO(data))


def test_a_photo_is_measured_too() -> None:
    with pytest.raises(MalformedError, match="60 million"):
        reencoded(claiming(6000, 10_001))
