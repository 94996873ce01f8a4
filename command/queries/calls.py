"""Call-outs: who has answered, and who has not."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch

from accounts.models import User
from assignments.enums import State
from assignments.queries import Ladder, answer_label, group_text, ladders
from assignments.queries import options_for as answers_for
from command import rules
from command.enums import CallState
from command.models import CallOut, CallTarget
from command.queries.people import deputies
from territory.models import PlacedQuerySet, within
from territory.rules import Scope

_ORDER = {CallState.SILENT: 0, CallState.PASSED_ON: 1, CallState.CALLING: 2}


@dataclass(frozen=True)
class CallLine:
    """One call as its list shows it; `deputy` is who would be called instead; `ladder` what comes by itself."""

    target: CallTarget
    state: CallState
    tone: str
    deputy: User | None = None
    ladder: Ladder | None = None

    @property
    def label(self) -> str:
        """The state in words."""
        return str(self.state.label)

    @property
    def waits(self) -> bool:
        """True while somebody must still be spoken to."""
        return self.state in _ORDER

    @property
    def declined(self) -> bool:
        """True for who has said that he cannot: nobody rings him any more, somebody must speak to him."""
        return self.waits and self.target.assignment.state == State.RETURNED

    @property
    def wants_support(self) -> bool:
        """True until somebody has seen to him."""
        return self.target.assignment.support_asked_at is not None

    @property
    def answer(self) -> str:
        """What he answered, in words; empty when it was recorded without one."""
        return answer_label(self.target.assignment) if self.target.assignment.acknowledged_at else ""

    @property
    def answered_by(self) -> str:
        """The deputy who answered in his place."""
        return self.target.assignment.answered_by

    @property
    def phone(self) -> str:
        """Where he is called."""
        return (self.target.assignment.assignee.phone if self.target.assignment.assignee else "") or ""


@dataclass(frozen=True)
class CallOutView:
    """A call-out with its calls: the silent ones first, then those that ring, then the answered."""

    call_out: CallOut
    calls: list[CallLine] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """How many have answered."""
        return rules.handled(call.state for call in self.calls)[0]

    @property
    def total(self) -> int:
        """How many count."""
        return rules.handled(call.state for call in self.calls)[1]

    @property
    def silent(self) -> list[CallLine]:
        """Those whose time to answer is over, and those who have said that they cannot."""
        return [call for call in self.calls if call.state == CallState.SILENT or call.declined]

    @property
    def calling(self) -> list[CallLine]:
        """Those who may still answer in time: their telephone rings, or their deputy's."""
        return [call for call in self.waiting if call.state != CallState.SILENT and not call.declined]

    @property
    def support(self) -> list[CallLine]:
        """Those who have answered and want support."""
        return [call for call in self.calls if call.wants_support]

    @property
    def waiting(self) -> list[CallLine]:
        """Everybody who has not answered."""
        return [call for call in self.calls if call.waits]


def call_outs(scope: Scope, *, exercise: UUID | None = None) -> PlacedQuerySet[CallOut]:
    """Call-outs of these areas, the newest first, each with its calls. Two statements."""
    targets = CallTarget.objects.select_related("assignment__assignee").order_by("rank", "pk")
    rows: PlacedQuerySet[CallOut] = CallOut.objects.filter(within(scope), exercise=exercise)
    return rows.select_related("ordered_by").prefetch_related(Prefetch("targets", targets)).order_by("-pk")


def open_call_outs(
    scope: Scope,
    *,
    now: datetime,
    exercise: UUID | None = None,
    limit: int = 10,
    with_deputies: bool = False,
) -> list[CallOutView]:
    """Call-outs that are not closed and not answered by all, the newest first. Two statements, six with deputies."""
    waiting = CallTarget.objects.filter(assignment__acknowledged_at__isnull=True).exclude(
        assignment__state=State.CANCELLED
    )
    rows = call_outs(scope, exercise=exercise).filter(closed_at__isnull=True, pk__in=waiting.values("call_out"))
    views = [viewed(row, now=now) for row in rows[:limit]]
    # One question for all of them: whoever is called in one of these is nobody's deputy in another.
    instead = deputies([call.target for view in views for call in view.waiting], now=now) if with_deputies else {}
    return [
        replace(view, calls=[replace(call, deputy=instead.get(call.target.pk)) for call in view.calls])
        for view in views
    ]


def call_out(scope: Scope, uuid: UUID, *, now: datetime) -> CallOutView | None:
    """One call-out with everybody's state and deputy; of an exercise too. A fixed number of statements."""
    targets = CallTarget.objects.select_related("assignment__assignee").order_by("rank", "pk")
    rows = CallOut.objects.filter(within(scope), uuid=uuid).select_related("ordered_by", "response")
    found = rows.prefetch_related(Prefetch("targets", targets)).first()
    if found is None:
        return None
    calls = list(found.targets.all())
    waiting = [each for each in calls if _state(each, now) in _ORDER]
    if found.closed_at is not None:
        return _view(found, calls, now=now)
    view = _view(found, calls, now=now, instead=deputies(waiting, now=now))
    climbed = ladders([each.assignment for each in waiting], now=now)
    return replace(view, calls=[replace(call, ladder=climbed.get(call.target.assignment_id)) for call in view.calls])


def call_text(view: CallOutView) -> str:
    """One text for the chat group of a call-out: who has not answered and how to answer. No statement."""
    duties = [call.target.assignment for call in view.calls]
    return group_text(duties, answers_for(duties)) if view.call_out.closed_at is None else ""


def viewed(row: CallOut, *, now: datetime) -> CallOutView:
    """A row of `call_outs` with where its calls stand. No statement."""
    return _view(row, list(row.targets.all()), now=now)


def _view(
    call_out: CallOut, targets: Sequence[CallTarget], *, now: datetime, instead: dict[int, User] | None = None
) -> CallOutView:
    calls = [_line(each, now, (instead or {}).get(each.pk)) for each in targets]
    return CallOutView(call_out, sorted(calls, key=_urgency))


def _urgency(call: CallLine) -> tuple[int, int]:
    """Whoever wants support stands above the silent."""
    return (-1 if call.wants_support else _ORDER.get(call.state, 3), call.target.rank)


def _state(target: CallTarget, now: datetime) -> CallState:
    duty = target.assignment
    return rules.call_state(
        rules.Call(
            answer_by=duty.acknowledge_by,
            answered_at=duty.acknowledged_at if duty.state != State.RETURNED else None,
            is_withdrawn=duty.state == State.CANCELLED,
            is_passed_on=bool(target.passed_from),
            by_hand=target.by_hand,
        ),
        now=now,
    )


def _line(target: CallTarget, now: datetime, deputy: User | None) -> CallLine:
    state = _state(target, now)
    return CallLine(target, state, rules.call_tone(state), deputy)
