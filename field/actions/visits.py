"""Household checks, check-ins on patrol and interim measures as a phone reports them: kept, however late they come."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from core.models import Media
from core.rules import Refused
from field.actions.kind import Differs, Kind, Target, listed_photos, refuse
from field.enums import News, Objection
from field.models import SealedRecord
from field.queries.records import (
    check_seen,
    distance_to,
    finding_seen,
    handed_on_news,
    later_check,
    patrol_point_for,
    point_seen,
)
from field.rules import Sealed
from hazards import actions as hazards
from hazards.enums import HOUSEHOLD as DOOR
from hazards.enums import CheckOutcome, PatrolObjection
from hazards.models import Checklist, Finding, PatrolPoint
from hazards.queries import finding_for, household_for
from hazards.rules import AnswerGiven, PhotoGiven, Visit
from territory.models import Household


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def _household(sealed: Sealed, by: User, now: datetime) -> Target:
    at = sealed.happened(now)
    row = household_for(by, sealed.body["household"], capability="households.check", at=at).first()
    if row is None:
        raise refuse(Objection.NO_HOUSEHOLD, "body.household")
    return Target(row, row.area_code)


def _check(sealed: Sealed, target: Target, by: User, now: datetime) -> dict[str, Any] | None:
    """Asked from the version of the checklist that lay on the phone; somebody's later check stands before it."""
    home: Household = target.row
    body, at = sealed.body, sealed.happened(now)
    met, used = body["outcome"] == CheckOutcome.CHECKED, None
    if met:
        used = Checklist.objects.filter(pk=body.get("checklist") or 0, kind=DOOR, published_at__isnull=False).first()
        if used is None:
            raise refuse(Objection.NO_CHECKLIST, "body.checklist")
    visit = Visit(
        client_uuid=sealed.client_uuid,
        answers=[AnswerGiven(**answer) for answer in body["answers"]] if met else [],
        photos=[PhotoGiven(photo.sha256) for photo in sealed.photos],
        occurred_at=at,
        position=sealed.position,
        accuracy_m=sealed.accuracy_m,
        note=str(body.get("note", "")).strip(),
    )
    later = later_check(home, at)
    hazards.check_household(
        visit=visit,
        household=home,
        outcome=body["outcome"],
        by=by,
        now=now,
        phone=str(body.get("phone", "")),
        must_reach=body.get("must_reach"),
        checklist=used,
    )
    if later is None:
        return None
    told = {"who": later.checked_by.name, "at": _clock(later.occurred_at), "stored": check_seen(later)}
    return {"code": News.CHECKED_LATER.value, **told}


def _point(sealed: Sealed, by: User, now: datetime) -> Target:
    row = patrol_point_for(by, sealed.body["point"], at=sealed.happened(now))
    if row is None:
        raise refuse(Objection.NO_POINT, "body.point")
    centre = row.site.geometry.centroid.coords if row.site.geometry else None
    return Target(row, row.area_code, centre, distance_to(row.site, sealed.position))


def _be_there(sealed: Sealed, target: Target, by: User, now: datetime) -> dict[str, Any] | None:
    """One check-in a point: the one that stands is told of, and so is a walk that was stopped or handed on before."""
    point: PatrolPoint = target.row
    given = hazards.CheckIn(
        position=sealed.position,
        accuracy_m=sealed.accuracy_m,
        note=str(sealed.body.get("note", "")),
        photo=next(iter(listed_photos(sealed)), None),
        occurred_at=sealed.happened(now),
    )
    try:
        row, is_new = hazards.check_in(point=point, by=by, given=given, now=now)
    except Refused as refused:
        if refused.code == PatrolObjection.ENDED:
            raise Differs(refused, stored=point_seen(point)) from refused
        raise
    if is_new or row.checked_at is None:
        return handed_on_news(point.run.assignment, by) or None
    told = {"who": row.by_name, "at": _clock(row.checked_at), "stored": point_seen(row)}
    return {"code": News.CHECKED_BEFORE.value, **told}


def _add_to_point(record: SealedRecord, photo: Media, now: datetime) -> None:
    """Only to the check-in that this record made."""
    if record.news.get("code") != News.CHECKED_BEFORE:
        point = PatrolPoint.objects.get(pk=record.content["body"]["point"])
        hazards.add_point_photo(point=point, photo=photo, by=record.by)


def _finding(sealed: Sealed, by: User, now: datetime) -> Target:
    row = finding_for(by, sealed.body["finding"], capability="assignments.act", at=sealed.happened(now)).first()
    if row is None:
        raise refuse(Objection.NO_FINDING, "body.finding")
    centre = row.site.geometry.centroid.coords if row.site.geometry else None
    return Target(row, row.area_code, centre, distance_to(row.site, sealed.position))


def _control(sealed: Sealed, target: Target, by: User, now: datetime) -> dict[str, Any] | None:
    """Refused with the finding as it stands where it was mended or settled; a later measure stays in force."""
    finding: Finding = target.row
    at = sealed.happened(now)
    try:
        row = hazards.control_finding(
            finding=finding,
            measure=sealed.body["measure"],
            kept_by=str(sealed.body.get("kept_by", "")),
            by=by,
            now=now,
            occurred_at=at,
        )
    except Refused as refused:
        if refused.code.startswith("conflict"):
            raise Differs(refused, stored=finding_seen(finding)) from refused
        raise
    if row.measure_at is None or row.measure_at <= at:
        return (handed_on_news(row.assignment, by) or None) if row.assignment else None
    told = {"who": row.measure_by, "at": _clock(row.measure_at), "stored": finding_seen(row)}
    return {"code": News.CONTROLLED_LATER.value, **told}


HOUSEHOLD = Kind(_household, _check, waits=True)
PATROL_POINT = Kind(_point, _be_there, add=_add_to_point)
CONTROL = Kind(_finding, _control)
