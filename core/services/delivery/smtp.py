"""E-mail over SMTP."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import replace
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr

from core.domain.errors import MalformedError
from core.domain.identifiers import email
from core.services.delivery.letters import DeliveryError, Hindrance, Letter, plain_text, said

TIMEOUT_SECONDS = 20.0
SUBMISSION_PORT, TLS_PORT = 587, 465
SMTP_OK = 250
NEGATIVE, PERMANENT = range(400, 600), range(500, 600)
OUT_OF_STEP = frozenset({421, 500, 502, 503})
"""Answers about the conversation, not about the letter: server and sender are not at the same command."""


class SmtpGateway:
    """A mail server; `tls` from the first byte, or `starttls` after the greeting."""

    def __init__(
        self,
        host: str,
        port: int = SUBMISSION_PORT,
        user: str = "",
        password: str = "",
        *,
        starttls: bool = True,
        tls: bool = False,
        sender: str,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self.host, self.port, self.user, self.password = host, port, user, password
        self.starttls, self.tls, self.sender, self.timeout = starttls, tls, sender, timeout
        self.address = parseaddr(sender)[1]

    @contextlib.contextmanager
    def opened(self) -> Iterator[SmtpCarrier]:
        """A carrier whose connection no other run knows of."""
        carrier = SmtpCarrier(self)
        try:
            yield carrier
        finally:
            carrier.close()

    def compose(self, letter: Letter) -> EmailMessage:
        """The letter as an e-mail."""
        mail = EmailMessage(policy=SMTP_POLICY)
        mail["From"] = self.sender
        mail["To"] = letter.recipient
        if letter.reply_to:
            mail["Reply-To"] = letter.reply_to
        mail["Subject"] = letter.subject
        mail["Date"] = format_datetime(letter.at)
        mail["Message-ID"] = f"<{letter.identifier}@{self.address.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.body, cte="base64")
        return mail

    def connect(self) -> smtplib.SMTP:
        """A new connection, after TLS and login."""
        context = ssl.create_default_context()
        if self.tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout, context=context
            )
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.starttls and not self.tls:
                connection.starttls(context=context)
            if self.user:
                connection.login(self.user, self.password)
        except BaseException:
            connection.close()
            raise
        return connection


class SmtpCarrier:
    """One connection after another, each used for as long as its answers are those that were asked for."""

    def __init__(self, gateway: SmtpGateway) -> None:
        self._gateway = gateway
        self._connection: smtplib.SMTP | None = None
        self._proven = False

    def send(self, letter: Letter) -> None:
        """Hand one letter to the server, which answers for it from then on."""
        try:
            # A library would take the first word of anything else for an address.
            letter = replace(letter, recipient=email(letter.recipient))
        except MalformedError as error:
            raise DeliveryError(
                Hindrance.REFUSED, f"{letter.recipient!r} is no e-mail address: {error.text.en}"
            ) from error
        try:
            mail = self._gateway.compose(letter)
        except (ValueError, MessageError) as error:
            raise DeliveryError(Hindrance.REFUSED, f"the message cannot be written: {error}") from error
        connection = self._connected()
        sender = self._gateway.address
        try:
            connection.send_message(mail, sender, [letter.recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise self._answered(code, answer) from error
        except smtplib.SMTPSenderRefused as error:
            self.close()
            raise DeliveryError(Hindrance.DOWN, f"the sender {sender} is refused: {said(error)}") from error
        except smtplib.SMTPDataError as error:
            raise self._answered(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryError(Hindrance.REFUSED, f"the server cannot take this address: {error}") from error
        except (smtplib.SMTPException, OSError) as error:
            where = f"{self._gateway.host}:{self._gateway.port}"
            raise self._broken(f"the connection to {where} broke: {said(error)}") from error
        self._proven = True

    def close(self) -> None:
        """Take leave of the server."""
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
            self._connection.close()
            self._connection = None

    def _connected(self) -> smtplib.SMTP:
        """A connection with nothing left in it of the letter before."""
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if self._connection.rset()[0] == SMTP_OK:
                    return self._connection
            self.close()
        try:
            self._connection = self._gateway.connect()
        except (smtplib.SMTPException, OSError) as error:
            where = f"{self._gateway.host}:{self._gateway.port}"
            raise DeliveryError(Hindrance.DOWN, f"{where} cannot be used: {said(error)}") from error
        self._proven = False
        return self._connection

    def _answered(self, code: int, answer: bytes | str) -> DeliveryError:
        """What an answer other than yes means: only one about the letter itself is a refusal."""
        reason = f"the mail server answered {code} {plain_text(answer)}"
        if code in OUT_OF_STEP or code not in NEGATIVE:
            return self._broken(reason)
        return DeliveryError(Hindrance.REFUSED if code in PERMANENT else Hindrance.LATER, reason)

    def _broken(self, reason: str) -> DeliveryError:
        """The connection is given up; where it has not carried a single letter, so is the server for now."""
        if self._connection is not None:
            self._connection.close()  # no leave is taken of who does not follow
            self._connection = None
        return DeliveryError(Hindrance.LATER if self._proven else Hindrance.DOWN, reason)
