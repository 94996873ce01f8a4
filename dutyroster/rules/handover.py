"""What a handover holds, and when it may be signed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from core.rules import OpenItem
from dutyroster.enums import AttendanceFault
from dutyroster.rules.attendance import refused


@dataclass(frozen=True)
class ItemState:
    """One item of a handover: its key, whether it was taken, whether it was settled meanwhile."""

    key: str
    taken: bool
    closed: bool


@dataclass(frozen=True)
class Merge:
    """What a fresh look at the open items changes in a handover."""

    new: list[OpenItem]
    closed: frozenset[str]
    reopened: frozenset[str]


def merge(known: Iterable[ItemState], found: Iterable[OpenItem]) -> Merge:
    """Items not yet listed, those that are open no longer, and those that are open again. Nothing is ever removed."""
    listed = {item.key: item for item in known}
    fresh = {item.key: item for item in found}
    return Merge(
        new=[item for key, item in fresh.items() if key not in listed],
        closed=frozenset(key for key, item in listed.items() if key not in fresh and not item.closed),
        reopened=frozenset(key for key, item in listed.items() if key in fresh and item.closed),
    )


def untaken(items: Iterable[ItemState]) -> list[str]:
    """The keys that bar the signature: open and taken by nobody."""
    return [item.key for item in items if not item.taken and not item.closed]


def check_signature(
    items: Collection[ItemState], *, signer: int, incoming: int, outgoing: int, is_signed: bool
) -> None:
    """Raises Refused unless the one who takes over signs, once, with every open item taken."""
    if is_signed:
        raise refused(AttendanceFault.SIGNED)
    if incoming == outgoing:
        raise refused(AttendanceFault.SAME_PERSON)
    if signer != incoming:
        raise refused(AttendanceFault.NOT_INCOMING)
    if left := untaken(items):
        raise refused(AttendanceFault.UNTAKEN, field="items", count=len(left))
