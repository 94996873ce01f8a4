"""What was seen, and what waits to be verified."""

from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q

from accounts.models import User
from assignments.enums import OPEN
from assignments.models import Assignment
from core.queries import sole
from hazards.enums import ItemResult
from hazards.models import Checklist, HazardSite, Inspection, InspectionAnswer, InspectionPhoto
from hazards.rules import Asked
from territory.models import PlacedQuerySet, within
from territory.rules import Scope

SHOWN = 20


def current_checklist(kind: str) -> Checklist | None:
    """The highest published version for a kind, its items prefetched."""
    return (
        Checklist.objects.filter(kind=kind, published_at__isnull=False)
        .order_by("-version")
        .prefetch_related("items")
        .first()
    )


def items_of(checklist: Checklist) -> list[Asked]:
    """What the checklist asks, in its order."""
    return [Asked(item.pk, item.text, item.photo_when_failed, item.topic) for item in checklist.items.all()]


def inspections(scope: Scope) -> PlacedQuerySet[Inspection]:
    """Visits in `scope` with answers, photographs and people; four statements whatever the number."""
    return _whole(Inspection.objects.in_scope(scope))


def _whole(rows: PlacedQuerySet[Inspection]) -> PlacedQuerySet[Inspection]:
    return rows.select_related("site", "inspected_by", "verified_by", "checklist").prefetch_related(
        Prefetch("answers", InspectionAnswer.objects.select_related("item").order_by("item__order")),
        Prefetch("photos", InspectionPhoto.objects.select_related("media", "item").order_by("pk")),
    )


def inspection_in_scope(user: User, uuid: UUID, *, capability: str) -> PlacedQuerySet[Inspection]:
    """At most one: the visit of that number, when it lies where `user` holds `capability` or is his own."""
    condition = within(user.scope_for(capability)) | Q(inspected_by=user)
    return _whole(Inspection.objects.filter(condition, client_uuid=uuid))


def inspection_by_uuid(uuid: UUID) -> Inspection | None:
    """The visit a device stored under its number, for telling a repetition from a new one."""
    return sole(Inspection.objects.filter(client_uuid=uuid))


def site_history(site: HazardSite, *, limit: int = SHOWN) -> list[Inspection]:
    """The newest visits to a site first, whole; `failures` on each lists the answers that did not pass."""
    found = list(_whole(site.inspections.all()).order_by("-occurred_at", "-pk")[:limit])
    for visit in found:
        visit.failures = [answer for answer in visit.answers.all() if answer.result == ItemResult.FAIL]  # type: ignore[attr-defined]
    return found


def to_verify(scope: Scope, *, besides: User | None = None) -> PlacedQuerySet[Inspection]:
    """Complete visits nobody has judged yet, oldest first; without those that `besides` made himself."""
    rows = Inspection.objects.in_scope(scope).filter(
        verified_at__isnull=True, sent_back_reason="", missing_photos=[], exercise__isnull=True
    )
    if besides is not None:
        rows = rows.exclude(inspected_by=besides)
    return rows.select_related("site", "inspected_by").order_by("occurred_at", "pk")


def photos_waiting(sha256: str) -> PlacedQuerySet[Inspection]:
    """The visits that announced this photograph and have not got it yet."""
    return Inspection.objects.filter(missing_photos__contains=[{"sha256": sha256}])


def duty_at(site: HazardSite, user: User | None = None, *, now: datetime) -> Assignment | None:
    """The re-inspection that is owed at a site now, the one due first; by `user` when named."""
    owed = Q(round_member__site=site, round_member__round__closed_at__isnull=True) | Q(routine_due__site=site)
    rows = Assignment.objects.filter(owed, state__in=OPEN, issued_at__lte=now)
    if user is not None:
        rows = rows.filter(assignee=user)
    return rows.select_related("assignee", "contact_point").order_by("due_at").first()
