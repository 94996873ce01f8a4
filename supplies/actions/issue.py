"""Goods are handed out: asked for, approved by another and handed out; or, in an emergency, out first."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from assignments import actions as duties
from assignments.models import Assignment
from core.audit import act
from core.rules import Refused
from supplies.actions.ledger import choose, out_of, own_store, post, wanted_of
from supplies.enums import IssueState, MovementKind, Objection
from supplies.models import Issue, IssueLine, Store
from supplies.rules import ISSUE_PAPERS, PAPERS_WITHIN


def request_issue(
    *,
    store: Store,
    quantities: dict[int, Decimal],
    to_whom: str,
    by: User,
    now: datetime,
    phone: str = "",
    purpose: str = "",
    place: str = "",
    exercise: UUID | None = None,
    client_uuid: UUID | None = None,
) -> Issue:
    """领用申请 of quantities by item id: nothing leaves before another person has approved."""
    return _opened(
        Issue(state=IssueState.REQUESTED),
        store=store,
        quantities=quantities,
        to_whom=to_whom,
        phone=phone,
        purpose=purpose,
        place=place,
        by=by,
        now=now,
        exercise=exercise,
        client_uuid=client_uuid,
    )


def issue_now(
    *,
    store: Store,
    quantities: dict[int, Decimal],
    to_whom: str,
    by: User,
    now: datetime,
    phone: str = "",
    purpose: str = "",
    place: str = "",
    photo_sha256: str = "",
    occurred_at: datetime | None = None,
    exercise: UUID | None = None,
    client_uuid: UUID | None = None,
) -> Issue:
    """先出库后补单: out at once; the papers are a duty of whoever issued, due within twelve hours.

    The same `client_uuid` is the same issue: a second press moves nothing.
    """
    left = occurred_at or now
    fresh = Issue(
        state=IssueState.ISSUED,
        is_emergency=True,
        issued_by=by,
        issued_at=left,
        papers_due_at=now + PAPERS_WITHIN,
        photo_sha256=photo_sha256,
    )
    with act("supplies.issue.emergency", by=by.actor):
        issue = _opened(
            fresh,
            store=store,
            quantities=quantities,
            to_whom=to_whom,
            phone=phone,
            purpose=purpose,
            place=place,
            by=by,
            now=now,
            exercise=exercise,
            client_uuid=client_uuid,
        )
        if issue is not fresh:
            return issue
        _leaves(issue, by=by, now=now, occurred_at=left)
        issue.assignment = _papers_duty(issue, by=by, now=now)
        issue.save(update_fields=["assignment", "updated_at"])
    return issue


def approve_issue(*, issue: Issue, by: User, now: datetime) -> Issue:
    """Approved by another person than the one who asked; the goods may leave."""
    with act("supplies.issue.approve", by=by.actor):
        row = _waiting(issue, by)
        row.state, row.approved_by, row.approved_at = IssueState.APPROVED, by, now
        row.save()
    return row


def refuse_issue(*, issue: Issue, reason: str, by: User, now: datetime) -> Issue:
    """Refused, with the reason."""
    if not reason.strip():
        raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="reason")
    with act("supplies.issue.refuse", by=by.actor):
        row = _waiting(issue, by)
        row.state, row.approved_by, row.approved_at = IssueState.REFUSED, by, now
        row.refused_reason = reason.strip()[:200]
        row.save()
    return row


def hand_out(*, issue: Issue, by: User, now: datetime, occurred_at: datetime | None = None) -> Issue:
    """出库 of what was approved. Lots are chosen anew: those of the request may be gone."""
    own_store(issue.store, "supplies.issue", by)
    with act("supplies.issue.hand_out", by=by.actor):
        row = _locked(issue)
        if row.state != IssueState.APPROVED:
            raise Refused(Objection.NOT_APPROVED.value, Objection.NOT_APPROVED.label)
        wanted: dict[int, Decimal] = {}
        for line in row.lines.select_related("lot"):
            wanted[line.lot.item_id] = wanted.get(line.lot.item_id, Decimal(0)) + line.quantity
        _write_lines(row, choose(row.store, wanted, now=now, exercise=row.exercise))
        row.state, row.issued_by, row.issued_at = IssueState.ISSUED, by, occurred_at or now
        row.save()
        _leaves(row, by=by, now=now, occurred_at=row.issued_at)
    return row


def hand_in_papers(*, issue: Issue, document: str, by: User, now: datetime) -> Issue:
    """补单: the papers of an emergency issue are there; the duty is done."""
    if not document.strip():
        raise Refused(Objection.DOCUMENT_WANTED.value, Objection.DOCUMENT_WANTED.label, field="document")
    own_store(issue.store, "supplies.issue", by)
    with act("supplies.issue.papers", by=by.actor):
        row = _locked(issue)
        if not row.is_emergency:
            raise Refused(Objection.NO_PAPERS_OWED.value, Objection.NO_PAPERS_OWED.label)
        if row.papers_at is not None:
            raise Refused(Objection.PAPERS_THERE.value, Objection.PAPERS_THERE.label)
        row.papers_at, row.papers_by, row.papers_document = now, by, document.strip()[:60]
        row.save()
        if row.assignment is not None:
            duties.fulfil(assignment=row.assignment, by=by, now=now, note=row.papers_document)
    return row


def _opened(
    issue: Issue,
    *,
    store: Store,
    quantities: dict[int, Decimal],
    to_whom: str,
    phone: str,
    purpose: str,
    place: str,
    by: User,
    now: datetime,
    exercise: UUID | None,
    client_uuid: UUID | None,
) -> Issue:
    own_store(store, "supplies.issue", by)
    wanted = wanted_of(quantities)
    with act("supplies.issue.open", by=by.actor):
        # The store's row is the queue: two presses of one button come one after the other, and the second finds it.
        Store.objects.select_for_update(no_key=True).get(pk=store.pk)
        known = Issue.objects.filter(uuid=client_uuid).first() if client_uuid else None
        if known is not None:
            return known
        if client_uuid:
            issue.uuid = client_uuid
        issue.store, issue.area_code = store, store.area_code
        issue.to_whom, issue.phone = to_whom.strip()[:80], phone.strip()[:20]
        issue.purpose, issue.place = purpose.strip()[:120], place.strip()[:120]
        issue.requested_by, issue.requested_at, issue.exercise = by, now, exercise
        lots = choose(store, wanted, now=now, exercise=exercise)
        issue.save()
        _write_lines(issue, lots)
    return issue


def _write_lines(issue: Issue, lots: dict[int, Decimal]) -> None:
    issue.lines.all().delete()
    IssueLine.objects.bulk_create(
        IssueLine(issue=issue, lot_id=lot, quantity=quantity) for lot, quantity in sorted(lots.items())
    )


def _leaves(issue: Issue, *, by: User, now: datetime, occurred_at: datetime | None) -> None:
    lots = dict(issue.lines.values_list("lot_id", "quantity"))
    post(
        out_of(MovementKind.ISSUE, issue.store, lots),
        by=by,
        now=now,
        occurred_at=occurred_at,
        reason=issue.purpose,
        issue=issue,
        exercise=issue.exercise,
    )


def _papers_duty(issue: Issue, *, by: User, now: datetime) -> Assignment:
    with translation.override(settings.LANGUAGE_CODE):
        return duties.assign(
            kind=ISSUE_PAPERS,
            title=_("Hand in the papers: %(store)s to %(whom)s") % {"store": issue.store.name, "whom": issue.to_whom},
            body=issue.purpose,
            area_code=issue.area_code,
            assignee=by,
            issued_by=by,
            now=now,
            due_at=issue.papers_due_at,
            key=f"supplies.issue_papers:{issue.pk}",
            exercise=issue.exercise,
            notify=False,
        )


def _locked(issue: Issue) -> Issue:
    return (
        Issue.objects.select_for_update(of=("self",), no_key=True)
        .select_related("store", "assignment")
        .get(pk=issue.pk)
    )


def _waiting(issue: Issue, by: User) -> Issue:
    own_store(issue.store, "supplies.approve", by)
    row = _locked(issue)
    if row.state != IssueState.REQUESTED:
        raise Refused(Objection.NOT_WAITING.value, Objection.NOT_WAITING.label)
    if row.requested_by_id == by.pk:
        raise Refused(Objection.OWN_REQUEST.value, Objection.OWN_REQUEST.label)
    return row
