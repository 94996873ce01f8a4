"""Routine inspections: how often, since when; each date that falls due is written once and gives one duty."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from assignments import actions as duties
from assignments.enums import OPEN
from assignments.models import Assignment
from core import actions as core
from core.audit import act
from core.queries import resolver
from core.rules import SYSTEM, Refused
from hazards.enums import Base, Circumstance, Objection, SiteKind
from hazards.models import HazardSite, Inspection, RoutineDue, RoutineSchedule, RoutineTerm
from hazards.queries.owing import who_owes
from hazards.queries.routine import in_flood_season, newest_dates, terms_table, without_routine
from hazards.rules import REINSPECTION
from hazards.rules.routine import (
    DAY,
    Falls,
    Interval,
    Reckoned,
    check_interval,
    ends_at,
    interval_in_force,
    is_waking,
    to_be_told,
    walk,
)
from territory.rules import Scope

BATCH = 500


@dataclass(frozen=True)
class Written:
    """What one pass did: schedules reckoned, dates written, duties given, dates that were over when written."""

    reckoned: int = 0
    dates: int = 0
    duties: int = 0
    missed: int = 0


def set_interval(*, kind: str, circumstance: str, days: int, ahead: int, by: User, now: datetime) -> RoutineTerm:
    """Sets how often a kind is seen in a circumstance; dates that have fallen due stay."""
    check_interval(days, ahead)
    with act("hazards.routine.set_interval", by=by.actor):
        row, _made = RoutineTerm.objects.update_or_create(
            kind=SiteKind(kind), circumstance=Circumstance(circumstance), defaults={"days": days, "ahead": ahead}
        )
    return row


def drop_interval(*, kind: str, circumstance: str, by: User) -> int:
    """From now on this circumstance changes nothing for the kind; returns how many rows there were."""
    with act("hazards.routine.drop_interval", by=by.actor):
        gone, _each = RoutineTerm.objects.filter(kind=kind, circumstance=circumstance).delete()
    return gone


def start_routines(*, scope: Scope, kind: str, base: str, first_on: date, by: User, now: datetime) -> int:
    """Gives every site of these areas (and this kind, empty: all) that has no running routine one; returns how many.

    The first date is `first_on`. Nothing is owed for days before today.
    """
    own = by.scope_for("sites.edit")
    if not all(own.covers(code) for code in scope.codes):
        raise Refused(Objection.OUTSIDE.value, Objection.OUTSIDE.label, field="area_code")
    today = timezone.localdate(now)
    if first_on < today:
        raise Refused(Objection.DUE_PAST.value, Objection.DUE_PAST.label, field="first_on")
    with act("hazards.routine.start", by=by.actor):
        sites = list(without_routine(scope, kind))
        if not sites:
            raise Refused(Objection.ALL_SCHEDULED.value, Objection.ALL_SCHEDULED.label, field="kind")
        again = RoutineSchedule.objects.filter(site__in=sites)
        started = again.update(
            base=base, next_on=first_on, last_on=None, reckoned_to=today - DAY, stopped_at=None, updated_at=now
        )
        had = set(again.values_list("site_id", flat=True))
        RoutineSchedule.objects.bulk_create(
            [
                RoutineSchedule(
                    site=site, area_code=site.area_code, base=Base(base), next_on=first_on, reckoned_to=today - DAY
                )
                for site in sites
                if site.pk not in had
            ],
            ignore_conflicts=True,
            batch_size=1000,
        )
    return started + len(sites) - len(had)


def change_routine(*, site: HazardSite, base: str, next_on: date, by: User, now: datetime) -> RoutineSchedule:
    """Counts a site's next date from elsewhere, or puts the date itself elsewhere."""
    today = timezone.localdate(now)
    if next_on < today:
        raise Refused(Objection.DUE_PAST.value, Objection.DUE_PAST.label, field="next_on")
    with act("hazards.routine.change", by=by.actor):
        row, made = RoutineSchedule.objects.select_for_update(of=("self",)).get_or_create(
            site=site,
            defaults={"area_code": site.area_code, "base": base, "next_on": next_on, "reckoned_to": today - DAY},
        )
        if not made:
            moved = row.next_on != next_on or row.stopped_at is not None
            row.base, row.next_on = Base(base), next_on
            if moved:  # a date that somebody has set is not brought forward by what was before it
                row.last_on = None
                row.reckoned_to = today - DAY
            row.stopped_at = None
            row.save()
    return row


def stop_routine(*, site: HazardSite, by: User, now: datetime) -> None:
    """No further dates of this site fall due. What has fallen due stays as it is."""
    with act("hazards.routine.stop", by=by.actor):
        row = RoutineSchedule.objects.select_for_update().filter(site=site, stopped_at__isnull=True).first()
        if row is not None:
            row.stopped_at = now
            row.save(update_fields=["stopped_at", "updated_at"])


def write_dates_by_day(*, now: datetime) -> Written:
    """`write_dates`, except at night: nobody is woken for a routine."""
    return write_dates(now=now) if is_waking(timezone.localtime(now).hour) else Written()


def write_dates(*, now: datetime, limit: int = BATCH) -> Written:
    """Reckons up to `limit` schedules to today: writes the dates that have fallen due and gives each its duty.

    A date is inserted once or not at all, so that two at once and a pass broken off do no harm; what a pass does not
    manage, the next does. A visit that kept a date before it was written is found and counted.
    """
    today = timezone.localdate(now)
    with act("hazards.routine.write", by=SYSTEM):
        rows = list(
            RoutineSchedule.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(stopped_at__isnull=True, reckoned_to__lt=today)
            .select_related("site")
            .order_by("reckoned_to", "pk")[:limit]
        )
        if rows:
            fallen = _reckon(rows, today=today, now=now)
            fresh = _insert(rows, fallen)
            _keep_by_earlier_visits(fresh)
            given = _give(rows, fresh, today=today, now=now)
            result = Written(len(rows), len(fresh), given, sum(each.due_date < today for each in fresh))
        else:
            result = Written()
    core.tick("hazards.routine", now=now)
    return result


def _reckon(rows: Sequence[RoutineSchedule], *, today: date, now: datetime) -> dict[int, list[Falls]]:
    table, in_season, newest = terms_table(), in_flood_season(), newest_dates(rows)
    levels: dict[str, int | None] = {}
    fallen: dict[int, list[Falls]] = {}
    for row in rows:
        if row.site.retired_at is not None:
            row.next_on, row.reckoned_to = max(row.next_on, today + DAY), today
            continue
        street = row.site.area_code[:9]
        if street not in levels:
            levels[street] = resolver("SITUATION")(street, now)
        last = newest.get(row.pk)
        waits = row.base == Base.COMPLETED and last is not None and row.last_on == last.due_date
        state, found = walk(
            Reckoned(row.next_on, row.last_on, row.reckoned_to, waits),
            base=row.base,
            today=today,
            interval_on=_intervals(table.get(row.site.kind, {}), in_season, levels[street], today),
            done_on=timezone.localdate(last.done_at) if last is not None and last.done_at is not None else None,
        )
        row.next_on, row.last_on, row.reckoned_to = state.next_on, state.last_on, state.to
        fallen[row.pk] = found
    RoutineSchedule.objects.bulk_update(rows, ["next_on", "last_on", "reckoned_to"], batch_size=1000)
    return fallen


def _intervals(
    table: Mapping[str, Interval], in_season: Callable[[date], bool], level: int | None, today: date
) -> Callable[[date], Interval | None]:
    """The interval of each day. Which level was in force on a day gone by is not asked: only today's counts."""

    def on(day: date) -> Interval | None:
        return interval_in_force(table, in_season=in_season(day), level=level if day == today else None)

    return on


def _insert(rows: Sequence[RoutineSchedule], fallen: Mapping[int, Sequence[Falls]]) -> list[RoutineDue]:
    wanted = [
        RoutineDue(
            schedule=row, site=row.site, area_code=row.site.area_code,
            due_date=falls.on, opens_on=falls.opens, days=falls.days,
        )
        for row in rows
        for falls in fallen.get(row.pk, [])
    ]  # fmt: skip
    if not wanted:
        return []
    RoutineDue.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=1000)
    keys = {(each.schedule_id, each.due_date) for each in wanted}
    stored = RoutineDue.objects.filter(
        schedule__in={row.pk for row in rows}, due_date__gte=min(on for _pk, on in keys), assignment__isnull=True
    )
    return [row for row in stored.order_by("due_date", "pk") if (row.schedule_id, row.due_date) in keys]


def _keep_by_earlier_visits(fresh: Sequence[RoutineDue]) -> None:
    if not fresh:
        return
    visits = Inspection.objects.filter(
        site__in={row.site_id for row in fresh},
        occurred_at__gte=_opening(min(row.opens_on for row in fresh)),
        missing_photos=[],
        sent_back_reason="",
        exercise__isnull=True,
    ).order_by("occurred_at", "pk")
    by_site: dict[int, list[Inspection]] = {}
    for visit in visits:
        by_site.setdefault(visit.site_id, []).append(visit)
    kept = []
    for row in fresh:
        opening = _opening(row.opens_on)
        found = next((visit for visit in by_site.get(row.site_id, []) if visit.occurred_at >= opening), None)
        if found is not None:
            row.inspection, row.done_at = found, found.occurred_at
            kept.append(row)
    RoutineDue.objects.bulk_update(kept, ["inspection", "done_at"], batch_size=1000)


def _opening(day: date) -> datetime:
    return ends_at(day - DAY, timezone.get_default_timezone())


def _give(rows: Sequence[RoutineSchedule], fresh: Sequence[RoutineDue], *, today: date, now: datetime) -> int:
    owed: list[RoutineDue] = []
    for row in rows:
        dates = {each.due_date: each for each in fresh if each.schedule_id == row.pk and each.done_at is None}
        owed += [dates[on] for on in to_be_told(dates, today=today)]
    if not owed:
        return 0
    sites = {row.site_id: row.site for row in rows}
    people = who_owes([sites[each.site_id] for each in owed], now=now)
    told = [each for each in owed if each.site_id in people]
    zone = timezone.get_default_timezone()
    # Stored words are the district's, whatever language is in force where the bell rings.
    with translation.override(settings.LANGUAGE_CODE):
        given = duties.assign_many(
            [
                _duty(each, sites[each.site_id], people[each.site_id], due_at=ends_at(max(each.due_date, today), zone))
                for each in told
            ],
            kind=REINSPECTION,
            issued_by=None,
            now=now,
        )
    for each, duty in zip(told, given, strict=True):
        each.assignment = duty
    RoutineDue.objects.bulk_update(told, ["assignment"], batch_size=1000)
    return len(told)


def _duty(each: RoutineDue, site: HazardSite, person: User, *, due_at: datetime) -> duties.Duty:
    return duties.Duty(
        title=_("Routine inspection of %(site)s") % {"site": site.name},
        body=_("Every %(days)s days, this time by %(date)s. %(kind)s %(code)s. %(address)s")
        % {
            "days": each.days,
            "date": each.due_date.isoformat(),
            "kind": SiteKind(site.kind).label,
            "code": site.code,
            "address": site.address,
        },
        area_code=site.area_code,
        assignee=person,
        due_at=due_at,
        key=f"hazards.routine:{each.schedule_id}:{each.due_date.isoformat()}",
    )


def keep_dates(*, inspection: Inspection, now: datetime) -> int:
    """A complete visit keeps every date of its site that is open to it, or makes it up; returns how many."""
    if inspection.exercise or inspection.missing_photos or inspection.sent_back_reason:
        return 0
    rows = list(
        RoutineDue.objects.select_for_update(of=("self",))
        .filter(site=inspection.site_id, done_at__isnull=True, opens_on__lte=timezone.localdate(inspection.occurred_at))
        .only("due_date", "assignment")
        .order_by("due_date")
    )
    for row in rows:
        row.inspection, row.done_at = inspection, inspection.occurred_at
        row.save(update_fields=["inspection", "done_at", "updated_at"])
        if row.assignment_id is not None:
            report_visit(row.assignment_id, inspection, now=now)
    return len(rows)


def reopen_dates(*, inspection: Inspection) -> int:
    """The visit was sent back: the dates that it kept are owed again."""
    return RoutineDue.objects.filter(inspection=inspection).update(inspection=None, done_at=None)


def report_visit(duty_id: int, inspection: Inspection, *, now: datetime) -> None:
    """Reports the duty of a visit, once no photograph is missing. One that is not open any more stays as it is."""
    if inspection.missing_photos:
        return
    # Read under its lock: what was seen is kept though somebody withdraws the duty at this instant.
    held = Assignment.objects.select_for_update(no_key=True).get(pk=duty_id)
    if held.state not in OPEN:
        return
    # The visit may have been typed after the acknowledgement it precedes: clocks of a duty only run forward.
    earlier = [at for at in (held.issued_at, held.acknowledged_at, held.started_at) if at is not None]
    duties.fulfil(
        assignment=held,
        by=inspection.inspected_by,
        now=now,
        occurred_at=min(max([inspection.occurred_at, *earlier]), now),
        note=inspection.note,
    )
