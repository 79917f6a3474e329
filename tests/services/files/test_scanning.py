"""A real ClamAV with one signature of its own looks at what is handed in."""

import io
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.domain.errors import Invalid
from core.services.files.scanning import Clamd, configured
from core.services.files.uploads import take
from core.storage.files import FileStore

VIRUS = b"accredit-virus-for-tests"
PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A daemon of the test's own, at a socket and at a port."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    assert program is not None, "install clamav-daemon"
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "signatures").mkdir()
    (folder / "signatures" / "own.ndb").write_text(f"Accredit.Test:0:*:{VIRUS.hex()}\n")
    path, port = folder / "s", free_port()
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {folder / 'signatures'}\nLocalSocket {path}\nForeground yes\n"
        f"TCPSocket {port}\nTCPAddr 127.0.0.1\nStreamMaxLength 1M\nLogFile {folder / 'log'}\n"
    )
    daemon = subprocess.Popen([program, "--config-file", str(folder / "clamd.conf")])
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _answers(path):
            assert daemon.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, "the scanner does not answer"
            time.sleep(0.05)
        yield str(path), f"127.0.0.1:{port}"
    finally:
        daemon.terminate()
        daemon.wait()


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def store(folder: Path, address: str) -> FileStore:
    """A store that has what comes looked at."""
    return FileStore.of(folder, Clamd(address).check)


def kept(folder: Path) -> list[Path]:
    """The files of a store."""
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("way", [0, 1])
def test_what_is_clean_is_kept(clamd: tuple[str, str], tmp_path: Path, way: int) -> None:
    for data in (b"%PDF-1.4 clean", b"%PDF-1.4 " + b"0" * 200_000):
        upload = take("a.pdf", data, store(tmp_path, clamd[way]))
        assert FileStore.of(tmp_path).intact(upload.sha256)


@pytest.mark.parametrize("way", [0, 1])
@pytest.mark.parametrize("before", [0, 65_530, 300_000])
def test_a_virus_is_named_and_not_kept(clamd: tuple[str, str], tmp_path: Path, way: int, before: int) -> None:
    data = io.BytesIO(b"%PDF-1.4 " + b"0" * before + VIRUS)
    with pytest.raises(Invalid) as caught:
        take("a.pdf", data, store(tmp_path, clamd[way]))
    told = caught.value.errors["file"]
    assert "Accredit.Test" in told.zh
    assert "Accredit.Test" in told.en
    assert kept(tmp_path) == []


def test_what_the_scanner_does_not_look_at_whole_is_not_kept(clamd: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="scanner"):
        take("a.pdf", b"%PDF-1.4 " + b"0" * 2_000_000, store(tmp_path, clamd[0]))
    assert kept(tmp_path) == []


def test_nothing_is_kept_while_the_scanner_is_away(tmp_path: Path) -> None:
    for address in (str(tmp_path / "none"), f"127.0.0.1:{free_port()}"):
        with pytest.raises(Invalid) as caught:
            take("a.pdf", b"%PDF-1.4", store(tmp_path, address))
        assert "稍后再传" in caught.value.errors["file"].zh
        assert kept(tmp_path) == []


def test_a_scanner_that_hangs_up_keeps_the_file_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ending = threading.Thread(target=lambda: server.accept()[0].close())
        ending.start()
        with pytest.raises(Invalid):
            take("a.pdf", b"%PDF-1.4", store(tmp_path, f"127.0.0.1:{server.getsockname()[1]}"))
        ending.join()
    assert kept(tmp_path) == []


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
