"""The contract of a channel, that every channel's tests inherit; and what each wire has of its own."""

import smtplib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from pytest_django.fixtures import Settings

from messaging import queries, rules
from messaging.channels import CHANNELS
from messaging.rules import Accepted, Message, Rejected, RetryAfter, Unknown
from tests.messaging.conftest import TEXT, Gateway

pytestmark = pytest.mark.django_db  # the accounts stand in rows


class Contract:
    """What every channel keeps; a subclass gives its channel, good messages, a hopeless one, and takes itself away."""

    channel: rules.Channel

    @property
    def account(self) -> rules.Account:
        """The account of the settings, as they stand."""
        return queries.accounts(self.channel.name)[0]

    def good(self, number: int) -> list[Message]:
        raise NotImplementedError

    def hopeless(self) -> Message:
        raise NotImplementedError

    def go_away(self, settings: Settings) -> None:
        raise NotImplementedError

    def test_each_message_gets_its_own_answer_in_order(self) -> None:
        first, last = self.good(2)
        results = self.channel.send(self.account, [first, self.hopeless(), last])
        assert [type(result) for result in results] == [Accepted, Rejected, Accepted]
        assert results[0] != results[2], "two messages, two numbers to match receipts by"

    def test_nothing_to_send_is_no_fault(self) -> None:
        assert self.channel.send(self.account, []) == []

    def test_a_provider_that_is_away_took_nothing_and_raises_nothing(self, settings: Settings) -> None:
        self.go_away(settings)
        assert self.channel.send(self.account, self.good(3)) == [RetryAfter(None, "unreachable")] * 3

    def test_a_whole_batch_fits(self) -> None:
        batch = self.good(self.channel.batch_size)
        assert all(isinstance(result, Accepted) for result in self.channel.send(self.account, batch))

    def test_it_is_registered_under_its_name(self) -> None:
        assert CHANNELS[self.channel.name, self.channel.provider] is self.channel


class TestSms(Contract):
    channel = CHANNELS["sms", "contract"]

    @pytest.fixture(autouse=True)
    def peer(self, gateway: Gateway) -> Gateway:
        return gateway

    def good(self, number: int) -> list[Message]:
        return [Message(f"t-{n}", f"+86138{n:08d}", TEXT, "", "bulk") for n in range(number)]

    def hopeless(self) -> Message:
        return Message("t-none", "12", TEXT, "", "bulk")

    def go_away(self, settings: Settings) -> None:
        settings.SMS_GATEWAY_URL = "http://127.0.0.1:9"

    def test_a_phone_shows_who_sent_it(self, peer: Gateway) -> None:
        [message] = self.good(1)
        self.channel.send(self.account, [replace(message, lane="alarm")])
        [shown] = peer.messages()
        assert (shown["text"], shown["lane"], shown["to"]) == (f"【卫东区防汛】{TEXT}", "alarm", "+8613800000000")

    @pytest.mark.parametrize(
        ("fault", "result"),
        [
            ({"fail_rate": 1.0}, RetryAfter(None, "refused_503")),
            ({"throttle_rate": 1.0}, RetryAfter(1.0, "throttled")),
            ({"timeout_rate": 1.0}, Unknown()),
            ({"dead_seconds": 60.0}, Unknown()),
            ({"reject_rate": 1.0}, Rejected("number_barred")),
        ],
    )
    def test_faults_of_the_gateway_have_names(self, peer: Gateway, fault: dict[str, Any], result: rules.Result) -> None:
        peer.control(**fault)
        assert self.channel.send(self.account, self.good(2)) == [result] * 2

    def test_a_paced_account_takes_some_and_says_when(self, peer: Gateway) -> None:
        peer.control(rate=1.0, pace="retry")
        results = self.channel.send(self.account, self.good(5))
        assert isinstance(results[0], Accepted)
        assert isinstance(results[-1], RetryAfter)
        assert results[-1].seconds

    def test_a_wrong_secret_loses_nothing(self, settings: Settings) -> None:
        settings.SMS_GATEWAY_SECRET = "another"
        assert self.channel.send(self.account, self.good(1)) == [RetryAfter(None, "refused_401")]

    def test_without_an_address_it_says_so(self, settings: Settings) -> None:
        settings.SMS_GATEWAY_URL = ""
        assert self.channel.fault(self.account) == "gateway_unset"
        assert self.channel.send(self.account, self.good(1)) == [RetryAfter(None, "gateway_unset")]


class TestEmail(Contract):
    channel = CHANNELS["email", "smtp"]

    def good(self, number: int) -> list[Message]:
        return [Message(f"t-{n}", f"officer{n}@example.org", TEXT, "", "bulk") for n in range(number)]

    def hopeless(self) -> Message:
        return Message("t-none", "officer@example.org", TEXT, "a subject\nof two lines", "bulk")

    def go_away(self, settings: Settings) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    def test_a_mail_without_subject_begins_with_its_first_line(self) -> None:
        self.channel.send(self.account, self.good(1))
        assert (mail.outbox[0].subject, mail.outbox[0].to) == (TEXT, ["officer0@example.org"])
        assert mail.outbox[0].extra_headers["Message-ID"].startswith("<t-0@")

    @pytest.mark.parametrize(
        ("error", "result"),
        [
            (smtplib.SMTPRecipientsRefused({}), Rejected("address_refused")),
            (smtplib.SMTPDataError(451, b"later"), RetryAfter(None, "smtp_451")),
            (smtplib.SMTPDataError(554, b"never"), Rejected("smtp_554")),
            (smtplib.SMTPServerDisconnected(), Unknown()),
            (TimeoutError(), Unknown()),
        ],
    )
    def test_what_the_mail_server_says_is_understood(
        self, monkeypatch: pytest.MonkeyPatch, error: Exception, result: rules.Result
    ) -> None:
        def refuse(self: EmailBackend, messages: Sequence[object]) -> int:
            raise error

        monkeypatch.setattr(EmailBackend, "send_messages", refuse)
        assert self.channel.send(self.account, self.good(1)) == [result]
