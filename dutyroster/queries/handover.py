"""Handovers, and what this app leaves open for the next shift."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.rules import OpenItem
from dutyroster.models import Handover, HandoverItem, Shift
from dutyroster.queries.attendance import suspected
from dutyroster.queries.log import open_entries
from dutyroster.queries.on_duty import on_duty
from dutyroster.rules.handover import ItemState
from territory.models import PlacedQuerySet
from territory.rules import Scope


def handovers(scope: Scope) -> PlacedQuerySet[Handover]:
    """Handovers of these areas, the unsigned first, then the newest; each counts its `items` and those `left`."""
    rows: PlacedQuerySet[Any] = (
        Handover.objects.in_scope(scope)
        .select_related("post", "outgoing", "incoming")
        .annotate(
            total=Count("items"),
            left=Count("items", filter=Q(items__taken_at__isnull=True, items__closed_at__isnull=True)),
        )
        .order_by("-taken_over_at", "-pk")
    )
    return rows


def states(handover: Handover) -> list[ItemState]:
    """The items as the rules judge them. One statement."""
    rows = HandoverItem.objects.filter(handover=handover).order_by("pk")
    return [
        ItemState(key, taken is not None, closed is not None)
        for key, taken, closed in rows.values_list("key", "taken_at", "closed_at")
    ]


def items(handover: Handover) -> list[HandoverItem]:
    """The items as the page shows them: untaken first, then settled, then taken; the oldest first. One statement."""
    rows = list(handover.items.select_related("taken_by").order_by("since", "pk"))
    return sorted(rows, key=lambda one: (one.taken_at is not None, one.closed_at is not None))


def open_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Entries of the log not handed on, absences not judged, handovers not signed. Three statements and two more."""
    noted = [
        OpenItem(
            key=f"dutyroster.log:{entry.pk}",
            label=_("Log entry"),
            title=entry.text[:120],
            url=reverse("dutyroster:log_entry", args=[entry.uuid]),
            since=entry.occurred_at,
        )
        for entry in open_entries(scope)
    ]
    silent = [
        OpenItem(
            key=f"dutyroster.absence:{one.pk}",
            label=_("Absence to be judged"),
            title=f"{one.person.name} · {one.shift.post.name}",
            url=reverse("dutyroster:roll_call", args=[one.roll_call_id]),
            since=one.roll_call.started_at or one.roll_call.at,
        )
        for one in suspected(scope)
    ]
    unsigned = [
        OpenItem(
            key=f"dutyroster.handover:{one.pk}",
            label=_("Handover not signed"),
            title=f"{one.post.name}: {one.outgoing.name} → {one.incoming.name}",
            url=reverse("dutyroster:handover", args=[one.pk]),
            since=one.opened_at,
        )
        for one in handovers(scope).filter(taken_over_at__isnull=True)
    ]
    return [*noted, *silent, *unsigned]


def open_handovers_of(user: User) -> list[Handover]:
    """Handovers not signed yet in which this person gives or takes. One statement."""
    rows = Handover.objects.filter(Q(outgoing=user) | Q(incoming=user), taken_over_at__isnull=True)
    return list(rows.select_related("post", "outgoing", "incoming").order_by("pk"))


def handover_proposal(user: User, scope: Scope, now: datetime) -> dict[str, int]:
    """What the form is filled with: the post that this person, else anybody, serves, and who comes next there."""
    present = on_duty(scope, now)
    own = next((shift for shift in present if shift.person_id == user.pk), next(iter(present), None))
    if own is None:
        return {}
    following = (
        Shift.objects.filter(post=own.post_id, published_at__isnull=False, superseded_at__isnull=True)
        .filter(during__startswith__gt=now)
        .exclude(person=own.person_id)
        .order_by("during", "pk")
        .first()
    )
    found = {"post": own.post_id, "outgoing": own.person_id}
    return found | {"incoming": following.person_id} if following else found
