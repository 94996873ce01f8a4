"""The first honest night, told from the screens of those who work in it: real presses, real words, real rows.

Each test tells one story and brings its own people and things; the night of the other pages stays as it is. The hours
between two steps pass in the clock and in rows, nobody waits for them.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from itertools import count

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from accounts.enums import Role
from accounts.models import User
from assignments.enums import State
from assignments.models import Assignment
from assignments.queries import link_path
from command.models import HelpRequest, Response
from core import clock
from drills.actions import fire_due
from drills.enums import Receiver
from drills.models import DrillRun
from dutyroster import actions as roster
from dutyroster.enums import Came, FollowUp, Origin, Outcome, PlanState
from dutyroster.models import CheckIn, Handover, LogEntry, RollCall, RosterPlan, Shift
from supplies.enums import TransferState
from supplies.models import Balance, Issue, Transfer
from tests.browser.conftest import PATIENCE, Looker
from tests.browser.hands import Hands
from tests.browser.night import Night
from tests.casts import GRID, SUBDISTRICT, make_person
from tests.drills.situations import inject
from tests.drills.situations import plan as drill_plan
from tests.dutyroster.rosters import duty_post
from tests.dutyroster.shifts import duty_post as at_the_post
from tests.dutyroster.shifts import shift
from tests.factories import duty
from tests.supplies.shelves import a_store, an_item, stocked

pytestmark = pytest.mark.browser

Sit = Callable[..., Hands]
_numbers = count(1)


@pytest.fixture
def sit(look: Callable[..., Looker]) -> Iterator[Sit]:
    """`sit(person, screen)`: somebody before the desk or with a phone. None of them has to read English."""
    seated: list[Hands] = []

    def sit(person: User | None = None, screen: str = "desk") -> Hands:
        seated.append(Hands(look(person, screen)))
        return seated[-1]

    yield sit
    assert [words for hands in seated for words in hands.english] == []


def somebody(name: str, role: Role = Role.DUTY_OFFICER, area_code: str = "410403") -> User:
    """One more person of the night, with a telephone and an account."""
    number = next(_numbers)
    return make_person(
        f"shift{number}", name=name, phone=f"+86135{number:08d}", role=role, area_code=area_code, password=""
    )


def local(at: datetime) -> str:
    """A moment as a field of the browser holds it."""
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"


def owed(person: User, kind: str) -> Assignment:
    """What this person was given last."""
    found = Assignment.objects.filter(assignee=person, kind=kind).order_by("-pk").first()
    assert found is not None, f"{person.name} was given no {kind}"
    return found


def test_a_month_is_published_and_the_deputy_stands_in_for_whoever_misses_the_roll_call(night: Night, sit: Sit) -> None:
    officer, commander = night.cast.duty_officer, night.cast.commander
    turns = [somebody(name) for name in ("前夜值班员", "后夜值班员", "接替值班员")]
    post = duty_post(
        by=officer, now=clock.now(), members=turns, name="夜间总值班", starts_at=time(20), shift_hours=12, rest_hours=12
    )

    # 排班: the duty officer drafts a month of the post and publishes it.
    desk = sit(officer)
    desk.opens("/roster/")
    desk.taps_on("排班版本")
    desk.taps_on("排班")
    desk.ticks("卫东区 夜间总值班")
    desk.taps_on("生成草稿")
    desk.holds("发布")
    desk.reads("值班表已发布。")
    plan = RosterPlan.objects.get(posts=post)
    assert plan.state == PlanState.PUBLISHED
    shifts = list(Shift.objects.filter(post=post, published_at__isnull=False).order_by("during"))
    assert len(shifts) == 60
    desk.opens(f"/roster/month/?month={plan.first_day:%Y-%m}&area=410403")
    desk.reads("夜间总值班", shifts[0].person.name)

    # 到岗: half an hour before, whoever is first is told; he checks in on his phone.
    first = shifts[0]
    absent = first.person
    with time_machine.travel(first.starts - timedelta(minutes=20), tick=True):
        assert roster.open_shifts(now=clock.now()) > 0
        phone = sit(absent, "phone")
        phone.opens("/roster/mine/")
        phone.counts_anew()
        phone.taps_on("我已到岗")
        phone.reads("已到岗。")
        assert phone.taps == 1
        assert CheckIn.objects.filter(shift=first, kind=Came.IN).exists()
        assert owed(absent, "take_post").state == State.VERIFIED

    # 查岗: the commander orders one between ten and midnight; nobody on duty sees it before it begins.
    with time_machine.travel(first.starts + timedelta(hours=1), tick=True):
        chair = sit(commander)
        chair.opens("/roster/roll-calls/")
        chair.taps_on("下达查岗")
        chair.types("最早", local(first.starts + timedelta(hours=2)))
        chair.types("最晚", local(first.starts + timedelta(hours=4)))
        chair.ticks("夜间总值班 · 卫东区")
        chair.taps_on("抽定并下达")
        call = RollCall.objects.get(posts=post)
        phone.opens("/roster/roll-calls/")
        assert phone.page.locator(f"a[href='/roster/roll-calls/{call.pk}/']").count() == 0

    # He is silent twice: the next in turn is called, and is on duty from the moment he says that he is there.
    for minutes in (0, 5, 10):
        roster.call_roll(now=call.at + timedelta(minutes=minutes))
    target = call.targets.get()
    assert (target.person, target.outcome) == (absent, Outcome.SUSPECTED)
    with time_machine.travel(call.at + timedelta(minutes=12), tick=True):
        duty = Assignment.objects.filter(kind="stand_in", stand_in__shift=first).get()
        deputy = duty.assignee
        assert deputy is not None
        assert deputy != absent
        stands_in = sit(screen="phone")
        stands_in.opens(link_path(duty))
        stands_in.reads(f"替{absent.name}")
        stands_in.counts_anew()
        stands_in.taps_on("到场")
        stands_in.reads("无需再办理")
        assert stands_in.taps == 1
        stands_in.looker.faults.clear()  # the ended link answers 410, and the browser complains of it
        taken = Shift.objects.get(post=post, origin=Origin.SUBSTITUTE)
        assert taken.person == deputy
        assert CheckIn.objects.filter(shift=taken, kind=Came.IN).exists()

        # A person, not the machine, says what the silence was.
        chair.opens(f"/roster/roll-calls/{call.pk}/")
        chair.reads(absent.name, "疑似脱岗待核")
        chair.page.locator("summary").get_by_text("核实情况").first.click()
        chair.types("核实情况", "电话无人接听，家属称已回家")
        chair.taps_on("确认脱岗")
        target.refresh_from_db()
        assert (target.outcome, target.confirmed_by) == (Outcome.CONFIRMED, commander)
        chair.opens("/roster/attendance/")
        chair.reads(deputy.name, "替班")


def test_a_call_for_help_is_noted_while_they_speak_and_handed_on_until_somebody_has_come(
    night: Night, sit: Sit
) -> None:
    words = "新华巷5号老人被困 进水到膝"
    desk = sit(night.cast.duty_officer)
    desk.opens("/desk/")

    # 快记: the cursor stands in the box, one decision, no tap.
    desk.counts_anew()
    desk.thoughts += 1
    desk.goes_on_typing(words)
    desk.strikes("Control+Enter")
    desk.reads(f"已记：{words}")
    assert desk.taps == 0
    assert desk.seconds <= 25, desk.seconds
    entry = LogEntry.objects.get(text=words)

    # 转求助, and whoever is nearest is sent: two taps more, and the box for the next call is still there.
    desk.counts_anew()
    desk.taps_on("转求助", within=desk.row(words, "li"), stays=True)
    desk.reads("派谁去")
    desk.taps_on("派出", stays=True)
    assert desk.taps == 2
    desk.reads("已通知 ")
    asked = HelpRequest.objects.get(log_entry=entry)
    assert entry.follow_ups.get().kind == FollowUp.HELP
    assert asked.assignment is not None
    helper = asked.assignment.assignee
    assert helper is not None
    desk.reads(f"已通知 {helper.name} 前往。", "与求助人通话后才能办结")
    assert desk.page.url.endswith("/desk/")

    # The list behind the sheet knows it, and Esc leads back into the box: the next call is ringing.
    expect(desk.row(words, "#desk-lists .board-help li")).to_contain_text(helper.name, timeout=PATIENCE)
    desk.strikes("Escape")
    desk.goes_on_typing("下一个电话")
    assert desk.page.input_value("[name=text]") == "下一个电话"

    # The helper's phone: he goes, is there, and says that it is done.
    phone = sit(helper, "phone")
    phone.opens("/field/")
    phone.counts_anew()
    phone.taps_on(words)
    phone.taps_on("到场")
    phone.taps_on("完成")
    assert (phone.taps, phone.keys) == (3, 0)
    asked.refresh_from_db()
    assert asked.spoken_by == helper

    # Only now it can be closed, with how it ended.
    desk.opens(f"/command/help/{asked.uuid}/")
    desk.chooses("结果", "现场解决")
    desk.taps_on("求助办结")
    desk.reads("求助已办结。")
    asked.refresh_from_db()
    assert asked.closed_by == night.cast.duty_officer


def test_a_response_is_raised_with_three_taps_and_gives_only_what_is_missing(night: Night, sit: Sit) -> None:
    chair = sit(night.cast.commander)
    chair.opens(f"/command/responses/start/?area={SUBDISTRICT}")
    chair.counts_anew()
    chair.holds("启动响应")
    chair.reads("Ⅳ级响应已启动。")
    assert (chair.taps, chair.keys) == (1, 0)
    response = Response.objects.get(area_code=SUBDISTRICT)
    given = set(response.tasks.values_list("pk", flat=True))
    assert given

    # Ⅳ→Ⅱ: the basis stands there already, out of the notice in force; the page says beforehand what pressing does.
    chair.counts_anew()
    chair.taps_on("提升响应")
    chair.taps_on("Ⅱ级")
    chair.reads("将新派任务 2 项")
    chair.holds("提升响应")
    assert chair.taps <= 3
    assert chair.keys == 0
    chair.reads("已提升响应。", "启动响应 Ⅳ", "提升响应 Ⅳ→Ⅱ")
    response.refresh_from_db()
    assert response.level == 2
    after = set(response.tasks.values_list("pk", flat=True))
    assert given < after
    assert len(after - given) == 2
    assert response.call_outs.exists()

    # On the timeline of the night stands both, once each.
    chair.opens("/command/timeline/")
    assert response.steps.count() == 2

    # The keeper's phone holds the task of the first level, once.
    keeper = sit(night.cast.storekeeper, "phone")
    keeper.opens("/assignments/")
    keeper.reads("清点抢险物资")
    assert response.tasks.filter(assignment__assignee=night.cast.storekeeper).count() == 1


def test_three_pumps_leave_and_two_arrive(night: Night, sit: Sit) -> None:
    keeper = night.cast.storekeeper
    store, pump = a_store(keeper=keeper, name="河堤仓库"), an_item("大流量排水泵")
    stocked(store, pump, 6, by=keeper, now=clock.now())

    # The storekeeper's phone: what, where to, who receives it.
    phone = sit(keeper, "phone")
    phone.opens(f"/supplies/stores/{store.code}/")
    phone.taps_on("调拨")
    phone.types("或送往地点", "3 号下穿式桥涵")
    phone.types("大流量排水泵 库存 6 台", "3")
    phone.types("收货人", "桥涵值守点")
    phone.types("收货人电话", "13700001234")
    phone.taps_on("装好，现在出发")
    phone.reads("在途", "已短信通知 桥涵值守点")
    load = Transfer.objects.get(from_store=store)
    assert load.state == TransferState.ON_THE_WAY
    assert load.assignment is not None

    # The receiver has no account: the link in the SMS is enough. Two came, and he says so.
    receiver = sit(screen="phone")
    receiver.opens(link_path(load.assignment))
    receiver.counts_anew()
    receiver.taps_on("去办理")
    receiver.reads("大流量排水泵：发出 3 台")
    receiver.types("到达", "2")
    receiver.types("少了，原因：", "车上只有两台")
    receiver.taps_on("确认实收")
    receiver.reads("有短少")
    assert receiver.taps == 4
    load.refresh_from_db()
    assert (load.state, load.received_name) == (TransferState.RECEIVED_SHORT, "桥涵值守点")

    # The missing pump stays open until another person settles it.
    chair = sit(night.cast.commander)
    chair.opens(f"/supplies/transfers/{load.uuid}/")
    chair.reads("短少", "车上只有两台")
    chair.types("“大流量排水泵”缺 1，其中找到", "1")
    chair.chooses("找到地点", "河堤仓库")
    chair.types("原因", "落在装车口，已归库")
    chair.taps_on("办结")
    chair.reads("已录入。")
    load.refresh_from_db()
    assert load.state == TransferState.SETTLED
    assert Balance.objects.get(store=store).quantity == 4

    # 先出库后补单: a telephone rings at night, three taps and what the voice says.
    phone.opens(f"/supplies/stores/{store.code}/emergency/")
    phone.counts_anew()
    phone.types("领用人", "抢险二队")
    phone.types("大流量排水泵 库存 4 台", "2")
    phone.taps_on("先出库，12 小时内补单")
    assert phone.taps <= 3
    assert phone.seconds <= 40, phone.seconds
    assert Issue.objects.get(store=store).is_emergency
    assert Balance.objects.get(store=store).quantity == 2
    phone.opens("/assignments/")
    phone.reads("抢险二队")


def test_a_handover_is_refused_while_something_is_untaken_and_signed_when_all_is(night: Night, sit: Sit) -> None:
    leaving, coming = somebody("夜班交班员"), somebody("白班接班员")
    now = clock.now()
    post = at_the_post(leaving, coming, name="值班长岗")
    ending = shift(leaving, post, starts=now - timedelta(hours=11, minutes=50), hours=12)
    beginning = shift(coming, post, starts=now + timedelta(minutes=10), hours=12)
    roster.check_in(shift=ending, by=leaving, now=now - timedelta(hours=11))
    for number in range(20):
        roster.note(text=f"未办事项 {number + 1}：核对责任人电话", by=leaving, now=now, wants_follow_up=True)

    # 交班: the form knows already who hands over what to whom, the list collects itself.
    desk = sit(leaving)
    desk.opens("/roster/handovers/")
    desk.counts_anew()
    desk.taps_on("交班")
    desk.types("交班要点", "三台水泵到了两台")
    desk.taps_on("汇集未了事项")
    assert desk.taps == 3
    handover = Handover.objects.get(post=post)
    assert (handover.outgoing, handover.incoming) == (leaving, coming)
    total = handover.items.count()
    assert total >= 20
    desk.reads("未办事项 1：核对责任人电话", "签字之前仍由夜班交班员负责")

    # 接班 on the phone: refused while anything is untaken, and told how many.
    phone = sit(coming, "phone")
    phone.opens("/roster/mine/")
    phone.taps_on("值班长岗")
    phone.counts_anew()
    phone.taps_on("接班")
    phone.reads(f"还有 {total} 项未接收")
    handover.refresh_from_db()
    assert handover.taken_over_at is None
    phone.taps_on("接收", within=phone.row("未办事项 1：", ".handover-item"))
    phone.taps_on(f"都已看过，接收全部 {total - 1} 项")
    phone.reads("已全部接收")

    # What comes up at the last moment joins the list and bars the signature too.
    roster.note(text="刚接到：东湖路断电", by=leaving, now=clock.now(), wants_follow_up=True)
    phone.taps_on("接班")
    phone.reads("还有 1 项未接收", "刚接到：东湖路断电")
    phone.taps_on("接收")
    phone.taps_on("接班")
    phone.reads("已接班。")
    assert phone.taps == 6
    handover.refresh_from_db()
    assert handover.taken_over_at
    assert CheckIn.objects.filter(shift=ending, kind=Came.OUT).exists()
    assert CheckIn.objects.filter(shift=beginning, kind=Came.IN).exists()


def test_a_drill_is_stopped_and_only_what_was_rehearsed_is_withdrawn(night: Night, sit: Sit) -> None:
    officer = night.cast.duty_officer
    worker = somebody("演练网格员", Role.GRID_WORKER, GRID)
    real = duty(of=worker, issued_by=officer, now=clock.now(), title="真实任务：查看下穿桥")
    task = inject(1, 0, title="下穿立交积水", receiver=Receiver.PERSON, role="", person=worker)
    script = drill_plan(night.cast, task, inject(2, 40, title="四十分钟后的来电"))

    # Whoever takes part is ticked; nothing goes out before the clock starts.
    desk = sit(officer)
    desk.opens(f"/drills/plans/{script.pk}/")
    desk.taps_on("准备演练")
    desk.ticks("东安路街道")
    desk.taps_on("进入导调台")
    desk.taps_on("开始")
    run = DrillRun.objects.get(plan=script)
    fire_due(now=clock.now())

    # On the worker's phone the exercise stands beside the real, and is marked.
    phone = sit(worker, "phone")
    phone.opens("/field/")
    phone.reads("下穿立交积水", "【演练】", "真实任务：查看下穿桥")

    # 停止: held, not tapped. The rehearsed duty is gone, the real one stays, nothing is deleted.
    desk.opens(f"/drills/runs/{run.uuid}/")
    desk.reads("本页内容均为演练", "演练网格员")
    desk.holds("停止演练")
    desk.reads("已停止", "1 条导调信息未发出")
    rehearsed = Assignment.objects.get(exercise=run.uuid, assignee=worker)
    real.refresh_from_db()
    assert rehearsed.state == State.CANCELLED
    assert real.state == State.ASSIGNED
    phone.opens("/field/")
    phone.reads("真实任务：查看下穿桥")
    phone.reads_nowhere("下穿立交积水")
    assert fire_due(now=clock.now() + timedelta(hours=1)) == 0
