"""Retention: who asked for something is forgotten some time after it was closed; what was asked and done stays."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from core.actions import note_destroyed
from core.audit import act
from core.rules import SYSTEM
from hazards.models import CitizenRequest


def forget_requesters(*, now: datetime) -> int:
    """Blanks name and telephone on requests that were closed KEEP_REQUESTERS_DAYS ago; returns on how many."""
    before = now - timedelta(days=settings.KEEP_REQUESTERS_DAYS)
    named = ~Q(who="") | ~Q(phone="")
    with act("hazards.requesters.forget", by=SYSTEM):
        count = CitizenRequest.objects.filter(named, closed_at__lt=before).update(who="", phone="", updated_at=now)
        note_destroyed(what="hazards.citizenrequest.who", count=count, before=before, by=SYSTEM, now=now)
    return count
