"""The response: started at Ⅳ, raised to Ⅱ by two presses of one button, everybody called out, tasks taken up."""

from assignments import actions as duties
from assignments.enums import OPEN
from assignments.models import Assignment
from command import actions as command
from command import queries
from command.models import CallOut, PlanTask, Response
from core import clock
from simulators.storm.scene import SAMPLE, Scene, person
from territory.rules import scope_of

DONE_EVERY, SILENT_EVERY = 4, 5  # of the plan's tasks: reported at once, not acknowledged yet


def stand_up(scene: Scene) -> Response:
    """Ends what an earlier storm left open, starts at Ⅳ, raises to Ⅱ; the second press must change nothing."""
    commander = person("commander")
    _end_earlier(scene)
    basis = f"{scene.notice.headline}已发布，实况雨强仍在加大{SAMPLE}"
    started = command.start(
        area_code=scene.area_code,
        level=4,
        basis=basis,
        by=commander,
        now=clock.now(),
        notice=scene.notice,
        exercise=scene.exercise,
    )
    at_four = _given(started)
    raised = _raise(scene, started, basis)
    before = _given(raised), raised.steps.count(), CallOut.objects.filter(response=raised).count()
    again = _raise(scene, started, basis)
    after = _given(again), again.steps.count(), CallOut.objects.filter(response=again).count()
    if before != after:
        scene.faults.append(f"提升响应第二次点按产生了变化：{before} → {after}")
    scene.say(f"启动Ⅳ级响应，派发 {at_four} 项；提升至Ⅱ级，补派 {after[0] - at_four} 项；再按一次，没有变化")
    return again


def _raise(scene: Scene, response: Response, basis: str) -> Response:
    return command.raise_level(
        response=response,
        level=2,
        basis=basis,
        by=person("commander"),
        now=clock.now(),
        notice=scene.notice,
        calls_out=True,
    )


def _end_earlier(scene: Scene) -> None:
    now = clock.now()
    earlier = Response.objects.filter(area_code=scene.area_code, exercise=scene.exercise, ended_at__isnull=True).first()
    if earlier is None:
        return
    for call_out in earlier.call_outs.filter(closed_at__isnull=True):
        command.close_call_out(call_out=call_out, by=person("duty"), now=now)
    command.end(response=earlier, basis=f"上一场降雨已过{SAMPLE}", by=person("commander"), now=now)
    scene.say("终止上一场的响应")


def _given(response: Response) -> int:
    return PlanTask.objects.filter(response=response, withdrawn_at__isnull=True).count()


def answer_calls(scene: Scene, response: Response) -> None:
    """Most answer by themselves, one by telephone, one through his deputy, and one has not answered yet."""
    duty = person("duty")
    out = CallOut.objects.get(response=response)
    targets = list(out.targets.select_related("assignment__assignee", "call_out").order_by("rank", "pk"))
    deputies = queries.deputies(targets, now=clock.now())
    streets = [one for one in targets if one.assignment.area_code != scene.area_code or len(scene.area_code) == 9]
    silent = next((one for one in reversed(streets) if one.pk in deputies), None)
    rest = [one for one in targets if one != silent]
    still, by_hand = (rest[-1], rest[-2]) if len(rest) > 4 else (None, None)
    for target in rest:
        called = target.assignment.assignee
        if target not in (still, by_hand) and called is not None:
            duties.acknowledge(assignment=target.assignment, by=called, now=clock.now())
    if by_hand is not None:
        command.reached_by_hand(target=by_hand, by=duty, now=clock.now(), note=f"座机已接{SAMPLE}")
    if silent is not None:
        passed = command.call_deputy(target=silent, by=duty, now=clock.now())
        reached = Assignment.objects.select_related("assignee").get(pk=passed.assignment_id)
        if reached.assignee is not None:
            duties.acknowledge(assignment=reached, by=reached.assignee, now=clock.now())
        scene.say(f"{passed.passed_from}未应答，改叫副职{reached.assignee_name}")
    found = queries.call_out(scope_of(scene.area_code), out.uuid, now=clock.now())
    if found is not None:
        scene.say(f"一键叫应 {found.total} 人，已应答 {found.answered} 人")


def take_up_tasks(scene: Scene, response: Response) -> None:
    """Most tasks of the plan are acknowledged, some are reported done; the rest stays for the late list."""
    tasks = Assignment.objects.filter(plan_task__response=response, state__in=OPEN).select_related("assignee")
    taken = done = 0
    for number, task in enumerate(tasks.order_by("pk"), start=1):
        if task.assignee is None or number % SILENT_EVERY == 0:
            continue
        if number % DONE_EVERY == 0:
            duties.report(assignment=task, by=task.assignee, now=clock.now(), note=f"已落实{SAMPLE}")
            done += 1
        else:
            duties.acknowledge(assignment=task, by=task.assignee, now=clock.now())
            taken += 1
    scene.say(f"预案任务：已签收 {taken} 项，已反馈 {done} 项")
