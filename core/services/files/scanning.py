"""What is handed in, shown to a virus scanner before it is read: ClamAV's daemon, where one is configured."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import IO

import structlog

from core.domain.errors import Invalid
from core.rules.text import T

VARIABLE = "ACCREDIT_CLAMD"
TIMEOUT_SECONDS = 30.0
CHUNK = 1 << 16
LONGEST_REPLY = 4096

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Clamd:
    """The daemon at a path of a Unix socket, or at `host:port`."""

    address: str

    def check(self, file: IO[bytes]) -> None:
        """Invalid at `file` for what the scanner finds, and while it cannot be asked: all is looked at."""
        try:
            reply = self._ask(file)
        except OSError as error:
            log.error("scanner.unreachable", address=self.address, error=str(error))
            raise Invalid({"file": _AWAY}) from None
        if reply.endswith(" FOUND"):
            name = reply.removeprefix("stream: ").removesuffix(" FOUND")
            log.warning("scanner.found", name=name)
            virus = T(f"文件含有病毒（{name}），不予接收", f"the file has a virus ({name}); it is not taken")
            raise Invalid({"file": virus})
        if reply != "stream: OK":
            log.error("scanner.failed", address=self.address, error=reply)
            raise Invalid({"file": _AWAY})

    def _ask(self, file: IO[bytes]) -> str:
        with self._connected() as connection:
            connection.sendall(b"zINSTREAM\0")
            while chunk := file.read(CHUNK):
                connection.sendall(struct.pack("!L", len(chunk)) + chunk)
            connection.sendall(struct.pack("!L", 0))
            reply = b""
            while not reply.endswith(b"\0") and len(reply) < LONGEST_REPLY:
                more = connection.recv(LONGEST_REPLY)
                if not more:
                    break
                reply += more
        return reply.rstrip(b"\0\n").decode("utf-8", errors="replace")

    def _connected(self) -> socket.socket:
        if self.address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(TIMEOUT_SECONDS)
            connection.connect(self.address)
            return connection
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), TIMEOUT_SECONDS)


_AWAY = T(
    "病毒扫描服务暂不可用，文件未接收，请稍后再传；持续出现时请联系系统管理员",
    "the virus scanner cannot be reached, and nothing was kept; try again later, and tell the administrator",
)


def configured(text: str) -> Clamd | None:
    """The scanner that the setting names, None for none; ValueError for what is neither path nor address."""
    address = text.strip()
    if not address:
        return None
    host, _, port = address.rpartition(":")
    if not address.startswith("/") and not (host and port.isascii() and port.isdigit()):
        raise ValueError(f"{VARIABLE} is {text!r}; write it as /run/clamav/clamd.ctl or 127.0.0.1:3310")
    return Clamd(address)
