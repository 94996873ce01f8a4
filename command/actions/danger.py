"""险情: reported once, acknowledged, somebody sent, on scene, under control, closed. Each step has its clock."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from accounts.models import User
from assignments import actions as duties
from assignments import queries as duty_queries
from assignments.enums import OPEN
from assignments.models import Assignment
from command.actions.timeline import record
from command.enums import EntryKind
from command.enums.dangers import DangerKind, DangerSource, DangerVerb, FieldObjection
from command.models import Danger, DangerAct
from command.queries.danger import times_of
from command.queries.place import area_of
from command.rules.danger import DANGER, DANGER_RECEIPT, happened
from core.audit import act
from core.models import Media
from core.rules import SYSTEM, Actor, Refused
from dutyroster import actions as log
from dutyroster.enums import FollowUp
from dutyroster.models import LogEntry
from hazards.models import HazardSite


def refused(objection: FieldObjection, *, field: str = "", params: dict[str, object] | None = None) -> Refused:
    """The refusal that goes with an objection, to be raised."""
    return Refused(objection.value, objection.label, field=field, params=params)


def body_sha256(*parts: object) -> str:
    """The fingerprint of what a device sent, so that the same number with other content is noticed."""
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()


def report_danger(
    *,
    client_uuid: UUID,
    kind: str,
    source: DangerSource,
    by: User | None,
    now: datetime,
    area_code: str = "",
    site: HazardSite | None = None,
    place: str = "",
    position: tuple[float, float] | None = None,
    accuracy_m: float | None = None,
    description: str = "",
    reporter_name: str = "",
    reporter_phone: str = "",
    found_at: datetime | None = None,
    photos: Sequence[Media] = (),
    exercise: UUID | None = None,
) -> tuple[Danger, bool]:
    """报险情: stores it and says whether it was new. `position` is longitude, latitude; `by` None is a resident.

    The area is the site's, else the one around the position, else `area_code`. Whoever handles dangers there and
    reports one himself has acknowledged it; else whoever is on duty is told and owes the acknowledgement.
    """
    _check(kind, description, place, site, position, found_at, now)
    body = body_sha256(kind, site.pk if site else "", place, position, description, found_at, by.pk if by else "")
    if known := _known(client_uuid, body):
        return known, False
    point = Point(*position, srid=4326) if position else None
    actor = by.actor if by else Actor(None, reporter_name.strip()[:60] or gettext("Resident"))
    row = Danger(
        uuid=client_uuid,
        body_sha256=body,
        area_code=site.area_code if site else area_of(point, area_code or _home_of(by)),
        kind=kind,
        site=site,
        place=place.strip()[:160],
        position=point,
        accuracy_m=accuracy_m,
        description=description.strip()[:1000],
        source=source,
        reporter=by,
        reporter_name=reporter_name.strip()[:60] or (by.name if by else ""),
        reporter_phone=reporter_phone.strip()[:30] or ((by.phone or "") if by else ""),
        found_at=found_at or now,
        reported_at=now,
        exercise=exercise,
    )
    return _stored(row, actor, by, photos, now)


def _stored(row: Danger, actor: Actor, by: User | None, photos: Sequence[Media], now: datetime) -> tuple[Danger, bool]:
    try:
        with act("command.danger.report", by=actor), transaction.atomic():
            row.save()
            _write(row, DangerVerb.REPORT, by=by, actor=actor, at=row.found_at, now=now, photos=photos)
            _tell(row, gettext_noop("Danger reported: %(danger)s. %(words)s"), by, now, row.description)
            if by and by.scope_for("dangers.handle").covers(row.area_code):
                acknowledge_danger(danger=row, by=by, now=now)
            else:
                _ask_receipt(row, now)
    except IntegrityError:
        # The same report came twice at once: the other one stored it.
        if known := _known(row.uuid, row.body_sha256):
            return known, False
        raise
    return Danger.objects.get(pk=row.pk), True


def _check(
    kind: str,
    description: str,
    place: str,
    site: HazardSite | None,
    position: tuple[float, float] | None,
    found_at: datetime | None,
    now: datetime,
) -> None:
    if kind not in DangerKind.values or (kind == DangerKind.OTHER and not description.strip()):
        raise refused(FieldObjection.DESCRIPTION_WANTED, field="description")
    if site is None and position is None and not place.strip():
        raise refused(FieldObjection.PLACE_WANTED, field="place")
    if found_at is not None and found_at > now:
        raise refused(FieldObjection.IN_FUTURE, field="found_at")


def _known(client_uuid: UUID, body: str) -> Danger | None:
    known = Danger.objects.filter(uuid=client_uuid).first()
    if known and known.body_sha256 != body:
        raise refused(FieldObjection.DANGER_OTHER_BODY, field="client_uuid")
    return known


def _home_of(by: User | None) -> str:
    return min(by.scope_for("dangers.report").codes, default=settings.DISTRICT_CODE) if by else settings.DISTRICT_CODE


def _ask_receipt(row: Danger, now: datetime) -> None:
    """Whoever is on duty owes the acknowledgement; reminders and superiors follow as with any duty."""
    names = duty_queries.superiors({row.area_code}, 2, now).get(row.area_code, {})
    person = User.objects.filter(pk__in=names).order_by("pk").first()
    if person is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        title = gettext("New danger: %(danger)s") % {"danger": row}
    row.receipt = duties.assign(
        kind=DANGER_RECEIPT,
        title=title,
        body=row.description,
        area_code=row.area_code,
        assignee=person,
        issued_by=row.reporter,
        now=now,
        key=f"danger:{row.pk}:receipt",
        exercise=row.exercise,
    )
    row.save(update_fields=["receipt", "updated_at"])


def acknowledge_danger(
    *, danger: Danger, by: User | None, now: datetime, occurred_at: datetime | None = None
) -> Danger:
    """签收: the command has it. A second press changes nothing."""
    with act("command.danger.acknowledge", by=by.actor if by else SYSTEM):
        row = _open(danger)
        if row.acknowledged_at is None:
            row.acknowledged_at, row.acknowledged_by = happened(occurred_at or now, times_of(row), now=now), by
            row.save(update_fields=["acknowledged_at", "acknowledged_by", "updated_at"])
            _write(row, DangerVerb.ACKNOWLEDGE, by=by, at=row.acknowledged_at, now=now)
            _end(row.receipt_id, by, now)
    return row


def dispatch(
    *, danger: Danger, to: User, by: User, now: datetime, due_at: datetime | None = None, note: str = ""
) -> Danger:
    """派人: somebody owes it from now on; whoever was sent before is called back."""
    check_danger_handler(danger=danger, by=by)
    with act("command.danger.dispatch", by=by.actor):
        acknowledge_danger(danger=danger, by=by, now=now)
        row = _open(danger)
        if row.assignment and row.assignment.state in OPEN:
            if row.assignment.assignee_id == to.pk:
                return row
            duties.cancel_many(assignments=[row.assignment], by=by, now=now, note=note)
        with translation.override(settings.LANGUAGE_CODE):
            told = gettext("Reported by: %(name)s %(phone)s") % {
                "name": row.reporter_name or "—",
                "phone": row.reporter_phone,
            }
        sent = row.acts.filter(verb=DangerVerb.DISPATCH).count() + 1
        row.assignment = duties.assign(
            kind=DANGER,
            title=str(row)[:120],
            body="\n".join(part for part in (row.description, row.place, note.strip(), told) if part),
            area_code=row.area_code,
            assignee=to,
            issued_by=by,
            now=now,
            due_at=due_at,
            key=f"danger:{row.pk}:{sent}",
            exercise=row.exercise,
        )
        row.dispatched_at = row.dispatched_at or now
        row.save(update_fields=["assignment", "dispatched_at", "updated_at"])
        _write(row, DangerVerb.DISPATCH, by=by, at=now, now=now, note=f"{to.name} {note}".strip())
        _tell(row, gettext_noop("%(words)s was sent to the danger: %(danger)s"), by, now, to.name)
    return row


def step_danger(
    *,
    danger: Danger,
    verb: DangerVerb,
    by: User | None,
    now: datetime,
    occurred_at: datetime | None = None,
    note: str = "",
) -> Danger:
    """到场 or 已控制, as it was said by telephone or by the duty of whoever was sent. The first time stands."""
    with act(f"command.danger.{verb.value}", by=by.actor if by else SYSTEM):
        row = _open(danger)
        column = {DangerVerb.ARRIVE: "on_scene_at", DangerVerb.CONTROL: "controlled_at"}[verb]
        if getattr(row, column) is not None:
            return row
        at = happened(occurred_at or now, times_of(row), now=now)
        setattr(row, column, at)
        row.save(update_fields=[column, "updated_at"])
        _write(row, verb, by=by, at=at, now=now, note=note)
        if verb == DangerVerb.CONTROL:
            _tell(row, gettext_noop("Danger under control: %(danger)s. %(words)s"), by, now, note)
    return row


def add_to_danger(
    *, danger: Danger, by: User | None, now: datetime, note: str = "", photos: Sequence[Media] = ()
) -> Danger:
    """补充: a word or photographs more, open or closed."""
    if not note.strip() and not photos:
        raise refused(FieldObjection.DESCRIPTION_WANTED, field="note")
    with act("command.danger.add", by=by.actor if by else SYSTEM):
        _write(danger, DangerVerb.NOTE, by=by, at=now, now=now, note=note, photos=photos)
    return danger


def close_danger(*, danger: Danger, reason: str, by: User, now: datetime) -> Danger:
    """办结: with a word on how it ended; whoever was sent owes nothing any more."""
    check_danger_handler(danger=danger, by=by)
    if not reason.strip():
        raise refused(FieldObjection.REASON, field="reason")
    with act("command.danger.close", by=by.actor):
        row = _open(danger)
        _close(row, reason, by, now)
        _write(row, DangerVerb.CLOSE, by=by, at=now, now=now, note=reason)
        _tell(row, gettext_noop("Danger closed: %(danger)s. %(words)s"), by, now, reason)
    return row


def merge_danger(*, danger: Danger, into: Danger, by: User, now: datetime) -> Danger:
    """重复: two reports of one danger; the other one counts, this one is closed and stays readable."""
    check_danger_handler(danger=danger, by=by)
    with act("command.danger.merge", by=by.actor):
        row = _open(danger)
        other = Danger.objects.filter(pk=into.pk, closed_at__isnull=True, exercise=row.exercise).exclude(pk=row.pk)
        if not other.exists():
            raise refused(FieldObjection.OTHER_DANGER, field="into")
        row.duplicate_of = into
        _close(row, gettext("The same as danger %(number)s") % {"number": into.pk}, by, now)
        _write(row, DangerVerb.MERGE, by=by, at=now, now=now, note=str(into.pk))
    return row


def danger_from_note(
    *, entry: LogEntry, by: User, now: datetime, kind: str = DangerKind.OTHER, place: str = ""
) -> Danger:
    """转险情: what somebody said by telephone becomes a danger; the same line of the log makes one danger."""
    danger, is_new = report_danger(
        client_uuid=entry.uuid,
        kind=kind,
        source=DangerSource.PHONE if entry.caller_phone or entry.caller_name else DangerSource.DESK,
        by=by,
        now=now,
        area_code=entry.area_code,
        place=place or entry.place or entry.text[:60],
        description=entry.text,
        reporter_name=entry.caller_name,
        reporter_phone=entry.caller_phone,
        found_at=entry.occurred_at,
        exercise=entry.exercise,
    )
    if is_new:
        log.follow_up(
            entry=entry, kind=FollowUp.DANGER, ref=f"danger:{danger.pk}", url=_url(danger), note="", by=by, now=now
        )
    return danger


def check_danger_handler(*, danger: Danger, by: User) -> None:
    """Refuses whoever does not handle dangers there."""
    if not by.scope_for("dangers.handle").covers(danger.area_code):
        raise refused(FieldObjection.OUTSIDE)


def _open(danger: Danger) -> Danger:
    rows = Danger.objects.select_for_update(of=("self",)).select_related("site", "assignment", "assignment__assignee")
    row = rows.get(pk=danger.pk)
    if row.closed_at is not None:
        raise refused(FieldObjection.DANGER_CLOSED)
    return row


def _close(row: Danger, reason: str, by: User, now: datetime) -> None:
    row.closed_at, row.closed_by, row.closed_reason = now, by, reason.strip()[:200]
    row.save(update_fields=["closed_at", "closed_by", "closed_reason", "duplicate_of", "updated_at"])
    _end(row.receipt_id, by, now)
    _end(row.assignment_id, by, now)


def _end(assignment_id: int | None, by: User | None, now: datetime) -> None:
    duty = Assignment.objects.filter(pk=assignment_id, state__in=OPEN).first() if assignment_id else None
    if duty is not None:
        duties.fulfil(assignment=duty, by=by, now=now)


def _write(
    row: Danger,
    verb: DangerVerb,
    *,
    by: User | None,
    at: datetime,
    now: datetime,
    note: str = "",
    actor: Actor | None = None,
    photos: Sequence[Media] = (),
) -> None:
    name = (actor or (by.actor if by else SYSTEM)).name[:60]
    for place, photo in enumerate(photos or [None]):
        DangerAct.objects.create(
            danger=row,
            verb=verb if place == 0 else DangerVerb.NOTE,
            at=at,
            recorded_at=now,
            by=by,
            by_name=name,
            note=note.strip()[:500] if place == 0 else "",
            photo=photo,
        )


def _tell(row: Danger, words: str, by: User | None, now: datetime, more: str) -> None:
    """One line on the command's timeline. `words` was marked for translation where it stands."""
    with translation.override(settings.LANGUAGE_CODE):
        text = gettext(words) % {"danger": row, "words": more.strip()}
    record(
        kind=EntryKind.DANGER,
        text=text,
        area_code=row.area_code,
        by=by,
        by_name="" if by else row.reporter_name,
        now=now,
        ref=f"danger:{row.pk}",
        url=_url(row),
        exercise=row.exercise,
    )


def _url(row: Danger) -> str:
    return reverse("command:danger", args=[row.uuid])
