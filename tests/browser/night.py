"""The night that the browser tests look at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.enums import Role
from accounts.models import User
from alerts import actions as alerts
from alerts.enums import NoticeKind, NoticeLevel, UnitKind
from alerts.models import KeyUnit, Notice
from alerts.queries import answer_path
from alerts.rules import Content
from assignments.queries import link_path
from command import actions as command
from command.models import ContingencyPlan
from core import clock
from drills import actions as drills
from drills.enums import FindingKind
from tests import factories
from tests.casts import COMMUNITY, DISTRICT, GRID, SUBDISTRICT, Cast
from tests.command.danger_night import dangers_of_the_night
from tests.command.shelter_night import shelters_of_the_night
from tests.drills.situations import inject, started
from tests.dutyroster.rosters import drafted_night
from tests.dutyroster.shifts import night_at_the_posts
from tests.hazards.doors import night_in_the_grid
from tests.hazards.ledger_night import checked_ledger
from tests.hazards.patrol_night import rounds_of_the_night
from tests.supplies.counting_night import night_at_the_count
from tests.supplies.goods_night import goods_of_the_night

# Member of the cast (empty: nobody has signed in), address; `{site}`, `{round}`, `{notice}` … are those of the night.
PAGES = [
    ("", "/sign-in/"),
    ("", "/sign-in/code/"),
    ("", "{task_link}"),
    ("", "/p/"),
    ("", "{answer}"),
    ("commander", "/"),
    ("duty_officer", "/desk/"),
    ("leader", "/brief/"),
    ("commander", "/alerts/"),
    ("commander", "{notice}"),
    ("commander", "{waiting}"),
    ("commander", "/assignments/"),
    ("commander", "{round}"),
    ("commander", "/hazards/rounds/new/"),
    ("duty_officer", "/alerts/new/"),
    ("duty_officer", "{notice}unreached/"),
    ("duty_officer", "{notice}missing/"),
    ("duty_officer", "{notice}doubted/"),
    ("duty_officer", "/alerts/units/"),
    ("duty_officer", "/alerts/units/new/"),
    ("subdistrict_officer", "{ring_chain}"),
    ("", "/p/a/"),
    ("duty_officer", "{household}"),
    ("duty_officer", "{duty}"),
    ("duty_officer", "/hazards/"),
    ("duty_officer", "{site}"),
    ("subdistrict_officer", "{site}edit/"),
    ("subdistrict_officer", "{site}position/"),
    ("subdistrict_officer", "{site}card/"),
    ("subdistrict_officer", "{ledger}"),
    ("subdistrict_officer", "/hazards/ledger/"),
    ("subdistrict_officer", "/hazards/upkeep/"),
    ("subdistrict_officer", "/hazards/rounds/"),
    ("subdistrict_officer", "/hazards/routine/"),
    ("duty_officer", "/hazards/routine/terms/"),
    ("commander", "/hazards/rounds/calendar/"),
    ("commander", "{round}evidence/"),
    ("commander", "{round}compare/"),
    ("subdistrict_officer", "/hazards/patrols/"),
    ("subdistrict_officer", "{patrol}"),
    ("subdistrict_officer", "{patrol_route}"),
    ("subdistrict_officer", "/hazards/patrols/routes/new/"),
    ("", "{walk}"),
    ("duty_officer", "/messaging/templates/"),
    ("duty_officer", "/messaging/accounts/"),
    ("administrator", "/messaging/accounts/sms/off/"),
    ("administrator", "/messaging/robots/"),
    ("administrator", "/messaging/robots/new/"),
    ("administrator", "/messaging/templates/sms/sms/notice_red/zh-hans/"),
    ("subdistrict_officer", "{inspection}"),
    ("grid_worker", "/field/"),
    ("grid_worker", "/field/work/"),
    ("grid_worker", "/field/files/"),
    ("subdistrict_officer", "/field/refused/"),
    ("grid_worker", "/me/"),
    ("grid_worker", "/assignments/"),
    ("grid_worker", "/assignments/facts/?figure=asked"),
    ("grid_worker", "/feedback/"),
    ("subdistrict_officer", "/assignments/facts/people/"),
    ("administrator", "/feedback/"),
    ("subdistrict_officer", "/assignments/answers/"),
    ("duty_officer", "/assignments/answers/paste/"),
    ("duty_officer", "/assignments/replies/"),
    ("grid_worker", "{duty}"),
    ("grid_worker", "{knock}"),
    ("subdistrict_officer", "{knock}"),
    ("subdistrict_officer", "{told_visit}"),
    ("grid_worker", "{site}inspect/"),
    ("duty_officer", "/roster/"),
    ("duty_officer", "/roster/gaps/"),
    ("duty_officer", "/roster/month/"),
    ("duty_officer", "/roster/plans/"),
    ("duty_officer", "{roster_plan}"),
    ("duty_officer", "/roster/plans/new/"),
    ("duty_officer", "/roster/posts/"),
    ("duty_officer", "{roster_post}"),
    ("duty_officer", "{roster_post}members/"),
    ("duty_officer", "{roster_post}add/"),
    ("duty_officer", "{roster_shift}"),
    ("duty_officer", "/roster/calendars/"),
    ("grid_worker", "/roster/leaves/"),
    ("duty_officer", "/roster/mine/"),
    ("duty_officer", "/roster/attendance/"),
    ("commander", "/roster/roll-calls/"),
    ("commander", "/roster/roll-calls/new/"),
    ("commander", "{roll_call}"),
    ("duty_officer", "/roster/handovers/"),
    ("duty_officer", "/roster/handovers/new/"),
    ("leader", "{handover}"),
    ("duty_officer", "/roster/log/"),
    ("duty_officer", "{log_entry}"),
    ("duty_officer", "/drills/"),
    ("duty_officer", "{drill_plan}"),
    ("duty_officer", "{drill_plan}injects/new/"),
    ("duty_officer", "{drill_plan}runs/new/"),
    ("duty_officer", "{drill_plan}import/"),
    ("duty_officer", "{drill}"),
    ("duty_officer", "{drill}review/"),
    ("administrator", "/people/"),
    ("administrator", "/people/new/"),
    ("administrator", "/people/import/"),
    ("duty_officer", "/supplies/"),
    ("duty_officer", "/supplies/items/"),
    ("duty_officer", "{goods_item}"),
    ("duty_officer", "{goods_store}"),
    ("storekeeper", "{goods_store}emergency/"),
    ("storekeeper", "{goods_store}send/"),
    ("storekeeper", "{goods_store}receive/"),
    ("storekeeper", "/supplies/issues/"),
    ("storekeeper", "{goods_issue}"),
    ("leader", "/supplies/transfers/"),
    ("leader", "{goods_transfer}"),
    ("leader", "/supplies/movements/"),
    ("administrator", "{goods_store}edit/"),
    ("", "{goods_delivery}"),
    ("commander", "/supplies/readiness/"),
    ("duty_officer", "{store_ready}"),
    ("duty_officer", "/supplies/stocktakes/"),
    ("duty_officer", "/supplies/stocktakes/new/"),
    ("duty_officer", "{to_approve}"),
    ("auditor", "{booked}"),
    ("storekeeper", "{counting}"),
    ("administrator", "/supplies/import/"),
    ("commander", "/command/"),
    ("commander", "{response}"),
    ("commander", "{response}raise/"),
    ("commander", "/command/responses/start/"),
    ("duty_officer", "/command/orders/"),
    ("duty_officer", "{order}"),
    ("duty_officer", "/command/orders/new/"),
    ("duty_officer", "{call_out}"),
    ("duty_officer", "/command/calls/new/"),
    ("duty_officer", "/command/timeline/"),
    ("duty_officer", "{plan}"),
    ("", "/p/danger/"),
    ("", "/p/shelters/"),
    ("", "/p/advice/"),
    ("", "/p/subscribe/"),
    ("", "/p/help/"),
    ("duty_officer", "/command/shelters/"),
    ("duty_officer", "{call_out}attempts/"),
    ("commander", "{notice}papers/"),
    ("commander", "/command/dangers/"),
    ("duty_officer", "{danger}"),
    ("duty_officer", "/command/dangers/new/"),
    ("duty_officer", "/command/help/"),
    ("duty_officer", "{help_request}"),
    ("duty_officer", "/command/help/new/"),
    ("duty_officer", "/command/closures/"),
    ("duty_officer", "{closure}"),
    ("duty_officer", "/command/closures/setup/"),
    ("duty_officer", "/command/underground/"),
    ("duty_officer", "{underground}"),
    ("", "{keeper}"),
    ("", "{link_roads}"),
    ("", "{link_water}"),
    ("site_keeper", "/command/closures/new/"),
    ("site_keeper", "{water}"),
    ("grid_worker", "/field/danger/"),
    ("grid_worker", "{danger_sent}"),
    ("subdistrict_officer", "/field/grids/"),
    ("grid_worker", f"/field/grids/{GRID}/"),
    ("subdistrict_officer", "/field/ledger/?state=all"),
    ("subdistrict_officer", "/hazards/households/?show=all"),
    ("subdistrict_officer", "/hazards/households/proposals/"),
    ("subdistrict_officer", "{home}"),
    ("grid_worker", "{home}check/"),
    ("subdistrict_officer", "{request}"),
    ("grid_worker", "/hazards/requests/new/"),
    ("grid_worker", "/assignments/log/"),
    ("subdistrict_officer", "/assignments/log/people/"),
]


@dataclass(frozen=True)
class Night:
    """Everybody, and the addresses of what there is to see, by name."""

    cast: Cast
    addresses: dict[str, str]


def make_night(cast: Cast) -> Night:
    """A notice out and another waiting, doors to knock at, a late round, duties in time and late."""
    now = clock.now()
    homes = [factories.household(), factories.must_reach_household(), factories.household_without_phone()]
    notice = issued_notice(by=cast.duty_officer, signed_by=cast.commander, now=now)
    waiting = submitted_notice(by=cast.duty_officer, now=now)
    assert alerts.close_waiting(now=now + timedelta(minutes=11)) > 0
    alerts.keep_unit(
        unit=None,
        name=f"东安路第{KeyUnit.objects.count() + 1}小学",
        kind=UnitKind.SCHOOL,
        area_code=COMMUNITY,
        address="东安路 9 号",
        receiver="张老师",
        phone="13922223333",
        by=cast.duty_officer,
    )
    alerts.call_units(now=now)
    knock = notice.knocks.get()
    place = factories.site()
    factories.site_without_position()
    opened = factories.round_with_one_late_site(
        opened_by=cast.commander, inspector=cast.grid_worker, verifier=cast.subdistrict_officer
    )
    seen = factories.inspection(at=place, by=cast.grid_worker, failed=True, now=now)
    duty = factories.duty(of=cast.grid_worker, issued_by=cast.duty_officer, now=now)
    factories.late_duty(of=cast.grid_worker, now=now)
    audience = notice.households.get(household=homes[0])
    shelters_of_the_night(by=cast.duty_officer, now=now)
    return Night(
        cast,
        {
            "duty": f"/assignments/{duty.uuid}/",
            "task_link": link_path(duty),
            "notice": f"/alerts/{notice.uuid}/",
            "waiting": f"/alerts/{waiting.uuid}/",
            "household": f"/alerts/{notice.uuid}/households/{audience.pk}/",
            "answer": answer_path(audience.pk),
            "ring_chain": f"/alerts/chains/{homes[1].code}/",
            "knock": f"/alerts/knocks/{knock.assignment.uuid}/",
            "told_visit": f"/alerts/{notice.uuid}/households/{notice.households.earliest('pk').pk}/visit/",
            "site": f"/hazards/sites/{place.code}/",
            "inspection": f"/hazards/inspections/{seen.client_uuid}/",
            "round": f"/hazards/rounds/{opened.pk}/",
            **checked_ledger(cast, now),
            **night_in_the_grid(cast, now),
            **rounds_of_the_night(cast, now),
            **drill_of_the_night(cast, now),
            **goods_of_the_night(cast, now),
            **drafted_night(by=cast.duty_officer, now=now),
            **response_of_the_night(cast, now),
            **dangers_of_the_night(cast, now),
            **night_at_the_posts(cast, now),
            **night_at_the_count(cast, now),
        },
    )


def submitted_notice(*, by: User, now: datetime) -> Notice:
    """A whole notice for the first sub-district that waits for its signature."""
    content = Content(
        kind=NoticeKind.RAINSTORM,
        level=NoticeLevel.ORANGE,
        headline="今夜有大到暴雨",
        starts_at=now,
        expires_at=now + timedelta(hours=6),
        affected_area="东安路街道",
        caution="低洼处可能积水",
        measures="请勿外出",
        issuer="卫东区防汛抗旱指挥部",
    )
    return alerts.submit(notice=alerts.draft(content=content, area_codes=[SUBDISTRICT], by=by, now=now), by=by, now=now)


def issued_notice(*, by: User, signed_by: User, now: datetime) -> Notice:
    """The same, signed: its audience stands and its messages wait for a worker."""
    notice = submitted_notice(by=by, now=now)
    return alerts.approve(notice=notice, version=notice.version, by=signed_by, now=now)


def response_of_the_night(cast: Cast, now: datetime) -> dict[str, str]:
    """A plan, level III in force with its tasks, everybody called out, an order to two and to a telephone."""
    by, version = cast.duty_officer, f"2026-{ContingencyPlan.objects.count() + 1}"
    tasks = [
        command.TaskGiven(4, "清点抢险物资", role=Role.STOREKEEPER),
        command.TaskGiven(3, "巡查涵洞", role=Role.SUBDISTRICT_OFFICER, each_subdistrict=True),
        command.TaskGiven(2, "先断行后报告", role=Role.SITE_KEEPER),
    ]
    draft = command.make_plan(area_code=DISTRICT, version=version, title="防汛预案", tasks=tasks, by=by, now=now)
    plan = command.publish_plan(plan=draft, by=by, now=now)
    response = command.start(
        area_code=DISTRICT, level=3, basis="暴雨橙色预警", by=cast.commander, now=now, calls_out=True
    )
    order = command.give_order(
        title="三台水泵送至三号涵洞",
        text="到场先报积水深度",
        receivers=[
            command.Receiver(person=cast.storekeeper),
            command.Receiver(person=cast.subdistrict_officer),
            command.Receiver(phone="13911112222", name="供电抢修队"),
        ],
        due_at=now + timedelta(minutes=40),
        by=by,
        now=now,
    )
    return {
        "plan": f"/command/plans/{plan.pk}/",
        "response": f"/command/responses/{response.uuid}/",
        "order": f"/command/orders/{order.uuid}/",
        "call_out": f"/command/calls/{response.call_outs.get().uuid}/",
    }


def drill_of_the_night(cast: Cast, now: datetime) -> dict[str, str]:
    """A drill under way: something is out and unanswered, something asks the controller, something was found."""
    contents = [inject(1, 0), inject(2, 3, title="东安路下穿立交积水"), inject(3, 60, needs_controller=True)]
    run = started(cast, *contents, now=now - timedelta(minutes=9))
    drills.fire_due(now=now - timedelta(minutes=9))
    drills.note_finding(run=run, kind=FindingKind.MEND, text="叫应名单不全", by=cast.duty_officer)
    return {"drill_plan": f"/drills/plans/{run.plan_id}/", "drill": f"/drills/runs/{run.uuid}/"}
