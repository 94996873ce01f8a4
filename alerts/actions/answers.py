"""What households answer, and the two ways of closing one that does not."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from alerts.actions.refusals import refuse
from alerts.actions.settle import settle_duty
from alerts.enums import Answerer, Choice, Objection, Reach, Via
from alerts.models import Answer, AudienceHousehold, AudiencePhone, RingCall
from alerts.queries.lists import line
from alerts.queries.ringing import speaker
from alerts.rules import best_answer, parsed_reply, stands_beside
from alerts.signals import help_asked, help_closed
from core.audit import act
from core.rules import Actor
from messaging.enums import Channel
from messaging.models import Reply


def record_answer(
    *,
    audience: AudienceHousehold,
    choice: Choice,
    via: Via,
    now: datetime,
    at: datetime | None = None,
    by: User | None = None,
    text: str = "",
    answered_as: Answerer = Answerer.OWN,
    answered_name: str = "",
) -> AudienceHousehold:
    """Stores an answer as it came and keeps the best of all. Pressing the same twice is one answer.

    `at` is when the household said it, `by` who wrote it down (None: the household itself). A proxy's answer
    (`answered_as`) is kept as his, and beside the household's own word where there is one.
    """
    said_at = at or now
    with act("alerts.answer.record", by=by.actor if by else Actor(None, "住户")):
        row = AudienceHousehold.objects.select_for_update().get(pk=audience.pk)
        last = row.answers.order_by("-at", "-pk").first()
        crying = row.answer == Choice.NEED_HELP and row.help_closed_at is None
        # A second cry after the first was closed is a new one and opens it again.
        cries_anew = choice == Choice.NEED_HELP and not crying
        news = last is None or (last.choice, last.answered_as) != (choice, answered_as) or cries_anew
        if news:
            Answer.objects.create(
                audience=row,
                choice=choice,
                via=via,
                at=said_at,
                recorded_at=now,
                by=by,
                text=text[:200],
                answered_as=answered_as,
                answered_name=answered_name[:40],
            )
            _keep_best(row, choice, answered_as, said_at, crying=crying)
            if cries_anew:
                help_asked.send(AudienceHousehold, audience=row, via=via, at=said_at, now=now, by=by, text=text)
    return row


def _keep_best(
    row: AudienceHousehold, choice: Choice, answered_as: Answerer, said_at: datetime, *, crying: bool
) -> None:
    if crying or stands_beside(row.answer, row.answered_as, choice, answered_as):
        return
    row.answer, row.answered_at, row.answered_as = best_answer(row.answer, choice), said_at, answered_as
    if choice == Choice.NEED_HELP:
        row.help_closed_at = None
    row.save(update_fields=["answer", "answered_at", "answered_as", "help_closed_at"])


def take_replies(*, replies: Iterable[Reply]) -> int:
    """Answers by SMS, or by a key in a call, to our notices; what is none stays with messaging. Returns how many
    households answered.

    A telephone of two households answers for both: nobody can say which of them it means, and help must not be missed.
    Whose telephone was rung, else whose it is in the household's chain, says who answered.
    """
    taken = 0
    for reply in replies:
        delivery = reply.delivery
        choice = parsed_reply(reply.text)
        if delivery is None or choice is None:
            continue
        later = AudiencePhone.objects.filter(
            broadcast_id=delivery.broadcast_id, contact_point_id=delivery.contact_point_id
        )
        rung = RingCall.objects.filter(broadcast_id=delivery.broadcast_id, contact_point_id=delivery.contact_point_id)
        concerned = AudienceHousehold.objects.filter(
            Q(notice__broadcast_id=delivery.broadcast_id, contact_point_id=delivery.contact_point_id)
            | Q(pk__in=later.values("audience"))
            | Q(pk__in=rung.values("audience"))
        )
        for row in concerned:
            who, name = speaker(row, delivery.contact_point_id)
            record_answer(
                audience=row,
                choice=choice,
                via=Via.VOICE if delivery.channel == Channel.VOICE else Via.SMS,
                now=reply.received_at,
                at=reply.said_at,
                text=reply.text,
                answered_as=who,
                answered_name=name,
            )
            taken += 1
    return taken


def close_help(*, audience: AudienceHousehold, note: str, by: User, now: datetime) -> AudienceHousehold:
    """求助办结: somebody has helped; what was done stands as the worker's answer."""
    if not note.strip():
        raise refuse(Objection.REASON, field="note")
    _admit(audience, by, "assignments.verify")
    with act("alerts.help.close", by=by.actor):
        row = AudienceHousehold.objects.select_for_update().get(pk=audience.pk)
        if row.answer != Choice.NEED_HELP or row.help_closed_at is not None:
            raise refuse(Objection.NO_CRY)
        Answer.objects.create(
            audience=row, choice=Choice.SAFE, via=Via.WORKER, at=now, recorded_at=now, by=by, text=note.strip()[:200]
        )
        row.help_closed_at = now
        row.save(update_fields=["help_closed_at"])
        settle_duty(row, by=by, now=now)
        help_closed.send(AudienceHousehold, audience=row, note=note.strip(), by=by, now=now)
    return row


def close_unreachable(*, audience: AudienceHousehold, reason: str, by: User, now: datetime) -> AudienceHousehold:
    """Named as unreachable with a reason, by the officer of that area: it leaves the list, not the count."""
    if not reason.strip():
        raise refuse(Objection.REASON, field="reason")
    _admit(audience, by, "knocks.send")
    with act("alerts.household.close", by=by.actor):
        row = AudienceHousehold.objects.select_for_update().get(pk=audience.pk)
        if line(row, audience.notice).reach not in (Reach.UNREACHED, Reach.PENDING, Reach.CLOSED_UNREACHABLE):
            raise refuse(Objection.REACHED)
        row.closed_reason = reason.strip()[:200]
        row.save(update_fields=["closed_reason"])
        settle_duty(row, by=by, now=now)
    return row


def _admit(audience: AudienceHousehold, by: User, capability: str) -> None:
    if not by.scope_for(capability).covers(audience.area_code):
        raise refuse(Objection.NOT_MY_DOOR)
