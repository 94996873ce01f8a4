"""A notice from the draft to the last door."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from alerts import queries
from alerts.enums import NoticeState, Reach
from alerts.models import Notice
from assignments import actions
from assignments.enums import State
from core import clock
from hazards.rules import REINSPECTION
from tests import factories
from tests.casts import DISTRICT, GRIDS, OTHER_GRIDS, Cast
from tests.journeys.pages import form_with, forms
from tests.journeys.processes import Stack, Visitor, until

pytestmark = pytest.mark.journey
MINUTE = "%Y-%m-%dT%H:%M"


def the_district() -> None:
    """Thirteen households in three grids: one without telephone, two who must be spoken to."""
    for grid, households in ((GRIDS[0], 5), (GRIDS[1], 3), (OTHER_GRIDS[0], 2)):
        for _ in range(households):
            factories.household(area_code=grid)
    factories.household_without_phone(area_code=GRIDS[1])
    factories.must_reach_household(area_code=GRIDS[0])
    factories.must_reach_household(area_code=GRIDS[1], phone=None)


def drafted(officer: Visitor) -> Notice:
    """The duty officer writes a notice for the whole district and submits it."""
    form = form_with(officer.get("/alerts/new/"), "headline").fields
    now = timezone.localtime(clock.now())
    officer.post(
        "/alerts/new/",
        form
        | {
            "headline": "今夜有大到暴雨",
            "starts_at": now.strftime(MINUTE),
            "expires_at": (now + timedelta(hours=6)).strftime(MINUTE),
            "caution": "低洼处、下穿桥和地下空间可能积水",
            "measures": "请勿外出，低洼院落的住户准备转移",
            "issuer": "卫东区防汛抗旱指挥部",
            "areas": [DISTRICT],
            "submit": "1",
        },
    )
    return Notice.objects.get()


def visits(worker: Visitor, address: str) -> int:
    """Knocks at every door that is left on a phone's list, says so each time, and returns how many they were."""
    doors = 0
    while left := [form for form in forms(worker.get(address)) if form.has("audience")]:
        stored = worker.post(left[0].action or address, left[0].fields | {"outcome": "told"})
        doors += 1
        assert doors <= 20, "the list does not get shorter:" + "".join(
            re.findall(r"note-text.>([^<]*)", stored.data.decode())
        )
    return doors


def test_from_the_draft_to_the_last_door(stack: Stack, cast: Cast) -> None:
    the_district()
    stack.control(undelivered_rate=0.35)
    officer, commander = stack.visitor(cast.duty_officer), stack.visitor(cast.commander)

    notice = drafted(officer)
    address = f"/alerts/{notice.uuid}/"
    assert notice.state == NoticeState.SUBMITTED
    officer.post(f"{address}approve/", {"version": notice.version}, expect=403)
    commander.post(f"{address}approve/", form_with(commander.get(address), "version").fields)
    notice.refresh_from_db()
    assert notice.state == NoticeState.ISSUED

    # The worker sends, the gateway reports, the coverage settles.
    scope = cast.commander.scope
    until(lambda: queries.coverage(notice, scope).total.pending == 0, of="a receipt for every message")
    found = queries.coverage(notice, scope)
    assert found.total.total == 13
    assert sum(grid.total for grid in found.grids) == 13
    gateway = stack.stats()
    assert found.total.count(Reach.DELIVERED) == gateway["accepted"] - gateway["undelivered"]
    silent = found.total.unreached
    assert 2 < silent < 13, "the faults of the gateway should have left some silent and not all"

    # One family asks for help by SMS.
    phone = next(message["to"] for message in stack.messages() if message["status"] == "delivered")
    stack.answers(phone, "3")
    until(lambda: queries.coverage(notice, scope).total.count(Reach.NEED_HELP) == 1, of="the cry for help")

    # The wait is over: one duty a grid, told by SMS, done on a phone.
    Notice.objects.filter(pk=notice.pk).update(issued_at=clock.now() - timedelta(minutes=notice.wait_minutes + 1))
    until(lambda: queries.knocks(notice).exists(), of="somebody sent to knock")
    knocks = list(queries.knocks(notice))
    assert len({knock.area_code for knock in knocks}) == len(knocks)
    told = until(lambda: stack.messages(str(cast.grid_worker.phone)), of="the grid worker's SMS")
    assert stack.url in told[0]["text"]
    doors = 0
    for knock in knocks:
        assert knock.assignment.assignee
        doors += visits(stack.visitor(knock.assignment.assignee), f"/alerts/knocks/{knock.assignment.uuid}/")
        knock.assignment.refresh_from_db()
        assert knock.assignment.state == State.VERIFIED
    assert doors >= silent

    done = queries.coverage(notice, scope)
    assert done.accounted
    assert done.total.unreached == done.total.pending == 0
    assert done.total.reached == done.total.total == 13


def test_whoever_holds_a_task_link_answers_without_an_account(stack: Stack, cast: Cast) -> None:
    duty = actions.assign(
        kind=REINSPECTION,
        title="查看新华路下穿桥",
        area_code=GRIDS[0],
        contact_point=factories.contact_point("+8615900000001"),
        assignee_name="桥下商户",
        issued_by=cast.duty_officer,
        now=clock.now(),
    )
    message = until(lambda: stack.messages("+8615900000001"), of="the SMS with the link")[0]
    link = re.search(r"https?://[^/]+(/t/[^/\s]+/)", message["text"])
    assert link
    holder = stack.visitor()
    for verb in ("acknowledge", "start"):
        holder.post(link[1], {"verb": verb})
    photo = ("bridge.jpg", factories.photograph("bridge"), "image/jpeg")
    holder.upload(link[1], {"verb": "report", "note": "水深十厘米", "photo": photo})
    duty.refresh_from_db()
    assert duty.state == State.REPORTED
    assert list(duty.events.values_list("verb", "means")) == [
        ("assign", "page"),
        ("acknowledge", "link"),
        ("start", "link"),
        ("report", "link"),
    ]
    assert duty.events.get(verb="report").photo_sha256

    stack.visitor(cast.duty_officer).post(f"/assignments/{duty.uuid}/act/", {"verb": "verify"})
    duty.refresh_from_db()
    assert duty.state == State.VERIFIED
    holder.post(link[1], {"verb": "report"}, expect=410)
