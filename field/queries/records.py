"""What phones have sent, and what it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.enums import Verb
from assignments.models import Assignment
from assignments.queries import handed_on_from
from command.models import Closure
from command.queries import state_of
from core.queries import sole
from field.enums import Flag, News
from field.models import DeviceToken, SealedRecord
from field.rules import Place, is_signed, token_sha256
from hazards.enums import CheckOutcome, FindingState
from hazards.models import Finding, HazardSite, HouseholdCheck, PatrolPoint
from territory.models import Household, PlacedQuerySet, within

MOST_PHONES = 50  # of one person in all his months
# What makes an answer given before it an answer to something else.
MOVES = (Verb.ASSIGN, Verb.HAND_OVER, Verb.SEND_BACK, Verb.CANCEL)


def record_by_uuid(uuid: UUID) -> SealedRecord | None:
    """The record stored under a phone's number."""
    rows = SealedRecord.objects.filter(client_uuid=uuid)
    # Nearly every record is new, and to ask for the columns of none costs more than to ask whether there is one.
    return sole(rows) if rows.exists() else None


def records_waiting(sha256: str) -> PlacedQuerySet[SealedRecord]:
    """The records that list this photograph and have not got it yet, oldest first."""
    return SealedRecord.objects.filter(missing_photos__contains=[sha256]).order_by("pk")


def flags_of(client_uuid: UUID) -> list[str]:
    """What looked odd about a record when it came in, as sentences; empty for what came another way."""
    found = SealedRecord.objects.filter(client_uuid=client_uuid).values_list("flags", flat=True).first() or []
    return [str(Flag(value).label) for value in found if value in Flag.values]


def duty_version(duty: Assignment) -> int:
    """Changes when a duty is given anew: handed over, sent back, withdrawn. Other news leave it as it is."""
    return int(duty.events.filter(verb__in=MOVES).aggregate(last=Max("pk"))["last"] or 0)


def distance_to(site: HazardSite, position: Place | None) -> float | None:
    """Metres to the registered point, line or area, on the spheroid; None where either is unknown."""
    if position is None or site.geometry is None:
        return None
    there = Point(*position, srid=4326)
    found = (
        HazardSite.objects.filter(pk=site.pk)
        .annotate(apart=Distance("geometry", there, spheroid=True))
        .values_list("apart", flat=True)
        .first()
    )
    return round(found.m, 1) if found is not None else None


def device_of(token: str) -> DeviceToken | None:
    """The phone whose token this is, with its person; made-up ones cost no statement."""
    if not is_signed(token, secret=settings.SECRET_KEY):
        return None
    return sole(DeviceToken.objects.select_related("user").filter(token_sha256=token_sha256(token)))


@dataclass(frozen=True)
class Told:
    """A sentence whose blanks are filled when it is said, in whatever language that is."""

    message: object
    blanks: Mapping[str, Any]

    def __str__(self) -> str:
        return str(self.message) % self.blanks if self.blanks else str(self.message)


def news_of(record: SealedRecord) -> Told | None:
    """What its person is told with the receipt; None where there is nothing to tell."""
    code = record.news.get("code")
    if code not in News.values:
        return None
    blanks = {name: record.news[name] for name in ("who", "at") if name in record.news}
    return Told(News(code).label, blanks)


def latest_closure(site: HazardSite) -> Closure | None:
    """The newest episode of water at a place, going on or ended. Exercises apart."""
    rows = Closure.objects.filter(site=site, exercise__isnull=True).select_related("site", "reopened_by")
    return rows.order_by("-pk").first()


def closure_of(site: HazardSite, uuid: str | None) -> Closure | None:
    """The episode that a phone names, else the one that goes on there."""
    rows = Closure.objects.filter(site=site, exercise__isnull=True).select_related("site")
    if uuid:
        return rows.filter(client_uuid=uuid).first()
    return rows.filter(reopened_at__isnull=True).first()


def road_seen(row: Closure | None) -> dict[str, str]:
    """A place with water as people read it beside what their phone says; empty where nothing was reported."""
    if row is None:
        return {}
    told = {
        _("Site"): row.site.name,
        _("State"): str(state_of(row).label),
        _("Depth of water"): _("%(depth)s cm, %(at)s") % {"depth": row.depth_cm, "at": _shown(row.measured_at)},
    }
    if row.closed_at:
        told[_("Closed to traffic since")] = f"{_shown(row.closed_at)} {row.closed_by_name}"
    if row.reopened_at:
        told[_("Open again since")] = f"{_shown(row.reopened_at)} {row.reopened_by.name if row.reopened_by else ''}"
    return told


def finding_seen(row: Finding) -> dict[str, str]:
    """A finding as people read it beside what their phone says."""
    told = {
        _("Site"): row.site.name,
        _("What is wrong"): row.what,
        _("State"): str(FindingState(row.state).label),
        _("Who mends it"): row.fixer_name,
        _("To be mended by"): _shown(row.due_at),
    }
    if row.measure_at:
        told[_("Interim measure")] = f"{row.measure} ({row.measure_by} {_shown(row.measure_at)})"
    if row.fixed_at:
        told[_("What was done")] = f"{_shown(row.fixed_at)} {row.fixed_words}".strip()
    last = row.steps.exclude(note="").order_by("-pk").first()
    if last is not None:
        told[str(last.get_step_display())] = f"{last.note} ({last.by_name})"
    return told


def later_check(home: Household, at: datetime) -> HouseholdCheck | None:
    """The newest check of a household that was made after `at`."""
    rows = HouseholdCheck.objects.filter(household=home, occurred_at__gt=at).select_related("household", "checked_by")
    return rows.order_by("-occurred_at", "-pk").first()


def check_seen(row: HouseholdCheck) -> dict[str, str]:
    """A check of a household as people read it beside what their phone says."""
    told = {
        _("Household"): row.household.door,
        _("Was anybody met?"): str(CheckOutcome(row.outcome).label),
        _("Checked by"): f"{row.checked_by.name} {_shown(row.occurred_at)}",
    }
    if row.failed_items:
        told[_("Failed")] = str(row.failed_items)
    if row.note:
        told[_("Note")] = row.note
    return told


def patrol_point_for(user: User, pk: int, *, at: datetime) -> PatrolPoint | None:
    """A point of a walk that is this person's or had come to him by `at`, or of one for whose walker he records."""
    mine = Q(run__assignment__assignee=user) | Q(run__assignment__in=handed_on_from(user, at=at))
    rows = PatrolPoint.objects.filter(mine | within(user.scope_for("assignments.on_behalf")), pk=pk)
    return rows.select_related("site", "run__route", "run__stopped_by", "run__assignment").first()


def handed_on_news(duty: Assignment, by: User) -> dict[str, str]:
    """What the person is told whose duty another has by now; nothing where nobody took it from him."""
    if duty.assignee_id == by.pk:
        return {}
    last = duty.past_holdings.filter(person=by).order_by("-until").first()
    return {"code": News.HANDED_ON.value, "who": duty.assignee_name, "at": _clock(last.until)} if last else {}


def point_seen(row: PatrolPoint) -> dict[str, str]:
    """A point of a patrol as people read it beside what their phone says."""
    told = {_("Route"): row.run.route.name, _("Site"): row.site.name, _("To be reached by"): _shown(row.due_at)}
    if row.checked_at:
        told[_("Checked in")] = f"{_shown(row.checked_at)} {row.by_name}"
    if row.run.ended_at:
        who = row.run.stopped_by.name if row.run.stopped_by else ""
        told[_("Patrol ended")] = f"{_shown(row.run.ended_at)} {who} {row.run.stopped_reason}".strip()
    return told


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def _shown(at: datetime) -> str:
    return f"{timezone.localtime(at):%m-%d %H:%M}"


def phones_of(person: int) -> list[tuple[str, datetime, datetime | None]]:
    """Hash of the token, end and revoking of each phone that a person ever had here, the newest first."""
    rows = DeviceToken.objects.filter(user=person).order_by("-issued_at", "-pk")
    return list(rows.values_list("token_sha256", "expires_at", "revoked_at")[:MOST_PHONES])
