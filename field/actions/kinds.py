"""What a record of each kind becomes: the act of the app that keeps such records, under the phone's own number."""

from datetime import datetime
from typing import Any

from accounts.models import User
from alerts import actions as alerts
from alerts.enums import VisitOutcome
from alerts.models import AudienceHousehold
from alerts.queries import may_visit
from assignments import actions as duties
from assignments.enums import Means, Verb
from assignments.models import Assignment
from assignments.queries import handed_on_from, visible
from core.queries import sole
from field.actions.kind import Kind, Target, refuse
from field.actions.reports import CLOSURE, DANGER, FIX
from field.actions.visits import CONTROL, HOUSEHOLD, PATROL_POINT
from field.enums import News, Objection, RecordKind
from field.queries.records import distance_to, duty_version, handed_on_news
from field.rules import Sealed
from hazards import actions as hazards
from hazards.models import Checklist, HazardSite
from hazards.queries import site_open_to
from hazards.rules import AnswerGiven, PhotoGiven, Visit

OWN_VERBS = {
    "acknowledge": duties.acknowledge,
    "start": duties.start,
    "report": duties.report,
    "decline": duties.decline,
}


def _site(sealed: Sealed, by: User, now: datetime) -> Target:
    found = site_open_to(by, "sites.inspect", str(sealed.body.get("site", "")), now=now, at=sealed.happened(now))
    if found is None:
        raise refuse(Objection.NO_SITE, "body.site")
    centre = found.geometry.centroid.coords if found.geometry else None
    return Target(found, found.area_code, centre, distance_to(found, sealed.position))


def _inspect(sealed: Sealed, target: Target, by: User, now: datetime) -> None:
    site: HazardSite = target.row
    published = Checklist.objects.filter(kind=site.kind, published_at__isnull=False)
    used = sole(published.filter(pk=sealed.body["checklist"]))
    if used is None:
        raise refuse(Objection.NO_CHECKLIST, "body.checklist")
    visit = Visit(
        client_uuid=sealed.client_uuid,
        answers=[AnswerGiven(**answer) for answer in sealed.body["answers"]],
        photos=[PhotoGiven(photo.sha256, photo.item) for photo in sealed.photos],
        occurred_at=sealed.happened(now),
        position=sealed.position,
        accuracy_m=sealed.accuracy_m,
        note=str(sealed.body.get("note", "")).strip(),
        on_behalf_of=str(sealed.body.get("on_behalf_of", "")).strip(),
    )
    hazards.record_once(visit, site=site, by=by, now=now, checklist=used, distance_m=target.distance_m)


def _door(sealed: Sealed, by: User, now: datetime) -> Target:
    row = AudienceHousehold.objects.select_related("notice").filter(pk=sealed.body["audience"]).first()
    if row is None or not may_visit(row, by, at=sealed.happened(now)):
        raise refuse(Objection.NO_DOOR, "body.audience")
    return Target(row, row.area_code)


def _knock(sealed: Sealed, target: Target, by: User, now: datetime) -> None:
    alerts.record_visit(
        client_uuid=sealed.client_uuid,
        audience=target.row,
        outcome=VisitOutcome(sealed.body["outcome"]),
        by=by,
        now=now,
        occurred_at=sealed.happened(now),
        note=str(sealed.body.get("note", "")),
        position=sealed.position,
        accuracy_m=sealed.accuracy_m,
    )


def _duty(sealed: Sealed, by: User, now: datetime) -> Target:
    row = visible(by).filter(uuid=sealed.body["duty"]).first()
    if row is not None:
        return Target(row, row.area_code)
    before = handed_on_from(by, at=sealed.happened(now))
    row = Assignment.objects.filter(uuid=sealed.body["duty"], pk__in=before).first()
    if row is None:
        raise refuse(Objection.NO_DUTY, "body.duty")
    # That it is done is for somebody to judge, who tells the present holder; any other word stands in the history.
    return Target(row, row.area_code, kept=News.KEPT if sealed.body["verb"] == Verb.REPORT else None)


def _answer(sealed: Sealed, target: Target, by: User, now: datetime) -> dict[str, Any] | None:
    """A state change: refused when the duty was sent back, handed over or withdrawn since the phone read it."""
    duty: Assignment = target.row
    if not visible(by).filter(pk=duty.pk).exists():
        return _note(sealed, duty, by, now)
    duty = Assignment.objects.select_for_update(of=("self",), no_key=True).get(pk=duty.pk)
    version = sealed.body.get("base_version")
    if version is not None and int(version) != duty_version(duty):
        raise refuse(Objection.DUTY_MOVED, "body.base_version")
    OWN_VERBS[Verb(sealed.body["verb"]).value](
        assignment=duty,
        by=by,
        now=now,
        occurred_at=sealed.happened(now),
        means=Means.PAGE,
        note=str(sealed.body.get("note", "")),
        photo_sha256=sealed.photos[0].sha256 if sealed.photos else "",
    )
    return None


def _note(sealed: Sealed, duty: Assignment, by: User, now: datetime) -> dict[str, Any]:
    duties.note_earlier(
        assignment=duty,
        verb=Verb(sealed.body["verb"]),
        by=by,
        now=now,
        occurred_at=sealed.happened(now),
        note=str(sealed.body.get("note", "")),
        photo_sha256=sealed.photos[0].sha256 if sealed.photos else "",
    )
    return handed_on_news(duty, by)


KINDS: dict[str, Kind] = {
    RecordKind.INSPECTION: Kind(_site, _inspect),
    RecordKind.DOOR_VISIT: Kind(_door, _knock),
    RecordKind.DUTY_ANSWER: Kind(_duty, _answer, waits=True),
    RecordKind.DANGER: DANGER,
    RecordKind.CLOSURE: CLOSURE,
    RecordKind.FIX: FIX,
    RecordKind.HOUSEHOLD: HOUSEHOLD,
    RecordKind.PATROL_POINT: PATROL_POINT,
    RecordKind.CONTROL: CONTROL,
}
