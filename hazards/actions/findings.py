"""Findings: made of what failed or was seen otherwise, given to a fixer, made safe, put off, supervised, settled."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from assignments import actions as duties
from assignments.enums import CLOSED
from assignments.models import Assignment
from assignments.queries import handed_on_from
from assignments.rules import RECTIFY
from core.audit import act
from core.models import Media
from core.rules import Refused
from hazards.enums import FindingObjection, FindingState, Grade, Phase, Step
from hazards.models import Deferral, Finding, FindingPhoto, FindingStep, HazardSite
from hazards.queries import distance_to, doers_of, term_of
from hazards.rules import check_deferral, next_finding_state
from territory.models import ContactPoint


def report_finding(
    *,
    uuid: UUID,
    site: HazardSite,
    what: str,
    by: User,
    now: datetime,
    grade: str = Grade.GENERAL,
    occurred_at: datetime | None = None,
    photos: Sequence[Media] = (),
    reopens: Finding | None = None,
    exercise: UUID | None = None,
) -> Finding:
    """Records what is wrong at a site, found otherwise than by the checklist. The same `uuid` again is the same one."""
    if not what.strip():
        raise Refused(FindingObjection.WHAT_WANTED.value, FindingObjection.WHAT_WANTED.label, field="what")
    with act("hazards.finding.report", by=by.actor):
        if (known := Finding.objects.filter(uuid=uuid).first()) is not None:
            return _same(known, site, what, by)
        at = min(occurred_at or now, now)
        row = Finding(uuid=uuid, site=site, what=what.strip()[:300], grade=grade, reopens=reopens, exercise=exercise)
        try:
            with transaction.atomic():
                store_finding(row, by=by, at=at, now=now)
        except IntegrityError:
            # Sent twice at once: the other was faster.
            if (known := Finding.objects.filter(uuid=uuid).first()) is None:
                raise
            return _same(known, site, what, by)
        first = row.steps.first()
        FindingPhoto.objects.bulk_create(
            [FindingPhoto(finding=row, media=media, phase=Phase.BEFORE, step=first) for media in photos],
            ignore_conflicts=True,
        )
    return row


def _same(known: Finding, site: HazardSite, what: str, by: User) -> Finding:
    if (known.site_id, known.what, known.found_by_id) != (site.pk, what.strip()[:300], by.pk):
        raise Refused(FindingObjection.OTHER_BODY.value, FindingObjection.OTHER_BODY.label, field="uuid")
    return known


def store_finding(row: Finding, *, by: User, at: datetime, now: datetime) -> Finding:
    """Stores a new finding with the time its grade gives, and the first line of its history."""
    row.area_code, row.found_by, row.found_at = row.site.area_code, by, at
    term = term_of(row.grade)
    row.due_at, row.control_by = term.due(at), term.control_by(at)
    row.save(force_insert=True)
    note = _("again, see %(number)s") % {"number": row.reopens.number} if row.reopens else ""
    note_step(row, Step.FIND, by=by, now=now, at=at, note=note)
    return row


def assign_finding(
    *,
    finding: Finding,
    by: User,
    now: datetime,
    fixer: User | None = None,
    contact_point: ContactPoint | None = None,
    fixer_name: str = "",
    grade: str = "",
    due_at: datetime | None = None,
) -> Finding:
    """交办: gives the finding to a fixer with a duty of its own; grades it on the way. Without a date the grade's time.

    Raises Refused when two give it at once (the second is told), when nobody is named or the date is over.
    """
    if fixer is None and (contact_point is None or not fixer_name.strip()):
        raise Refused(FindingObjection.NO_FIXER.value, FindingObjection.NO_FIXER.label, field="fixer")
    with act("hazards.finding.assign", by=by.actor):
        row = _held(finding, by, "assignments.assign")
        row.state = next_finding_state(Step.ASSIGN, row.state, controlled=bool(row.measure))
        if grade and grade != row.grade:
            _regrade(row, grade, by=by, now=now)
        row.due_at = due_at or max(row.due_at, now + (term_of(row.grade).due(now) - now) / 2)
        if row.due_at <= now:
            raise Refused(FindingObjection.DUE_PAST.value, FindingObjection.DUE_PAST.label, field="due_at")
        row.fixer_name = (fixer.name if fixer else fixer_name.strip())[:60]
        # Stored words are the district's, whatever language the person who presses the button reads.
        with translation.override(settings.LANGUAGE_CODE):
            title = _("Put right at %(site)s: %(what)s") % {"site": row.site.name, "what": row.what}
            body = _("Finding %(number)s, %(grade)s: %(what)s. %(address)s") % {
                "number": row.number,
                "grade": Grade(row.grade).label,
                "what": row.what,
                "address": row.site.address,
            }
        row.assignment = duties.assign(
            kind=RECTIFY,
            title=title if len(title) <= 120 else f"{title[:119]}…",
            body=body,
            area_code=row.area_code,
            assignee=fixer,
            contact_point=contact_point,
            assignee_name=row.fixer_name,
            issued_by=by,
            now=now,
            due_at=row.due_at,
            exercise=row.exercise,
        )
        row.save()
        note_step(row, Step.ASSIGN, by=by, now=now, note=row.fixer_name)
    return row


def grade_finding(*, finding: Finding, grade: str, by: User, now: datetime) -> Finding:
    """Sets how dangerous it is. Until it is given to a fixer, the time of the grade runs from when it was found."""
    with act("hazards.finding.grade", by=by.actor):
        row = _held(finding, by, "assignments.assign")
        next_finding_state(Step.GRADE, row.state, controlled=bool(row.measure))
        if grade != row.grade:
            _regrade(row, grade, by=by, now=now)
            row.save()
    return row


def _regrade(row: Finding, grade: str, *, by: User, now: datetime) -> None:
    old, term = Grade(row.grade), term_of(grade)
    row.grade, row.control_by = grade, term.control_by(row.found_at)
    if row.state == FindingState.FOUND:
        row.due_at = term.due(row.found_at)
    if grade != Grade.MAJOR:
        row.listed_at = row.listed_by = None
        row.supervisor = ""
    with translation.override(settings.LANGUAGE_CODE):
        note_step(row, Step.GRADE, by=by, now=now, note=f"{old.label} → {Grade(grade).label}")


def control_finding(
    *, finding: Finding, measure: str, by: User, now: datetime, kept_by: str = "", occurred_at: datetime | None = None
) -> Finding:
    """临时管控: what keeps people safe until it is mended, by whom, since when. By the fixer or whoever directs him.

    A measure from before the one in force, whose word arrives late, stands in the history and displaces nothing. So
    does one by whoever was to mend it before another: he was there.
    """
    if not measure.strip():
        raise Refused(FindingObjection.MEASURE_WANTED.value, FindingObjection.MEASURE_WANTED.label, field="measure")
    with act("hazards.finding.control", by=by.actor):
        row = _locked(finding)
        at = min(occurred_at or now, now)
        directs = by.scope_for("assignments.assign").covers(row.area_code)
        before = handed_on_from(by, at=at).filter(assignment=row.assignment)
        if by.pk not in doers_of(row) and not directs and not before.exists():
            raise PermissionDenied(Step.CONTROL)
        row.state = next_finding_state(Step.CONTROL, row.state, controlled=True)
        keeper = (kept_by or by.name).strip()[:60]
        if row.measure_at is None or row.measure_at <= at:
            _make_safe(row, measure, keeper, at)
        row.save()
        note_step(row, Step.CONTROL, by=by, now=now, at=at, note=f"{measure.strip()[:300]} ({keeper})")
    return row


def _make_safe(row: Finding, measure: str, kept_by: str, at: datetime) -> None:
    row.measure, row.measure_by, row.measure_at = measure.strip()[:300], kept_by.strip()[:60], at


def submit_finding(
    *,
    finding: Finding,
    words: str,
    by: User,
    now: datetime,
    photos: Sequence[Media] = (),
    position: tuple[float, float] | None = None,
    occurred_at: datetime | None = None,
) -> Finding:
    """整改完成: the fixer reports it mended, in words or with photographs of what it looks like now.

    `position` (longitude, latitude) is where they were taken: far from the site is shown, not refused.
    """
    duty = _duty_of(finding, Step.SUBMIT)
    with act("hazards.finding.submit", by=by.actor):
        apart = distance_to(finding.site, Point(*position, srid=4326) if position else None)
        FindingPhoto.objects.bulk_create(
            [FindingPhoto(finding=finding, media=media, phase=Phase.AFTER, distance_m=apart) for media in photos],
            ignore_conflicts=True,
        )
        first = photos[0].pk if photos else ""
        duties.report(assignment=duty, by=by, now=now, occurred_at=occurred_at, note=words, photo_sha256=first)
    return Finding.objects.get(pk=finding.pk)


def close_finding(*, finding: Finding, by: User, now: datetime, note: str = "") -> Finding:
    """销号: another person than the fixer has seen that it is mended. Two at once: one wins, the other is told."""
    duties.verify(assignment=_duty_of(finding, Step.CLOSE), by=by, now=now, note=note)
    return Finding.objects.get(pk=finding.pk)


def return_finding(*, finding: Finding, by: User, now: datetime, note: str) -> Finding:
    """退回: not mended well enough; the fixer is told why."""
    duties.send_back(assignment=_duty_of(finding, Step.SEND_BACK), by=by, now=now, note=note)
    return Finding.objects.get(pk=finding.pk)


def defer_finding(
    *, finding: Finding, reason: str, measure: str, new_due: datetime, by: User, now: datetime, kept_by: str = ""
) -> Finding:
    """延期: more time, approved by another than the fixer, with what keeps people safe meanwhile."""
    duty = _duty_of(finding, Step.DEFER)
    with act("hazards.finding.defer", by=by.actor):
        next_finding_state(Step.DEFER, finding.state, controlled=True)
        check_deferral(
            by.pk,
            doers_of(finding),
            measure=measure,
            reason=reason,
            due_at=duty.due_at,
            new_due=new_due,
            now=now,
        )
        old_due = duty.due_at
        duties.extend(assignment=duty, due_at=new_due, by=by, now=now, note=reason)
        row = _locked(finding)
        row.state = next_finding_state(Step.DEFER, row.state, controlled=True)
        _make_safe(row, measure, kept_by or row.measure_by or row.fixer_name, now)
        row.due_at = new_due
        row.save()
        Deferral.objects.create(
            finding=row,
            approved_by=by,
            fixer_id=duty.assignee_id,
            approved_at=now,
            old_due=old_due,
            new_due=new_due,
            reason=reason.strip()[:300],
            measure=row.measure,
        )
        note_step(row, Step.DEFER, by=by, now=now, note=f"{reason.strip()} ({row.measure})")
    return row


def withdraw_finding(*, finding: Finding, reason: str, by: User, now: datetime) -> Finding:
    """撤销: it was no finding after all, says another than the fixer, for a reason; its duty is withdrawn."""
    if not reason.strip():
        raise Refused(FindingObjection.REASON_WANTED.value, FindingObjection.REASON_WANTED.label, field="reason")
    with act("hazards.finding.withdraw", by=by.actor):
        if by.pk in doers_of(finding):
            raise Refused(FindingObjection.OWN_WITHDRAWAL.value, FindingObjection.OWN_WITHDRAWAL.label)
        next_finding_state(Step.WITHDRAW, finding.state, controlled=False)
        duty = finding.assignment
        if duty is not None and duty.state not in CLOSED:
            duties.cancel(assignment=duty, by=by, now=now, note=reason)
        row = _held(finding, by, "assignments.verify")
        row.state = next_finding_state(Step.WITHDRAW, row.state, controlled=False)
        row.save()
        note_step(row, Step.WITHDRAW, by=by, now=now, note=reason)
    return row


def list_finding(*, finding: Finding, supervisor: str, by: User, now: datetime) -> Finding:
    """挂牌督办: a major finding is put on the list that a leader answers for."""
    with act("hazards.finding.list", by=by.actor):
        row = _held(finding, by, "findings.supervise")
        next_finding_state(Step.LIST, row.state, controlled=False)
        if row.grade != Grade.MAJOR:
            raise Refused(FindingObjection.NOT_MAJOR.value, FindingObjection.NOT_MAJOR.label)
        if row.listed_at is not None:
            raise Refused(FindingObjection.LISTED.value, FindingObjection.LISTED.label)
        row.listed_at, row.listed_by, row.supervisor = now, by, supervisor.strip()[:60] or by.name
        row.save()
        note_step(row, Step.LIST, by=by, now=now, note=row.supervisor)
    return row


def unlist_finding(*, finding: Finding, reason: str, by: User, now: datetime) -> Finding:
    """摘牌 before it is written off, for a reason."""
    if not reason.strip():
        raise Refused(FindingObjection.REASON_WANTED.value, FindingObjection.REASON_WANTED.label, field="reason")
    with act("hazards.finding.unlist", by=by.actor):
        row = _held(finding, by, "findings.supervise")
        next_finding_state(Step.UNLIST, row.state, controlled=False)
        if row.listed_at is None:
            raise Refused(FindingObjection.NOT_LISTED.value, FindingObjection.NOT_LISTED.label)
        row.listed_at = row.listed_by = None
        row.supervisor = ""
        row.save()
        note_step(row, Step.UNLIST, by=by, now=now, note=reason)
    return row


def note_step(
    row: Finding,
    step: Step,
    *,
    by: User | None,
    now: datetime,
    at: datetime | None = None,
    note: str = "",
    by_name: str = "",
) -> FindingStep:
    """One line in the history of a finding."""
    return FindingStep.objects.create(
        finding=row,
        step=step,
        by=by,
        by_name=(by.name if by else by_name)[:60],
        occurred_at=at or now,
        recorded_at=now,
        note=note.strip()[:500],
    )


def _duty_of(finding: Finding, step: Step) -> Assignment:
    """The duty of mending it; Refused where nobody has been given it yet or it is settled."""
    row = Finding.objects.select_related("assignment").get(pk=finding.pk)
    if row.assignment is None:
        next_finding_state(step, row.state, controlled=False)
        raise Refused(FindingObjection.NOT_GIVEN.value, FindingObjection.NOT_GIVEN.label)
    return row.assignment


def _locked(finding: Finding) -> Finding:
    """The finding as it stands, held until the transaction ends. Whoever needs its duty too has taken that before."""
    held = Finding.objects.select_for_update(of=("self",), no_key=True).select_related("site", "assignment")
    return held.get(pk=finding.pk)


def _held(finding: Finding, by: User, capability: str) -> Finding:
    row = _locked(finding)
    if not by.scope_for(capability).covers(row.area_code):
        raise PermissionDenied(capability)
    return row
