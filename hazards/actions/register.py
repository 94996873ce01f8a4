"""The register: sites come, change and leave it, and people answer for them without a gap."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from accounts.models import User
from assignments import actions as duties
from assignments.enums import OPEN
from assignments.models import Assignment
from core.audit import act
from core.rules import Refused
from hazards.enums import Objection, SiteRole
from hazards.models import HazardSite, Responsibility
from territory.rules import scope_of

CHANGEABLE = (
    "name", "kind", "area_code", "address", "geometry", "closing_depth_cm", "threatened_households",
    "threatened_persons", "control_standard", "station_code", "note", "is_sample", "verified_at",
)  # fmt: skip


def register_site(
    *,
    code: str,
    kind: str,
    name: str,
    area_code: str,
    by: User,
    now: datetime,
    geometry: GEOSGeometry | None = None,
    address: str = "",
    note: str = "",
    closing_depth_cm: int | None = None,
    threatened_households: int | None = None,
    threatened_persons: int | None = None,
    control_standard: str = "",
    station_code: str = "",
    is_sample: bool = False,
) -> HazardSite:
    """Puts a site on the register; without `geometry` (SRID 4326) it is 待定位 until the first visit.

    Open rounds keep their frozen lists: whoever runs one adds the site as an addendum.
    """
    with act("hazards.site.register", by=by.actor):
        try:
            with transaction.atomic():
                return HazardSite.objects.create(
                    code=code,
                    kind=kind,
                    name=name,
                    area_code=area_code,
                    geometry=geometry,
                    address=address,
                    note=note,
                    closing_depth_cm=closing_depth_cm,
                    threatened_households=threatened_households,
                    threatened_persons=threatened_persons,
                    control_standard=control_standard,
                    station_code=station_code,
                    is_sample=is_sample,
                    verified_at=now.date() if geometry else None,
                )
        except IntegrityError as error:
            taken = Objection.CODE_TAKEN
            raise Refused(taken.value, taken.label, field="code", params={"code": code}) from error


def change_site(
    *, site: HazardSite, changes: Mapping[str, Any], base_version: datetime, by: User, now: datetime
) -> HazardSite:
    """Changes fields of a site. `base_version` is the `updated_at` that the person saw when he began.

    Raises Refused with the code "conflict_site_changed" when somebody was faster: the caller shows both versions.
    """
    with act("hazards.site.change", by=by.actor):
        row = HazardSite.objects.select_for_update().get(pk=site.pk)
        _on_register(row)
        if row.updated_at != base_version:
            raise Refused(Objection.SITE_CHANGED.value, Objection.SITE_CHANGED.label)
        wanted = {name: value for name, value in changes.items() if name in CHANGEABLE}
        if "geometry" in wanted and wanted["geometry"] != row.geometry:
            wanted["verified_at"] = now.date()
        for name, value in wanted.items():
            setattr(row, name, value)
        row.save(update_fields=[*wanted, "updated_at"])
    return row


def retire_site(*, site: HazardSite, reason: str, by: User, now: datetime) -> HazardSite:
    """Takes a site off the register, with the reason; its history and its place in frozen rounds stay."""
    if not reason.strip():
        raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="reason")
    with act("hazards.site.retire", by=by.actor):
        row = HazardSite.objects.select_for_update().get(pk=site.pk)
        if row.retired_at is None:
            row.retired_at, row.retired_reason = now, reason.strip()[:200]
            row.save(update_fields=["retired_at", "retired_reason", "updated_at"])
            # Nobody can visit it any more: what its routine and open rounds still ask for is withdrawn. In the round it
            # stays among the missing, since the list is frozen: closing it gives the reason.
            here = Q(routine_due__site=row) | Q(round_member__site=row, round_member__round__closed_at__isnull=True)
            owed = Assignment.objects.filter(here, state__in=OPEN)
            duties.cancel_many(assignments=owed, by=by, now=now, note=row.retired_reason)
    return row


def name_responsible(
    *,
    site: HazardSite,
    role: str,
    person: User,
    by: User,
    now: datetime,
    deputy: User | None = None,
    until: datetime | None = None,
) -> Responsibility:
    """Makes `person` answer for a site in `role` from now on; whoever did so before ends at the same instant.

    `until`: for so long and no longer, where nobody is named to follow sooner. Without it until somebody follows: an
    end that stood there before is taken away, and the history keeps it.

    The same person, deputy and end again change nothing. Intervals are half-open, so neither a gap nor an overlap
    arises.
    """
    with act("hazards.responsibility.name", by=by.actor):
        row = HazardSite.objects.select_for_update().get(pk=site.pk)
        _on_register(row)
        role = SiteRole(role)
        named = Responsibility.objects.filter(site=row, role=role)
        following = named.filter(during__startswith__gt=now).order_by("during__startswith").first()
        begins = following.during.lower if following else None
        ends = min(begins, until) if begins and until else begins or until
        former = named.filter(during__contains=now).first()
        if former is not None:
            same = (former.person_id, former.deputy_id) == (person.pk, deputy.pk if deputy else None)
            if same or former.during.lower == now:
                return _standing(former, person, deputy, ends)
            former.during = DateTimeTZRange(former.during.lower, now)
            former.save(update_fields=["during"])
        return Responsibility.objects.create(
            site=row, role=role, person=person, deputy=deputy, during=DateTimeTZRange(now, ends)
        )


def _standing(row: Responsibility, person: User, deputy: User | None, ends: datetime | None) -> Responsibility:
    """What holds already, with these people and this end. Nothing is written where nothing changes."""
    if (row.person_id, row.deputy_id, row.during.upper) != (person.pk, deputy.pk if deputy else None, ends):
        row.person, row.deputy, row.during = person, deputy, DateTimeTZRange(row.during.lower, ends)
        row.save(update_fields=["person", "deputy", "during"])
    return row


def replace_responsible(*, leaver: User, successor: User, area_code: str, by: User, now: datetime) -> int:
    """Puts `successor` in the place of `leaver`, as person and as deputy, for every site of an area; returns how many.

    What runs ends now and goes on under the successor until its own end; what has not begun changes its name.
    The number of statements does not depend on the number of sites.
    """
    with act("hazards.responsibility.replace", by=by.actor):
        sites = HazardSite.objects.in_scope(scope_of(area_code)).filter(retired_at__isnull=True)
        held = Responsibility.objects.filter(
            Q(person=leaver) | Q(deputy=leaver), Q(during__endswith__gt=now) | Q(during__upper_inf=True), site__in=sites
        )
        rows = list(held.select_for_update(of=("self",)).order_by("pk"))
        running = [row for row in rows if row.during.lower and row.during.lower < now]
        following = [row for row in rows if row not in running]
        new = [
            Responsibility(
                site_id=row.site_id,
                role=row.role,
                person_id=row.person_id,
                deputy_id=row.deputy_id,
                during=DateTimeTZRange(now, row.during.upper),
            )
            for row in running
        ]
        for row in running:
            row.during = DateTimeTZRange(row.during.lower, now)
        for row in (*following, *new):
            person = successor.pk if row.person_id == leaver.pk else row.person_id
            deputy = successor.pk if row.deputy_id == leaver.pk else row.deputy_id
            row.person_id, row.deputy_id = person, deputy if deputy != person else None
        Responsibility.objects.bulk_update(running, ["during"])
        Responsibility.objects.bulk_update(following, ["person", "deputy"])
        Responsibility.objects.bulk_create(new)
    return len(rows)


def _on_register(site: HazardSite) -> None:
    if site.retired_at is not None:
        raise Refused(Objection.SITE_RETIRED.value, Objection.SITE_RETIRED.label)
