"""What households answer, and the two ways of closing one that does not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from alerts.actions.refusals import refuse
from alerts.actions.settle import settle_duty
from alerts.enums import Answerer, Choice, Objection, Reach, Via
from alerts.models import Answer, AudienceHousehold
from alerts.queries.lists import line
from alerts.queries.ringing import speakers
from alerts.rules import best_answer, parsed_reply, stands_beside
from alerts.signals import help_asked, help_closed
from core.audit import act
from core.rules import Actor
from messaging.enums import Channel
from messaging.models import Reply


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer as it came: whose row of an audience, which choice, by which way, when it was said (`at`) and when we
    had it (`now`), in which words, and who spoke for the household.
    """

    audience: int
    choice: Choice
    via: Via
    at: datetime
    now: datetime
    text: str = ""
    answered_as: Answerer = Answerer.OWN
    answered_name: str = ""


def record_answer(
    *,
    audience: AudienceHousehold,
    choice: Choice,
    via: Via,
    now: datetime,
    at: datetime | None = None,
    by: User | None = None,
    spoke: User | None = None,
    text: str = "",
    answered_as: Answerer = Answerer.OWN,
    answered_name: str = "",
) -> AudienceHousehold:
    """Stores an answer as it came and keeps the best of all. Pressing the same twice is one answer.

    `at` is when the household said it, `by` who wrote it down (None: the household itself), `spoke` who spoke with it
    where that is somebody else. A proxy's answer (`answered_as`) is kept as his, and beside the household's own word
    where there is one.
    """
    heard = Heard(audience.pk, choice, via, at or now, now, text, answered_as, answered_name)
    return record_answers(heard=[heard], by=by, spoke=spoke)[audience.pk]


def record_answers(
    *, heard: Sequence[Heard], by: User | None = None, spoke: User | None = None
) -> dict[int, AudienceHousehold]:
    """Stores answers in this order, each as `record_answer` does, and returns the households' rows by number.

    Five statements however many they are, and what each cry for help asks.
    """
    actor = by.actor if by else Actor(None, "住户")
    with transaction.atomic():
        with act("alerts.answer.record", by=actor):
            rows = _held({one.audience for one in heard})
            news, bettered, cries = _sorted_out(rows, heard)
            Answer.objects.bulk_create(
                Answer(
                    audience_id=one.audience,
                    choice=one.choice,
                    via=one.via,
                    at=one.at,
                    recorded_at=one.now,
                    by=by,
                    text=one.text[:200],
                    answered_as=one.answered_as,
                    answered_name=one.answered_name[:40],
                )
                for one in news
            )
            _keep_best([rows[pk] for pk in bettered])
        for one in cries:
            with act("alerts.answer.record", by=actor):
                help_asked.send(
                    AudienceHousehold,
                    audience=rows[one.audience],
                    via=one.via,
                    at=one.at,
                    now=one.now,
                    by=by,
                    spoke=spoke or by,
                    text=one.text,
                )
    return rows


def _held(numbers: set[int]) -> dict[int, AudienceHousehold]:
    """These rows, locked in the order of their numbers."""
    rows = AudienceHousehold.objects.select_for_update().filter(pk__in=numbers)
    return {row.pk: row for row in rows.order_by("pk")}


def _sorted_out(
    rows: dict[int, AudienceHousehold], heard: Sequence[Heard]
) -> tuple[list[Heard], set[int], list[Heard]]:
    """What of it is new, whose best answer it changes (in `rows`), and what of it calls for help."""
    news, bettered, cries = list[Heard](), set[int](), list[Heard]()
    said = Answer.objects.filter(audience__in=rows).order_by("audience_id", "-at", "-pk").distinct("audience_id")
    known = said.values_list("audience_id", "at", "choice", "answered_as")
    last = {pk: (at, (choice, who)) for pk, at, choice, who in known}
    for one in heard:
        row = rows[one.audience]
        crying = row.answer == Choice.NEED_HELP and row.help_closed_at is None
        # A second cry after the first was closed is a new one and opens it again.
        cries_anew = one.choice == Choice.NEED_HELP and not crying
        at, before = last.get(row.pk, (one.at, None))
        if before == (one.choice, one.answered_as) and not cries_anew:
            continue
        news.append(one)
        if one.at >= at:
            last[row.pk] = (one.at, (one.choice, one.answered_as))
        if cries_anew:
            cries.append(one)
        # Answers may come in another order than they were given: an older one says nothing about now, unless it is a
        # cry or the first word of the household itself.
        newer = row.answered_at is None or one.at >= row.answered_at
        own = row.answered_as != Answerer.OWN and one.answered_as == Answerer.OWN
        counts = one.choice == Choice.NEED_HELP or newer or own
        if counts and not crying and not stands_beside(row.answer, row.answered_as, one.choice, one.answered_as):
            row.answer, row.answered_at = best_answer(row.answer, one.choice), one.at
            row.answered_as = one.answered_as
            row.help_closed_at = None if cries_anew else row.help_closed_at
            bettered.add(row.pk)
    return news, bettered, cries


def _keep_best(rows: Sequence[AudienceHousehold]) -> None:
    if rows:
        told = [(row.pk, row.answer, row.answered_at, row.answered_as, row.help_closed_at) for row in rows]
        with connection.cursor() as cursor:
            cursor.execute(_BEST, [list(column) for column in zip(*told, strict=True)])


_BEST = """
UPDATE alerts_audiencehousehold a
   SET answer = best.answer, answered_at = best.at, answered_as = best.who, help_closed_at = best.closed
  FROM unnest(%s::bigint[], %s::varchar[], %s::timestamptz[], %s::varchar[], %s::timestamptz[])
       AS best(id, answer, at, who, closed)
 WHERE a.id = best.id
"""


def take_replies(*, replies: Iterable[Reply]) -> int:
    """Answers by SMS, or by a key in a call, to our notices; what is none stays with messaging. Returns how many
    households answered. Six statements however many they are, and what each cry for help asks.

    A telephone of two households answers for both: nobody can say which of them it means, and help must not be missed.
    Whose telephone was rung, else whose it is in the household's chain, says who answered.
    """
    answers = [
        (reply, reply.delivery, choice)
        for reply in replies
        if reply.delivery is not None and (choice := parsed_reply(reply.text)) is not None
    ]
    speaking = speakers({(sent.broadcast_id, sent.contact_point_id) for _reply, sent, _choice in answers})
    heard = [
        Heard(
            audience=one.audience,
            choice=choice,
            via=Via.VOICE if sent.channel == Channel.VOICE else Via.SMS,
            at=reply.said_at,
            now=reply.received_at,
            text=reply.text,
            answered_as=one.who,
            answered_name=one.name,
        )
        for reply, sent, choice in answers
        for one in speaking.get((sent.broadcast_id, sent.contact_point_id), ())
    ]
    if heard:
        record_answers(heard=heard)
    return len(heard)


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
