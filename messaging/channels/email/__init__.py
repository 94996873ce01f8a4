"""E-mail through Django's mail backend, one connection a batch."""

import smtplib
import time
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from messaging.rules import Accepted, Account, Message, Rejected, Result, RetryAfter, Unknown

TIMEOUT = 10  # seconds for each step with the mail server
BATCH_SECONDS = 12.0  # what is not begun by then waits for the next batch: the lease is 30 s


class Email:
    """The mail server of EMAIL_URL. Mail servers do not recognise a message they were given before."""

    name = "email"
    provider = "smtp"
    batch_size = 50

    def fault(self, account: Account) -> str:
        """Django always has a backend; without EMAIL_URL it writes to the console."""
        return ""

    def send(self, account: Account, messages: Sequence[Message]) -> list[Result]:
        """One message after the other over one connection."""
        if not messages:
            return []
        connection: Any = get_connection(timeout=TIMEOUT)
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


def _send(message: Message, connection: Any) -> Result:
    sender = settings.DEFAULT_FROM_EMAIL
    number = f"<{message.id}@{sender.rpartition('@')[2].strip('<> ')}>"
    subject = message.subject or message.text.partition("\n")[0][:60]
    mail = EmailMessage(
        subject, message.text, sender, [message.address], connection=connection, headers={"Message-ID": number}
    )
    try:
        taken = mail.send()
    except smtplib.SMTPRecipientsRefused:
        return Rejected("address_refused")
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
