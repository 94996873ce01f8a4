"""One underpass: reported, closed to traffic, somebody sent, pumps on their way, one of them missing, under control."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.models import User
from assignments import actions as duties
from assignments.models import Assignment
from command import actions as command
from command import queries
from command.enums.closing import Party
from command.enums.dangers import ClosureMeans, DangerKind, DangerSource
from command.models import Closure, Danger, Order
from core import clock
from core.rules import Refused
from hazards.enums import SiteKind
from hazards.models import HazardSite
from simulators.district.people import AGENCIES, agencies
from simulators.storm import pumps
from simulators.storm.scene import SAMPLE, Scene, officer_of, person, workers_of

DEEPER = 20  # cm above the depth at which the site closes
DEPTH = 30  # cm where a site has none of its own


@dataclass(frozen=True)
class Flooded:
    """The danger at the site, the closure of its road, who was sent, and the order that was given for it."""

    site: HazardSite
    danger: Danger
    closure: Closure
    sent: User
    order: Order


def flood(scene: Scene) -> Flooded:
    """A worker reports, the officer closes the road, the agencies are told, the desk acknowledges and sends help."""
    site = _site(scene)
    officer, worker, duty = officer_of(site.area_code), workers_of(site.area_code)[0], person("duty")
    danger, _new = command.report_danger(
        client_uuid=scene.key("danger"),
        kind=DangerKind.WATERLOGGING,
        source=DangerSource.FIELD,
        by=worker,
        now=clock.now(),
        site=site,
        description=f"桥下积水快速上涨，仍有车辆驶入{SAMPLE}",
        exercise=scene.exercise,
    )
    closure, _new = command.report_water(
        client_uuid=scene.key("closure"),
        site=site,
        depth_cm=(site.closing_depth_cm or DEPTH) + DEEPER,
        by=officer,
        now=clock.now(),
        close=True,
        means=ClosureMeans.WATER_BARRIER,
        exercise=scene.exercise,
    )
    danger = command.acknowledge_danger(danger=danger, by=duty, now=clock.now())
    sent = _liaison("城管局")
    danger = command.dispatch(danger=danger, to=sent, by=duty, now=clock.now(), note=f"带泵组到场抽排{SAMPLE}")
    told = [duty for duty in queries.told_of(closure) if duty.assignee_id]
    ticked = sum(_ticks(duty) for duty in told[:4])
    made = _three(closure)
    scene.say(
        f"险情 {site.name}：网格员上报，街道断行（水深 {closure.depth_cm} cm），值班员签收并派{sent.name}；"
        f"三方打勾 {made}/3；另告知 {len(told)} 方，{ticked} 方已知悉"
    )
    return Flooded(site, danger, closure, sent, _order(scene, site, danger, officer))


def _site(scene: Scene) -> HazardSite:
    rows = HazardSite.objects.filter(
        kind=SiteKind.UNDERPASS, area_code__startswith=scene.area_code, retired_at__isnull=True
    )
    shut = Closure.objects.filter(reopened_at__isnull=True, exercise=scene.exercise).values("site")
    found = rows.exclude(pk__in=shut).order_by("code").first() or rows.order_by("code").first()
    if found is None:
        raise HazardSite.DoesNotExist(f"no underpass in {scene.area_code}")
    return found


def _liaison(agency: str) -> User:
    return person(agencies()[AGENCIES.index(agency)].username)


def _three(closure: Closure) -> int:
    """The police has stopped the traffic and the sub-district keeps watch; the pumps are still on their way."""
    made = 0
    for tick in (
        closure.ticks.filter(ticked_at=None).exclude(party=Party.DRAINAGE).select_related("assignment__assignee")
    ):
        if tick.assignment.assignee:
            command.tick(tick=tick, by=tick.assignment.assignee, now=clock.now())
            made += 1
    return made


def _ticks(duty: Assignment) -> bool:
    """He presses 收到; false when his duty is over already."""
    if duty.assignee is None:
        return False
    try:
        duties.acknowledge(assignment=duty, by=duty.assignee, now=clock.now())
    except Refused:
        return False
    return True


def _order(scene: Scene, site: HazardSite, danger: Danger, officer: User) -> Order:
    """One order to two: the police has it and does it, the sub-district has not read it yet."""
    police = _liaison("公安交警")
    order = command.give_order(
        title=f"守住断行点：{site.name}",
        text=f"两端各留一人值守，未经第二人测深不得恢复通行。{SAMPLE}",
        receivers=[command.Receiver(person=police), command.Receiver(person=officer)],
        due_at=clock.now() + timedelta(minutes=30),
        by=person("duty"),
        now=clock.now(),
        area_code=scene.area_code,
        ref=f"danger:{danger.pk}",
        exercise=scene.exercise,
        client_uuid=scene.key("order"),
    )
    owed = Assignment.objects.get(order_receiver__order=order, assignee=police)
    duties.acknowledge(assignment=owed, by=police, now=clock.now())
    duties.report(assignment=owed, by=police, now=clock.now(), note=f"已到位{SAMPLE}")
    return order


def control(scene: Scene, flooded: Flooded) -> None:
    """Whoever was sent arrives, so do the pumps but one, the water is under control. The road stays closed."""
    owed = Assignment.objects.get(danger=flooded.danger)
    duties.start(assignment=owed, by=flooded.sent, now=clock.now())
    number = f"〔{flooded.order.year}〕{flooded.order.number}号"
    pumps.send(scene, flooded.site, officer_of(flooded.site.area_code), number)
    duties.report(assignment=owed, by=flooded.sent, now=clock.now(), note=f"水位回落，两台泵持续抽排{SAMPLE}")
    row = Danger.objects.get(pk=flooded.danger.pk)
    if row.on_scene_at is None or row.controlled_at is None:
        scene.faults.append("险情的到场、已控制时钟没有随处置任务走")
    scene.say(f"险情 {flooded.site.name}：到场、已控制；道路仍断行，恢复须第二人")
