"""Where ladders stand, as people read them: who has been told, who is told next and when."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from assignments.enums import Way, Who
from assignments.models import Assignment, EscalationRun, EscalationSent
from assignments.queries.people import Owed, behind
from assignments.rules import thawed

_ACTS = {
    (Who.ASSIGNEE, Way.SMS): lambda: gettext("SMS again"),
    (Who.ASSIGNEE, Way.VOICE): lambda: gettext("telephone call"),
    (Who.DEPUTY, Way.SMS): lambda: gettext("the deputy is asked"),
    (Who.DEPUTY, Way.VOICE): lambda: gettext("the deputy is called"),
    (Who.SUPERIOR, Way.SMS): lambda: gettext("the sub-district is told"),
    (Who.SUPERIOR, Way.VOICE): lambda: gettext("the sub-district is called"),
    (Who.LEADER, Way.SMS): lambda: gettext("the leader on duty is told"),
    (Who.LEADER, Way.VOICE): lambda: gettext("the leader on duty is called"),
    (Who.ROOM, Way.SMS): lambda: gettext("the duty room is told"),
    (Who.ROOM, Way.VOICE): lambda: gettext("the duty room is called"),
}


@dataclass(frozen=True)
class Rung:
    """One step of a ladder: what happens there, when it was last taken, and whether it comes next."""

    number: int
    label: str
    told_at: datetime | None
    is_next: bool


@dataclass(frozen=True)
class Ladder:
    """A ladder that is climbed. `who` names those who are told next, as far as they are known now."""

    rungs: list[Rung]
    next_at: datetime
    act: str
    who: str
    seconds: int
    times: int

    @property
    def sentence(self) -> str:
        """“In 4 min: the deputy is called (Zhang San)”."""
        act = f"{self.act} ({self.who})" if self.who else self.act
        if self.seconds <= 0:
            return gettext("Now: %(act)s") % {"act": act}
        if self.seconds < 60:
            return gettext("In less than a minute: %(act)s") % {"act": act}
        minutes = -(-self.seconds // 60)
        if minutes < 120:
            words = ngettext("In %(count)d min: %(act)s", "In %(count)d min: %(act)s", minutes)
            return words % {"count": minutes, "act": act}
        hours = minutes // 60
        return ngettext("In %(count)d h: %(act)s", "In %(count)d h: %(act)s", hours) % {"count": hours, "act": act}


def ladders(duties: Collection[Assignment], *, now: datetime) -> dict[int, Ladder]:
    """The open ladders of these duties, by duty; those that wait for nothing are missing.

    A fixed number of statements, and one for each district whose roster is asked for.
    """
    by_pk = {duty.pk: duty for duty in duties}
    runs = list(EscalationRun.objects.filter(assignment__in=by_pk, stopped_at__isnull=True))
    if not runs:
        return {}
    taken: dict[int, dict[int, datetime]] = defaultdict(dict)
    for number, step, at in (
        EscalationSent.objects.filter(run__in=runs).order_by("sent_at").values_list("run_id", "step_no", "sent_at")
    ):
        taken[number][step] = at
    by_who: dict[Who, list[EscalationRun]] = defaultdict(list)
    for run in runs:
        by_who[thawed(run.policy).steps[run.step_no - 1].who].append(run)
    names: dict[int, str] = {}
    for who, some in by_who.items():
        owed = [_owed(run, by_pk[run.assignment_id]) for run in some]
        names |= {key: "、".join(people.values()) for key, people in behind(who, owed, now).items()}
    return {run.assignment_id: _ladder(run, taken[run.pk], names.get(run.pk, ""), now) for run in runs}


def _owed(run: EscalationRun, duty: Assignment) -> Owed:
    return Owed(run.pk, duty.pk, duty.area_code, duty.assignee_id, duty.assignee_name)


def _ladder(run: EscalationRun, taken: dict[int, datetime], names: str, now: datetime) -> Ladder:
    steps = thawed(run.policy).steps
    following = steps[run.step_no - 1]
    at = run.next_due_at or now
    return Ladder(
        rungs=[
            Rung(number, _ACTS[step.who, step.way](), taken.get(number), number == run.step_no)
            for number, step in enumerate(steps, 1)
        ],
        next_at=at,
        act=_ACTS[following.who, following.way](),
        who=names if following.who != Who.ASSIGNEE else "",
        seconds=int((at - now).total_seconds()),
        times=run.fired,
    )
