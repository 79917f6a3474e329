"""How messages leave the house: e-mail, text messages over HTTP, or a file where neither is set up."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from email.utils import getaddresses
from io import FileIO
from pathlib import Path
from typing import IO, Self
from urllib.parse import parse_qs, unquote, urlsplit

from core.domain.errors import MalformedError
from core.domain.identifiers import email
from core.services.delivery.letters import (
    LONGEST_ERROR,
    ConfigurationError,
    DeliveryError,
    Gateway,
    Hindrance,
    Letter,
    plain_text,
    said,
)
from core.services.delivery.smtp import SUBMISSION_PORT, TIMEOUT_SECONDS, TLS_PORT, SmtpGateway
from core.services.messaging.writing import EMAIL, SMS
from core.storage.models.operations import MessageChannel

MAIL_VARIABLE = "ACCREDIT_SMTP_URL"
SENDER_VARIABLE = "ACCREDIT_MAIL_FROM"
SMS_VARIABLE = "ACCREDIT_SMS_URL"
SMS_TOKEN_VARIABLE = "ACCREDIT_SMS_TOKEN"  # noqa: S105  # the name of a variable, not a secret
LOG_NAME = "outbox.jsonl"
REFUSING = frozenset({400, 404, 410, 413, 422})
"""Answers of an SMS gateway that say no to this message, whenever it is sent."""
BROKEN = 500
"""An answer that may be about this message only; all others stop the gateway for the moment."""


def gateways_from(environ: Mapping[str, str], folder: Path) -> dict[MessageChannel, Gateway]:
    """The gateways that the environment names, by channel; a file in the instance folder for the others."""
    mail, texts = environ.get(MAIL_VARIABLE, "").strip(), environ.get(SMS_VARIABLE, "").strip()
    return {
        EMAIL: _smtp(mail, environ.get(SENDER_VARIABLE, "").strip())
        if mail
        else LogGateway(folder / LOG_NAME, EMAIL),
        SMS: HttpSmsGateway(texts, environ.get(SMS_TOKEN_VARIABLE, "").strip())
        if texts
        else LogGateway(folder / LOG_NAME, SMS),
    }


def _smtp(url: str, sender: str) -> SmtpGateway:
    """`smtp://user:password@host:587` (with STARTTLS unless `?starttls=no`) or `smtps://user:password@host:465`."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ConfigurationError(
            f"{MAIL_VARIABLE} is not an address of a mail server; write smtp://user:password@host:587"
        )
    listed = [address for name, address in getaddresses([sender]) if name or address]
    if len(listed) > 1:
        raise ConfigurationError(
            f"{SENDER_VARIABLE} names {len(listed)} senders ({', '.join(listed)}), and an e-mail has one; "
            'write Name <address@host>, and a name with a comma in quotes: "Name, office" <address@host>'
        )
    given = listed[0] if listed else ""
    try:
        sender = sender.replace(given, email(given))
    except MalformedError as error:
        raise ConfigurationError(
            f"{SENDER_VARIABLE} must name the sender of e-mails when {MAIL_VARIABLE} is set; "
            f"write Name <address@host> ({error.text.en})"
        ) from error
    tls = parts.scheme == "smtps"
    starttls = parse_qs(parts.query).get("starttls", ["yes"])[-1] not in {"no", "0", "false"}
    try:
        port = parts.port or (TLS_PORT if tls else SUBMISSION_PORT)
    except ValueError as error:
        raise ConfigurationError(f"{MAIL_VARIABLE}: the port is no number from 1 to 65535") from error
    return SmtpGateway(
        parts.hostname,
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        starttls=starttls and not tls,
        tls=tls,
        sender=sender,
    )


class HttpSmsGateway:
    """Text messages as a JSON POST: {"to", "text", "id"}, with the token as bearer; 2xx means taken."""

    def __init__(self, url: str, token: str = "", *, timeout: float = TIMEOUT_SECONDS) -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise ConfigurationError(f"{url!r} is no http(s) address of an SMS gateway")
        self.url, self.token, self.timeout = url, token, timeout
        self._opener = urllib.request.build_opener(_NoRedirect)

    def send(self, letter: Letter) -> None:
        """Hand one text message over; the gateway can tell a second copy by its id."""
        content = {"to": letter.recipient, "text": letter.body, "id": letter.identifier}
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": letter.identifier}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(  # noqa: S310  # the constructor takes http and https only
            self.url, json.dumps(content, ensure_ascii=False).encode(), headers, method="POST"
        )
        try:
            with self._opener.open(request, timeout=self.timeout) as answer:
                answer.read()
        except urllib.error.HTTPError as error:
            answer = plain_text(error.read(LONGEST_ERROR))
            raise DeliveryError(
                _hindrance(error.code), f"the SMS gateway answered {error.code} {answer}"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryError(
                Hindrance.DOWN, f"the SMS gateway cannot be reached: {said(error)}"
            ) from error

    def opened(self) -> AbstractContextManager[Self]:
        """Nothing is kept open between letters."""
        return nullcontext(self)


class LogGateway:
    """Writes messages into a file of JSON lines instead of sending them: for trying the register out."""

    def __init__(self, path: Path, channel: MessageChannel) -> None:
        self.path, self.channel = path, channel

    def send(self, letter: Letter) -> None:
        """Append one line, whole or not at all."""
        line = {
            "at": letter.at.isoformat(),
            "channel": self.channel,
            "id": letter.identifier,
            "event": letter.event,
            "to": letter.recipient,
            "subject": letter.subject,
            "body": letter.body,
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab", buffering=0) as out:
                _append(out, json.dumps(line, ensure_ascii=False).encode() + b"\n")
        except OSError as error:
            raise DeliveryError(Hindrance.DOWN, f"{self.path} cannot be written: {error.strerror}") from error

    def opened(self) -> AbstractContextManager[Self]:
        """Nothing is kept open between letters."""
        return nullcontext(self)


def _append(out: FileIO, line: bytes) -> None:
    """A full disk takes a part of a line: what follows it would then be unreadable, too."""
    size = out.tell()
    try:
        while line:
            line = line[out.write(line) :]
    except OSError:
        out.truncate(size)
        raise


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A message is posted where it was addressed: a redirected POST would arrive empty, or elsewhere."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> None:
        """Follow nothing: the answer is an error then."""


def _hindrance(code: int) -> Hindrance:
    if code in REFUSING:
        return Hindrance.REFUSED
    return Hindrance.LATER if code == BROKEN else Hindrance.DOWN
