"""What every channel takes and what it answers. A channel knows a provider's wire and nothing of rows or retries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Robot:
    """Where a group robot is posted to, and what its posts are signed with. Neither is printed anywhere."""

    url: str = field(repr=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """What a channel must know of an account: where, with which key, and what it takes.

    Rates are SMS parts (elsewhere messages) a second, 0 without a limit.
    """

    name: str
    channel: str
    provider: str
    url: str = ""
    secret: str = field(default="", repr=False)
    signature: str = ""
    idempotent: bool = True
    templates_only: bool = False
    alarm_rate: float = 0.0
    bulk_rate: float = 0.0
    lines: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    robots: Mapping[str, Robot] = field(default_factory=dict)  # by the name that stands for their address
    rests: bool = False  # it failed a moment ago: another account of its channel goes first
    failures: int = 0  # batches in a row that it did not take
    off: bool = False  # switched off by a person: nothing goes through it


@dataclass(frozen=True, slots=True)
class Message:
    """One message ready to go. `id` is the same at every try: a provider that knows it does not deliver twice.

    `template` is the provider's code of a reviewed text and `params` fill it; `text` is the same in full, always given.
    """

    id: str
    address: str
    text: str
    subject: str
    lane: str  # "alarm" or "bulk"
    template: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it and will report what becomes of it under `provider_id`."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider will never take this message: trying again is useless."""

    code: str


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Certainly not taken. `seconds`: the provider said when (we were too fast); None: it is out of order or away."""

    seconds: float | None
    code: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It left and no answer came: it may or may not have been taken."""


Result = Accepted | Rejected | RetryAfter | Unknown


class Channel(Protocol):
    """One way of sending. It keeps nothing of an account between two calls."""

    name: str
    provider: str
    batch_size: int  # a channel with `paced_by_address` sends each address a few a minute only

    def fault(self, account: Account) -> str:
        """A code that says why this account cannot send at all ("gateway_unset"), empty when it can."""

    def send(self, account: Account, messages: Sequence[Message]) -> list[Result]:
        """Hands over a batch of at most `batch_size`; one result a message, in the same order. Never raises.

        May run in a thread beside others: touches no database. Must come back well within the lease (30 s): what is
        not done by then is answered RetryAfter or Unknown.
        """
