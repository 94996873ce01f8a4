"""Takes in what phones have recorded: once whatever the network does, and never without its photographs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.models import User
from core import actions as core
from core.audit import act
from core.models import Media
from core.rules import SYSTEM, Refused
from field.actions.kind import Differs, Target, refuse
from field.actions.kinds import KINDS
from field.enums import News, Objection
from field.models import SealedRecord
from field.queries.records import record_by_uuid, records_waiting
from field.rules import PhotoListed, Sealed, content_sha256, flags


@dataclass(frozen=True)
class Taken:
    """What the intake answers with: the stored record, and whether it is new."""

    record: SealedRecord
    is_new: bool


def take_in(*, sealed: Sealed, by: User, now: datetime, brought_by: User | None = None) -> Taken:
    """Stores a sealed record and does what it says; the same again answers with what is stored.

    `brought_by` read it in from the file of `by`'s phone. Raises Differs when the number holds another content or what
    the record speaks of has moved on, Refused when its kind does not allow it: then nothing of it is stored and the
    phone keeps it. What its person could do when he recorded it and may not do any more is stored with the reason.
    """
    content = sealed.content(by=by.pk)
    body = content_sha256(content)
    if (stored := record_by_uuid(sealed.client_uuid)) is not None:
        return _same(stored, body, by)
    try:
        return Taken(_take_new(sealed, content, body, by, now, brought_by), True)
    except (IntegrityError, Refused, PermissionDenied) as error:
        # The same record came twice at once: the other was faster, and what it stored is the answer.
        if (stored := record_by_uuid(sealed.client_uuid)) is not None:
            return _same(stored, body, by)
        if isinstance(error, PermissionDenied):
            # Said as a refusal: a phone that reads 403 would ask its person to sign in, and that mends nothing.
            raise refuse(Objection.NOT_ALLOWED, "kind") from error
        raise


def _take_new(
    sealed: Sealed, content: dict[str, Any], body: str, by: User, now: datetime, brought_by: User | None
) -> SealedRecord:
    kind = KINDS[sealed.kind]
    target = kind.find(sealed, by, now)
    with act("field.record.take_in", by=(brought_by or by).actor):
        record = _written(sealed, target, content, body, by, now, brought_by)
        does = target.kept is None and not (kind.waits and record.missing_photos)
        if target.kept is not None:
            _keep(record, target.kept)
        record.applied_at = now if does else None
        # Before the act: whoever brings the same record at this instant waits here for what becomes of it.
        record.save(force_insert=True)
        if does and (news := kind.apply(sealed, target, by, now)):
            record.news = dict(news)
            record.save(update_fields=["news", "updated_at"])
    return record


def _same(stored: SealedRecord, body: str, by: User) -> Taken:
    if stored.by_id != by.pk:
        raise refuse(Objection.OTHER_PERSON, "client_uuid")
    if stored.body_sha256 != body:
        raise Differs(refuse(Objection.OTHER_BODY, "client_uuid"), stored=stored.content)
    return Taken(stored, False)


def _written(
    sealed: Sealed,
    target: Target,
    content: dict[str, Any],
    body: str,
    by: User,
    now: datetime,
    brought_by: User | None,
) -> SealedRecord:
    listed = [photo.sha256 for photo in sealed.photos]
    here = core.photos_here(listed)
    return SealedRecord(
        client_uuid=sealed.client_uuid,
        kind=sealed.kind,
        area_code=target.area_code,
        body_sha256=body,
        content=content | {"photo_facts": [_facts(photo) for photo in sealed.photos]},
        by=by,
        brought_by=brought_by,
        captured_at=sealed.captured_at,
        occurred_at=sealed.happened(now),
        recorded_at=now,
        position=Point(*sealed.position, srid=4326) if sealed.position else None,
        accuracy_m=sealed.accuracy_m,
        position_source=sealed.position_source,
        distance_m=target.distance_m,
        flags=[flag.value for flag in flags(sealed, distance_m=target.distance_m, place=target.place, now=now)],
        missing_photos=[sha256 for sha256 in dict.fromkeys(listed) if sha256 not in here],
    )


def _facts(photo: PhotoListed) -> dict[str, Any]:
    return {
        "sha256": photo.sha256,
        "item": photo.item,
        "taken_at": photo.taken_at.isoformat() if photo.taken_at else None,
        "position": list(photo.position) if photo.position else None,
    }


def _keep(record: SealedRecord, why: News) -> None:
    """For the list of what was not taken in; for the phone it is stored, with a word of what becomes of it."""
    # Stored words are the district's, whatever language the phone speaks.
    with translation.override(settings.LANGUAGE_CODE):
        record.refusal = str(why.label)[:300]
    record.news = {"code": why.value}


def photo_came(*, sha256: str, now: datetime) -> int:
    """Crosses a photograph off every record that waits for it; the last one lets the act be done. Returns how many."""
    waiting = list(records_waiting(sha256).values_list("pk", flat=True))
    for number in waiting:
        with act("field.record.photo_came", by=SYSTEM):
            record = SealedRecord.objects.select_for_update(of=("self",)).select_related("by").get(pk=number)
            record.missing_photos = [each for each in record.missing_photos if each != sha256]
            record.save(update_fields=["missing_photos", "updated_at"])
            kind = KINDS[record.kind]
            if record.applied_at is not None and kind.add is not None:
                kind.add(record, Media.objects.get(pk=sha256), now)
            elif record.is_complete and record.applied_at is None and not record.refusal:
                _apply_late(record, now)
    return len(waiting)


def _apply_late(record: SealedRecord, now: datetime) -> None:
    """The photograph is stored whatever becomes of the act; a refusal stands with the record and in its receipt."""
    sealed, kind = _again(record), KINDS[record.kind]
    try:
        target = kind.find(sealed, record.by, now)
        if target.kept is not None:
            _keep(record, target.kept)
            record.save(update_fields=["refusal", "news", "updated_at"])
            return
        with transaction.atomic():
            record.news = dict(kind.apply(sealed, target, record.by, now) or {})
            record.applied_at = now
            record.save(update_fields=["applied_at", "news", "updated_at"])
    except (Refused, PermissionDenied) as refused:
        record.applied_at = None
        record.refusal = str(refused)[:300]
        record.save(update_fields=["refusal", "updated_at"])


def _again(record: SealedRecord) -> Sealed:
    """The record as it was sent, from what is stored."""
    return Sealed(
        client_uuid=record.client_uuid,
        kind=record.kind,
        captured_at=record.captured_at,
        occurred_at=record.occurred_at,
        body=record.content["body"],
        position=(record.position.x, record.position.y) if record.position else None,
        accuracy_m=record.accuracy_m,
        position_source=record.position_source,
        photos=[PhotoListed(fact["sha256"], fact["item"]) for fact in record.content["photo_facts"]],
    )
