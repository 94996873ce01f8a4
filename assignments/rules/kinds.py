"""Kinds of duties, as the apps that own them declare them."""

from dataclasses import dataclass

from assignments.enums import RECTIFY_LABEL, Objection, Until, Verb
from assignments.rules.answers import PLAIN, Option
from assignments.rules.policy import Policy, reminding
from core.rules import Refused


@dataclass(frozen=True)
class Kind:
    """A kind of duty, declared by the app that owns it and listed in settings.

    `label` is an English message id. `acknowledge_minutes` 0: nobody waits for an acknowledgement. `page` is the route
    name of the owner's screen, for the owner's own use. `urgent` duties go out in the alarm lane. `policy` is the
    ladder that is climbed while nobody answers, `options` is what may be answered, at every door alike. `purpose`: the
    declared text with which such a duty is given, where it is not that of every duty. With `needs_proof` a report says
    what was done, in words or by a photo. `opens_page`: the task link leads straight to the owner's page, which needs
    no account either.
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
    needs_proof: bool = False
    opens_page: bool = False


# Something is wrong and is to be put right: done by one, verified by another, whichever app found it. It has no page
# of its own, so that whoever mends it without an account reports it by his link. The app gives it the time it takes.
RECTIFY = Kind(
    name="rectify",
    label=RECTIFY_LABEL,
    acknowledge_minutes=24 * 60,
    due_minutes=7 * 24 * 60,
    policy=reminding(24 * 60, 2, until=Until.CLOSED),
    needs_verification=True,
    urgent=False,
    needs_proof=True,
)


def check_proof(kind: Kind, verb: Verb, *, words: str, photo_sha256: str) -> None:
    """Refuses a report without a word or a photo where the kind wants one. A key that was pressed is no word."""
    silent = not photo_sha256 and not words.strip().strip("0123456789")
    if kind.needs_proof and verb == Verb.REPORT and silent:
        raise Refused(Objection.PROOF_WANTED.value, Objection.PROOF_WANTED.label, field="note")
