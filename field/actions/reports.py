"""Dangers, places with water and mended findings as a phone reports them: told at once, overtaken by nothing unseen."""

from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts.models import User
from assignments.models import Assignment
from assignments.queries import handed_on_from
from command import actions as command
from command.enums.dangers import DangerSource, FieldObjection
from command.models import Closure, Danger
from command.queries.place import area_of
from core.models import Media
from core.rules import Refused
from field.actions.kind import Differs, Kind, Target, listed_photos, refuse
from field.enums import News, Objection, RoadVerb
from field.models import SealedRecord
from field.queries.records import closure_of, distance_to, duty_version, finding_seen, latest_closure, road_seen
from field.rules import Sealed
from hazards import actions as hazards
from hazards.enums import FindingState
from hazards.enums import Objection as Gone
from hazards.models import Finding, HazardSite
from hazards.queries import finding_for, site_for

# What was seen of a place before somebody else reported: the worker reads both versions instead of the bare sentence.
OVERTAKEN = {
    FieldObjection.REOPENED.value,
    FieldObjection.NOT_CLOSED.value,
    FieldObjection.MEASURED_LATER.value,
    FieldObjection.TOO_DEEP.value,
    FieldObjection.TWO_PERSONS.value,
}


def _somewhere(sealed: Sealed, by: User, now: datetime) -> Target:
    """A danger lies where the phone was; whoever sees one outside his area reports it too."""
    held = by.scope_for("dangers.report").codes or by.scope_at("dangers.report", sealed.happened(now)).codes
    if not held:
        raise refuse(Objection.NO_DANGER, "kind")
    home = min(held)
    return Target(None, area_of(Point(*sealed.position, srid=4326) if sealed.position else None, home))


def _report(sealed: Sealed, target: Target, by: User, now: datetime) -> None:
    command.report_danger(
        client_uuid=sealed.client_uuid,
        kind=sealed.body["kind"],
        source=DangerSource.FIELD,
        by=by,
        now=now,
        place=str(sealed.body.get("place", "")),
        description=str(sealed.body.get("description", "")),
        position=sealed.position,
        accuracy_m=sealed.accuracy_m,
        found_at=sealed.happened(now),
        photos=listed_photos(sealed),
    )


def _add_to_danger(record: SealedRecord, photo: Media, now: datetime) -> None:
    danger = Danger.objects.get(uuid=record.client_uuid)
    command.add_to_danger(danger=danger, by=record.by, now=now, photos=[photo])


def _road(sealed: Sealed, by: User, now: datetime) -> Target:
    mine = site_for(by, "dangers.report", now=now, at=sealed.happened(now))
    found = mine.filter(code=str(sealed.body.get("site", ""))).first()
    if found is None:
        raise refuse(Objection.NO_ROAD, "body.site")
    if found.retired_at is not None:
        raise Refused(Gone.SITE_RETIRED.value, Gone.SITE_RETIRED.label, field="body.site")
    centre = found.geometry.centroid.coords if found.geometry else None
    return Target(found, found.area_code, centre, distance_to(found, sealed.position))


def _at_the_road(sealed: Sealed, target: Target, by: User, now: datetime) -> dict[str, Any] | None:
    site: HazardSite = target.row
    try:
        if sealed.body["verb"] == RoadVerb.WATER:
            return _water(sealed, site, by, now)
        _open_again(sealed, site, by, now)
    except Refused as refused:
        if refused.code in OVERTAKEN:
            raise Differs(refused, stored=road_seen(latest_closure(site))) from refused
        raise
    return None


def _water(sealed: Sealed, site: HazardSite, by: User, now: datetime) -> dict[str, Any] | None:
    """The later report is kept beside the earlier one, and its person is told whose that was."""
    at, depth = sealed.happened(now), int(sealed.body["depth_cm"])
    before = latest_closure(site)
    was = road_seen(before) if before and before.reopened_at is None else None
    row, _new = command.report_water(
        client_uuid=sealed.client_uuid,
        site=site,
        depth_cm=depth,
        by=by,
        now=now,
        means=sealed.body["means"],
        occurred_at=at,
        note=str(sealed.body.get("note", "")),
        photos=listed_photos(sealed),
    )
    if was is None:
        return None
    if before is not None and before.measured_at > at:
        return {"code": News.MEASURED_LATER.value, "stored": was}
    if row.closed_at and row.closed_by_id != by.pk:
        closed = f"{timezone.localtime(row.closed_at):%H:%M}"
        return {"code": News.CLOSED_BEFORE.value, "who": row.closed_by_name, "at": closed, "stored": was}
    return {"code": News.SUPPLEMENTED.value, "stored": was}


def _open_again(sealed: Sealed, site: HazardSite, by: User, now: datetime) -> None:
    body, at = sealed.body, sealed.happened(now)
    row = closure_of(site, body.get("closure"))
    if row is None:
        raise Refused(FieldObjection.NOT_CLOSED.value, FieldObjection.NOT_CLOSED.label, field="body.closure")
    given: dict[str, Any] = {
        "closure": row, "depth_cm": int(body["depth_cm"]), "by": by, "now": now, "note": str(body.get("note", "")),
    }  # fmt: skip
    if body["verb"] == RoadVerb.ASK:
        command.ask_reopening(**given, photos=listed_photos(sealed), occurred_at=at)
    else:
        command.reopen(**given, reason=body["reason"], occurred_at=at)
        if photos := listed_photos(sealed):
            command.add_to_closure(closure=row, by=by, now=now, photos=photos)


def _add_to_closure(record: SealedRecord, photo: Media, now: datetime) -> None:
    """To the episode that the record made or went into."""
    site = HazardSite.objects.get(code=record.content["body"]["site"])
    row = Closure.objects.filter(client_uuid=record.client_uuid).first()
    row = row or closure_of(site, record.content["body"].get("closure")) or latest_closure(site)
    if row is not None:
        command.add_to_closure(closure=row, by=record.by, now=now, photos=[photo])


def _finding(sealed: Sealed, by: User, now: datetime) -> Target:
    at = sealed.happened(now)
    row = finding_for(by, sealed.body["finding"], capability="assignments.act", at=at).first()
    if row is None or row.assignment is None:
        raise refuse(Objection.NO_FINDING, "body.finding")
    kept = None
    if row.assignment.assignee_id != by.pk:
        if not handed_on_from(by, at=at).filter(assignment=row.assignment).exists():
            raise refuse(Objection.NO_FINDING, "body.finding")
        kept = News.KEPT
    centre = row.site.geometry.centroid.coords if row.site.geometry else None
    return Target(row, row.area_code, centre, distance_to(row.site, sealed.position), kept)


def _mend(sealed: Sealed, target: Target, by: User, now: datetime) -> dict[str, Any] | None:
    """A state change: refused, with the finding as it stands, when it was sent back, passed on or settled since."""
    duty = Assignment.objects.select_for_update(of=("self",), no_key=True).get(pk=target.row.assignment_id)
    finding = Finding.objects.select_related("site", "assignment").get(pk=target.row.pk)
    version = sealed.body.get("base_version")
    if version is not None and int(version) != duty_version(duty):
        raise Differs(refuse(Objection.FINDING_MOVED, "body.base_version"), stored=finding_seen(finding))
    waited = finding_seen(finding) if finding.state == FindingState.SUBMITTED else None
    try:
        hazards.submit_finding(
            finding=finding,
            words=str(sealed.body.get("words", "")),
            photos=listed_photos(sealed),
            position=sealed.position,
            occurred_at=sealed.happened(now),
            by=by,
            now=now,
        )
    except Refused as refused:
        if refused.code.startswith("conflict"):
            raise Differs(refused, stored=finding_seen(Finding.objects.get(pk=finding.pk))) from refused
        raise
    return {"code": News.REPORTED_BEFORE.value, "stored": waited} if waited else None


DANGER = Kind(_somewhere, _report, add=_add_to_danger)
CLOSURE = Kind(_road, _at_the_road, add=_add_to_closure)
FIX = Kind(_finding, _mend, waits=True)
