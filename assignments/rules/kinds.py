"""Kinds of duties, as the apps that own them declare them."""

from dataclasses import dataclass

from assignments.rules.answers import PLAIN, Option
from assignments.rules.policy import Policy


@dataclass(frozen=True)
class Kind:
    """A kind of duty, declared by the app that owns it and listed in settings.

    `label` is an English message id. `acknowledge_minutes` 0: nobody waits for an acknowledgement. `page` is the route
    name of the owner's screen, for the owner's own use. `urgent` duties go out in the alarm lane. `policy` is the
    ladder that is climbed while nobody answers, `options` is what may be answered, at every door alike. `purpose`: the
    declared text with which such a duty is given, where it is not that of every duty.
    """

    name: str
    label: str
    acknowledge_minutes: int
    due_minutes: int
    policy: Policy
    needs_verification: bool
    page: str = ""
    urgent: bool = True
    options: tuple[Option, ...] = PLAIN
    purpose: str = ""
