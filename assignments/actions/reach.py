"""Tells the duty room, before they are needed, who could not be reached."""

from datetime import datetime, time

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from accounts.queries import unreachable
from assignments import queries
from assignments.enums import MISSING
from core.queries import resolver
from core.rules import SYSTEM
from messaging import actions as messages
from messaging.enums import Channel, Lane
from messaging.models import Broadcast
from territory.rules import scope_of

FROM = time(8)  # by day, when numbers can be asked for
NAMED = 3


def report_unreachable(*, now: datetime) -> int:
    """Tells whoever is on duty, once a day from eight, of people without a usable number; how many these are.

    Those with a role in the district and those on a roster. The key names the day: asked again, nothing is sent.
    """
    local = timezone.localtime(now)
    key = f"unreachable:{local:%Y-%m-%d}"
    if local.time() < FROM or Broadcast.objects.filter(key=key).exists():
        return 0
    district = settings.DISTRICT_CODE
    missing = unreachable(scope_of(district), now=now, besides=resolver("ROSTERED")(now))
    room = queries.holders_of_room([district], now).get(district, {})
    points = queries.first_contacts(room)
    if not missing or not points:
        return 0
    with translation.override(settings.LANGUAGE_CODE):
        names = "、".join(one.person.name for one in missing[:NAMED])
        words = gettext(MISSING)
    blanks = {"count": str(len(missing)), "names": names, "link": settings.PUBLIC_URL + reverse("accounts:people")}
    messages.send(
        lane=Lane.BULK,
        channel=Channel.SMS,
        text=words,
        recipients=[messages.Recipient(point, district, blanks) for point in points.values()],
        area_code=district,
        by=SYSTEM,
        now=now,
        key=key,
        origin="assignments.unreachable",
        purpose=queries.purpose_of(MISSING),
    )
    return len(missing)
