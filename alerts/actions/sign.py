"""送审 · 退回 · 签发 · 撤回. The signature is one act: it freezes the notice and writes what is sent."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext

from accounts.models import User
from alerts.actions.expiry import end_reminder
from alerts.actions.follow import end_before, end_knocks, freeze_followers, lock_before, note_told_phones
from alerts.actions.refusals import covered, locked, refuse
from alerts.actions.units import end_unit_calls
from alerts.actions.unsigned import close_calls
from alerts.enums import Element, MessageType, NoticeState, Objection, Way
from alerts.models import DoorKnock, Notice, Signature
from alerts.queries.audience import AIMED, FIRST_MOBILE, is_aimed, prefixes
from alerts.queries.chain import MAY_HAVE, told_before, told_points, withdrawn_key
from alerts.queries.notices import broadcasts_of, content_of
from alerts.queries.purposes import WITHDRAWN, WITHDRAWN_WORDS, purpose_of, sent_text, unsendable
from alerts.queries.subscriptions import subscriber_points
from alerts.queries.units import unit_points
from alerts.rules import missing_elements, next_state, wave_seconds
from assignments import actions as duties
from assignments.enums import OPEN as OPEN_DUTIES
from core.audit import act
from messaging import actions as messages
from messaging.enums import Channel, Lane
from messaging.models import Delivery
from territory.enums import ContactKind


def submit(*, notice: Notice, by: User, now: datetime) -> Notice:
    """送审: complete by the eight elements, with somebody to reach inside the submitter's own areas."""
    with act("alerts.notice.submit", by=by.actor):
        row = locked(notice)
        _ready(row, by, "notices.draft", now)
        row.state = _after("submit", row)
        row.submitter, row.submitted_at, row.returned_reason = by, now, ""
        row.save()
    return row


def send_back(*, notice: Notice, reason: str, by: User, now: datetime) -> Notice:
    """退回: to the author, with the reason."""
    if not reason.strip():
        raise refuse(Objection.REASON, field="reason")
    with act("alerts.notice.send_back", by=by.actor):
        row = locked(notice)
        covered(row, by, "notices.approve")
        row.state, row.returned_reason = _after("send_back", row), reason.strip()[:200]
        row.submitter, row.submitted_at, row.version = None, None, row.version + 1
        row.save()
        close_calls(row, now)
    return row


def approve(*, notice: Notice, version: int, by: User, now: datetime) -> Notice:
    """签发 on the page: freezes the notice and its audience and queues one message for each telephone, in one
    transaction.

    `version` is what the signer read. Refused to author, last editor and submitter; the database refuses them too.
    """
    with act("alerts.notice.approve", by=by.actor):
        return issue(locked(notice), version=version, signer=by, now=now, way=Way.PAGE)


def issue(row: Notice, *, version: int, signer: User, now: datetime, way: Way, **basis: Any) -> Notice:
    """What every way of signing comes to. `row` is held; `basis` are the fields of the signature that say what it
    rests on, in whose transaction this is.
    """
    state = _after("approve", row)
    if row.version != version:
        raise refuse(Objection.STALE)
    if signer.pk in {row.author_id, row.last_editor_id, row.submitter_id}:
        raise refuse(Objection.SAME_PERSON)
    codes = _ready(row, signer, "notices.approve", now)
    before = lock_before(row) if row.refers_to else None
    row.state, row.approver, row.issued_at = state, signer, now
    if row.message_type == MessageType.ALL_CLEAR:
        row.waited_at = now  # that it is over is worth a message, not a walk to every door
    row.save()
    Signature.objects.create(notice=row, way=way, signer=signer, at=now, **basis)
    close_calls(row, now)
    if before:
        end_before(before, row, signer, now)
    if not (freeze_followers(row, now) if before else _freeze_audience(row, codes)):
        is_over = row.message_type == MessageType.ALL_CLEAR
        raise refuse(Objection.NOBODY_TOLD) if is_over else refuse(Objection.NOBODY, field="areas")
    _send(row, codes, signer, now)
    if before:
        note_told_phones(row, now)
        end_knocks(before, row, signer, now)
    return row


def _send(row: Notice, codes: list[str], signer: User, now: datetime) -> None:
    further = _freeze_phones(row)
    row.broadcast = messages.send(
        lane=Lane.BULK,  # also a red one: the alarm lane belongs to those who have to act
        channel=Channel.SMS,
        text=sent_text(row),
        recipients=_recipients(row, codes),
        area_code=row.area_code,
        by=signer.actor,
        now=now,
        key=f"notice:{row.pk}",
        origin=f"alerts.notice:{row.pk}",
        subject=row.headline,
        exercise=row.exercise,
        expires_at=row.expires_at,
        purpose=purpose_of(row.level, row.message_type),
        silent_after=timedelta(seconds=wave_seconds(row.wait_minutes, further, settings.NOTICE_WAVE_SECONDS)),
    )
    row.save(update_fields=["broadcast", "updated_at"])


def withdraw(*, notice: Notice, reason: str, by: User, now: datetime, tells: bool = True) -> Notice:
    """撤回: what is not sent stays unsent, knocks and calls of units end, whoever may have it is told so.

    Not `tells`: it is only stopped. Whoever has it knows nothing of that until a correction or `tell_withdrawn`.
    """
    if not reason.strip():
        raise refuse(Objection.REASON, field="reason")
    with act("alerts.notice.withdraw", by=by.actor):
        row = locked(notice)
        covered(row, by, "notices.approve")
        row.state = _after("withdraw", row)
        row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = by, now, reason.strip()[:200]
        row.save()
        if row.broadcast:
            messages.cancel(broadcast=row.broadcast, by=by.actor, now=now)
            if tells:
                _tell_the_reached(row, by, now)
        knocks = DoorKnock.objects.filter(notice=row, assignment__state__in=OPEN_DUTIES).select_related("assignment")
        duties.cancel_many(
            assignments=[knock.assignment for knock in knocks], by=None, now=now, note=row.withdrawn_reason
        )
        end_unit_calls(row, note=row.withdrawn_reason, now=now)
        end_reminder(row, by, now)
    return row


def tell_withdrawn(*, notice: Notice, by: User, now: datetime) -> Notice:
    """Tells whoever may have a stopped notice that it no longer holds. Once, however often it is pressed."""
    with act("alerts.notice.tell_withdrawn", by=by.actor):
        row = locked(notice)
        covered(row, by, "notices.approve")
        if row.state != NoticeState.WITHDRAWN:
            raise refuse(Objection.STATE)
        if row.followers.filter(issued_at__isnull=False).exists():
            raise refuse(Objection.FOLLOWED)
        if row.broadcast:
            _tell_the_reached(row, by, now)
    return row


def _after(verb: str, row: Notice) -> NoticeState:
    if (state := next_state(verb, row.state)) is None:
        raise refuse(Objection.STATE)
    return state


def _ready(row: Notice, by: User, capability: str, now: datetime) -> list[str]:
    """The areas of a notice that could go out as it stands. Refuses with what is to be mended."""
    if missing := missing_elements(content_of(row)):
        raise refuse(Objection.ELEMENTS, field=missing[0].value, params={"fields": _named(missing)})
    if not row.headline.strip():
        raise refuse(Objection.NO_HEADLINE, field="headline")
    if not row.sms_text.strip():
        raise refuse(Objection.NO_TEXT, field="sms_text")
    if row.expires_at <= now:
        raise refuse(Objection.OVER, field="expires_at")
    if refusal := unsendable(row):
        raise refusal
    codes = covered(row, by, capability)
    if not codes:
        raise refuse(Objection.NO_AREA, field="areas")
    return codes


def _named(elements: tuple[Element, ...]) -> Promise:
    return format_lazy("、".join(["{}"] * len(elements)), *(element.label for element in elements))


def _freeze_audience(row: Notice, codes: list[str]) -> int:
    """One row for each living household of the areas, with the telephone that it is tried at. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO alerts_audiencehousehold
                   (area_code, notice_id, household_id, contact_point_id, must_reach, answer, closed_reason)
            SELECT h.area_code, %(notice)s, h.id, m.contact_point_id, h.must_reach, '', ''
              FROM territory_household h LEFT JOIN ({FIRST_MOBILE}) m ON m.household_id = h.id
             WHERE h.retired_at IS NULL AND h.area_code LIKE ANY (%(areas)s) {AIMED}
            """,  # noqa: S608  (constants of ours)
            {"notice": row.pk, "areas": prefixes(codes)},
        )
        return int(cursor.rowcount)


def _freeze_phones(row: Notice) -> int:
    """The further living mobiles of the households, in the order of the roll. Returns the most that one has."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH frozen AS (
                INSERT INTO alerts_audiencephone (notice_id, audience_id, contact_point_id, rank)
                SELECT a.notice_id, a.id, c.contact_point_id, row_number() OVER (PARTITION BY a.id ORDER BY c.rank)
                  FROM alerts_audiencehousehold a
                  JOIN territory_householdcontact c
                    ON c.household_id = a.household_id AND c.contact_point_id <> a.contact_point_id
                  JOIN territory_contactpoint p
                    ON p.id = c.contact_point_id AND p.kind = 'mobile' AND p.dead_since IS NULL
                 WHERE a.notice_id = %s
                RETURNING rank
            )
            SELECT COALESCE(max(rank), 0) FROM frozen
            """,
            [row.pk],
        )
        return int(cursor.fetchone()[0])


def _recipients(row: Notice, codes: list[str]) -> QuerySet[Any, Any]:
    # Ordered, so that a telephone of two households is counted under the same area each time.
    reached = row.households.filter(contact_point__isnull=False).order_by("contact_point_id", "area_code")
    own = reached.distinct("contact_point_id").values_list("contact_point_id", "area_code")
    # A second telephone that has the old text gets the new one too.
    told = own.union(told_points(row), all=True) if row.refers_to else own
    # A correction asks key units anew, with its own text; that it is over they hear like everybody.
    if row.message_type == MessageType.ALL_CLEAR:
        told = told.union(unit_points(told_before(row)), all=True)
    # Subscribers hear what is real. That it is over concerns whoever was told, and they are among those.
    if row.exercise or row.message_type == MessageType.ALL_CLEAR or is_aimed(row.pk, row.root_id or 0):
        return told
    return told.union(subscriber_points(codes), all=True)


def _tell_the_reached(row: Notice, by: User, now: datetime) -> None:
    sent = broadcasts_of(row)
    told = Delivery.objects.filter(broadcast__in=sent, state__in=MAY_HAVE, contact_point__kind=ContactKind.MOBILE)
    with translation.override(settings.LANGUAGE_CODE):
        words = gettext(WITHDRAWN_WORDS) % {
            "headline": row.headline,
            "issuer": row.issuer,
        }
    messages.send(
        lane=Lane.BULK,
        channel=Channel.SMS,
        text=words,
        recipients=told.values_list("contact_point_id", "area_code").union(unit_points([row.pk]), all=True),
        area_code=row.area_code,
        by=by.actor,
        now=now,
        key=withdrawn_key(row),
        origin=f"alerts.notice:{row.pk}",
        subject=row.headline,
        exercise=row.exercise,
        purpose=WITHDRAWN,
    )
