"""Who could not be reached if he were needed now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import Role, Unreachable
from accounts.models import PersonContact, RoleHeld, User
from territory.models import within
from territory.rules import Scope


@dataclass(frozen=True)
class Missing:
    """A person who is counted on and cannot be reached, and why."""

    person: User
    why: Unreachable


def unreachable(scope: Scope, *, now: datetime, besides: Collection[int] = ()) -> list[Missing]:
    """Active people with a role in the scope, and `besides`, who have no telephone, a dead or an unverified one.

    Auditors and administrators are not called out. The worst first. One statement.
    """
    held = RoleHeld.objects.filter(
        Q(since__lte=now) & (Q(until__isnull=True) | Q(until__gt=now)), within(scope), user=OuterRef("pk")
    ).exclude(role__in=(Role.AUDITOR, Role.ADMINISTRATOR))
    points = PersonContact.objects.filter(user=OuterRef("pk"))
    rows: QuerySet[Any] = (
        User.objects.filter(Exists(held) | Q(pk__in=list(besides)), is_active=True)
        .annotate(has_any=Exists(points), has_living=Exists(points.filter(contact_point__dead_since__isnull=True)))
        .filter(Q(has_living=False) | Q(phone_verified_at__isnull=True))
        .order_by("has_living", "has_any", "name", "pk")
    )
    return [Missing(person, _why(person)) for person in rows]


def _why(person: Any) -> Unreachable:
    if not person.has_any:
        return Unreachable.NO_PHONE
    if not person.has_living:
        return Unreachable.DEAD
    return Unreachable.UNVERIFIED
