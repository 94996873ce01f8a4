"""What every channel takes and what it answers. A channel knows a provider's wire and nothing of rows or retries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One message ready to go. `id` is the same at every try: a provider that knows it does not deliver twice."""

    id: str
    address: str
    text: str
    subject: str
    lane: str  # "alarm" or "bulk"


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
    """One way of sending."""

    name: str
    batch_size: int

    @property
    def idempotent(self) -> bool:
        """True when the provider delivers the same id only once, so that an unknown outcome may be sent again."""

    def fault(self) -> str:
        """A code that says why this channel cannot send at all ("gateway_unset"), empty when it can."""

    def send(self, messages: Sequence[Message]) -> list[Result]:
        """Hands over a batch of at most `batch_size`; one result a message, in the same order. Never raises.

        Must come back well within the lease (30 s): what is not done by then is answered RetryAfter or Unknown.
        """
