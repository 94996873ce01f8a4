"""断行 and 恢复通行: closed at once by whoever stands there, opened again by another person."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from accounts.enums import Role
from accounts.models import RoleHeld, User
from assignments import actions as duties
from assignments.enums import OPEN
from assignments.models import Assignment
from assignments.queries import prefixes
from command.actions.closing import ask_ticks, drop_ticks
from command.actions.danger import body_sha256, refused
from command.actions.timeline import record
from command.enums import EntryKind
from command.enums.closing import ReopenReason
from command.enums.dangers import ClosureMeans, ClosureVerb, DangerSource, FieldObjection
from command.models import Closure, ClosureAct
from command.queries.closing import depths_of, ticks_of
from command.rules.closure import CLOSURE, check_reopening, checked_depth, closes
from core.audit import act
from core.models import Media
from core.rules import SYSTEM, Actor
from hazards import queries as hazards
from hazards.models import HazardSite

WATER = gettext_noop("Water at %(site)s: %(depth)s cm, drive slowly")
SHUT = gettext_noop("Closed to traffic: %(site)s, water %(depth)s cm")
ASKED = gettext_noop("Re-opening asked for: %(site)s, water %(depth)s cm")
OPENED = gettext_noop("Open to traffic again: %(site)s")
MOST_TOLD = 20  # liaisons and officers of one place


class Reporter(NamedTuple):
    """Who says it: a person with an account, or only a name."""

    person: User | None
    name: str


def report_water(
    *,
    client_uuid: UUID,
    site: HazardSite,
    depth_cm: int,
    by: User | None,
    now: datetime,
    by_name: str = "",
    close: bool | None = None,
    means: str = ClosureMeans.NONE,
    source: DangerSource = DangerSource.FIELD,
    occurred_at: datetime | None = None,
    note: str = "",
    photos: Sequence[Media] = (),
    exercise: UUID | None = None,
) -> tuple[Closure, bool]:
    """积水慢行 or 断行: `close` None leaves it to the site's limit. Says whether it was new.

    A place has one open episode: another report of it measures anew, and closes what was only slow. Whoever reports
    answers for the site or its area; without account (`by` None, `by_name`) the door vouches for that. The three
    parties owe their ticks and the agencies are told in the same transaction. What comes late (`occurred_at`) and was
    overtaken by a re-opening closes nothing.
    """
    depth, at = checked_depth(depth_cm), occurred_at or now
    if at > now:
        raise refused(FieldObjection.IN_FUTURE, field="occurred_at")
    if by and not hazards.sites_open_to(by, "dangers.report", now=now, at=at).filter(pk=site.pk).exists():
        raise refused(FieldObjection.OUTSIDE, field="site")
    shut = closes(depth, depths_of(site).closing) if close is None else close
    reporter = Reporter(by, by.name if by else by_name[:60] or SYSTEM.name)
    body = body_sha256(site.pk, depth, shut, means, occurred_at, note, by.pk if by else by_name)
    if known := _known(client_uuid, body):
        return known, False
    if occurred_at and Closure.objects.filter(site=site, exercise=exercise, reopened_at__gt=at).exists():
        raise refused(FieldObjection.REOPENED, field="occurred_at")
    try:
        with act("command.closure.report", by=Actor(by.pk if by else None, reporter.name)), transaction.atomic():
            row = _episode(client_uuid, body, site, depth, at, now, source, exercise)
            _measure(row, depth, shut, means, at, reporter, note)
            verb = ClosureVerb.CLOSE if shut else ClosureVerb.WATER
            _write(row, verb, depth, at=at, now=now, by=reporter, note=note, photos=photos)
            _tell(row, SHUT if shut else WATER, reporter, now, at=at)
            if shut:
                ask_ticks(closure=row, by=by, now=now)
                _tell_agencies(row, by, now)
    except IntegrityError:
        # Two reports of one place at once: the second finds the first's episode.
        if known := _known(client_uuid, body):
            return known, False
        if Closure.objects.filter(site=site, exercise=exercise, reopened_at__isnull=True).exists():
            return report_water(
                client_uuid=client_uuid, site=site, depth_cm=depth, by=by, by_name=by_name, now=now, close=close,
                means=means, source=source, occurred_at=occurred_at, note=note, photos=photos, exercise=exercise,
            )  # fmt: skip
        raise
    return row, True


def _known(client_uuid: UUID, body: str) -> Closure | None:
    known = Closure.objects.filter(client_uuid=client_uuid).first()
    if known and known.body_sha256 != body:
        raise refused(FieldObjection.CLOSURE_OTHER_BODY, field="client_uuid")
    return known


def _episode(
    client_uuid: UUID,
    body: str,
    site: HazardSite,
    depth: int,
    at: datetime,
    now: datetime,
    source: DangerSource,
    exercise: UUID | None,
) -> Closure:
    going_on = Closure.objects.select_for_update(of=("self",)).filter(
        site=site, exercise=exercise, reopened_at__isnull=True
    )
    row = going_on.select_related("site").first()
    if row is None:
        row = Closure(
            client_uuid=client_uuid,
            body_sha256=body,
            area_code=site.area_code,
            site=site,
            began_at=at,
            recorded_at=now,
            depth_cm=depth,
            measured_at=at,
            source=source,
            exercise=exercise,
        )
    return row


def _measure(row: Closure, depth: int, shut: bool, means: str, at: datetime, by: Reporter, note: str) -> None:
    if at >= row.measured_at:
        row.depth_cm, row.measured_at = depth, at
    if shut and row.closed_at is None:
        row.closed_at, row.closed_by, row.closed_by_name = at, by.person, by.name
    if shut and (row.reopen_asked_at is None or at >= row.reopen_asked_at):
        row.reopen_asked_at, row.reopen_asked_by = None, None
    if means in ClosureMeans.values and means != ClosureMeans.NONE:
        row.means = means
    row.note = note.strip()[:200] or row.note
    row.save()


def add_to_closure(*, closure: Closure, by: User | None, now: datetime, photos: Sequence[Media]) -> Closure:
    """Photographs that arrive after the report they belong to."""
    reporter = Reporter(by, by.name if by else SYSTEM.name)
    with act("command.closure.add", by=by.actor if by else SYSTEM):
        for photo in photos:
            _write(closure, ClosureVerb.NOTE, None, at=now, now=now, by=reporter, photos=[photo])
    return closure


def ask_reopening(
    *,
    closure: Closure,
    depth_cm: int,
    by: User,
    now: datetime,
    note: str = "",
    photos: Sequence[Media] = (),
    occurred_at: datetime | None = None,
) -> Closure:
    """申请恢复: measured on the spot; a second person opens. Overtaken by deeper water it asks for nothing."""
    depth, at = checked_depth(depth_cm), occurred_at or now
    if at > now:
        raise refused(FieldObjection.IN_FUTURE, field="occurred_at")
    if not hazards.sites_open_to(by, "dangers.report", now=now, at=at).filter(pk=closure.site_id).exists():
        raise refused(FieldObjection.OUTSIDE)
    with act("command.closure.ask", by=by.actor):
        row = _going_on(closure)
        if row.closed_at is None:
            raise refused(FieldObjection.NOT_CLOSED)
        if at < row.closed_at:
            raise refused(FieldObjection.BEFORE_WATER, field="occurred_at")
        if at >= row.measured_at:
            row.depth_cm, row.measured_at = depth, at
        elif closes(row.depth_cm, depths_of(row.site).opening):
            raise refused(FieldObjection.MEASURED_LATER, field="occurred_at")
        row.reopen_asked_at, row.reopen_asked_by = at, by
        row.save()
        _write(row, ClosureVerb.ASK, depth, at=at, now=now, by=Reporter(by, by.name), note=note, photos=photos)
        _tell(row, ASKED, Reporter(by, by.name), now, at=at)
    return row


def reopen(
    *,
    closure: Closure,
    by: User,
    now: datetime,
    depth_cm: int | None,
    reason: str = ReopenReason.GONE,
    note: str = "",
    occurred_at: datetime | None = None,
) -> Closure:
    """恢复通行: by another person than closed it or asked, with a reason and the water measured below the limit.

    One of two who press at once opens; the other is told that it is open. Where somebody has measured after
    `occurred_at`, his depth decides.
    """
    if not by.scope_for("closures.decide").covers(closure.area_code):
        raise refused(FieldObjection.OUTSIDE)
    at = occurred_at or now
    with act("command.closure.reopen", by=by.actor):
        row = _going_on(closure)
        if depth_cm is None:
            raise refused(FieldObjection.MEASURE, field="depth_cm")
        if reason not in ReopenReason.values:
            raise refused(FieldObjection.REOPEN_REASON, field="reason")
        if at > now:
            raise refused(FieldObjection.IN_FUTURE, field="occurred_at")
        if at < (row.closed_at or row.began_at):
            raise refused(FieldObjection.BEFORE_WATER, field="occurred_at")
        depth = checked_depth(depth_cm)
        check_reopening(
            was_closed=row.closed_at is not None,
            closed_by=row.closed_by_id,
            asked_by=row.reopen_asked_by_id,
            by=by.pk,
            depth_cm=max(depth, row.depth_cm) if at < row.measured_at else depth,
            limit_cm=depths_of(row.site).opening,
        )
        was_shut = row.closed_at is not None
        row.depth_cm, row.measured_at = depth, at
        row.reopened_at, row.reopened_by = at, by
        row.reopen_reason, row.reopen_depth_cm = reason, depth
        row.save()
        said = f"{ReopenReason(reason).label} {note.strip()}".strip()
        _write(row, ClosureVerb.REOPEN, depth, at=at, now=now, by=Reporter(by, by.name), note=said)
        _tell(row, OPENED, Reporter(by, by.name), now, at=at)
        if was_shut:
            drop_ticks(closure=row, by=by, now=now)
            _tell_agencies(row, by, now)
    return row


def _going_on(closure: Closure) -> Closure:
    row = Closure.objects.select_for_update(of=("self",)).select_related("site").get(pk=closure.pk)
    if row.reopened_at is not None:
        raise refused(FieldObjection.REOPENED)
    return row


def _tell_agencies(row: Closure, by: User | None, now: datetime) -> None:
    """Whoever owes no tick says that he knows; everybody hears of the re-opening."""
    phase = "reopened" if row.reopened_at else "closed"
    before = Assignment.objects.filter(key__startswith=f"closure:{row.pk}:", state__in=OPEN)
    if phase == "reopened":
        # What nobody has ticked by now is out of date: the new word says how it stands.
        for duty in before:
            duties.fulfil(assignment=duty, by=by, now=now)
    with translation.override(settings.LANGUAGE_CODE):
        text = gettext(OPENED if phase == "reopened" else SHUT) % {"site": row.site, "depth": row.depth_cm}
    asked = {tick.assignment.assignee_id: tick.assignment.assignee for tick in ticks_of([row])[row.pk]}
    people = {person.pk: person for person in _agencies(row.area_code, now)}
    if phase == "closed":
        people = {pk: person for pk, person in people.items() if pk not in asked}
    else:
        people |= {pk: person for pk, person in asked.items() if pk and person}
    told = [person for pk, person in people.items() if by is None or pk != by.pk]
    duties.assign_many(
        [
            duties.Duty(
                title=text[:120],
                body=row.site.address,
                area_code=row.area_code,
                assignee=person,
                key=f"closure:{row.pk}:{phase}:{person.pk}",
            )
            for person in told
        ],
        kind=CLOSURE,
        issued_by=by,
        now=now,
        exercise=row.exercise,
    )


def end_notice(*, duty: Assignment, by: User | None, now: datetime) -> None:
    """Whoever ticks that he knows owes nothing more."""
    duties.fulfil(assignment=duty, by=by, now=now)


def _agencies(area_code: str, now: datetime) -> list[User]:
    """The agencies' liaisons who hold the place, and the officers of its sub-district."""
    held = RoleHeld.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now),
        role__in=(Role.AGENCY_LIAISON, Role.SUBDISTRICT_OFFICER),
        area_code__in=prefixes(area_code),
        since__lte=now,
        user__is_active=True,
    )
    found = {each.user_id: each.user for each in held.select_related("user").order_by("role", "user_id")[:MOST_TOLD]}
    return list(found.values())


def _write(
    row: Closure,
    verb: ClosureVerb,
    depth: int | None,
    *,
    at: datetime,
    now: datetime,
    by: Reporter,
    note: str = "",
    photos: Sequence[Media] = (),
) -> None:
    for place, photo in enumerate(photos or [None]):
        ClosureAct.objects.create(
            closure=row,
            verb=verb if place == 0 else ClosureVerb.DEPTH,
            depth_cm=depth,
            at=at,
            recorded_at=now,
            by=by.person,
            by_name=by.name,
            note=note.strip()[:200],
            photo=photo,
        )


def _tell(row: Closure, words: str, by: Reporter, now: datetime, *, at: datetime | None = None) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        text = gettext(words) % {"site": row.site, "depth": row.depth_cm}
    record(
        kind=EntryKind.CLOSURE,
        text=text,
        area_code=row.area_code,
        by=by.person,
        by_name=by.name,
        now=now,
        at=at,
        ref=f"closure:{row.pk}",
        url=reverse("command:closure", args=[row.client_uuid]),
        exercise=row.exercise,
    )
