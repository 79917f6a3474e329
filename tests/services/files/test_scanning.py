"""A real ClamAV looks at what is handed in."""

import io
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.domain.errors import Invalid
from core.services.files.scanning import Clamd, configured
from tests.clamd import VIRUS, free_port, scanning


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A daemon of the test's own, at a socket and at a port."""
    with scanning(tmp_path_factory.mktemp("clamd")) as addresses:
        yield addresses


@pytest.mark.parametrize("way", [0, 1])
def test_what_is_clean_passes(clamd: tuple[str, str], way: int) -> None:
    for data in (b"", b"%PDF-1.4 clean", b"%PDF-1.4 " + b"0" * 200_000):
        Clamd(clamd[way]).check(io.BytesIO(data))


@pytest.mark.parametrize("way", [0, 1])
@pytest.mark.parametrize("before", [0, 65_530, 300_000])
def test_a_virus_is_named(clamd: tuple[str, str], way: int, before: int) -> None:
    with pytest.raises(Invalid) as caught:
        Clamd(clamd[way]).check(io.BytesIO(b"%PDF-1.4 " + b"0" * before + VIRUS))
    told = caught.value.errors["file"]
    assert "Accredit.Test" in told.zh
    assert "Accredit.Test" in told.en


def test_what_the_scanner_does_not_look_at_whole_does_not_pass(clamd: tuple[str, str]) -> None:
    with pytest.raises(Invalid, match="scanner"):
        Clamd(clamd[0]).check(io.BytesIO(b"0" * 2_000_000))


def test_nothing_passes_while_the_scanner_is_away(tmp_path: Path) -> None:
    for address in (str(tmp_path / "none"), f"127.0.0.1:{free_port()}"):
        with pytest.raises(Invalid) as caught:
            Clamd(address).check(io.BytesIO(b"%PDF-1.4"))
        assert "稍后再传" in caught.value.errors["file"].zh


def test_nothing_passes_where_the_scanner_hangs_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ending = threading.Thread(target=lambda: server.accept()[0].close())
        ending.start()
        with pytest.raises(Invalid):
            Clamd(f"127.0.0.1:{server.getsockname()[1]}").check(io.BytesIO(b"%PDF-1.4"))
        ending.join()


@pytest.mark.parametrize(
    ("given", "scanner"),
    [
        ("", None),
        (" /run/clamav/clamd.ctl ", Clamd("/run/clamav/clamd.ctl")),
        ("127.0.0.1:3310", Clamd("127.0.0.1:3310")),
        ("[::1]:3310", Clamd("[::1]:3310")),
    ],
)
def test_the_setting_names_a_socket_or_a_port(given: str, scanner: Clamd | None) -> None:
    assert configured(given) == scanner


@pytest.mark.parametrize("given", ["clamd", "clamd:", ":3310", "host:x", "run/clamd.ctl"])
def test_a_setting_that_names_neither_is_told(given: str) -> None:
    with pytest.raises(ValueError, match="ACCREDIT_CLAMD"):
        configured(given)
