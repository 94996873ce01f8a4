"""Looking at masked personal data: allowed to few, and never unseen."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.models import PersonContact, Reveal, User
from accounts.queries import people
from core.audit import act
from core.rules import Refused
from territory.models import Household, HouseholdContact
from territory.rules import Scope


@dataclass(frozen=True)
class Revealed:
    """The name and the full telephone numbers of one household or person, in the order they are tried."""

    subject: str
    name: str
    numbers: list[str]


def reveal(*, by: User, subject: str, reason: str, address: str | None, now: datetime) -> Revealed:
    """Shows "household:<id>", "person:<id>" or what settings.REVEAL_SOURCES knows unmasked; writes who looked, and why.

    Only in the areas over which `by` may reveal; what lies outside is answered like what does not exist.
    """
    if len(reason.strip()) < 2:
        raise Refused("reveal.reason", _("Say why you need to see the number."), field="reason")
    shown = _look_up(subject, by, now)
    if shown is None:
        raise Refused("reveal.unknown", _("There is no such household or person in your areas."), field="subject")
    with act("accounts.reveal", by=by.actor):
        Reveal.objects.create(user=by, subject=subject, reason=reason.strip()[:200], at=now, address=address or None)
    return shown


def _look_up(subject: str, by: User, now: datetime) -> Revealed | None:
    scope: Scope = by.scope_for("households.reveal")
    kind, _colon, key = subject.partition(":")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    if kind == "household":
        household = Household.objects.in_scope(scope).filter(pk=key).first()
        return Revealed(subject, household.head_name, _numbers(household.contacts.all())) if household else None
    if kind == "person":
        person = people(scope, now=now).filter(pk=key).first()
        return Revealed(subject, person.name, _numbers(person.contacts.all())) if person else None
    if kind in settings.REVEAL_SOURCES:
        found: tuple[str, list[str]] | None = import_string(settings.REVEAL_SOURCES[kind])(by, key)
        return Revealed(subject, *found) if found else None
    return None


def _numbers(contacts: QuerySet[HouseholdContact] | QuerySet[PersonContact]) -> list[str]:
    return list(
        contacts.exclude(contact_point__kind="email").order_by("rank").values_list("contact_point__address", flat=True)
    )
