"""A drill during a real warning: what is real stays as it is, row by row, figure by figure, page by page."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client

from accounts.models import User
from alerts import queries as alerts
from assignments import actions as duties
from assignments import queries as owed
from assignments.models import Assignment, AssignmentEvent
from board.queries.situation import situation
from command import actions as command
from command import queries as orders
from drills import actions
from drills.enums import InjectKind, Receiver, RunVerb
from drills.models import DrillRun
from dutyroster import queries as roster
from messaging.actions import dispatch
from messaging.channels import CHANNELS
from messaging.enums import Lane, State
from messaging.models import Delivery
from messaging.rules import EXERCISE_MARK, Accepted, Account
from territory.rules import scope_of
from tests import factories
from tests.browser.night import issued_notice
from tests.casts import DISTRICT, NIGHT, SUBDISTRICT, Cast
from tests.drills.situations import inject, started

pytestmark = pytest.mark.django_db

QUIET: dict[str, Any] = {"expect_ack_minutes": None, "expect_done_minutes": None}
EVERYTHING = (
    inject(1, 0, kind=InjectKind.MESSAGE, text="雨强加大", **QUIET),
    inject(2, 0, title="巡查下穿立交"),
    inject(3, 1, kind=InjectKind.DANGER, title="东安路涵洞积水"),
    inject(4, 1, kind=InjectKind.HELP, title="东安路 8 号老人被困", receiver=Receiver.NOBODY, role="", **QUIET),
    inject(5, 2, kind=InjectKind.LEVEL, title="启动响应", level=2, receiver=Receiver.NOBODY, role="", **QUIET),
    inject(6, 2, kind=InjectKind.PAPER, title="市防指来文"),
)


@pytest.fixture
def warning(cast: Cast) -> datetime:
    """A real night: a notice out, households, a late duty, a response of level Ⅲ, a danger, a line of the log."""
    now = NIGHT
    for _ in range(3):
        factories.household()
    factories.must_reach_household()
    issued_notice(by=cast.duty_officer, signed_by=cast.commander, now=now)
    factories.late_duty(of=cast.grid_worker, now=now)
    factories.duty(of=cast.subdistrict_officer, issued_by=cast.duty_officer, now=now)
    command.start(area_code=DISTRICT, level=3, basis="真实暴雨", by=cast.commander, now=now)
    return now


def real_rows() -> dict[str, set[str]]:
    """Every row of every table that is no exercise's, as PostgreSQL prints it, by table."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table.startswith(("drills_", "pgh", "core_tick", "django_", "auth", "axes_", "messaging_enlisted")):
                continue
            if table.endswith("event") and model.__name__.endswith("Event") and model._meta.app_label != "assignments":
                continue
            columns = {field.column for field in model._meta.fields}
            where = "WHERE exercise IS NULL" if "exercise" in columns else REAL.get(table, "")
            cursor.execute(f'SELECT t::text FROM "{table}" t {where}')  # noqa: S608  (names of our own tables)
            found[table] = {row[0] for row in cursor.fetchall()}
    return found


# What hangs on a row of an exercise is told by that row.
REAL = {
    "messaging_delivery": "WHERE broadcast_id IN (SELECT id FROM messaging_broadcast WHERE exercise IS NULL)",
    "assignments_assignmentevent": (
        "WHERE assignment_id IN (SELECT id FROM assignments_assignment WHERE exercise IS NULL)"
    ),
    "assignments_escalationrun": (
        "WHERE assignment_id IN (SELECT id FROM assignments_assignment WHERE exercise IS NULL)"
    ),
    "assignments_escalationsent": (
        "WHERE run_id IN (SELECT r.id FROM assignments_escalationrun r JOIN assignments_assignment a "
        "ON a.id = r.assignment_id WHERE a.exercise IS NULL)"
    ),
    "command_responsestep": "WHERE response_id IN (SELECT id FROM command_response WHERE exercise IS NULL)",
    "command_plantask": "WHERE response_id IN (SELECT id FROM command_response WHERE exercise IS NULL)",
    "command_dangeract": "WHERE danger_id IN (SELECT id FROM command_danger WHERE exercise IS NULL)",
    "command_helpact": "WHERE request_id IN (SELECT id FROM command_helprequest WHERE exercise IS NULL)",
    "core_media": "",
}


def figures(cast: Cast, now: datetime) -> dict[str, object]:
    """What the board, the desk and a shift that hands over are told."""
    scope = scope_of(DISTRICT)
    seen = situation(scope, now=now)
    return {
        "late": [row.url for row in seen.late],
        "duties": seen.duties,
        "coverage": seen.coverage and seen.coverage.total,
        "in force": [row.notice.pk for row in seen.in_force],
        "crying": len(seen.crying),
        "supervised": sorted(owed.supervised(scope, now).values_list("pk", flat=True)),
        "level": orders.level_in_force(DISTRICT, now),
        "response": orders.current_response(scope),
        "dangers": orders.danger_counts(scope, now),
        "help": orders.help_counts(scope, now),
        "orders": list(orders.orders(scope, now=now).values_list("pk", flat=True)),
        "timeline": sorted(orders.timeline(scope).values_list("pk", flat=True)),
        "log": [item.key for item in roster.open_items(scope, now)],
        "to hand over": sorted(item.key for item in [*orders.open_items(scope, now), *owed.open_items(scope, now)]),
        "notices": sorted(alerts.notices_in_force(now).values_list("pk", flat=True)),
    }


def public(client: Client) -> str:
    """The resident's page without what changes by the minute."""
    page = client.get("/p/").content.decode()
    return re.sub(r'csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|<time.*?</time>', "", page)


def played(cast: Cast, now: datetime) -> DrillRun:
    """The whole plan, answered, and stopped."""
    run = started(cast, *EVERYTHING, now=now)
    for minute in range(4):
        actions.fire_due(now=now + timedelta(minutes=minute))
    assert run.fired.count() == 6
    assert [fired.fault for fired in run.fired.all() if fired.fault] == []
    return run


def test_a_drill_during_a_real_warning_changes_nothing_real(cast: Cast, warning: datetime, client: Client) -> None:
    now = warning + timedelta(minutes=5)
    with time_machine.travel(now, tick=False):
        rows, told, page = real_rows(), figures(cast, now), public(client)
        run = played(cast, warning)
        own = Assignment.objects.filter(exercise=run.uuid)
        assert own.count() >= 3
        first = own.filter(assignee=cast.subdistrict_officer).earliest("pk")
        duties.acknowledge(assignment=first, by=cast.subdistrict_officer, now=now)
        assert figures(cast, now) == told
        assert public(client) == page
        actions.turn_clock(run=run, verb=RunVerb.STOP, by=cast.duty_officer, now=now)
        assert figures(cast, now) == told
        assert public(client) == page
        after = real_rows()
    assert {table for table, found in after.items() if found != rows[table]} == set()


class Gateway:
    """Takes everything and remembers to whom what went."""

    name, provider, batch_size = "sms", "contract", 100

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def fault(self, account: Account) -> str:
        return ""

    def send(self, account: Account, messages: Any) -> list[Any]:
        self.sent += [(message.address, message.text) for message in messages]
        return [Accepted(message.id) for message in messages]


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    found = Gateway()
    monkeypatch.setitem(CHANNELS, ("sms", "contract"), found)
    return found


def test_only_enlisted_telephones_ring_and_each_text_says_that_it_is_an_exercise(
    cast: Cast, warning: datetime, gateway: Gateway
) -> None:
    """Reminders, what superiors are told, hand-overs and withdrawals included."""
    run = played(cast, warning)
    mine = Assignment.objects.filter(exercise=run.uuid, assignee=cast.subdistrict_officer)
    dispatch(Lane.ALARM, now=warning + timedelta(minutes=4))
    for minute in (6, 30, 60, 90, 120):
        duties.escalate_due(now=warning + timedelta(minutes=minute))
        dispatch(Lane.ALARM, now=warning + timedelta(minutes=minute))
    later = warning + timedelta(minutes=122)
    duties.hand_over(assignment=mine.earliest("pk"), to=cast.other_officer, by=cast.duty_officer, now=later)
    actions.turn_clock(run=run, verb=RunVerb.STOP, by=cast.duty_officer, now=later)
    dispatch(Lane.ALARM, now=later)
    asked = Delivery.objects.filter(broadcast__exercise=run.uuid)
    assert cast.other_officer.phone in set(asked.values_list("contact_point__address", flat=True)), "told, but not sent"
    assert AssignmentEvent.objects.filter(assignment__exercise=run.uuid, verb="escalate").exists()
    rehearsed = {text for _address, text in gateway.sent if EXERCISE_MARK in text}
    assert {address for address, text in gateway.sent if text in rehearsed} == {cast.subdistrict_officer.phone}
    assert len(rehearsed) >= 5, "the message, the duties, reminders, the withdrawal"
    left = asked.filter(state=State.ACCEPTED).values_list("contact_point__address", flat=True)
    assert set(left) == {cast.subdistrict_officer.phone}
    titles = {duty.title for duty in mine}
    assert [
        text for _address, text in gateway.sent if any(one in text for one in titles) and text not in rehearsed
    ] == []


def test_whoever_opens_a_duty_of_an_exercise_sees_the_band(
    cast: Cast, signed_in: Callable[[User], Client], client: Client
) -> None:
    started(cast)
    actions.fire_due(now=NIGHT)
    duty = Assignment.objects.get(exercise__isnull=False)
    mark = "exercise-band"
    with time_machine.travel(NIGHT, tick=False):
        officer = signed_in(cast.subdistrict_officer)
        assert mark in officer.get(f"/assignments/{duty.uuid}/").content.decode()
        assert mark in client.get(owed.link_path(duty)).content.decode()
        assert "state-exercise" in officer.get("/assignments/").content.decode()


def test_a_response_of_the_exercise_asks_nothing_of_those_outside_it(cast: Cast) -> None:
    run = played(cast, NIGHT)
    outside = Assignment.objects.filter(exercise=run.uuid, state="assigned").exclude(assignee=cast.subdistrict_officer)
    assert not outside.exists()
    assert orders.current_response(scope_of(SUBDISTRICT)) is None
    found = orders.current_response(scope_of(DISTRICT), exercise=run.uuid)
    assert found is not None
    assert found.level == 2
