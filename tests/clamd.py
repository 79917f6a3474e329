"""A real ClamAV with one signature of its own."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VIRUS = b"accredit-virus-for-tests"
PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def scanning(folder: Path) -> Iterator[tuple[str, str]]:
    """A daemon of the test's own, at a socket and at a port."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    assert program is not None, "install clamav-daemon"
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
