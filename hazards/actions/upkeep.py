"""Keeping the register true: what a person looked at and found as it stands, and where a place really lies."""

from collections.abc import Sequence
from datetime import date, datetime

import pghistory
from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts.models import User
from core.audit import act
from core.rules import Refused
from hazards.actions.register import change_site
from hazards.actions.rounds import owe_again
from hazards.enums import Fact, Objection
from hazards.models import HazardSite, KeptFact


def keep_facts(*, sites: Sequence[HazardSite], facts: Sequence[Fact], on: date, by: User) -> None:
    """都没变: these facts of these sites were found true on that day. An earlier day never goes over a later one."""
    with act("hazards.site.verify", by=by.actor):
        known = {(one.site_id, one.fact): one for one in KeptFact.objects.filter(site__in=sites, fact__in=facts)}
        fresh = [
            KeptFact(site=site, fact=fact, verified_at=on, verified_by=by)
            for site in sites
            for fact in facts
            if (site.pk, fact.value) not in known
        ]
        older = [one for one in known.values() if one.verified_at < on]
        for one in older:
            one.verified_at, one.verified_by = on, by
        KeptFact.objects.bulk_create(fresh)
        KeptFact.objects.bulk_update(older, ["verified_at", "verified_by"])
        if Fact.POSITION in facts:
            wanted = [site.pk for site in sites]
            # A place whose position is unknown has none to verify. Nothing of the row as people edit it changes.
            rows = HazardSite.objects.filter(pk__in=wanted, geometry__isnull=False)
            rows.exclude(verified_at__gte=on).update(verified_at=on)


def restore_site(*, site: HazardSite, reason: str, by: User, now: datetime) -> HazardSite:
    """Puts a site back on the register; the reason stands in its history, with why it had left.

    What open rounds asked for there is owed again.
    """
    if not reason.strip():
        raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="reason")
    with act("hazards.site.restore", by=by.actor), pghistory.context(reason=reason.strip()[:200]):
        row = HazardSite.objects.select_for_update().get(pk=site.pk)
        row.retired_at, row.retired_reason = None, ""
        row.save(update_fields=["retired_at", "retired_reason", "updated_at"])
        owe_again(site=row, by=by, now=now)
    return row


def move_site(
    *, site: HazardSite, place: tuple[float, float], base_version: datetime, by: User, now: datetime
) -> HazardSite:
    """Puts the point of a site elsewhere (longitude, latitude in WGS-84) and takes that as its verification.

    Raises Refused for a drawn line or area, and as `change_site` does when somebody was faster.
    """
    if site.geometry is not None and site.geometry.geom_type != "Point":
        raise Refused(Objection.DRAWN.value, Objection.DRAWN.label)
    with act("hazards.site.move", by=by.actor):
        moved = change_site(
            site=site, changes={"geometry": Point(*place, srid=4326)}, base_version=base_version, by=by, now=now
        )
        keep_facts(sites=[moved], facts=[Fact.POSITION], on=timezone.localdate(now), by=by)
    return moved
