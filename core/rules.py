"""What any action may answer besides doing what it was asked: a refusal with a sentence."""

from dataclasses import dataclass
from datetime import datetime


class Refused(Exception):
    """The platform will not do this, and says why and how to mend it.

    `code` is stable and for machines; `message` is a lazily translated sentence for people that names the mend;
    `field` is the path of the input at fault, empty when none is; `params` fill the message's %-placeholders
    after translation, so that the same refusal can be said in both languages.
    """

    def __init__(self, code: str, message: object, *, field: str = "", params: dict[str, object] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.params = params or {}

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.params if self.params else text


@dataclass(frozen=True)
class Actor:
    """Who did something, as floors below `accounts` know him: a number and a printed name, no foreign key."""

    id: int | None
    name: str


SYSTEM = Actor(None, "系统")


@dataclass(frozen=True)
class OpenItem:
    """Something that the duty room has not finished, as any app hands it to a handover and to the desk.

    `key` is stable ("command.danger:17"), `label` the translated kind of thing, `url` its page.
    """

    key: str
    label: str
    title: str
    url: str
    since: datetime
