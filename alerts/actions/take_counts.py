"""Counting a long audience once for everybody who looks, for as long as somebody does."""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from alerts.models import Notice, TakenCount
from alerts.queries.taken import area_counts
from territory.rules import scope_of

# A page asks every five seconds; a row is not written for each.
LOOK_NOTED, WATCHED = timedelta(seconds=20), timedelta(seconds=60)


def note_look(*, notice: Notice, households: int, now: datetime) -> bool:
    """Somebody looks at the coverage of a notice and was shown so many households. From COVERAGE_TAKEN_FROM on its
    count is taken for everybody as long as somebody looks; fewer are counted each time. Returns whether that was
    written.
    """
    if households < settings.COVERAGE_TAKEN_FROM:
        return False
    noted = TakenCount.objects.filter(notice=notice)
    last = noted.values_list("asked_at", flat=True).first()
    if last is None:
        return TakenCount.objects.get_or_create(notice=notice, defaults={"asked_at": now})[1]
    return last < now - LOOK_NOTED and bool(noted.update(asked_at=now))


def take_counts(*, now: datetime) -> int:
    """Counts every notice that somebody has looked at within a minute; returns how many. Without a lock: of two counts
    the younger one stands.
    """
    looked_at = TakenCount.objects.filter(asked_at__gt=now - WATCHED).select_related("notice")
    everywhere = scope_of(settings.DISTRICT_CODE)
    taken = 0
    for row in looked_at.order_by("pk"):
        areas = {code: asdict(area) for code, area in area_counts(row.notice, everywhere).items()}
        older = Q(at=None) | Q(at__lte=now)
        taken += TakenCount.objects.filter(older, pk=row.pk).update(at=now, areas=areas)
    return taken


def drop_count(*, notice: Notice) -> None:
    """What somebody pressed has changed many households at once: the next look counts. The row goes, so that a count
    which is being taken finds none to be written to.
    """
    TakenCount.objects.filter(notice=notice).delete()
