"""更正 · 解除: a notice that refers to the one before it, and what its signature ends of that one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from alerts.actions.expiry import end_reminder
from alerts.actions.knock import hand_over_knocks
from alerts.actions.refusals import covered, locked, refuse
from alerts.actions.units import end_unit_calls
from alerts.actions.write import drop_followers, set_areas, write
from alerts.enums import MessageType, NoticeState, Objection
from alerts.models import DoorKnock, Notice
from alerts.queries.chain import WHO, ending, open_follower, who_parameters
from alerts.queries.notices import content_of
from alerts.rules import Content, after, may_follow
from assignments import actions as duties
from assignments.enums import OPEN as OPEN_DUTIES
from core.audit import act
from messaging import actions as messages

ALL_CLEAR_LASTS = timedelta(hours=6)  # how long the public page shows it, where nobody says otherwise


def correct(*, notice: Notice, by: User, now: datetime, changes: Mapping[str, Any] | None = None) -> Notice:
    """更正: the draft of a correction, its text ready, with `changes`; once more gives the one that was begun.

    Written as early as the notice itself, so that it need not be thought of in the night; signed only after it.
    """
    return _draft(notice, MessageType.CORRECTION, by, now, changes)


def all_clear(*, notice: Notice, by: User, now: datetime, changes: Mapping[str, Any] | None = None) -> Notice:
    """解除: the draft of an all-clear, its text ready, with `changes`; once more gives the one that was begun."""
    return _draft(notice, MessageType.ALL_CLEAR, by, now, changes)


def _draft(
    notice: Notice, message_type: MessageType, by: User, now: datetime, changes: Mapping[str, Any] | None
) -> Notice:
    with act(f"alerts.notice.{message_type.value}", by=by.actor):
        before = locked(notice)
        codes = frozenset(covered(before, by, "notices.draft"))
        refuse_unless_open(before, message_type)
        row = open_follower(before, message_type)
        if row is not None and not changes:
            return row
        if row is None:
            row = Notice(author=by, message_type=message_type, exercise=before.exercise)
            row.refers_to, row.root_id = before, before.root_id or before.pk
            content = _prefilled(before, message_type, now)
        else:
            row = locked(row)
            if row.state != NoticeState.DRAFT:
                raise refuse(Objection.STATE)
            row.version += 1
            content = replace(content_of(row), sms_text="" if row.is_composed else row.sms_text)
        write(row, replace(content, **(changes or {})), codes, by)
        row.last_editor = by
        row.save()
        set_areas(row, codes)
    return row


def _prefilled(before: Notice, message_type: MessageType, now: datetime) -> Content:
    # Without an SMS text: the reviewed one of its purpose is filled from the rest.
    content = replace(content_of(before), sms_text="")
    if message_type == MessageType.CORRECTION:
        return content
    with translation.override(settings.LANGUAGE_CODE):
        ready = replace(
            content,
            starts_at=now,
            expires_at=now + ALL_CLEAR_LASTS,
            caution=gettext("Water and damage may remain where it is low."),
            measures=gettext("Mind standing water and damaged installations, and report dangers to the duty room."),
        )
        match ending(before, now).act:
            case "evacuation":
                return replace(ready, measures=gettext("Return when your grid worker says that your house is safe."))
            case "warning":
                return replace(
                    ready,
                    caution=gettext("The official warning is lifted; who was moved stays until told to return."),
                )
        return ready


def refuse_unless_open(before: Notice, message_type: str) -> None:
    """Refuses what cannot be corrected or ended, or was already."""
    if before.message_type == MessageType.ALL_CLEAR:
        raise refuse(Objection.NOT_FOLLOWED)
    if before.followers.filter(issued_at__isnull=False).exists():
        raise refuse(Objection.FOLLOWED)
    if not may_follow(before.message_type, before.state, message_type):
        # Nothing to end yet; what was withdrawn or put away has ended.
        waits = before.state in (NoticeState.DRAFT, NoticeState.SUBMITTED)
        raise refuse(Objection.NOT_OUT if waits else Objection.STATE)


def lock_before(row: Notice) -> Notice:
    """The notice that a correction or an all-clear is about to end, held. Refused when this one cannot be signed."""
    before = locked(row.refers_to) if row.refers_to else row
    refuse_unless_open(before, row.message_type)
    if before.issued_at is None:
        raise refuse(Objection.NOT_OUT)
    if before.exercise != row.exercise:
        raise refuse(Objection.OTHER_EXERCISE)
    return before


def end_before(before: Notice, row: Notice, by: User, now: datetime) -> None:
    """Nothing of the old text leaves any more; what was begun to follow it besides this one is put away."""
    if before.broadcast:
        messages.cancel(broadcast=before.broadcast, by=by.actor, now=now)
    before.state = after(row.message_type, before.state)
    before.save(update_fields=["state", "updated_at"])
    drop_followers(before, now, but=row)
    end_reminder(before, by, now)


def freeze_followers(row: Notice, now: datetime) -> int:
    """The audience of a correction or an all-clear, as `chain.WHO` has it. Returns how many households.

    Whom no message of a correction can reach counts as unreached at once: a person has to go there.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO alerts_audiencehousehold
                   (area_code, notice_id, household_id, contact_point_id, must_reach, answer, closed_reason,
                    unreached_at)
            {WHO}
            SELECT area_code, %(row)s, household_id, contact_point_id, must_reach, '', closed_reason,
                   CASE WHEN contact_point_id IS NULL AND closed_reason = '' AND %(everybody)s THEN %(now)s END
              FROM who
            """,  # noqa: S608  (constants of ours)
            {**who_parameters(row), "row": row.pk, "now": now},
        )
        return int(cursor.rowcount)


def note_told_phones(row: Notice, now: datetime) -> None:
    """Further telephones that had the old text have the new one at once: no wave tries them again, and what comes back
    from them is their household's.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE alerts_audiencephone p SET broadcast_id = d.broadcast_id, taken_at = %(now)s
              FROM messaging_delivery d
             WHERE p.notice_id = %(row)s AND d.broadcast_id = %(sent)s AND d.contact_point_id = p.contact_point_id
            """,
            {"row": row.pk, "sent": row.broadcast_id, "now": now},
        )


def end_knocks(before: Notice, row: Notice, by: User, now: datetime) -> None:
    """Whoever is on his way with the old text is called back, key units that were to answer it too; a correction sends
    him on with its own, and units are called anew.
    """
    open_knocks = DoorKnock.objects.filter(notice=before, assignment__state__in=OPEN_DUTIES)
    knocks = list(open_knocks.select_related("assignment__assignee"))
    with translation.override(settings.LANGUAGE_CODE):
        note = gettext("%(sort)s: %(headline)s") % {"sort": row.get_message_type_display(), "headline": row.headline}
    duties.cancel_many(assignments=[knock.assignment for knock in knocks], by=None, now=now, note=note[:200])
    end_unit_calls(before, note=note[:200], now=now)
    if row.message_type == MessageType.CORRECTION:
        workers = {knock.area_code: knock.assignment.assignee for knock in knocks}
        hand_over_knocks(row, workers, issued_by=by, now=now)
