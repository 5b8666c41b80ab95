"""Sending one message over SMTP.

The Message-ID is made of the delivery's key: when a process dies between the server's yes and our
note of it, the message goes out again under the same id, and mail programs show it once.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from backend.core.errors import InvalidInput
from backend.gateway.breaker_rules import Target
from backend.notifications.views import Letter

MAIL_SERVER = Target(kind="mail", label="The mail server")

_TIMEOUT_S = 10.0
_PERMANENT = 500


class MailDeferred(Exception):
    """The server could not take it now: busy, greylisting, away. Try again later."""


class MailServerAway(MailDeferred):
    """The server was not there, or let nobody in: nothing is wrong with the message."""


class MailBroken(MailDeferred):
    """The connection broke while the message was handed over; the message may be why."""


class MailRefused(Exception):
    """The server will never take it as it is."""


class MailSender(Protocol):
    """Sends one message or says why not."""

    def send(self, message: EmailMessage) -> None:
        """Hand the message over.

        Raises:
            MailDeferred: later may work (`MailServerAway`: nobody was there; `MailBroken`).
            MailRefused: it never will.
        """


@dataclass(frozen=True, slots=True)
class SmtpSender:
    """``url`` is ``smtp://user:password@host:port`` (STARTTLS when offered) or ``smtps://…``."""

    url: str

    def send(self, message: EmailMessage) -> None:
        try:
            server = self._connected()
        except smtplib.SMTPResponseException as error:
            words = _words(error.smtp_error)
            raise MailServerAway(
                f"The mail server takes nothing from us: {error.smtp_code} {words}".rstrip()
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailServerAway(f"The mail server does not answer: {error}") from error
        try:
            with server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            _tell_apart(code, _words(reason), error)
        except smtplib.SMTPResponseException as error:
            _tell_apart(error.smtp_code, _words(error.smtp_error), error)
        except (smtplib.SMTPException, OSError) as error:
            raise MailBroken(f"The mail server broke off: {error}") from error

    def _connected(self) -> smtplib.SMTP:
        address = urlsplit(self.url)
        host = address.hostname or "localhost"
        server: smtplib.SMTP
        if address.scheme == "smtps":
            server = smtplib.SMTP_SSL(
                host, address.port or 465, timeout=_TIMEOUT_S, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, address.port or 25, timeout=_TIMEOUT_S)
        try:
            _introduce(server, address)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server


def _introduce(server: smtplib.SMTP, address: SplitResult) -> None:
    if address.scheme != "smtps":
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
    if address.username:
        server.login(unquote(address.username), unquote(address.password or ""))


def compose(letter: Letter, *, mail_from: str, site_name: str) -> EmailMessage:
    """Return the message of a delivery. Line breaks in any heading are made spaces.

    Raises:
        InvalidInput: an address that no mail can be sent to.
    """
    _, sender = parseaddr(mail_from)
    message = EmailMessage()
    message["Message-ID"] = f"<delivery-{letter.delivery_id}@{_domain(sender)}>"
    message["Date"] = format_datetime(letter.at)
    message["From"] = _address(site_name, sender)
    message["To"] = _address(letter.recipient, letter.address)
    message["Subject"] = f"[{_line(site_name)}] {_line(letter.title)}"
    # RFC 3834: out-of-office programs do not answer this.
    message["Auto-Submitted"] = "auto-generated"
    where = f"\n\nIn {_line(site_name)}: {letter.href}" if letter.href else ""
    message.set_content(f"{letter.title}\n\n{letter.body}{where}\n")
    return message


def _address(name: str, address: str) -> Address:
    try:
        return Address(display_name=_line(name), addr_spec=_line(address))
    except (ValueError, IndexError) as error:
        raise InvalidInput(f"“{_line(address)}” is not a mail address. Correct it.") from error


def _tell_apart(code: int, words: str, error: Exception) -> None:
    sentence = f"The mail server answered {code} {words}".rstrip()
    if code >= _PERMANENT:
        raise MailRefused(sentence) from error
    raise MailDeferred(sentence) from error


def _words(reason: bytes | str) -> str:
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
    return _line(text)[:200]


def _line(text: str) -> str:
    return " ".join(text.split())


def _domain(address: str) -> str:
    return address.rpartition("@")[2] or "localhost"
