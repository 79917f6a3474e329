"""The front behind its real server, in a process of its own, asked through plain sockets."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

PATIENCE = 60


class Site:
    """A running server, and how a client speaks to it."""

    def __init__(self, port, folder, process):
        self.port, self.folder, self.process = port, folder, process

    def connected(self):
        """A connection of a client's own."""
        return contextlib.closing(socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE))

    def begin(self, connection, method="POST", path="/", length=None, *headers):
        """The head of a request."""
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        connection.sendall("\r\n".join([*lines, "", ""]).encode())

    def answer(self, connection):
        """All that comes until the server closes, or an answer of known length is whole: code, head, body."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += received(connection)
        head, _, body = data.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if ": " in line)
        length = int(fields.get("content-length", -1))
        while length < 0 or len(body) < length:
            try:
                body += received(connection)
            except EOFError:
                break
        return int(head.split()[1]), fields, body

    def ask(self, method="GET", path="/", body=b"", *headers):
        """A whole request on a connection of its own."""
        with self.connected() as connection:
            self.begin(connection, method, path, len(body), *headers, "Connection: close")
            connection.sendall(body)
            return self.answer(connection)

    def files(self):
        """Files that the server's processes hold open below its folder, those without a name included, and
        how many bytes each has."""
        found = {}
        for pid in [self.process.pid, *children(self.process.pid)]:
            for entry in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    target = str(entry.readlink())
                    if target.startswith(str(self.folder)) and not target.endswith("log.txt"):
                        found[target] = entry.stat().st_size
        return found


def received(connection):
    """What came; EOFError at the end."""
    data = connection.recv(65536)
    if not data:
        raise EOFError
    return data


def children(pid):
    """The processes below one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == pid:
                    found.append(int(entry.name))
    return found


@pytest.fixture
def serve(tmp_path):
    """Starts the server under settings."""
    started = []

    def start(**settings):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        folder = tmp_path / "spool"
        folder.mkdir()
        with (folder / "log.txt").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, Path(__file__).with_name("echo.py"), str(port)],
                env=os.environ | {"ECHO_FOLDER": str(folder)} | settings,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        started.append(process)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return Site(port, folder, process)
            assert process.poll() is None, (folder / "log.txt").read_text()
            time.sleep(0.05)
        raise AssertionError("the server does not answer")

    yield start
    for process in started:
        process.terminate()
        process.wait(PATIENCE)
