"""A mail server and an SMS gateway on loopback, which take what they are sent, or not."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mailbox:
    """What the mail server was given; `answers` are its answers by recipient."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.connections: set[tuple[str, int]] = set()
        self.answers: dict[str, str] = {}
        self.data_answers: list[str] = []
        self.delay = 0.0

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  # aiosmtpd's name
        """Take the recipient, or answer as told."""
        self.connections.add(session.peer)
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        """Keep the mail, or answer as told."""
        if self.data_answers:
            return self.data_answers.pop(0)
        if self.delay:
            time.sleep(self.delay)
        self.recipients += envelope.rcpt_tos
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@contextmanager
def mail_server(box: Mailbox, port: int | None = None, **options: object) -> Iterator[int]:
    """A real SMTP server; gives its port."""
    chosen = port or free_port()
    controller = Controller(box, hostname="127.0.0.1", port=chosen, **options)
    controller.start()
    try:
        yield chosen
    finally:
        controller.stop()


class SmsBox:
    """What the SMS gateway was given; `answers` are its next answers (status, body)."""

    def __init__(self) -> None:
        self.requests: list[dict[str, object]] = []
        self.answers: list[tuple[int, str]] = []


@contextmanager
def sms_server(box: SmsBox) -> Iterator[str]:
    """A real HTTP server; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            status, body = box.answers.pop(0) if box.answers else (202, "")
            box.requests.append({"path": self.path, "headers": dict(self.headers), **json.loads(content)})
            self.send_response(status)
            if status in {301, 302, 307}:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send"
    finally:
        server.shutdown()
        server.server_close()
