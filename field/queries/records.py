"""What phones have sent, and what it is about."""

from uuid import UUID

from django.conf import settings
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import Max

from assignments.enums import Verb
from assignments.models import Assignment
from field.enums import Flag
from field.models import DeviceToken, SealedRecord
from field.rules import Place, is_signed, token_sha256
from hazards.models import HazardSite
from territory.models import PlacedQuerySet

# What makes an answer given before it an answer to something else.
MOVES = (Verb.ASSIGN, Verb.HAND_OVER, Verb.SEND_BACK, Verb.CANCEL)


def record_by_uuid(uuid: UUID) -> SealedRecord | None:
    """The record stored under a phone's number."""
    return SealedRecord.objects.filter(client_uuid=uuid).first()


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
    return DeviceToken.objects.select_related("user").filter(token_sha256=token_sha256(token)).first()
