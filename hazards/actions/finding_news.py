"""What other records say about findings: a failed answer makes or shows one, its duty moves it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.enums import Verb
from assignments.models import Assignment
from core.models import Media
from hazards.actions.findings import note_step, store_finding
from hazards.enums import UNSETTLED, FindingState, ItemResult, Phase, Step
from hazards.models import Finding, FindingPhoto, Inspection, InspectionAnswer, Sighting
from hazards.queries import term_of
from hazards.rules import check_closing, is_same_again, next_finding_state

_STEPS = {
    Verb.START: Step.START,
    Verb.REPORT: Step.SUBMIT,
    Verb.DECLINE: Step.DECLINE,
    Verb.VERIFY: Step.CLOSE,
    Verb.SEND_BACK: Step.SEND_BACK,
    Verb.CANCEL: Step.TAKE_BACK,
    Verb.HAND_OVER: Step.PASS_ON,
}


def take_findings(*, inspection: Inspection, now: datetime) -> list[Finding]:
    """Every failed answer of a visit is a finding: the one that is still open there, the earlier one again, or new."""
    failed = inspection.answers.filter(result=ItemResult.FAIL).select_related("item").order_by("item__order")
    found = []
    for answer in failed:
        row = _seen_again(inspection, answer, now=now) or _new(inspection, answer, now=now)
        Sighting.objects.create(finding=row, answer=answer, inspection=inspection)
        found.append(row)
    return found


def _seen_again(inspection: Inspection, answer: InspectionAnswer, *, now: datetime) -> Finding | None:
    """The open finding of the same question. Versions of a checklist repeat their words, so these are compared.

    Held until the visit is stored: whoever writes it off meanwhile sees the sighting, or this visit finds it anew.
    """
    row = (
        Finding.objects.select_for_update(of=("self",), no_key=True)
        .filter(site=inspection.site_id, item__text=answer.item.text, exercise=inspection.exercise)
        .filter(state__in=UNSETTLED)
        .order_by("pk")
        .first()
    )
    if row is not None:
        note_step(row, Step.SEE_AGAIN, by=inspection.inspected_by, now=now, at=inspection.occurred_at, note=answer.note)
    return row


def _seen_since(row: Finding) -> bool:
    """Whether a visit that was not sent back has seen it after it was mended."""
    sightings = row.sightings.filter(inspection__sent_back_reason="")
    return row.fixed_at is not None and sightings.filter(inspection__occurred_at__gt=row.fixed_at).exists()


def _new(inspection: Inspection, answer: InspectionAnswer, *, now: datetime) -> Finding:
    at = inspection.occurred_at
    earlier = (
        Finding.objects.filter(site=inspection.site_id, item__text=answer.item.text, exercise=inspection.exercise)
        .filter(state=FindingState.CLOSED)
        .order_by("-closed_at")
        .first()
    )
    again = earlier is not None and is_same_again(earlier.closed_at, at, reopen_days=term_of(earlier.grade).reopen_days)
    words = _("%(item)s: %(note)s") % {"item": answer.item.text, "note": answer.note} if answer.note else ""
    row = Finding(
        site=inspection.site,
        item=answer.item,
        what=(words or answer.item.text)[:300],
        reopens=earlier if again else None,
        exercise=inspection.exercise,
    )
    if again and earlier is not None:
        row.grade = earlier.grade
    try:
        with transaction.atomic():
            return store_finding(row, by=inspection.inspected_by, at=at, now=now)
    except IntegrityError:
        # Two visits at once saw the same fault; the other was faster, and it is one finding.
        known = _seen_again(inspection, answer, now=now)
        if known is None:
            raise
        return known


def follow_duty(*, assignment: Assignment, verb: str, by: User | None, now: datetime) -> None:
    """The duty of mending has moved, by whichever door: the finding follows, or refuses and nothing has happened."""
    row = Finding.objects.select_for_update(of=("self",), no_key=True).filter(assignment=assignment).first()
    if row is None or row.state in (FindingState.CLOSED, FindingState.WITHDRAWN):
        return
    if verb == Verb.EXTEND:
        row.due_at = assignment.due_at
        row.save(update_fields=["due_at", "updated_at"])
        return
    step = _STEPS.get(Verb(verb))
    if step is None:
        return
    said = assignment.events.order_by("-pk").first()
    words = (said.note or said.said) if said else ""
    at = said.occurred_at if said else now
    row.state = next_finding_state(step, row.state, controlled=bool(row.measure))
    if step == Step.SUBMIT:
        row.fixed_by, row.fixed_at, row.fixed_words = assignment.reported_by, at, words
    elif step in (Step.SEND_BACK, Step.TAKE_BACK):
        row.fixed_by = row.fixed_at = None
        row.fixed_words = ""
    elif step == Step.PASS_ON:
        row.fixer_name = assignment.assignee_name
    elif step == Step.CLOSE and by is not None:
        after = row.photos.filter(phase=Phase.AFTER).count()
        doers = {row.fixed_by_id, assignment.assignee_id}
        check_closing(by.pk, doers, photos_after=after, words=words, seen_since=_seen_since(row))
        row.closed_by, row.closed_at, row.closed_words = by, at, words
    row.save()
    by_name = said.by_name if said else ""
    kept = note_step(row, step, by=by, now=now, at=at, note=words, by_name=by_name)
    if step == Step.SUBMIT and said and said.photo_sha256:
        media = Media.objects.get(pk=said.photo_sha256)
        FindingPhoto.objects.get_or_create(finding=row, media=media, phase=Phase.AFTER, defaults={"step": kept})
