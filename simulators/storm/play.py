"""The storm itself: a notice is signed and sent, the command stands up, doors are knocked at, sites are seen again.

The command acts while the messages go out: its part costs the storm a few seconds.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db.models import Q

from accounts.models import PersonContact
from alerts import actions as alerts
from alerts.enums import NoticeKind, NoticeLevel
from alerts.models import Notice
from alerts.queries import broadcasts_of
from alerts.rules import Content
from command.models import Response
from core import clock
from hazards import actions as hazards
from hazards.models import InspectionRound
from messaging.enums import OPEN, State
from messaging.models import Delivery, Enlisted
from simulators.district import inspecting
from simulators.district.people import officers
from simulators.storm import calls, doors, posts, pumps, standing, underpass
from simulators.storm.account import Account, Gateway, accepted_by_us, account, gateway, one_moment
from simulators.storm.apart import changed, real
from simulators.storm.scene import Scene, person
from simulators.storm.sums import sums
from territory.models import HouseholdContact
from territory.rules import scope_of

TURNS = 5
REHEARSED = "410403001"  # an exercise plays in one sub-district, whose telephones are enlisted


@dataclass
class Plan:
    """How the storm is played. Seconds are of this machine's clock; `speed` divides every wait."""

    households: int = 20_000
    speed: float = 1.0
    exercise: bool = False
    visits: float = 0.8
    wait_minutes: int = 10
    budget: float = 170.0
    receipts: float = 60.0
    say: Callable[[str], None] = print
    pause: Callable[[float], None] = time.sleep
    began: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Seconds until the storm must be over."""
        return self.began + self.budget - time.monotonic()

    def passed(self) -> str:
        """Seconds since it began, for a line."""
        return f"{time.monotonic() - self.began:5.1f} s"


def play(plan: Plan) -> Account:
    """Plays it all, at most `plan.budget` seconds and the counting; returns the account."""
    url = settings.SMS_GATEWAY_URL
    before = _stats(url, plan)
    ours = accepted_by_us()
    marked = uuid.uuid4() if plan.exercise else None
    code = REHEARSED if plan.exercise else settings.DISTRICT_CODE
    untouched = real(code, clock.now()) if marked else None
    if marked:
        plan.say(f"{plan.passed()}  演练：已登记 {_enlist(marked, code):,} 个号码")
    notice = _issue(plan, code, marked)
    # The command works while the messages go out, as on a real night.
    scene = Scene(code, notice, lambda words: plan.say(f"{plan.passed()}  {words}"), marked)
    response = _command(scene)
    _wait_for_hand_over(notice, plan)
    _wait_for_receipts(notice, plan)
    _knock(notice, plan)
    opened = _inspect_again(plan, marked, code)
    sent, theirs = _both_sides(url, plan)
    with one_moment():
        found = account(
            notice,
            opened,
            scope_of(code),
            ours=sent - ours,
            theirs=theirs.since(before) if theirs and before else None,
            now=clock.now(),
        )
        counted = sums(scene, response, now=clock.now())
        found.sums += counted.lines
        found.faults += [*scene.faults, *counted.faults]
        if untouched is not None:
            moved = changed(untouched, real(code, clock.now()))
            found.faults += moved
            same = "与演练前一致" if not moved else f"有 {len(moved)} 项被改动"
            found.sums.append(f"演练 结存、生效级别、值班表、公众页、真实的险情求助断行日志{same}")
    return found


def _command(scene: Scene) -> Response:
    """Level, call-outs, posts, calls at the desk, the underpass, the pumps."""
    pumps.tidy(scene)
    response = standing.stand_up(scene)
    standing.answer_calls(scene, response)
    posts.man(scene)
    calls.take(scene)
    underpass.control(scene, underpass.flood(scene))
    standing.take_up_tasks(scene, response)
    return response


def _stats(url: str, plan: Plan) -> Gateway | None:
    try:
        return gateway(url)
    except (OSError, ValueError) as error:
        plan.say(f"{plan.passed()}  短信网关 {url or '（未设 SMS_GATEWAY_URL）'} 读不到计数：{error}")
        return None


def _enlist(exercise: uuid.UUID, code: str) -> int:
    phones = HouseholdContact.objects.filter(household__area_code__startswith=code).values_list(
        "contact_point_id", flat=True
    )
    people = PersonContact.objects.filter(
        Q(user__roles_held__area_code__startswith=code) | Q(user__username__in=["duty", "commander", "leader"])
    ).values_list("contact_point_id", flat=True)
    points = {*phones, *people}
    Enlisted.objects.bulk_create(Enlisted(exercise=exercise, contact_point_id=point) for point in points)
    return len(points)


def _issue(plan: Plan, code: str, exercise: uuid.UUID | None) -> Notice:
    now = clock.now()
    content = Content(
        kind=NoticeKind.RAINSTORM,
        level=NoticeLevel.RED,
        headline="强降雨防汛提示",
        starts_at=now,
        expires_at=now + timedelta(hours=12),
        affected_area="卫东区全域" if code == settings.DISTRICT_CODE else "东安路街道",
        caution="未来 3 小时雨强大，低洼处、下穿桥涵、地下空间可能快速积水。",
        measures="不去地下空间和下穿桥涵，看护好老人孩子，听从网格员安排。",
        issuer="卫东区防汛抗旱指挥部",
        sms_text="卫东区防指：今夜强降雨，请勿进入下穿桥涵和地下空间。家里都知道回 1，要人帮回 3。",
        wait_minutes=max(1, round(plan.wait_minutes / plan.speed)),
    )
    draft = alerts.draft(content=content, area_codes=[code], by=person("duty"), now=now, exercise=exercise)
    plan.say(f"{plan.passed()}  值班员拟稿：{draft.headline}")
    ready = alerts.submit(notice=draft, by=person("duty"), now=clock.now())
    plan.say(f"{plan.passed()}  送审")
    since = time.monotonic()
    issued = alerts.approve(notice=ready, version=ready.version, by=person("commander"), now=clock.now())
    audience, queued = issued.households.count(), issued.broadcast.deliveries.count() if issued.broadcast else 0
    plan.say(
        f"{plan.passed()}  指挥长签发：{audience:,} 户，{queued:,} 条短信，签发用时 {time.monotonic() - since:.2f} s"
    )
    return issued


def _wait_for_hand_over(notice: Notice, plan: Plan) -> None:
    """Until no message of the notice is open any more: real workers send, this only looks."""
    _wait(plan, plan.left() * 0.4, lambda: _open(notice), "待发送")


def _wait_for_receipts(notice: Notice, plan: Plan) -> None:
    """Until every message has its receipt, or as long as receipts are waited for: some never come."""
    _wait(plan, min(plan.receipts / plan.speed, plan.left() * 0.4), lambda: _unreceipted(notice), "待回执")


def _open(notice: Notice) -> int:
    return Delivery.objects.filter(broadcast__in=broadcasts_of(notice), state__in=OPEN).count()


def _unreceipted(notice: Notice) -> int:
    """Over all waves."""
    return Delivery.objects.filter(broadcast__in=broadcasts_of(notice), state=State.ACCEPTED).count()


def _wait(plan: Plan, seconds: float, waiting: Callable[[], int], words: str) -> None:
    until = time.monotonic() + max(0.0, seconds)
    left, told = waiting(), 0.0
    while left and time.monotonic() < until:
        if time.monotonic() - told >= 5:
            told = time.monotonic()
            plan.say(f"{plan.passed()}  {words} {left:,} 条 …")
        plan.pause(0.5)
        left = waiting()
    plan.say(f"{plan.passed()}  {words} {left:,} 条" + ("，不再等" if left else ""))


def _knock(notice: Notice, plan: Plan) -> None:
    """The duty officer does not wait any longer; workers walk; officers name whom nobody can reach."""
    given = alerts.send_knocks(notice=notice, by=person("duty"), now=clock.now())
    plan.say(f"{plan.passed()}  派网格员上门：{given} 个网格")
    # A third of what is left is for the sites and the counting.
    until = time.monotonic() + plan.left() * 0.66
    walked = doors.walk(notice, share=plan.visits, time_left=lambda: until - time.monotonic(), say=plan.say)
    plan.say(
        f"{plan.passed()}  入户 {walked.visits:,} 次（清单 {walked.doors:,} 门）：无人 {walked.nobody}，"
        f"拒绝 {walked.refused}，需救助 {walked.help}"
    )
    named = {one.area_code: person(one.username) for one in officers()[::2]}
    plan.say(f"{plan.passed()}  街道指定帮助人：{doors.name_helpers(notice, named)} 件")
    plan.say(f"{plan.passed()}  街道注明无法触达：{doors.name_unreachable(notice, named):,} 户")


def _inspect_again(plan: Plan, exercise: uuid.UUID | None, code: str) -> InspectionRound | None:
    """The sites that the open round still misses are inspected and verified, and the sweep counts."""
    rows = InspectionRound.objects.filter(closed_at__isnull=True, exercise=exercise).order_by("-number")
    opened = rows.first()
    now = clock.now()
    if opened is None:
        opened = hazards.open_round(
            title="强降雨前再排查（示例）",
            scope=scope_of(code),
            due_at=now + timedelta(hours=4),
            by=person("commander"),
            now=now,
            exercise=exercise,
        )
    members = list(
        opened.members.filter(inspection__isnull=True).select_related("site", "assignment__assignee").order_by("pk")
    )
    seen = inspecting.inspect(members, since=now, until=now, now=now, exercise=exercise)
    waiting = list(opened.members.filter(inspection__isnull=False, inspection__verified_at__isnull=True))
    done = inspecting.verify(waiting, now=clock.now())
    hazards.sweep(now=clock.now())
    plan.say(f"{plan.passed()}  再排查：补查 {seen} 处，验收 {done} 处")
    return opened


def _wait_until_quiet(plan: Plan) -> None:
    """Until the messages that the doors and duties caused are handed over too: both sides count the same then."""
    seconds = max(10.0, min(45.0, plan.left()))
    _wait(plan, seconds, lambda: Delivery.objects.filter(state__in=OPEN).count(), "全部通道待发送")


def _both_sides(url: str, plan: Plan) -> tuple[int, Gateway | None]:
    """Messages handed over by our rows, and the gateway's count, at a moment when nothing lies between the two.

    A wave may begin at any time: then it is counted again, a few times at most.
    """
    for _turn in range(TURNS):
        _wait_until_quiet(plan)
        theirs = _stats(url, plan)
        with one_moment():
            ours, is_open = accepted_by_us(), Delivery.objects.filter(state__in=OPEN).exists()
        if theirs is None or (not is_open and theirs == _stats(url, plan)):
            break
    return ours, theirs


def lines(found: Account) -> list[str]:
    """The account in words."""
    theirs, sites = found.theirs, found.sites
    taken = f"{theirs.accepted:,} 条，重复请求 {theirs.repeats:,}，重复下发 {theirs.duplicates:,}" if theirs else "未知"
    whole = f"已触达 {found.reached:,} + 正在上门 {found.knocked:,} + 已知无法触达 {found.unreachable:,}"
    return [
        f"户数 {found.households:,} = {whole}",
        "其中 " + "，".join(f"{label} {count:,}" for label, count in found.by_state.items()),
        f"短信 我方已发送 {found.ours:,} 条，网关收下 {taken}",
        f"网格 {found.grids:,} 个，合计 {found.of_grids:,} 户",
        f"隐患点 应查 {sites.required}，已查 {sites.inspected}，已验收 {sites.done}，逾期 {sites.late}",
        *found.sums,
    ]
