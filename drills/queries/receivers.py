"""Who gets an inject: always somebody who takes part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.enums import Role
from accounts.models import PersonContact, RoleHeld, User
from core.queries import resolver
from drills.enums import Receiver
from drills.models import DrillRun, Inject
from messaging.models import Enlisted
from territory.models import within
from territory.rules import Scope, scope_of

NOT_BY_NAME = (Role.AUDITOR, Role.ADMINISTRATOR, Role.GRID_WORKER, Role.SITE_KEEPER)


@dataclass(frozen=True)
class ReceiverOf:
    """A person and the area in which the inject is his."""

    person: User
    area_code: str


def candidates(scope: Scope, now: datetime) -> list[User]:
    """Who can be asked by name to take part in a drill of these areas: active, with a role there and a telephone.

    Grid workers are asked by sub-district (`grid_workers`): they are too many for a list.
    """
    held = RoleHeld.objects.filter(within(scope), _holding(now)).exclude(role__in=NOT_BY_NAME)
    return list(
        User.objects.filter(is_active=True, contacts__isnull=False, pk__in=held.values("user_id"))
        .distinct()
        .prefetch_related("roles_held")
        .order_by("name", "pk")
    )


def grid_workers(area_codes: Iterable[str], now: datetime) -> list[User]:
    """The grid workers of these areas who can be reached by telephone. One statement."""
    held = RoleHeld.objects.filter(within(scope_of(*area_codes)), _holding(now), role=Role.GRID_WORKER)
    found = User.objects.filter(is_active=True, contacts__isnull=False, pk__in=held.values("user_id"))
    return list(found.distinct().order_by("pk"))


def receivers(run: DrillRun, inject: Inject, *, now: datetime) -> list[ReceiverOf]:
    """The people of this inject among those who take part, each once. At most two statements."""
    taking_part = User.objects.filter(is_active=True, pk__in=run.participants.values("person_id"))
    if inject.receiver == Receiver.NOBODY:
        return []
    if inject.receiver == Receiver.PERSON:
        return [ReceiverOf(person, inject.area_code) for person in taking_part.filter(pk=inject.person_id or 0)]
    if inject.receiver == Receiver.ON_DUTY:
        people = {person.pk for person in resolver("ON_DUTY")(inject.area_code, now, inject.role)}
        return [ReceiverOf(person, inject.area_code) for person in taking_part.filter(pk__in=people).order_by("pk")]
    above = [inject.area_code[:length] for length in (6, 9, 12, 15) if len(inject.area_code) >= length]
    held = (
        RoleHeld.objects.filter(_holding(now), role=inject.role, user__in=taking_part)
        .filter(Q(area_code__in=above) | within(scope_of(inject.area_code)))
        .select_related("user")
        .order_by("user_id", "area_code")
    )
    found: dict[int, ReceiverOf] = {}
    for one in held:
        # His own area where it is the narrower: those above him see the duty as they see every other.
        area = one.area_code if one.area_code.startswith(inject.area_code) else inject.area_code
        found.setdefault(one.user_id, ReceiverOf(one.user, area))
    return list(found.values())


def enlisted_points(run: DrillRun, people: list[User]) -> dict[int, int]:
    """The first enlisted telephone of each of these: person id to contact point id. One statement."""
    enlisted = Enlisted.objects.filter(exercise=run.uuid).values("contact_point_id")
    ranked = (
        PersonContact.objects.filter(user__in=people, contact_point_id__in=enlisted)
        .order_by("user_id", "rank")
        .distinct("user_id")
    )
    return dict(ranked.values_list("user_id", "contact_point_id"))


def _holding(now: datetime) -> Q:
    return Q(since__lte=now) & (Q(until__isnull=True) | Q(until__gt=now))
