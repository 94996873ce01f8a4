"""E-mail through Django's mail backend, one connection a batch."""

import smtplib
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from messaging.rules import Accepted, Account, Message, Rejected, Result, RetryAfter, Unknown

TIMEOUT = 10.0  # seconds for each step with the mail server
SCHEMES = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
BATCH_SECONDS = 12.0  # what is not begun by then waits for the next batch: the lease is 30 s


class Email:
    """The account's mail server, or that of EMAIL_URL. None of them recognises a message it was given before."""

    name = "email"
    provider = "smtp"
    batch_size = 50

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout

    def fault(self, account: Account) -> str:
        """Without an address of its own an account uses EMAIL_URL, which always names a backend."""
        return "" if not account.url or _server(account.url) else "bad_address"

    def send(self, account: Account, messages: Sequence[Message]) -> list[Result]:
        """One message after the other over one connection."""
        if not messages:
            return []
        if code := self.fault(account):
            return [RetryAfter(None, code)] * len(messages)
        connection = _connection(account, self.timeout)
        try:
            connection.open()
        except (OSError, smtplib.SMTPException):
            return [RetryAfter(None, "unreachable")] * len(messages)
        ends = time.monotonic() + BATCH_SECONDS
        results = [
            _send(message, connection) if time.monotonic() < ends else RetryAfter(0.0, "out_of_time")
            for message in messages
        ]
        try:
            connection.close()
        except (OSError, smtplib.SMTPException):
            return results  # said good-bye to a server that had gone: the results stand
        return results


def _server(url: str) -> dict[str, Any]:
    """What smtp://user:secret@host:port (smtps: encrypted from the first byte; smtp+tls: STARTTLS) says; else empty."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return {}
    if parts.scheme not in SCHEMES or not parts.hostname:
        return {}
    return {
        "host": parts.hostname,
        "port": port or SCHEMES[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp+tls",
    }


def _connection(account: Account, timeout: float) -> Any:
    """The account's own server; the key of its variable stands for a secret that the address does not tell."""
    if not account.url:
        return get_connection(timeout=timeout)
    server = _server(account.url)
    if not server["password"]:
        server["password"] = account.secret
    return get_connection("django.core.mail.backends.smtp.EmailBackend", timeout=timeout, **server)


def _send(message: Message, connection: Any) -> Result:
    sender = settings.DEFAULT_FROM_EMAIL
    number = f"<{message.id}@{sender.rpartition('@')[2].strip('<> ')}>"
    subject = message.subject or message.text.partition("\n")[0][:60]
    mail = EmailMessage(
        subject, message.text, sender, [message.address], connection=connection, headers={"Message-ID": number}
    )
    try:
        taken = mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        later = [code for code, _why in error.recipients.values() if 400 <= code < 500]
        return RetryAfter(None, f"smtp_{later[0]}") if later else Rejected("address_refused")
    except smtplib.SMTPServerDisconnected:
        return Unknown()
    except smtplib.SMTPResponseException as error:
        code = error.smtp_code
        return RetryAfter(None, f"smtp_{code}") if 400 <= code < 500 else Rejected(f"smtp_{code}")
    except ValueError:  # a line break in the subject, an address that is none
        return Rejected("bad_address")
    except (OSError, smtplib.SMTPException):
        return Unknown()
    return Accepted(number[:64]) if taken else Rejected("bad_address")
