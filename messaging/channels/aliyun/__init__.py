"""SMS of Aliyun through its own SDK: reviewed templates only, one call for up to 100 telephones.

The SDK is no part of the platform's packages: install requirements-aliyun.txt where this provider is used. Another
provider's SDK goes the same way: a folder here, a table of its codes, a client that a test can replace.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from messaging.channels.aliyun.codes import read_code
from messaging.rules import Accepted, Account, Message, Rejected, Result, RetryAfter, Unknown


class SdkMissing(Exception):
    """The provider's packages are not installed."""


class Client(Protocol):
    """What is used of the SDK. Answers are (code, number of the sending); raises OSError when none came.

    ConnectionRefusedError says that the call never left.
    """

    def one(self, fields: Mapping[str, str]) -> tuple[str, str]:
        """One telephone, with our own id as OutId."""

    def many(self, fields: Mapping[str, str]) -> tuple[str, str]:
        """Up to 100 telephones."""


def sdk_client(account: Account) -> Client:
    """The SDK for an account whose secret is "key id:key secret". Raises SdkMissing."""
    try:
        from messaging.channels.aliyun.sdk import Sdk
    except ImportError as error:
        raise SdkMissing from error
    return Sdk(account)


class Aliyun:
    """Alarms go one by one, so that receipts carry our id; bulk goes by a hundred. No id stops a second delivery."""

    name = "sms"
    provider = "aliyun"
    batch_size = 100

    def __init__(self, client_of: Callable[[Account], Client] = sdk_client) -> None:
        self.client_of = client_of

    def fault(self, account: Account) -> str:
        """A key, a signature, the mark that only templates go, and the SDK are needed."""
        if ":" not in account.secret:
            return "gateway_unset"
        if not account.signature:
            return "signature_unset"
        if not account.templates_only:  # else a free text would be found out only when it is sent
            return "templates_only_unset"
        try:
            self.client_of(account)
        except SdkMissing:
            return "sdk_missing"
        return ""

    def send(self, account: Account, messages: Sequence[Message]) -> list[Result]:
        """A call for each alarm, or one for each template of a bulk batch."""
        if code := self.fault(account):
            return [RetryAfter(None, code)] * len(messages)
        client = self.client_of(account)
        results: dict[int, Result] = {}
        groups: dict[str, list[int]] = {}
        for place, message in enumerate(messages):
            if not message.template:
                results[place] = Rejected("template_missing")
            elif message.lane == "alarm":
                results[place] = _one(client, account, message)
            else:
                groups.setdefault(message.template, []).append(place)
        for template, places in groups.items():
            result = _many(client, account, template, [messages[place] for place in places])
            results |= dict(zip(places, result, strict=True))
        return [results[place] for place in range(len(messages))]


def _one(client: Client, account: Account, message: Message) -> Result:
    fields = {
        "phone_numbers": _national(message.address),
        "sign_name": account.signature,
        "template_code": message.template,
        "template_param": _json(dict(message.params)),
        "out_id": message.id,
    }
    try:
        code, number = client.one(fields)
    except ConnectionRefusedError:
        return RetryAfter(None, "unreachable")
    except OSError:
        return Unknown()
    return Accepted(number[:64]) if code == "OK" else read_code(code)


def _many(client: Client, account: Account, template: str, messages: Sequence[Message]) -> list[Result]:
    fields = {
        "phone_number_json": _json([_national(message.address) for message in messages]),
        "sign_name_json": _json([account.signature] * len(messages)),
        "template_code": template,
        "template_param_json": _json([dict(message.params) for message in messages]),
    }
    try:
        code, number = client.many(fields)
    except ConnectionRefusedError:
        return [RetryAfter(None, "unreachable")] * len(messages)
    except OSError:
        return [Unknown()] * len(messages)
    if code == "OK":  # one number for all: a receipt names the telephone beside it
        return [Accepted(f"{number}:{_national(message.address)}"[:64]) for message in messages]
    if len(messages) > 1 and isinstance(read_code(code), Rejected):
        return [one for message in messages for one in _many(client, account, template, [message])]
    return [read_code(code)] * len(messages)


def _national(address: str) -> str:
    return address.removeprefix("+86")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
