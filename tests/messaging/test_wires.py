"""Every channel against a server that misbehaves: each answer has a type, and nothing is lost or raised."""

import base64
import hashlib
import hmac
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django.fixtures import Settings

from messaging import rules
from messaging.channels import CHANNELS
from messaging.channels.aliyun import Aliyun, SdkMissing
from messaging.channels.console import Console
from messaging.channels.dingtalk import Dingtalk
from messaging.channels.email import Email
from messaging.channels.sms import Sms
from messaging.channels.voice import Voice
from messaging.channels.wecom import Wecom
from messaging.rules import Accepted, Account, Message, Rejected, RetryAfter, Unknown
from tests.messaging.peers import HttpPeer, mail_peer

TEXT = "【演练】今夜有暴雨。"
TINY = 0.05  # seconds: what a slow server is given


def messages(number: int, address: str = "+8613800000000", **changes: Any) -> list[Message]:
    return [
        Message(**{"id": f"t-{n}", "address": address, "text": TEXT, "subject": "", "lane": "bulk"} | changes)
        for n in range(number)
    ]


class Misbehaving:
    """What every channel over HTTP keeps."""

    channel: rules.Channel
    impatient: rules.Channel

    def good(self, body: dict[str, Any]) -> object:
        raise NotImplementedError

    def account(self, url: str) -> Account:
        raise NotImplementedError

    def batch(self, url: str) -> list[Message]:
        return messages(2)

    @pytest.fixture
    def peer(self, settings: Settings) -> Iterator[HttpPeer]:
        peer = HttpPeer(self.good)
        settings.ROBOT_HOSTS = [peer.host, "127.0.0.1:9"]
        yield peer
        peer.stop()

    def send(self, url: str, channel: rules.Channel | None = None) -> list[rules.Result]:
        return (channel or self.channel).send(self.account(url), self.batch(url))

    def test_a_good_answer_is_accepted(self, peer: HttpPeer) -> None:
        assert all(isinstance(one, Accepted) for one in self.send(peer.url))

    @pytest.mark.parametrize(
        ("mode", "result"),
        [
            ("500", Unknown()),
            ("502", Unknown()),
            ("503", RetryAfter(None, "refused_503")),
            ("429", RetryAfter(7.0, "throttled")),
            ("portal", Unknown()),
            ("cut", Unknown()),
            ("elsewhere", Unknown()),
        ],
    )
    def test_a_fault_is_typed(self, peer: HttpPeer, mode: str, result: rules.Result) -> None:
        peer.mode = mode
        assert self.send(peer.url) == [result] * 2
        assert not [path for path in peer.paths if path.startswith("/stolen")], "no redirect is followed"

    def test_an_answer_that_does_not_come_in_time_is_unknown(self, peer: HttpPeer) -> None:
        peer.mode = "slow"
        assert self.send(peer.url, self.impatient) == [Unknown()] * 2

    def test_whoever_is_away_took_nothing(self, peer: HttpPeer) -> None:
        assert self.send("http://127.0.0.1:9") == [RetryAfter(None, "unreachable")] * 2

    def test_it_is_registered(self) -> None:
        assert type(CHANNELS[self.channel.name, self.channel.provider]) is type(self.channel)


class OfContract(Misbehaving):
    def good(self, body: dict[str, Any]) -> object:
        return {"results": [{"id": one["id"], "status": "accepted", "provider_id": "p"} for one in body["messages"]]}

    def account(self, url: str) -> Account:
        return Account("a", self.channel.name, "contract", url=url, secret="s", signature="卫东区防汛")

    def test_an_answer_for_other_ids_says_nothing_of_ours(self, peer: HttpPeer) -> None:
        peer.reply = lambda body: {"results": [{"id": "of-others", "status": "accepted"}] * 2}
        assert self.send(peer.url) == [Unknown()] * 2

    def test_an_id_that_is_missing_is_unknown(self, peer: HttpPeer) -> None:
        peer.reply = lambda body: {"results": [{"id": "t-1", "status": "rejected", "code": "bad_number"}]}
        assert self.send(peer.url) == [Unknown(), Rejected("bad_number")]


class TestSms(OfContract):
    channel, impatient = Sms(), Sms(TINY)


class TestVoice(OfContract):
    channel, impatient = Voice(), Voice(TINY)

    def test_what_is_read_aloud_has_no_brackets(self, peer: HttpPeer) -> None:
        self.send(peer.url)
        [first, _second] = peer.got[0]["messages"]
        assert (first["kind"], first["text"]) == ("voice", "演练，今夜有暴雨。")


class OfRobots(Misbehaving):
    def good(self, body: dict[str, Any]) -> object:
        return {"errcode": 0, "errmsg": "ok"}

    def account(self, url: str) -> Account:
        return Account("a", self.channel.name, "robot", robots={"robot:1": rules.Robot(f"{url}/robot/send?key=k")})

    def batch(self, url: str) -> list[Message]:
        return messages(2, "robot:1")

    def refused(self, peer: HttpPeer, code: object) -> rules.Result:
        peer.reply = lambda body: {"errcode": code, "errmsg": "no"}
        return self.send(peer.url)[0]

    def test_a_code_that_nobody_knows_refuses_under_its_number(self, peer: HttpPeer) -> None:
        assert self.refused(peer, 987654) == Rejected("errcode_987654")

    def test_a_body_without_a_code_is_no_answer(self, peer: HttpPeer) -> None:
        assert self.refused(peer, None) == Unknown()
        assert self.refused(peer, True) == Unknown()

    def test_a_group_whose_address_nobody_can_open_is_posted_to_nowhere(self, peer: HttpPeer) -> None:
        assert self.channel.send(self.account(peer.url), messages(1, "robot:2")) == [Rejected("bad_address")]
        assert not peer.got

    def test_nothing_is_posted_to_other_hosts(self, peer: HttpPeer, settings: Settings) -> None:
        settings.ROBOT_HOSTS = ["qyapi.weixin.qq.com"]
        assert self.send(peer.url) == [Rejected("bad_address")] * 2
        assert not peer.got


class TestWecom(OfRobots):
    channel, impatient = Wecom(), Wecom(TINY)

    @pytest.mark.parametrize(
        ("code", "result"),
        [(45009, RetryAfter(60.0, "throttled")), (93000, Rejected("robot_gone")), (-1, RetryAfter(None, "robot_busy"))],
    )
    def test_the_number_in_a_good_answer_decides(self, peer: HttpPeer, code: int, result: rules.Result) -> None:
        assert self.refused(peer, code) == result


class TestDingtalk(OfRobots):
    channel, impatient = Dingtalk(), Dingtalk(TINY)

    @pytest.mark.parametrize(
        ("code", "result"),
        [(130101, RetryAfter(300.0, "throttled")), (310000, Rejected("robot_refuses"))],
    )
    def test_the_number_in_a_good_answer_decides(self, peer: HttpPeer, code: int, result: rules.Result) -> None:
        assert self.refused(peer, code) == result

    def test_a_robot_with_a_secret_is_signed_for(self, peer: HttpPeer) -> None:
        [message] = messages(1, "robot:1")
        robot = rules.Robot(f"{peer.url}/robot/send?access_token=k", "SEC1")
        account = Account("a", "dingtalk", "robot", robots={message.address: robot})
        self.channel.send(account, [message])
        asked = parse_qs(urlsplit(peer.paths[0]).query)
        told = f"{asked['timestamp'][0]}\nSEC1".encode()
        sign = base64.b64encode(hmac.new(b"SEC1", told, hashlib.sha256).digest()).decode()
        assert (asked["access_token"], asked["sign"]) == (["k"], [sign])


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", True),
        ("https://qyapi.weixin.qq.com:443/x", True),
        ("http://qyapi.weixin.qq.com/x", False),
        ("https://qyapi.weixin.qq.com:8443/x", False),
        ("https://qyapi.weixin.qq.com.evil.example/x", False),
        ("https://qyapi.weixin.qq.com@evil.example/x", False),
        ("https://127.0.0.1/x", False),
        ("http://127.0.0.1:81/x", True),
        ("http://10.0.0.1:81/x", False),
        ("https://[::1", False),
        ("file:///etc/passwd", False),
    ],
)
def test_robots_stand_at_known_hosts_only(url: str, good: bool) -> None:
    assert rules.is_robot_address(url, ["qyapi.weixin.qq.com", "127.0.0.1:81", "10.0.0.1:81"]) is good


# -- mail --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        ({"hello": "554 no"}, RetryAfter(None, "unreachable")),
        ({"hello": "cut"}, RetryAfter(None, "unreachable")),
        ({"hello": "slow"}, RetryAfter(None, "unreachable")),
        ({"RCPT": "451 later"}, RetryAfter(None, "smtp_451")),
        ({"RCPT": "550 unknown"}, Rejected("address_refused")),
        ({"end": "452 full"}, RetryAfter(None, "smtp_452")),
        ({"end": "554 never"}, Rejected("smtp_554")),
        ({"end": "cut"}, Unknown()),
        ({"end": "slow"}, Unknown()),
    ],
)
def test_a_mail_server_that_misbehaves_is_understood(answers: Mapping[str, str], result: rules.Result) -> None:
    with mail_peer(**answers) as url:
        sent = Email(0.2).send(Account("m", "email", "smtp", url=url), messages(1, "a@example.org"))
    assert sent == [result]


def test_a_mail_account_has_a_server_of_its_own() -> None:
    with mail_peer() as url:
        sent = Email(2.0).send(Account("m", "email", "smtp", url=url), messages(2, "a@example.org"))
    assert [type(one) for one in sent] == [Accepted] * 2
    assert Email().fault(Account("m", "email", "smtp", url="http://mail")) == "bad_address"


# -- console -----------------------------------------------------------------------------------------------------------


def test_the_console_masks_and_is_for_developers(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    account = Account("console", "console", "console")
    settings.DEBUG = True
    with caplog.at_level(logging.INFO, "messaging.channels.console"):
        assert Console().send(account, messages(1)) == [Accepted("t-0")]
    assert "+86138****0000" in caplog.text
    assert "13800000000" not in caplog.text
    settings.DEBUG = False
    assert Console().send(account, messages(1)) == [RetryAfter(None, "debug_only")]


# -- Aliyun ------------------------------------------------------------------------------------------------------------


class Sdk:
    """Stands for the provider's SDK: answers by telephone."""

    def __init__(self, code: str = "OK", bad: str = "", away: OSError | None = None) -> None:
        self.code, self.bad, self.away = code, bad, away
        self.calls: list[tuple[str, Mapping[str, str]]] = []

    def one(self, fields: Mapping[str, str]) -> tuple[str, str]:
        return self._answer("one", fields)

    def many(self, fields: Mapping[str, str]) -> tuple[str, str]:
        return self._answer("many", fields)

    def _answer(self, kind: str, fields: Mapping[str, str]) -> tuple[str, str]:
        self.calls.append((kind, fields))
        if self.away:
            raise self.away
        if self.bad and self.bad in "".join(fields.values()):
            return "isv.MOBILE_NUMBER_ILLEGAL", ""
        return self.code, "biz"


ACCOUNT = Account("aliyun", "sms", "aliyun", secret="id:key", signature="卫东区防汛", templates_only=True)


def through(sdk: Sdk, batch: Sequence[Message]) -> list[rules.Result]:
    return Aliyun(lambda account: sdk).send(ACCOUNT, batch)


def test_a_batch_is_one_call_and_an_alarm_one_each() -> None:
    sdk = Sdk()
    batch = [*messages(2, template="SMS_1", params={"name": "建设路"}), *messages(1, template="SMS_2")]
    assert all(isinstance(one, Accepted) for one in through(sdk, batch))
    assert [kind for kind, _ in sdk.calls] == ["many", "many"]
    assert sdk.calls[0][1]["phone_number_json"] == '["13800000000","13800000000"]'
    alarm = through(sdk, messages(2, template="SMS_1", lane="alarm"))
    assert [fields["out_id"] for _, fields in sdk.calls[2:]] == ["t-0", "t-1"]
    assert alarm == [Accepted("biz")] * 2


def test_one_bad_number_does_not_take_the_others_with_it() -> None:
    batch = [*messages(1, "+8613800000001", template="T"), *messages(1, "+8613900000002", template="T")]
    assert through(Sdk(bad="13900000002"), batch) == [Accepted("biz:13800000001"), Rejected("bad_number")]


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", RetryAfter(60.0, "throttled")),
        ("isv.AMOUNT_NOT_ENOUGH", RetryAfter(None, "no_credit")),
        ("isv.MOBILE_NUMBER_ILLEGAL", Rejected("bad_number")),
        ("isv.NEW_ONE", Rejected("isv.NEW_ONE")),
        ("Forbidden.RAM", RetryAfter(None, "Forbidden.RAM")),
        ("isv.RAM_CHECK_FAILED", RetryAfter(None, "account_denied")),
        ("isp.GATEWAY_ERROR", Unknown()),
        ("InternalError", Unknown()),
        ("", Unknown()),
    ],
)
def test_codes_of_the_provider_have_a_meaning(code: str, result: rules.Result) -> None:
    assert through(Sdk(code), messages(2, template="T")) == [result] * 2


def test_what_never_left_is_told_from_what_was_not_answered() -> None:
    for error, result in ((TimeoutError(), Unknown()), (ConnectionRefusedError(), RetryAfter(None, "unreachable"))):
        assert through(Sdk(away=error), messages(2, template="T")) == [result] * 2
        assert through(Sdk(away=error), messages(1, template="T", lane="alarm")) == [result]


def test_free_text_is_not_for_this_provider() -> None:
    assert through(Sdk(), messages(1)) == [Rejected("template_missing")]


@pytest.mark.parametrize(
    ("without", "fault"),
    [
        ({"secret": "id"}, "gateway_unset"),
        ({"signature": ""}, "signature_unset"),
        ({"templates_only": False}, "templates_only_unset"),
        ({}, ""),
    ],
)
def test_what_an_account_lacks_has_a_name(without: dict[str, Any], fault: str) -> None:
    assert Aliyun(lambda account: Sdk()).fault(replace(ACCOUNT, **without)) == fault


def test_without_its_packages_it_says_so() -> None:
    def missing(account: Account) -> Sdk:
        raise SdkMissing

    assert Aliyun(missing).fault(ACCOUNT) == "sdk_missing"
    assert Aliyun(missing).send(ACCOUNT, messages(1)) == [RetryAfter(None, "sdk_missing")]


# -- all of them -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wire", CHANNELS.values(), ids=lambda wire: f"{wire.name}-{wire.provider}")
def test_no_channel_makes_anything_of_nothing(wire: rules.Channel, settings: Settings) -> None:
    settings.DEBUG = True
    assert wire.send(Account("none", wire.name, wire.provider), []) == []
