"""Visits: recorded once whatever the network does, completed by their photographs, judged by another person."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.db.models import Q

from accounts.models import User
from assignments import actions as duties
from assignments.enums import State as DutyState
from assignments.models import Assignment
from core import actions as core
from core.audit import act
from core.models import Media
from core.rules import SYSTEM, Refused
from hazards.actions.finding_news import take_findings
from hazards.actions.routine import keep_dates, reopen_dates, report_visit
from hazards.enums import Objection
from hazards.models import Checklist, HazardSite, Inspection, InspectionAnswer, InspectionPhoto, RoundMember
from hazards.queries import current_checklist, distance_to, inspection_by_uuid, items_of, photos_waiting
from hazards.rules import AnswerGiven, PhotoGiven, Visit, body_sha256, check_visit, missing_photos


def record_inspection(
    *,
    client_uuid: UUID,
    site: HazardSite,
    answers: Sequence[AnswerGiven],
    photos: Sequence[PhotoGiven] = (),
    by: User,
    now: datetime,
    occurred_at: datetime | None = None,
    position: tuple[float, float] | None = None,
    accuracy_m: float | None = None,
    note: str = "",
    on_behalf_of: str = "",
    exercise: UUID | None = None,
    checklist: Checklist | None = None,
) -> Inspection:
    """Records a visit; the same number with the same content answers with what is stored. See `record_once`."""
    visit = Visit(
        client_uuid, answers, photos, occurred_at, position, accuracy_m, note.strip(), on_behalf_of.strip(), exercise
    )
    return record_once(visit, site=site, by=by, now=now, checklist=checklist)[0]


def record_once(
    visit: Visit,
    *,
    site: HazardSite,
    by: User,
    now: datetime,
    checklist: Checklist | None = None,
    distance_m: float | None = None,
) -> tuple[Inspection, bool]:
    """Records a visit and says whether it was new.

    Steps: check every answer against the checklist; store; place the site if nobody had; count it in every open round
    that waits for this site and report the duty, once no photograph is missing. Whatever stands in the way of that, a
    number that is known already answers with the stored visit, or Refused "conflict_other_body" when the content
    differs. `distance_m`: metres to the registered place, where the caller has measured them.
    """
    used = checklist or current_checklist(site.kind)
    if used is None or used.kind != site.kind or used.published_at is None:
        raise Refused(Objection.NO_CHECKLIST.value, Objection.NO_CHECKLIST.label, field="checklist")
    body = body_sha256(visit, site=site.code, checklist=used.pk, by=by.pk)
    try:
        if site.retired_at is not None:
            raise Refused(Objection.SITE_RETIRED.value, Objection.SITE_RETIRED.label, field="site")
        check_visit(visit, items_of(used))
        with act("hazards.inspection.record", by=by.actor):
            inspection = _store(visit, site, used, body, by, now, distance_m)
            _place(site, inspection)
            _count(inspection, now=now)
            if inspection.failed_items:
                take_findings(inspection=inspection, now=now)
    except (Refused, IntegrityError):
        # Sent before, or twice at once: then the other was faster, and what it stored is the answer.
        stored = inspection_by_uuid(visit.client_uuid)
        if stored is None:
            raise
        return _same(stored, body), False
    return inspection, True


def _same(stored: Inspection, body: str) -> Inspection:
    if stored.body_sha256 != body:
        raise Refused(Objection.OTHER_BODY.value, Objection.OTHER_BODY.label, field="client_uuid")
    return stored


def _store(
    visit: Visit,
    site: HazardSite,
    used: Checklist,
    body: str,
    by: User,
    now: datetime,
    distance_m: float | None,
) -> Inspection:
    position = Point(*visit.position, srid=4326) if visit.position else None
    arrived = core.photos_here(photo.sha256 for photo in visit.photos)
    inspection = Inspection.objects.create(
        client_uuid=visit.client_uuid,
        body_sha256=body,
        site=site,
        area_code=site.area_code,
        checklist=used,
        inspected_by=by,
        on_behalf_of=visit.on_behalf_of[:60],
        # A phone whose clock runs ahead must not hide every later visit.
        occurred_at=min(visit.occurred_at or now, now),
        recorded_at=now,
        position=position,
        accuracy_m=visit.accuracy_m,
        distance_m=distance_to(site, position) if distance_m is None else distance_m,
        note=visit.note,
        failed_items=visit.failed_items,
        missing_photos=[
            {"sha256": photo.sha256, "item": photo.item} for photo in missing_photos(visit.photos, arrived)
        ],
        exercise=visit.exercise,
    )
    InspectionAnswer.objects.bulk_create(
        InspectionAnswer(inspection=inspection, item_id=answer.item, result=answer.result, note=answer.note[:200])
        for answer in visit.answers
    )
    InspectionPhoto.objects.bulk_create(
        [
            InspectionPhoto(inspection=inspection, item_id=photo.item, media_id=photo.sha256)
            for photo in visit.photos
            if photo.sha256 in arrived
        ],
        ignore_conflicts=True,
    )
    return inspection


def _place(site: HazardSite, inspection: Inspection) -> None:
    if site.geometry is None and inspection.position is not None and inspection.exercise is None:
        row = HazardSite.objects.select_for_update().get(pk=site.pk)
        if row.geometry is None:
            row.geometry, row.verified_at = inspection.position, inspection.occurred_at.date()
            row.save(update_fields=["geometry", "verified_at", "updated_at"])


def _count(inspection: Inspection, *, now: datetime) -> None:
    """Puts the visit into every open round that still waits for this site, and reports its duty when complete.

    A visit made before a round opened proves nothing for it. One that was sent back, or whose photographs are still
    missing, gives way to a newer one; a complete one stays what the verifier is looking at.
    """
    same_exercise = Q(round__exercise=inspection.exercise) if inspection.exercise else Q(round__exercise__isnull=True)
    waiting = RoundMember.objects.filter(
        same_exercise,
        site=inspection.site_id,
        round__closed_at__isnull=True,
        round__opened_at__lte=inspection.occurred_at,
    )
    # Held first and read afterwards: whoever held them before may have closed the round or judged the other visit.
    locked = [member.pk for member in waiting.select_for_update(of=("self",)).only("pk").order_by("pk")]
    rows = RoundMember.objects.filter(pk__in=locked, round__closed_at__isnull=True).select_related("inspection")
    rows = rows.only("assignment", "inspection__sent_back_reason", "inspection__missing_photos")
    for member in rows.order_by("pk"):
        held = member.inspection
        if held is None or held.sent_back_reason or (held.missing_photos and held.pk != inspection.pk):
            member.inspection = inspection
            member.save(update_fields=["inspection", "updated_at"])
        if member.inspection_id == inspection.pk and member.assignment_id is not None:
            report_visit(member.assignment_id, inspection, now=now)
    keep_dates(inspection=inspection, now=now)


def attach_photo(*, inspection: Inspection, media: Media, now: datetime) -> Inspection:
    """Attaches a photograph that was announced; the last one completes the visit and reports its duty.

    A photograph nobody announced changes nothing: what an inspection says is sealed when it is recorded.
    """
    with act("hazards.inspection.attach_photo", by=SYSTEM):
        row = Inspection.objects.select_for_update().get(pk=inspection.pk)
        announced = [photo for photo in row.missing_photos if photo["sha256"] == media.pk]
        if not announced:
            return row
        InspectionPhoto.objects.bulk_create(
            [InspectionPhoto(inspection=row, item_id=announced[0].get("item"), media=media)], ignore_conflicts=True
        )
        row.missing_photos = [photo for photo in row.missing_photos if photo["sha256"] != media.pk]
        row.save(update_fields=["missing_photos", "updated_at"])
        if not row.missing_photos and not row.sent_back_reason:
            _count(row, now=now)
    return row


def photo_arrived(*, media: Media, now: datetime) -> int:
    """Attaches a photograph to every visit that waits for it; returns to how many."""
    waiting = list(photos_waiting(media.pk).only("pk").order_by("pk"))
    for inspection in waiting:
        attach_photo(inspection=inspection, media=media, now=now)
    return len(waiting)


def take_in_photos(*, now: datetime) -> int:
    """Attaches what arrived unnoticed: a photo and its inspection stored at the same instant do not see each other."""
    announced = {
        photo["sha256"]
        for photos in Inspection.objects.exclude(missing_photos=[]).values_list("missing_photos", flat=True)
        for photo in photos
    }
    if not announced:
        return 0
    return sum(photo_arrived(media=media, now=now) for media in Media.objects.filter(pk__in=announced))


def verify_inspection(*, inspection: Inspection, by: User, now: datetime) -> Inspection:
    """通过: another person than the inspector, in whose area the site lies, confirms the visit and its duty."""
    with act("hazards.inspection.verify", by=by.actor):
        row = _to_judge(inspection, by)
        if row.verified_at is not None:
            return row
        if row.missing_photos:
            raise Refused(Objection.PHOTOS_MISSING.value, Objection.PHOTOS_MISSING.label)
        row.verified_by, row.verified_at = by, now
        row.save(update_fields=["verified_by", "verified_at", "updated_at"])
        for duty in _reported(row):
            duties.verify(assignment=duty, by=by, now=now)
    return row


def send_back_inspection(*, inspection: Inspection, reason: str, by: User, now: datetime) -> Inspection:
    """退回: the visit is not good enough; it no longer counts, and its duty is open again.

    Where another complete visit has seen the same, that one counts from now on: nobody goes there a third time.
    """
    if not reason.strip():
        raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="reason")
    with act("hazards.inspection.send_back", by=by.actor):
        row = _to_judge(inspection, by)
        if row.verified_at is not None:
            raise Refused(Objection.ALREADY_JUDGED.value, Objection.ALREADY_JUDGED.label)
        row.sent_back_reason = reason.strip()[:200]
        row.save(update_fields=["sent_back_reason", "updated_at"])
        # Members before duties, as a visit that comes in at this instant holds them; it waits, and then counts.
        list(RoundMember.objects.select_for_update(no_key=True).filter(inspection=row).order_by("pk"))
        for duty in _reported(row):
            duties.send_back(assignment=duty, by=by, now=now, note=row.sent_back_reason)
        reopen_dates(inspection=row)
        _count_another(row, now=now)
    return row


def _count_another(sent_back: Inspection, *, now: datetime) -> None:
    """Lets the newest other complete visit count, with its duties, and what was verified of it already."""
    others = Inspection.objects.filter(site=sent_back.site_id, exercise=sent_back.exercise, missing_photos=[])
    other = (
        others.filter(sent_back_reason="")
        .select_related("inspected_by", "verified_by")
        .order_by("-occurred_at", "-pk")
        .first()
    )
    if other is None:
        return
    _count(other, now=now)
    if other.verified_by is None:
        return
    for duty in _reported(other):
        # Who verified the visit may have left since, or owes this duty himself: then it stays reported.
        with suppress(Refused, PermissionDenied):
            duties.verify(assignment=duty, by=other.verified_by, now=now)


def _to_judge(inspection: Inspection, by: User) -> Inspection:
    with connection.cursor() as cursor:  # of two visits to one site, judged at once, either may count in the end
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"hazards.judge:{inspection.site_id}"])
    row = Inspection.objects.select_for_update(of=("self",)).select_related("inspected_by").get(pk=inspection.pk)
    if not by.scope_for("assignments.verify").covers(row.area_code):
        raise Refused(Objection.OUTSIDE.value, Objection.OUTSIDE.label)
    if row.inspected_by_id == by.pk:
        raise Refused(Objection.OWN_INSPECTION.value, Objection.OWN_INSPECTION.label)
    if row.sent_back_reason:
        raise Refused(Objection.ALREADY_JUDGED.value, Objection.ALREADY_JUDGED.label)
    return row


def _reported(inspection: Inspection) -> list[Assignment]:
    """The duties that this visit has reported: of open rounds, and of the dates of the site's routine."""
    here = Q(round_member__inspection=inspection, round_member__round__closed_at__isnull=True) | Q(
        routine_due__inspection=inspection
    )
    return list(Assignment.objects.filter(here, state=DutyState.REPORTED).order_by("pk"))
