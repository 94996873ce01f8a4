"""What the low floors ask of the high ones, answered where everything may be seen."""

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from alerts.models import DoorKnock, Notice, ReceivedWarning
from assignments.enums import State
from assignments.models import Assignment, AssignmentEvent
from assignments.queries import token_of
from command.models import ClosureAct, DangerAct
from core.models import Media
from field.models import SealedRecord
from hazards.models import (
    CitizenRequest,
    Finding,
    FindingPhoto,
    HouseholdCheck,
    InspectionPhoto,
    PatrolPoint,
    RoundMember,
    RoutineDue,
)
from supplies.models import Issue, Stocktake, Transfer


def assignment_page(assignment: Assignment) -> str:
    """The page where the duty is done; empty when its own page is all there is."""
    if assignment.kind == "door_knock" and DoorKnock.objects.filter(assignment=assignment).exists():
        return reverse("alerts:knock", args=[assignment.uuid])
    if assignment.kind in ("countersign", "all_clear_due"):
        return _notice_page(assignment)
    if assignment.kind == "reinspection":
        member = RoundMember.objects.filter(assignment=assignment).select_related("site", "inspection").first()
        if member and member.inspection and assignment.state in (State.REPORTED, State.VERIFIED):
            return reverse("hazards:inspection", args=[member.inspection.client_uuid])
        if member:
            return reverse("hazards:inspect", args=[member.site.code])
        date = RoutineDue.objects.filter(assignment=assignment).select_related("site", "inspection").first()
        if date and date.inspection and assignment.state in (State.REPORTED, State.VERIFIED):
            return reverse("hazards:inspection", args=[date.inspection.client_uuid])
        return reverse("hazards:inspect", args=[date.site.code]) if date else ""
    if assignment.kind == "issue_papers":
        issue = Issue.objects.filter(assignment=assignment).first()
        return reverse("supplies:issue", args=[issue.uuid]) if issue else ""
    if assignment.kind == "take_delivery":
        transfer = Transfer.objects.filter(assignment=assignment).first()
        return reverse("supplies:delivery", args=[transfer.token]) if transfer else ""
    if assignment.kind == "stocktake":
        counting = Stocktake.objects.filter(Q(count_duty=assignment) | Q(recount_duty=assignment)).first()
        return reverse("supplies:stocktake_count", args=[counting.pk]) if counting else ""
    if assignment.kind in ("patrol", "patrol_point"):
        token = token_of(assignment)
        return reverse("hazards:patrol", args=[token]) if token else ""
    if assignment.kind == "underground":
        token = token_of(assignment)
        return reverse("command:keeper", args=[token]) if token else ""
    return ""


def assignment_subject(assignment: Assignment) -> str:
    """The page of what the duty is about, where that is another one than the duty's own."""
    if assignment.kind == "citizen_request":
        asked = CitizenRequest.objects.filter(assignment=assignment).first()
        return reverse("hazards:request", args=[asked.uuid]) if asked else ""
    if assignment.kind == "rectify":
        finding = Finding.objects.filter(assignment=assignment).first()
        return reverse("hazards:finding", args=[finding.uuid]) if finding else ""
    if assignment.kind in ("warning_call", "consultation"):
        about = Q(calls__assignment=assignment) | Q(consultation__assignment=assignment)
        warning = ReceivedWarning.objects.filter(about).defer("raw", "infos").first()
        return reverse("alerts:warning", args=[warning.uuid]) if warning else ""
    if assignment.kind == "authorised_use":
        return _notice_page(assignment)
    return ""


def _notice_page(assignment: Assignment) -> str:
    """The notice that a duty of signing or of its end is about."""
    about = Q(signature__assignment=assignment) | Q(expiry_reminder__assignment=assignment)
    notice = Notice.objects.filter(about).first()
    return reverse("alerts:notice", args=[notice.uuid]) if notice else ""


def may_see_photo(user: User, media: Media) -> bool:
    """True for whoever took it, and for those whose area holds the site or the duty it belongs to."""
    if media.uploaded_by_id == user.pk:
        return True
    scope = user.scope
    places = [
        *Issue.objects.filter(photo_sha256=media.sha256).values_list("area_code", flat=True)[:20],
        *Transfer.objects.filter(photo_sha256=media.sha256).values_list("area_code", flat=True)[:20],
        *InspectionPhoto.objects.filter(media=media).values_list("inspection__area_code", flat=True)[:20],
        *FindingPhoto.objects.filter(media=media).values_list("finding__area_code", flat=True)[:20],
        *HouseholdCheck.objects.filter(photo=media).values_list("area_code", flat=True)[:20],
        *PatrolPoint.objects.filter(photo=media).values_list("area_code", flat=True)[:20],
        *DangerAct.objects.filter(photo=media).values_list("danger__area_code", flat=True)[:20],
        *ClosureAct.objects.filter(photo=media).values_list("closure__area_code", flat=True)[:20],
        *AssignmentEvent.objects.filter(photo_sha256=media.sha256).values_list("assignment__area_code", flat=True)[:20],
    ]
    return any(scope.covers(code) for code in places) or _on_a_refused_record(user, media)


def _on_a_refused_record(user: User, media: Media) -> bool:
    """Whoever deals with the records that were not taken in sees their photographs."""
    waiting = SealedRecord.objects.in_scope(user.scope_for("assignments.on_behalf")).filter(~Q(refusal=""))
    return waiting.filter(content__photo_facts__contains=[{"sha256": media.sha256}]).exists()
