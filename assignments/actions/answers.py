"""Replies by SMS and keys pressed in a call, made answers of duties where there is no doubt."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from assignments import queries, rules
from assignments.actions.answer import answer
from assignments.enums import Means, Objection, State, Stray
from assignments.models import Assignment, UnclaimedReply
from core.audit import act
from core.rules import Refused
from messaging.enums import Channel
from messaging.models import Reply
from messaging.rules import coded

logger = logging.getLogger(__name__)


def take_replies(*, replies: Iterable[Reply]) -> int:
    """Answers to our duties; a reply to anything else stays with messaging. Returns how many became answers.

    What matches no answer, or may be meant for several duties, is kept for a person to claim: never guessed.
    """
    return sum(_take(reply) for reply in replies)


def _take(reply: Reply) -> bool:
    delivery = reply.delivery
    if delivery is None or not delivery.broadcast.origin.startswith("assignments.") or coded(reply.text):
        return False  # what carries a code answers something else, whichever message this phone had last
    asked = queries.asked(delivery)
    if not asked.known and not asked.moved:
        return False  # a message that asked for nothing: whoever says "got it" to it owes no answer
    duty, why = _meant(reply, asked)
    if duty is None:
        _keep(reply, asked, why)
        return False
    meaning = rules.understood(reply.text, queries.options_of(duty))
    if meaning.option is None:
        _keep(reply, asked, Stray.NO_OPTION)
        return False
    if duty.state == State.CANCELLED and not meaning.option.wants_support:
        if queries.waiting_at(delivery):  # the withdrawal overtook the call that this phone answers
            _keep(reply, asked, Stray.SEVERAL)
        return False
    deputy = asked.person if duty not in asked.own else None
    try:
        with transaction.atomic():
            answer(
                assignment=duty,
                option=meaning.option.key,
                means=Means.VOICE_KEY if delivery.channel == Channel.VOICE else Means.REPLY,
                now=reply.received_at,
                by=asked.person if deputy or duty.assignee_id else None,
                occurred_at=reply.said_at,
                answered_by=deputy.name if deputy else "",
                said=reply.text,
                source=f"reply:{reply.pk}",
            )
    except Refused as refusal:
        logger.info("reply %s does not fit duty %s: %s", reply.pk, duty.pk, refusal.code)
        _keep(reply, asked, Stray.REFUSED)
        return False
    return True


def _meant(reply: Reply, asked: queries.Asked) -> tuple[Assignment | None, Stray]:
    """The one duty that a reply is about. A call's key names its call; a text may mean any duty the phone owes."""
    delivery = reply.delivery
    if delivery is None or not asked.known:
        return None, Stray.PASSED_ON
    named = reply.named or delivery.channel == Channel.VOICE
    # A duty given after the reply was here is not what it means: a cry for help taken in first may have made it.
    known = [duty for duty in asked.known if named or duty.issued_at < reply.received_at]
    open_ones = [duty for duty in known if duty.state in queries.WAITING and not duty.acknowledged_at]
    if not known or len(open_ones) > 1 or (not open_ones and len(known) > 1):
        return None, Stray.SEVERAL
    if open_ones and not named and sum(each.issued_at < reply.received_at for each in queries.waiting_at(delivery)) > 1:
        return None, Stray.SEVERAL
    return (open_ones or known)[0], Stray.NO_OPTION


def _keep(reply: Reply, asked: queries.Asked, why: Stray) -> None:
    about = next(iter([*asked.own, *asked.others, *asked.moved]), None)
    delivery = reply.delivery
    UnclaimedReply.objects.get_or_create(
        reply=reply,
        defaults={
            "person": asked.person,
            "speaker": (asked.person.name if asked.person else about.assignee_name if about else reply.sender)[:60],
            "why": why,
            "area_code": about.area_code if about else delivery.broadcast.area_code if delivery else "",
            "exercise": delivery.broadcast.exercise if delivery else None,
        },
    )


def keep_refused(*, reply: Reply) -> UnclaimedReply:
    """A reply that nobody could take in, whatever it was meant for: a person says what it is."""
    delivery = reply.delivery
    row, _new = UnclaimedReply.objects.get_or_create(
        reply=reply,
        defaults={
            "speaker": reply.sender,
            "why": Stray.FAILED,
            "area_code": delivery.broadcast.area_code if delivery else settings.DISTRICT_CODE,
            "exercise": delivery.broadcast.exercise if delivery else None,
        },
    )
    return row


def claim_reply(
    *, unclaimed: UnclaimedReply, assignment: Assignment, option: str, by: User, now: datetime
) -> Assignment:
    """认领: a person says which duty a reply answers, and how. One of two who press at once wins."""
    with act("assignments.reply.claim", by=by.actor):
        row = _locked(unclaimed, by)
        claims = {claim.duty.pk: claim.duty for claim in queries.claims_of(row)}
        if assignment.pk not in claims:
            raise PermissionDenied
        duty = claims[assignment.pk]
        deputy = row.person is not None and duty.assignee_id is not None and duty.assignee_id != row.person.pk
        done = answer(
            assignment=duty,
            option=option,
            means=Means.REPLY,
            now=now,
            by=by,
            occurred_at=row.reply.said_at,
            answered_by=row.speaker if deputy else "",
            on_behalf_of=row.speaker,
            said=row.reply.text,
            source=f"reply:{row.reply_id}",
        )
        row.settled_at, row.settled_by, row.assignment = now, by, duty
        row.save(update_fields=["settled_at", "settled_by", "assignment"])
    return done


def drop_reply(*, unclaimed: UnclaimedReply, by: User, now: datetime) -> UnclaimedReply:
    """无关: a person has read it and it answers nothing."""
    with act("assignments.reply.drop", by=by.actor):
        row = _locked(unclaimed, by)
        row.settled_at, row.settled_by = now, by
        row.save(update_fields=["settled_at", "settled_by"])
    return row


def _locked(unclaimed: UnclaimedReply, by: User) -> UnclaimedReply:
    found = UnclaimedReply.objects.select_for_update(of=("self",)).select_related(
        "reply__delivery__broadcast", "person"
    )
    row = found.get(pk=unclaimed.pk)
    if not by.scope_for("assignments.on_behalf").covers(row.area_code):
        raise PermissionDenied
    if row.settled_at is not None:
        raise Refused(Objection.SETTLED.value, Objection.SETTLED.label)
    return row
