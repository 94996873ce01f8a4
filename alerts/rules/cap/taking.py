"""From bytes to a message that was checked."""

from dataclasses import dataclass
from datetime import datetime

from alerts.rules.cap.checks import checked
from alerts.rules.cap.message import Message, message_of
from alerts.rules.cap.reading import Finding, Unreadable, read
from alerts.rules.cap.structure import dialect_of, faults_of_structure


@dataclass(frozen=True)
class Taken:
    """What was read. Without `message` the file is none; with errors it is not taken in."""

    message: Message | None
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> list[Finding]:
        """What refuses it."""
        return [finding for finding in self.findings if finding.is_error]

    @property
    def advice(self) -> list[Finding]:
        """What is odd about it."""
        return [finding for finding in self.findings if not finding.is_error]


def take(data: bytes, *, now: datetime) -> Taken:
    """Reads and checks a file. The meaning is looked at only when the structure is whole."""
    try:
        root = read(data)
    except Unreadable as unreadable:
        return Taken(None, (unreadable.finding,))
    dialect = dialect_of(root)
    if isinstance(dialect, Finding):
        return Taken(None, (dialect,))
    found = tuple(faults_of_structure(root, dialect))
    if any(finding.is_error for finding in found):
        return Taken(None, found)
    message = message_of(root, dialect)
    return Taken(message, (*checked(message, now=now), *found))
