"""E-mail over SMTP."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr

from core.services.delivery.letters import DeliveryError, Hindrance, Letter, plain_text, said

TIMEOUT_SECONDS = 20.0
SUBMISSION_PORT, TLS_PORT = 587, 465
SMTP_OK = 250
PERMANENT = range(500, 600)
ADDRESS = re.compile(r"[^\s@<>(),;:\"\\]+@[^\s@<>(),;:\"\\]+")
"""One plain address: a library would take the first word of anything else for it."""


class SmtpGateway:
    """One connection for a batch; `tls` from the first byte, or `starttls` after the greeting."""

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
        self._address = parseaddr(sender)[1]
        self._connection: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> None:
        """Hand one letter to the server, which answers for it from then on."""
        if not ADDRESS.fullmatch(letter.recipient):
            raise DeliveryError(Hindrance.REFUSED, f"{letter.recipient!r} is no e-mail address")
        try:
            mail = self.compose(letter)
        except (ValueError, MessageError) as error:
            raise DeliveryError(Hindrance.REFUSED, f"the message cannot be written: {error}") from error
        connection = self._connected()
        try:
            connection.send_message(mail, self._address, [letter.recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise self._refused(code, answer) from error
        except smtplib.SMTPSenderRefused as error:
            raise self._down(f"the sender {self._address} is refused: {said(error)}") from error
        except smtplib.SMTPDataError as error:
            raise self._refused(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryError(Hindrance.REFUSED, f"the server cannot take this address: {error}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise self._down(f"the connection to {self.host}:{self.port} broke: {said(error)}") from error

    def compose(self, letter: Letter) -> EmailMessage:
        """The letter as an e-mail."""
        mail = EmailMessage(policy=SMTP_POLICY)
        mail["From"] = self.sender
        mail["To"] = letter.recipient
        mail["Subject"] = letter.subject
        mail["Date"] = format_datetime(letter.at)
        mail["Message-ID"] = f"<{letter.identifier}@{self._address.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.body, cte="base64")
        return mail

    def close(self) -> None:
        """Take leave of the server."""
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
            self._connection = None

    def _connected(self) -> smtplib.SMTP:
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if self._connection.noop()[0] == SMTP_OK:
                    return self._connection
            self.close()
        try:
            self._connection = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise self._down(f"{self.host}:{self.port} cannot be used: {said(error)}") from error
        return self._connection

    def _connect(self) -> smtplib.SMTP:
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

    def _refused(self, code: int, answer: bytes | str) -> DeliveryError:
        hindrance = Hindrance.REFUSED if code in PERMANENT else Hindrance.LATER
        return DeliveryError(hindrance, f"the mail server answered {code} {plain_text(answer)}")

    def _down(self, reason: str) -> DeliveryError:
        self.close()
        return DeliveryError(Hindrance.DOWN, reason)
