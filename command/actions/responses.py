"""启动、提升、降低、终止响应: decisions about the level, and what each of them asks of whom."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from alerts.models import Notice
from assignments import actions as duties
from assignments.enums import CLOSED
from assignments.models import Assignment
from command import queries, rules
from command.actions.calls import call_out
from command.actions.refusals import ask_leave, refuse, wait_turn
from command.actions.rounds import open_rounds
from command.actions.timeline import record
from command.enums import EntryKind, Objection, ResponseVerb
from command.models import PlanTask, Response, ResponseStep
from command.queries.plans import plan_in_force
from command.queries.responses import Wanted, wanted_tasks
from core.audit import act


def start(
    *,
    area_code: str,
    level: int,
    basis: str,
    by: User,
    now: datetime,
    notice: Notice | None = None,
    occurred_at: datetime | None = None,
    exercise: UUID | None = None,
    calls_out: bool = False,
) -> Response:
    """启动响应: opens the response at a level; gives every task and opens every round that its plan asks for there.

    The same press twice is one start. Raises Refused where another response is in force over this very area.
    `calls_out` also calls out everybody who must answer now.
    """
    ask_leave(by, area_code, "responses.sign", exercise=exercise)
    words = _basis(basis)
    with act("command.response.start", by=by.actor):
        wait_turn("command.response", area_code, exercise)
        open_one = Response.objects.filter(area_code=area_code, exercise=exercise, ended_at__isnull=True).first()
        if open_one is not None and _pressed_before(open_one, ResponseVerb.ACTIVATE, level, by):
            return open_one
        step = rules.next_step(ResponseVerb.ACTIVATE, current=open_one.level if open_one else None, wanted=level)
        at = rules.decided(occurred_at, last=None, now=now)
        response = Response.objects.create(
            area_code=area_code, level=level, opened_at=at, plan=plan_in_force(area_code), exercise=exercise
        )
        _write(response, step, words, notice, by, at, now)
        _give(response, by=by, now=now)
        open_rounds(response, by=by, now=now)
        if calls_out:
            _call(response, by, now)
    return response


def raise_level(
    *,
    response: Response,
    level: int,
    basis: str,
    by: User,
    now: datetime,
    notice: Notice | None = None,
    occurred_at: datetime | None = None,
    calls_out: bool = False,
) -> Response:
    """提升响应: gives only what the higher level asks for and nobody has yet. The same press twice is one step."""
    return _move(ResponseVerb.RAISE, response, level, basis, by, now, notice, occurred_at, calls_out)


def lower(
    *,
    response: Response,
    level: int,
    basis: str,
    by: User,
    now: datetime,
    notice: Notice | None = None,
    occurred_at: datetime | None = None,
) -> Response:
    """降低响应: takes back what is not done and the lower level does not ask for."""
    return _move(ResponseVerb.LOWER, response, level, basis, by, now, notice, occurred_at, False)


def end(
    *,
    response: Response,
    basis: str,
    by: User,
    now: datetime,
    notice: Notice | None = None,
    occurred_at: datetime | None = None,
) -> Response:
    """终止响应: takes back every task of the plan that is not done. Orders and call-outs stay as they are."""
    return _move(ResponseVerb.END, response, None, basis, by, now, notice, occurred_at, False)


def give_missing(*, response: Response, by: User, now: datetime) -> list[PlanTask]:
    """补派: gives what found nobody before, now that people are named. Returns what was given."""
    ask_leave(by, response.area_code, "orders.give", exercise=response.exercise)
    with act("command.response.give_missing", by=by.actor):
        row = _locked(response)
        if row.ended_at is not None:
            raise refuse(Objection.ENDED)
        open_rounds(row, by=by, now=now)
        return _give(row, by=by, now=now)


def _move(
    verb: ResponseVerb,
    response: Response,
    level: int | None,
    basis: str,
    by: User,
    now: datetime,
    notice: Notice | None,
    occurred_at: datetime | None,
    calls_out: bool,
) -> Response:
    ask_leave(by, response.area_code, "responses.sign", exercise=response.exercise)
    words = _basis(basis)
    with act(f"command.response.{verb.value}", by=by.actor):
        row = _locked(response)
        if _pressed_before(row, verb, level, by):
            return row
        step = rules.next_step(verb, current=None if row.ended_at else row.level, wanted=level)
        last = row.steps.order_by("-pk").values_list("decided_at", flat=True).first()
        at = rules.decided(occurred_at, last=last, now=now)
        if step.after is None:
            row.ended_at = at
        else:
            row.level = step.after
            row.plan = row.plan or plan_in_force(row.area_code)
        row.save(update_fields=["level", "ended_at", "plan", "updated_at"])
        _write(row, step, words, notice, by, at, now)
        if verb == ResponseVerb.RAISE:
            _give(row, by=by, now=now)
            open_rounds(row, by=by, now=now)
        else:
            _take_back(row, step.after, by=by, now=now)
        if calls_out:
            _call(row, by, now)
    return row


def _locked(response: Response) -> Response:
    return Response.objects.select_for_update(of=("self",)).select_related("plan").get(pk=response.pk)


def _basis(basis: str) -> str:
    if not basis.strip():
        raise refuse(Objection.BASIS, field="basis")
    return basis.strip()[:500]


def _pressed_before(response: Response, verb: ResponseVerb, level: int | None, by: User) -> bool:
    """True when this person's own last decision was just this one: a second press, not a second act."""
    last = response.steps.order_by("-pk").first()
    return bool(last and last.verb == verb and last.level_after == level and last.signed_by_id == by.pk)


def _write(
    response: Response, step: rules.Step, basis: str, notice: Notice | None, by: User, at: datetime, now: datetime
) -> None:
    ResponseStep.objects.create(
        response=response,
        verb=step.verb,
        level_before=step.before,
        level_after=step.after,
        signed_by=by,
        signed_by_name=by.name,
        basis=basis,
        notice=notice,
        decided_at=at,
        recorded_at=now,
    )
    # Stored words are the district's, whatever language the person who presses the button reads.
    with translation.override(settings.LANGUAGE_CODE):
        levels = "→".join(filter(None, (rules.roman(step.before), rules.roman(step.after))))
        text = _("%(what)s %(levels)s: %(basis)s") % {"what": step.verb.label, "levels": levels, "basis": basis}
    record(
        kind=EntryKind.RESPONSE,
        text=text,
        area_code=response.area_code,
        by=by,
        now=now,
        at=at,
        ref=f"response:{response.pk}",
        url=reverse("command:response", args=[response.uuid]),
        exercise=response.exercise,
    )


def _give(response: Response, *, by: User, now: datetime) -> list[PlanTask]:
    """Gives what is missing at the present level; a task without receiver is kept, so that it is seen."""
    if response.plan is None:
        return []
    given = {(task.template_id, task.area_code): task for task in queries.given_tasks(response)}
    templates = list(response.plan.templates.select_related("person", "contact_point"))
    wanted = wanted_tasks(templates, list(given.values()), level=response.level, area_code=response.area_code, now=now)
    found = [each for each in wanted if not each.nobody]
    with translation.override(settings.LANGUAGE_CODE):
        assigned = duties.assign_many(
            [_duty(response, each, given.get((each.template.pk, each.area_code)), now) for each in found],
            kind=rules.PLAN_TASK,
            issued_by=by,
            now=now,
            exercise=response.exercise,
        )
    duty_of = {(w.template.pk, w.area_code): duty for w, duty in zip(found, assigned, strict=True)}
    fresh: list[PlanTask] = []
    changed: list[PlanTask] = []
    for each in wanted:
        key = (each.template.pk, each.area_code)
        task = given.get(key) or PlanTask(response=response, template=each.template, area_code=each.area_code)
        task.assignment, task.given_at, task.withdrawn_at = duty_of.get(key), now, None
        (changed if key in given else fresh).append(task)
    PlanTask.objects.bulk_create(fresh)
    PlanTask.objects.bulk_update(changed, ["assignment", "given_at", "withdrawn_at"])
    return fresh + changed


def _duty(response: Response, wanted: Wanted, before: PlanTask | None, now: datetime) -> duties.Duty:
    template = wanted.template
    key = f"plan:{response.pk}:{template.pk}:{wanted.area_code}"
    if before is not None and before.assignment_id is not None:
        key = f"{key}:{before.assignment_id}"  # given anew after it was taken back
    head = _("Level %(level)s response, plan %(plan)s.") % {
        "level": rules.roman(response.level),
        "plan": response.plan.version if response.plan else "",
    }
    return duties.Duty(
        title=template.title,
        body=f"{head}\n{template.body}".strip(),
        area_code=wanted.area_code,
        assignee=wanted.person,
        contact_point=wanted.contact_point,
        assignee_name=wanted.name,
        due_at=rules.due(template.due_minutes, now=now),
        key=key,
    )


def _take_back(response: Response, level: int | None, *, by: User, now: datetime) -> list[PlanTask]:
    gone = [
        task
        for task in queries.given_tasks(response)
        if task.withdrawn_at is None
        and rules.given_up(task.template.level, level)
        and (task.assignment is None or task.assignment.state not in CLOSED)
    ]
    with translation.override(settings.LANGUAGE_CODE):
        note = _("The response ended.") if level is None else _("The response was lowered.")
    duties.cancel_many(assignments=_duties_of(gone), by=by, now=now, note=note)
    for task in gone:
        task.withdrawn_at = now
    PlanTask.objects.bulk_update(gone, ["withdrawn_at"])
    return gone


def _duties_of(tasks: Sequence[PlanTask]) -> list[Assignment]:
    return [task.assignment for task in tasks if task.assignment is not None]


def _call(response: Response, by: User, now: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        text = _("Level %(level)s response is in force: answer and go to your post.") % {
            "level": rules.roman(response.level)
        }
    call_out(
        area_code=response.area_code,
        text=text,
        by=by,
        now=now,
        exercise=response.exercise,
        response=response,
        level=response.level,
    )
