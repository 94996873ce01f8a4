"""入户排查: recorded once whatever the network does; what is wrong in the roll is proposed, and another decides."""

from datetime import datetime
from uuid import UUID

from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from core.audit import act
from core.models import Media
from core.rules import Refused
from hazards.enums import HOUSEHOLD, CheckOutcome, HouseholdObjection, Objection, RollField
from hazards.models import Checklist, HouseholdAnswer, HouseholdCheck, RollProposal
from hazards.queries import current_checklist, items_of, roll_says
from hazards.rules import Change, Visit, changes, check_door, door_sha256
from territory import actions as territory
from territory.models import Household


def check_household(
    *,
    visit: Visit,
    household: Household,
    outcome: str,
    by: User,
    now: datetime,
    phone: str = "",
    must_reach: str | None = None,
    checklist: Checklist | None = None,
) -> tuple[HouseholdCheck, bool]:
    """Records a check and says whether it was new; what it found wrong in the roll waits as a proposal.

    `checklist` is the version that was asked from; without one the version in use.

    Steps: known number → the stored check, or Refused "conflict_check_other" when the content differs; every question
    of the checklist answered; stored; proposals for the telephone and the reason, where the roll says something else.
    """
    # Whoever was at the door while the grid was his has seen it, however late the word comes.
    seen_by_then = by.scope_at("households.check", min(visit.occurred_at or now, now))
    if not (by.scope_for("households.check").covers(household.area_code) or seen_by_then.covers(household.area_code)):
        raise Refused(Objection.OUTSIDE.value, Objection.OUTSIDE.label, field="household")
    used = (checklist or current_checklist(HOUSEHOLD)) if outcome == CheckOutcome.CHECKED else None
    if outcome == CheckOutcome.CHECKED and used is None:
        raise Refused(Objection.NO_CHECKLIST.value, Objection.NO_CHECKLIST.label, field="outcome")
    body = door_sha256(
        visit,
        household=household.code,
        outcome=outcome,
        checklist=used.pk if used else 0,
        by=by.pk,
        phone=phone.strip(),
        reason=must_reach if must_reach is not None else "-",
    )
    if (known := _known(visit.client_uuid, body)) is not None:
        return known, False
    if household.retired_at is not None:
        raise Refused(HouseholdObjection.LEFT_ROLL.value, HouseholdObjection.LEFT_ROLL.label, field="household")
    check_door(visit, outcome, items_of(used) if used else [])
    has_phone, has_reason = roll_says(household)
    wanted = changes(phone=phone, reason=must_reach, has_phone=has_phone, has_reason=has_reason)
    with act("hazards.household.check", by=by.actor):
        try:
            with transaction.atomic():
                stored = _store(visit, household, used, outcome, body, by, now)
        except IntegrityError:
            # Two uploads of one check at once: the other was faster, and what it stored is the answer.
            if (known := _known(visit.client_uuid, body)) is None:
                raise
            return known, False
        for change in wanted:
            _propose(stored, change, by, now)
    return stored, True


def _known(client_uuid: UUID, body: str) -> HouseholdCheck | None:
    known = HouseholdCheck.objects.filter(client_uuid=client_uuid).first()
    if known is not None and known.body_sha256 != body:
        raise Refused(HouseholdObjection.OTHER_BODY.value, HouseholdObjection.OTHER_BODY.label, field="client_uuid")
    return known


def _store(
    visit: Visit, household: Household, used: Checklist | None, outcome: str, body: str, by: User, now: datetime
) -> HouseholdCheck:
    photo = Media.objects.filter(pk__in=[photo.sha256 for photo in visit.photos]).first()
    stored = HouseholdCheck.objects.create(
        client_uuid=visit.client_uuid,
        body_sha256=body,
        household=household,
        area_code=household.area_code,
        checklist=used,
        outcome=outcome,
        checked_by=by,
        on_behalf_of=visit.on_behalf_of[:60],
        # A phone whose clock runs ahead must not hide every later visit.
        occurred_at=min(visit.occurred_at or now, now),
        recorded_at=now,
        position=Point(*visit.position, srid=4326) if visit.position else None,
        accuracy_m=visit.accuracy_m,
        note=visit.note,
        failed_items=visit.failed_items,
        photo=photo,
    )
    HouseholdAnswer.objects.bulk_create(
        HouseholdAnswer(check_made=stored, item_id=answer.item, result=answer.result, note=answer.note[:200])
        for answer in visit.answers
    )
    return stored


def _propose(check: HouseholdCheck, change: Change, by: User, now: datetime) -> None:
    """The last word at the door stands: a proposal nobody has decided yet gives way to it, whichever arrives first."""
    newer = RollProposal.objects.filter(
        household=check.household,
        field=change.field,
        decided_at=None,
        check_made__occurred_at__gt=check.occurred_at,
    )
    if newer.exists():
        return
    RollProposal.objects.update_or_create(
        household=check.household,
        field=change.field,
        decided_at=None,
        defaults={
            "area_code": check.area_code,
            "check_made": check,
            "value": change.value,
            "was": change.was,
            "proposed_by": by,
            "proposed_at": now,
        },
    )


def decide_proposal(*, proposal: RollProposal, accept: bool, by: User, now: datetime, reason: str = "") -> RollProposal:
    """采纳 or 不采纳, by another person than the proposer. Accepting changes the roll in the same transaction.

    Two at once: the second is told. Where the roll has changed since, nobody accepts what he cannot have compared.
    """
    with act("hazards.proposal.decide", by=by.actor):
        row = (
            RollProposal.objects.select_for_update(of=("self",))
            .select_related("household", "check_made")
            .get(pk=proposal.pk)
        )
        if not by.scope_for("households.correct").covers(row.area_code):
            raise PermissionDenied("households.correct")
        if row.decided_at is not None:
            raise Refused(HouseholdObjection.DECIDED.value, HouseholdObjection.DECIDED.label)
        if row.proposed_by_id == by.pk:
            raise Refused(HouseholdObjection.OWN_PROPOSAL.value, HouseholdObjection.OWN_PROPOSAL.label)
        if not accept and not reason.strip():
            raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="reason")
        if accept:
            _correct(row, by)
        row.accepted, row.decided_by, row.decided_at, row.reason = accept, by, now, reason.strip()[:200]
        row.save()
    return row


def _correct(row: RollProposal, by: User) -> None:
    has_phone, has_reason = roll_says(row.household)
    is_phone = row.field == RollField.PHONE
    if row.was != (has_phone if is_phone else has_reason):
        raise Refused(HouseholdObjection.MOVED.value, HouseholdObjection.MOVED.label)
    territory.correct_household(
        household=row.household,
        phone=row.value if is_phone else None,
        must_reach=None if is_phone else row.value,
        verified_on=timezone.localdate(row.check_made.occurred_at),
        by=by.actor,
    )
