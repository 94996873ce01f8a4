"""What a grave warning sets going: the duty officer and the leader are called out, and a consultation is opened."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from accounts.enums import Role
from accounts.models import User
from alerts.actions.refusals import object_to
from alerts.enums import Decision, NoticeLevel, WarningObjection
from alerts.models import Consultation, ReceivedWarning, WarningCall
from alerts.queries.answering import consultation_of, people_to_call
from alerts.queries.warnings import warning_chain
from alerts.rules.warnings import CONSULTATION, WARNING_CALL
from assignments import actions as duties
from assignments.actions import Duty
from assignments.enums import OPEN
from assignments.models import Assignment
from core.audit import act
from core.rules import SYSTEM


def call_people(*, warning: ReceivedWarning, now: datetime) -> list[WarningCall]:
    """Calls out whoever is on duty and opens 会商. Repeatable: everybody is called once by a warning."""
    with act("alerts.warning.call", by=SYSTEM), translation.override(settings.LANGUAGE_CODE):
        called = people_to_call(settings.DISTRICT_CODE, now)
        title = _title(warning)
        given = duties.assign_many(
            [
                Duty(
                    title,
                    settings.DISTRICT_CODE,
                    assignee=each.person,
                    key=f"warning_call:{warning.pk}:{each.person.pk}",
                )
                for each in called
            ],
            kind=WARNING_CALL,
            issued_by=None,
            now=now,
            exercise=warning.exercise,
        )
        calls = WarningCall.objects.bulk_create(
            WarningCall(warning=warning, assignment=duty, post=str(each.role.label))
            for each, duty in zip(called, given, strict=True)
        )
        leader = next((each.person for each in called if each.role == Role.LEADER), None)
        _open_consultation(warning, leader or (called[0].person if called else None), now)
    return calls


def call_anew(*, warning: ReceivedWarning, now: datetime) -> list[WarningCall]:
    """Calls people out; the calls for what this warning updates end with that, so that one answer is owed. Where nobody
    can be called the earlier calls go on.
    """
    with act("alerts.warning.call", by=SYSTEM):
        # The withdrawals first: an answer by SMS goes to the newest message of its telephone.
        for before in warning_chain(warning) if people_to_call(settings.DISTRICT_CODE, now) else ():
            if before.pk != warning.pk:
                stand_down(warning=before, ended_by=warning, now=now)
        return call_people(warning=warning, now=now)


def _title(warning: ReceivedWarning) -> str:
    level = str(NoticeLevel(warning.level).label) if warning.level else ""
    told = {"issuer": warning.issuer, "event": warning.event, "level": level}
    return (gettext("Warning received: %(issuer)s, %(event)s, %(level)s") % told)[:120]


def _open_consultation(warning: ReceivedWarning, leader: User | None, now: datetime) -> Consultation:
    due_at = now + timedelta(minutes=settings.WARNING_CONSULTATION_MINUTES)
    duty = None
    if leader:
        duty = duties.assign(
            kind=CONSULTATION,
            title=(gettext("Consult on the warning: %(warning)s") % {"warning": warning})[:120],
            area_code=settings.DISTRICT_CODE,
            assignee=leader,
            issued_by=None,
            now=now,
            due_at=due_at,
            key=f"consultation:{warning.pk}",
            exercise=warning.exercise,
        )
    return Consultation.objects.create(warning=warning, assignment=duty, opened_at=now, due_at=due_at)


def answer_call(*, assignment: Assignment, by: User | None, now: datetime) -> None:
    """An acknowledgement is all that a call asks for. Inside the answer's transaction."""
    if assignment.state in OPEN and WarningCall.objects.filter(assignment=assignment).exists():
        duties.fulfil(assignment=assignment, by=by, now=now, occurred_at=assignment.acknowledged_at)


def stand_down(*, warning: ReceivedWarning, ended_by: ReceivedWarning, now: datetime) -> int:
    """The warning is lifted, or a graver one of its chain has called anew: nobody is called for it any more. Returns
    how many duties ended; the minutes stay open.
    """
    with act("alerts.warning.stand_down", by=SYSTEM), translation.override(settings.LANGUAGE_CODE):
        waiting = list(Assignment.objects.filter(warning_call__warning=warning, state__in=OPEN))
        if ended_by.is_all_clear:
            note = gettext("The warning was lifted by %(issuer)s.") % {"issuer": ended_by.issuer}
        else:
            note = gettext("A graver warning of %(issuer)s calls anew.") % {"issuer": ended_by.issuer}
        return len(duties.cancel_many(assignments=waiting, by=None, now=now, note=note[:200]))


def record_consultation(
    *,
    warning: ReceivedWarning,
    attendees: str,
    conclusion: str,
    decision: Decision,
    held_at: datetime | None,
    by: User,
    now: datetime,
) -> Consultation:
    """会商记录: who, what was concluded, what was decided, when. Once; where none was opened, it is opened with it."""
    if not by.scope_for("warnings.receive").covers(settings.DISTRICT_CODE):
        raise object_to(WarningObjection.NOT_ALLOWED)
    if not attendees.strip():
        raise object_to(WarningObjection.ATTENDEES, field="attendees")
    if not conclusion.strip():
        raise object_to(WarningObjection.REASON, field="conclusion")
    at = held_at or now
    if at > now:
        raise object_to(WarningObjection.IN_FUTURE, field="held_at")
    if at < warning.sent:
        raise object_to(WarningObjection.TOO_EARLY, field="held_at")
    with act("alerts.consultation.record", by=by.actor):
        row = consultation_of(warning)
        if row is None:
            Consultation.objects.bulk_create(
                [Consultation(warning=warning, opened_at=now, due_at=now)], ignore_conflicts=True
            )
        row = Consultation.objects.select_for_update().get(warning=warning)
        if row.held_at is not None:
            raise object_to(WarningObjection.RECORDED)
        row.held_at, row.recorded_at, row.recorded_by = at, now, by
        row.attendees, row.conclusion, row.decision = attendees.strip(), conclusion.strip(), decision
        row.save()
        if row.assignment and row.assignment.state in OPEN:
            duties.fulfil(assignment=row.assignment, by=by, now=now, occurred_at=max(at, row.opened_at))
    return row
