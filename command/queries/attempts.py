"""Every try of a call-out: who was told by what and when, what became of it, who answered as whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from openpyxl import Workbook

from assignments.enums import Means, Verb, Way, Who
from assignments.models import AssignmentEvent, EscalationSent
from command.models import CallOut, CallTarget
from messaging.enums import ERRORS, State
from messaging.models import Delivery
from territory.rules import masked_phone, without_formula

_TONES = {
    State.FAILED: "danger",
    State.CANCELLED: "off",
    State.UNKNOWN: "unknown",
    State.ACCEPTED: "waiting",
    State.DELIVERED: "ok",
    State.READ: "ok",
}
# What an event of a duty is to a call: the rest is told by the messages themselves.
_ANSWERS = (Verb.ACKNOWLEDGE, Verb.DECLINE, Verb.ASK_SUPPORT, Verb.HAND_OVER, Verb.CANCEL)


@dataclass(frozen=True)
class Attempt:
    """One line of the log. `called`: whose call it belongs to; `told`: who was tried, or who answered."""

    at: datetime
    called: str
    told: str
    role: str
    how: str
    number: str
    outcome: str
    tone: str
    since: float | None = None  # seconds after the call-out was ordered


def attempts(call_out: CallOut) -> list[Attempt]:
    """The whole log, oldest first. Five statements, however long it is."""
    targets = list(CallTarget.objects.filter(call_out=call_out).select_related("assignment__assignee"))
    duties = {each.assignment_id: each for each in targets}
    lines = [*_tries(call_out, duties), *_answers(call_out, duties)]
    return sorted(lines, key=lambda line: line.at)


def _tries(call_out: CallOut, duties: dict[int, CallTarget]) -> list[Attempt]:
    sent = list(
        EscalationSent.objects.filter(run__assignment__in=duties)
        .select_related("run", "person")
        .order_by("sent_at", "pk")
    )
    states: dict[tuple[int | None, int], Delivery] = {}
    wanted = Q(broadcast__in={row.broadcast_id for row in sent if row.broadcast_id})
    for delivery in Delivery.objects.filter(wanted).select_related("contact_point"):
        states[delivery.broadcast_id, delivery.contact_point_id] = delivery
    return [
        _try(call_out, duties[row.run.assignment_id], row, states.get((row.broadcast_id, row.contact_point_id)))
        for row in sent
    ]


def _try(call_out: CallOut, target: CallTarget, row: EscalationSent, delivery: Delivery | None) -> Attempt:
    state = State(delivery.state) if delivery else None
    outcome = str(state.label) if state else gettext("No record left")
    if delivery and delivery.error and state in (State.FAILED, State.CANCELLED):
        outcome = f"{outcome}：{ERRORS.get(delivery.error, delivery.error)}"
    return Attempt(
        at=row.sent_at,
        called=_called(target),
        told=row.person.name if row.person else target.assignment.assignee_name,
        role=str(Who(row.who).label),
        how=str(Way(row.channel).label),
        number=masked_phone(delivery.address or delivery.contact_point.address) if delivery else "",
        outcome=outcome,
        tone=_TONES.get(state, "working") if state else "unknown",
        since=(row.sent_at - call_out.ordered_at).total_seconds(),
    )


def _answers(call_out: CallOut, duties: dict[int, CallTarget]) -> list[Attempt]:
    rows = AssignmentEvent.objects.filter(assignment__in=duties, verb__in=_ANSWERS).order_by("occurred_at", "pk")
    return [
        Attempt(
            at=row.occurred_at,
            called=_called(duties[row.assignment_id]),
            told=row.on_behalf_of or row.by_name,
            role=gettext("recorded by %(who)s") % {"who": row.by_name} if row.on_behalf_of else "",
            how=str(Means(row.means).label),
            number="",
            outcome=" · ".join(part for part in (str(Verb(row.verb).label), row.said or row.note) if part),
            tone="ok" if row.verb == Verb.ACKNOWLEDGE else "late",
            since=(row.occurred_at - call_out.ordered_at).total_seconds(),
        )
        for row in rows
    ]


def _called(target: CallTarget) -> str:
    return target.passed_from or target.assignment.assignee_name


def attempts_sheet(call_out: CallOut, lines: Sequence[Attempt]) -> bytes:
    """The log as xlsx; no cell of it is a formula."""
    book = Workbook()
    page: Any = book.worksheets[0]
    page.title = gettext("Attempts")[:31]
    page.append([without_formula(call_out.text)])
    page.append(
        [
            gettext("Time"), gettext("Minutes after the order"), gettext("Call to"), gettext("Who was tried"),
            gettext("In what capacity"), gettext("Tried by"), gettext("Number"), gettext("Outcome"),
        ]
    )  # fmt: skip
    for line in lines:
        cells = [
            timezone.localtime(line.at).strftime("%Y-%m-%d %H:%M:%S"), round((line.since or 0) / 60, 1), line.called,
            line.told, line.role, line.how, line.number, line.outcome,
        ]  # fmt: skip
        page.append([without_formula(cell) if isinstance(cell, str) else cell for cell in cells])
    page.freeze_panes = "A3"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
