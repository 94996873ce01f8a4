"""Patrols: routes are drawn up, the stage of the rain has them walked, points are checked in or missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from assignments import actions as duties
from assignments.enums import OPEN, Verb
from assignments.models import Assignment
from assignments.queries import handed_on_from
from core import actions as core
from core.audit import act
from core.models import Media
from core.rules import SYSTEM, Actor, Refused
from hazards.enums import Objection, PatrolObjection, RainStage
from hazards.models import HazardSite, PatrolPoint, PatrolRoute, PatrolRun, PatrolTerm, PatrolWatch, RoutePoint
from hazards.queries.owing import who_owes
from hazards.queries.patrols import runnable_terms
from hazards.queries.sites import distance_to
from hazards.rules.patrols import PATROL, PATROL_POINT, check_every, check_points, slot_of, times_of, watch_of

BATCH = 200


@dataclass(frozen=True)
class CheckIn:
    """What a phone says about one point. `position` is (longitude, latitude) in WGS-84."""

    position: tuple[float, float] | None = None
    accuracy_m: float | None = None
    note: str = ""
    photo: Media | None = None
    occurred_at: datetime | None = None


def make_route(*, name: str, area_code: str, by: User, now: datetime) -> PatrolRoute:
    """A new route, still without points."""
    _ask_leave(by, area_code, "sites.edit")
    with act("hazards.patrol.make_route", by=by.actor):
        try:
            with transaction.atomic():
                return PatrolRoute.objects.create(name=name.strip()[:60], area_code=area_code)
        except IntegrityError as error:
            raise _refused(PatrolObjection.NAME_TAKEN, field="name") from error


def set_points(*, route: PatrolRoute, points: Sequence[tuple[HazardSite, int]], by: User) -> PatrolRoute:
    """Puts these sites on the route in this order, each with the minutes to get there. Running walks keep theirs."""
    _ask_leave(by, route.area_code, "sites.edit")
    check_points((site.code for site, _minutes in points), (minutes for _site, minutes in points))
    outside = next((site for site, _minutes in points if not site.area_code.startswith(route.area_code)), None)
    if outside is not None:
        raise Refused(Objection.OUTSIDE.value, Objection.OUTSIDE.label, field="site")
    with act("hazards.patrol.set_points", by=by.actor):
        row = PatrolRoute.objects.select_for_update().get(pk=route.pk)
        row.points.all().delete()
        RoutePoint.objects.bulk_create(
            RoutePoint(route=row, order=order, site=site, minutes=minutes)
            for order, (site, minutes) in enumerate(points, start=1)
        )
    return row


def set_term(*, route: PatrolRoute, stage: str, interval_minutes: int, person: User | None, by: User) -> PatrolTerm:
    """How often and by whom the route is walked in a stage."""
    _ask_leave(by, route.area_code, "sites.edit")
    check_every(interval_minutes)
    with act("hazards.patrol.set_term", by=by.actor):
        row, _made = PatrolTerm.objects.update_or_create(
            route=route, stage=RainStage(stage), defaults={"interval_minutes": interval_minutes, "person": person}
        )
    return row


def drop_term(*, term: PatrolTerm, by: User) -> None:
    """In this stage the route is not walked."""
    _ask_leave(by, term.route.area_code, "sites.edit")
    with act("hazards.patrol.drop_term", by=by.actor):
        term.delete()


def retire_route(*, route: PatrolRoute, by: User, now: datetime) -> PatrolRoute:
    """The route is walked no more; what was walked stays."""
    _ask_leave(by, route.area_code, "sites.edit")
    with act("hazards.patrol.retire_route", by=by.actor):
        row = PatrolRoute.objects.select_for_update().get(pk=route.pk)
        if row.retired_at is None:
            row.retired_at = now
            row.save(update_fields=["retired_at", "updated_at"])
    return row


def open_watch(*, area_code: str, stage: str, by: User, now: datetime, exercise: UUID | None = None) -> PatrolWatch:
    """雨前, 雨中, 雨后: from now on the routes of the area are walked as this stage asks; the stage before ends.

    The first walks are given at once. The same press twice is one. A walk under way goes on.
    """
    _ask_leave(by, area_code, "assignments.assign")
    with act("hazards.patrol.open_watch", by=by.actor):
        open_here = PatrolWatch.objects.filter(area_code=area_code, exercise=exercise, ended_at__isnull=True)
        held = open_here.select_for_update(of=("self",)).first()
        if held is not None and held.stage == stage:
            return held
        terms = PatrolTerm.objects.filter(
            route__area_code__startswith=area_code, route__retired_at__isnull=True, stage=stage
        )
        if not terms.exists():
            raise _refused(PatrolObjection.NO_ROUTES, field="stage")
        if held is not None:
            held.ended_at, held.ended_by = now, by
            held.save(update_fields=["ended_at", "ended_by", "updated_at"])
        try:
            with transaction.atomic():
                watch = PatrolWatch.objects.create(
                    area_code=area_code, stage=RainStage(stage), opened_at=now, opened_by=by, exercise=exercise
                )
        except IntegrityError:
            # Another person pressed at the same instant: what he opened holds.
            return open_here.get()
        open_due_runs(now=now)
    return watch


def end_watch(*, watch: PatrolWatch, by: User, now: datetime) -> PatrolWatch:
    """No further walks are given. Those under way go on to their end."""
    _ask_leave(by, watch.area_code, "assignments.assign")
    with act("hazards.patrol.end_watch", by=by.actor):
        row = PatrolWatch.objects.select_for_update(of=("self",)).get(pk=watch.pk)
        if row.ended_at is None:
            row.ended_at, row.ended_by = now, by
            row.save(update_fields=["ended_at", "ended_by", "updated_at"])
    return row


def watch_patrols(*, now: datetime) -> tuple[int, int]:
    """One round of the bell: gives the walks whose time has come, tells of the points whose time has run out."""
    opened = len(open_due_runs(now=now))
    missed = tell_missed(now=now)
    core.tick("hazards.patrols", now=now)
    return opened, missed


def open_due_runs(*, now: datetime) -> list[PatrolRun]:
    """Gives each watched route the walk of the interval that runs now, unless one of it is still under way."""
    with act("hazards.patrol.open_runs", by=SYSTEM):
        watches = list(PatrolWatch.objects.select_for_update(of=("self",)).filter(ended_at__isnull=True).order_by("pk"))
        return [run for watch in watches for run in _runs_of(watch, watches, now)]


def _runs_of(watch: PatrolWatch, watches: Sequence[PatrolWatch], now: datetime) -> list[PatrolRun]:
    watched = {each.area_code for each in watches if each.exercise == watch.exercise}
    terms = [
        term
        for term in runnable_terms(watch)
        if watch_of(term.route.area_code, watched) == watch.area_code and list(term.route.points.all())
    ]
    starts = {term.pk: term.route.points.all()[0].site for term in terms}
    owed = who_owes([starts[term.pk] for term in terms if term.person is None], now=now)
    runs = []
    for term in terms:
        slot = slot_of(now, since=watch.opened_at, every=term.interval_minutes)
        person = term.person if term.person and term.person.is_active else owed.get(starts[term.pk].pk)
        walked = PatrolRun.objects.filter(watch=watch, route=term.route, slot=slot)
        if person is not None and not walked.exists():
            runs.append(_open_run(watch, term.route, slot, person, now))
    return runs


def _open_run(watch: PatrolWatch, route: PatrolRoute, slot: int, person: User, now: datetime) -> PatrolRun:
    points = list(route.points.all())
    times = times_of(now, [point.minutes for point in points])
    with translation.override(settings.LANGUAGE_CODE):
        duty = duties.assign(
            kind=PATROL,
            title=_("Patrol %(route)s, %(stage)s: %(count)s points")
            % {"route": route.name, "stage": RainStage(watch.stage).label, "count": len(points)},
            body="\n".join(
                f"{order}. {point.site.name} {timezone.localtime(at):%H:%M}"
                for order, (point, at) in enumerate(zip(points, times, strict=True), start=1)
            ),
            area_code=route.area_code,
            assignee=person,
            issued_by=watch.opened_by,
            now=now,
            due_at=times[-1],
            key=f"hazards.patrol:{watch.pk}:{route.pk}:{slot}",
            exercise=watch.exercise,
        )
    run = PatrolRun.objects.create(
        watch=watch, route=route, slot=slot, area_code=route.area_code, assignment=duty,
        opened_at=now, due_at=times[-1], exercise=watch.exercise,
    )  # fmt: skip
    PatrolPoint.objects.bulk_create(
        PatrolPoint(run=run, order=point.order, site=point.site, area_code=point.site.area_code, due_at=at)
        for point, at in zip(points, times, strict=True)
    )
    return run


def tell_missed(*, now: datetime, limit: int = BATCH) -> int:
    """Marks the points whose time has run out and tells whoever walks, once a point; returns how many.

    The mark and the duty are one transaction, and the duty's key is the point's: two at once tell once.
    """
    with act("hazards.patrol.tell_missed", by=SYSTEM):
        rows = list(
            PatrolPoint.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(checked_at__isnull=True, missed_at__isnull=True, due_at__lt=now, run__ended_at__isnull=True)
            .select_related("site", "run__route", "run__assignment__assignee")
            .order_by("due_at", "pk")[:limit]
        )
        for exercise in {row.run.exercise for row in rows}:
            _alarm([row for row in rows if row.run.exercise == exercise], exercise, now)
    return len(rows)


def _alarm(rows: Sequence[PatrolPoint], exercise: UUID | None, now: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        wanted = [
            duties.Duty(
                title=_("Missed on patrol: %(site)s") % {"site": row.site.name},
                body=_("Route %(route)s, to be reached by %(time)s. Check in there, or say why not.")
                % {"route": row.run.route.name, "time": f"{timezone.localtime(row.due_at):%H:%M}"},
                area_code=row.area_code,
                assignee=row.run.assignment.assignee,
                contact_point=row.run.assignment.contact_point,
                assignee_name=row.run.assignment.assignee_name,
                key=f"hazards.patrol_point:{row.pk}",
            )
            for row in rows
        ]
        given = duties.assign_many(wanted, kind=PATROL_POINT, issued_by=None, now=now, exercise=exercise)
    for row, duty in zip(rows, given, strict=True):
        row.missed_at, row.alarm = now, duty
    PatrolPoint.objects.bulk_update(rows, ["missed_at", "alarm"])


def check_in(*, point: PatrolPoint, by: User | None, given: CheckIn, now: datetime) -> tuple[PatrolPoint, bool]:
    """打卡: somebody is at the point; says whether that was new. The same again is the check-in that stands.

    `by` None is the holder of the patrol's link; else he walks it himself or records what he was told. The distance to
    the place is measured and stored, never held against anybody. The last point ends the patrol and its duty.

    Word that arrives late counts from when he was there: in time, the point is no longer a missed one; before the walk
    was stopped, it stands in it. Whoever was sent on the walk first and has not heard that another walks it now was
    there all the same.
    """
    duty = Assignment.objects.select_related("assignee").get(patrol_run__points=point)
    seen_at = min(given.occurred_at or now, now)
    _ask_walker(duty, point, by, seen_at)
    name = by.name if by else duty.assignee_name
    with act("hazards.patrol.check_in", by=Actor(by.pk if by else duty.assignee_id, name)):
        run = PatrolRun.objects.select_for_update(of=("self",)).get(points=point)
        row = PatrolPoint.objects.select_for_update(of=("self",)).select_related("site").get(pk=point.pk)
        if row.checked_at is not None:
            return row, False
        at = max(seen_at, run.opened_at)
        if run.ended_at is not None and at >= run.ended_at:
            raise _refused(PatrolObjection.ENDED)
        place = Point(*given.position, srid=4326) if given.position else None
        row.checked_at, row.recorded_at = at, now
        if at <= row.due_at:
            row.missed_at = None
        row.position, row.accuracy_m, row.distance_m = place, given.accuracy_m, distance_to(row.site, place)
        row.note, row.photo, row.by, row.by_name = given.note.strip()[:300], given.photo, by or duty.assignee, name[:60]
        row.save()
        _move(run, row, duty, by, now)
    return row, True


def _ask_walker(duty: Assignment, point: PatrolPoint, by: User | None, at: datetime) -> None:
    if by is None or duty.assignee_id == by.pk or by.scope_for("assignments.on_behalf").covers(point.area_code):
        return
    if not handed_on_from(by, at=at).filter(assignment=duty).exists():
        raise _refused(PatrolObjection.NOT_YOURS)


def _move(run: PatrolRun, point: PatrolPoint, duty: Assignment, by: User | None, now: datetime) -> None:
    """The duties follow: somebody is at it; this point is made up; the walk is done."""
    alarm = point.alarm
    if alarm is not None and alarm.state in OPEN:
        duties.fulfil(assignment=alarm, by=by or duty.assignee, now=now)
    if run.ended_at is not None:
        return
    if not run.points.filter(checked_at__isnull=True).exists():
        run.ended_at = now
        run.save(update_fields=["ended_at", "updated_at"])
        if duty.state in OPEN:
            duties.fulfil(assignment=duty, by=by or duty.assignee, now=now)
    elif duty.started_at is None and duty.state in OPEN:
        if by is None:
            duties.answer_by_link(assignment=duty, verb=Verb.START, now=now)
        elif duty.assignee_id == by.pk or by.scope_for("assignments.on_behalf").covers(duty.area_code):
            # Whoever walked before does not start for whoever walks now.
            duties.start(assignment=duty, by=by, now=now)


def add_point_photo(*, point: PatrolPoint, photo: Media, by: User) -> PatrolPoint:
    """The photograph of a check-in that arrives after it. Another's, or one that has its photo, stays as it is."""
    with act("hazards.patrol.add_photo", by=by.actor):
        row = PatrolPoint.objects.select_for_update(of=("self",)).get(pk=point.pk)
        if row.photo_id is None and row.by_id == by.pk:
            row.photo = photo
            row.save(update_fields=["photo"])
    return row


def stop_run(*, run: PatrolRun, reason: str, by: User, now: datetime) -> PatrolRun:
    """Ends a walk before its last point, with the reason; what is still owed is withdrawn, missed points stay."""
    _ask_leave(by, run.area_code, "assignments.assign")
    if not reason.strip():
        raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="reason")
    with act("hazards.patrol.stop_run", by=by.actor):
        row = PatrolRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if row.ended_at is not None:
            raise _refused(PatrolObjection.ENDED)
        row.ended_at, row.stopped_by, row.stopped_reason = now, by, reason.strip()[:200]
        row.save()
        walk = Assignment.objects.filter(patrol_run=row)
        alarms = Assignment.objects.filter(patrol_alarm__run=row)
        duties.cancel_many(assignments=walk, by=by, now=now, note=row.stopped_reason)
        duties.cancel_many(assignments=alarms, by=by, now=now, note=row.stopped_reason)
    return row


def follow_patrol(*, assignment: Assignment, now: datetime) -> None:
    """The walk's duty was withdrawn at another door: the walk has ended."""
    PatrolRun.objects.filter(assignment=assignment, ended_at__isnull=True).update(ended_at=now, updated_at=now)


def _ask_leave(by: User, area_code: str, capability: str) -> None:
    if not by.scope_for(capability).covers(area_code):
        raise Refused(Objection.OUTSIDE.value, Objection.OUTSIDE.label, field="area_code")


def _refused(objection: PatrolObjection, *, field: str = "") -> Refused:
    return Refused(objection.value, objection.label, field=field)
