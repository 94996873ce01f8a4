"""The posts in a storm: everybody checks in, one does not come and his deputy takes over, the room is strengthened."""

from accounts.models import User
from assignments import actions as duties
from assignments.models import Assignment
from core import clock
from core.rules import Refused
from dutyroster import actions, queries
from dutyroster.enums import StandInState
from dutyroster.models import PostMember, Shift, StandIn
from simulators.storm.scene import SAMPLE, Scene, person
from territory.rules import scope_of

WAITED_FOR = (StandInState.CALLED, StandInState.COMING)


def man(scene: Scene) -> None:
    """The real roster; an exercise leaves it alone."""
    if scene.exercise is not None:
        scene.say("演练不动值班表，只核对在岗")
        return
    now = clock.now()
    scope = scope_of(scene.area_code)
    absent = [one.shift for one in queries.attendance(scope, now) if one.came is None]
    missed = absent.pop() if absent else None
    for shift in absent:
        actions.check_in(shift=shift, by=shift.person, now=clock.now())
    words = f"补到岗 {len(absent)} 人" if absent else "其余均已到岗"
    if missed is not None:
        scene.say(f"值班：{words}；{missed.person.name}未到岗，{_deputy(missed)}")
    else:
        scene.say("值班：均已到岗")
    _strengthen(scene)


def _deputy(shift: Shift) -> str:
    """Calls the deputy, who takes the post; what became of it in words."""
    called = (
        StandIn.objects.filter(shift=shift, state__in=WAITED_FOR).first()
        or actions.call_deputy(shift=shift, now=clock.now())
    )  # fmt: skip
    if called is None:
        return "无人可替，已报带班领导"
    duty = Assignment.objects.get(pk=called.assignment_id)
    duties.start(assignment=duty, by=called.deputy, now=clock.now())
    return f"{called.deputy.name}替班到岗"


def _strengthen(scene: Scene) -> None:
    """Fills what the level in force asks for beyond the roster, by members of the post who are free."""
    now = clock.now()
    for gap in queries.manned(scope_of(scene.area_code), now).missing:
        put = 0
        for member in _free(gap.post.pk):
            if put == gap.missing:
                break
            try:
                shift = actions.put_on_duty(
                    post=gap.post,
                    person=member,
                    start=now,
                    end=gap.during.end,
                    by=person("duty"),
                    now=clock.now(),
                    reason=f"按响应级别加派{SAMPLE}",
                )
            except Refused:
                continue  # on duty elsewhere
            actions.check_in(shift=Shift.objects.get(pk=shift.pk), by=member, now=clock.now())
            put += 1
        scene.say(f"值班：{gap.post.name}按响应级别应到 {gap.required} 人，加派 {put} 人")


def _free(post: int) -> list[User]:
    rows = PostMember.objects.filter(post=post, until__isnull=True).select_related("person").order_by("-order", "pk")
    return [row.person for row in rows[:12]]
