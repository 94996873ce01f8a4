"""100 %, or the list of what is missing; three goals; key units; ticks faster than anybody walks."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django.fixtures import Settings

from accounts.enums import Role
from accounts.models import Reveal, User
from alerts import actions, queries
from alerts.enums import Answerer, Choice, Goal, UnitKind, Via, VisitOutcome
from alerts.models import AudienceHousehold, DoorKnock, KeyUnit, Notice, RingStep, UnitCall, Visit, VisitCheck
from alerts.queries import Link
from alerts.queries.missing import REASONS
from alerts.rules import Tick, card_pin, doubted
from assignments.enums import OPEN
from assignments.models import Assignment
from core.rules import Refused
from messaging.enums import State
from territory.models import Household
from territory.rules import scope_of
from tests.alerts.situations import household_of, issued, message_became
from tests.alerts.test_counting import many_kinds
from tests.casts import (
    COMMUNITY,
    DISTRICT,
    GRIDS,
    NIGHT,
    OTHER_COMMUNITY,
    OTHER_SUBDISTRICT,
    SUBDISTRICT,
    Cast,
    make_person,
)
from tests.factories import household, household_without_phone, must_reach_household

SignedIn = Callable[[User], Client]
EVERYWHERE = scope_of(DISTRICT)
SECOND = timedelta(seconds=1)


def visited(row: Notice, home: Household, outcome: str, by: User, at: datetime = NIGHT) -> Visit:
    """A tick at a door."""
    return actions.record_visit(
        client_uuid=uuid.uuid4(), audience=household_of(row, home), outcome=VisitOutcome(outcome), by=by, now=at
    )


def why(row: Notice, goal: str) -> list[tuple[int, str]]:
    """Household and reason of everybody on the list."""
    found = queries.missing(row, EVERYWHERE, goal).rows
    keys = {str(label): key for key, label in REASONS.items()}
    return [(line.line.audience.household_id, keys[str(line.reason)]) for line in found]


def test_the_list_says_of_each_household_why_it_is_missing_and_who_goes_there(cast: Cast) -> None:
    crying, away, proxied, gone, told = (must_reach_household() for _number in range(5))
    deaf, failed, silent, had = household_without_phone(), household(), household(), household()
    row = issued(cast)
    for home, state in ((failed, State.FAILED), (had, State.DELIVERED), (told, State.DELIVERED)):
        message_became(row, home, state)
    for home, choice in ((crying, Choice.NEED_HELP), (away, Choice.AWAY), (proxied, Choice.SAFE)):
        actions.record_answer(audience=household_of(row, home), choice=choice, via=Via.SMS, now=NIGHT)
    actions.send_knocks(notice=row, by=cast.duty_officer, now=NIGHT)
    visited(row, gone, "nobody", cast.grid_worker)
    visited(row, told, "told", cast.grid_worker)
    assert why(row, Goal.MUST_REACH) == [
        (crying.pk, "help"),
        (away.pk, "away"),
        (proxied.pk, "answered"),
        (gone.pk, "nobody"),
    ]
    assert why(row, Goal.ORDINARY) == [(deaf.pk, "no_phone"), (failed.pk, "failed"), (silent.pk, "silent")]
    found = queries.missing(row, EVERYWHERE, Goal.MUST_REACH).rows
    assert {line.owes for line in found} == {cast.grid_worker.name}
    keys = {str(label): key for key, label in REASONS.items()}
    counted = {keys[str(one.label)]: (one.must, one.ordinary) for one in queries.reasons(row, EVERYWHERE)}
    listed = [reason for goal in (Goal.MUST_REACH, Goal.ORDINARY) for _home, reason in why(row, goal)]
    assert {reason: must + ordinary for reason, (must, ordinary) in counted.items()} == {
        reason: listed.count(reason) for reason in set(listed)
    }
    total = queries.coverage(row, EVERYWHERE).total
    assert (total.must_missing, total.ordinary_undelivered) == (4, 3)
    assert [(str(one.label), one.count, one.by_proxy) for one in queries.answer_sums(row, EVERYWHERE)] == [
        (str(choice.label), 1, 0) for choice in Choice
    ]


def test_the_list_pages_without_gap_or_repetition_and_cries_come_first(cast: Cast) -> None:
    homes = [must_reach_household(area_code=grid) for grid in GRIDS * 4]
    row = issued(cast)
    for home in homes[5:7]:
        actions.record_answer(audience=household_of(row, home), choice=Choice.NEED_HELP, via=Via.SMS, now=NIGHT)
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = queries.missing(row, EVERYWHERE, Goal.MUST_REACH, after=after, size=5)
        seen += [line.line.audience.household_id for line in page.rows]
        after = page.after
    assert len(seen) == len(set(seen)) == 12
    assert set(seen[:2]) == {home.pk for home in homes[5:7]}


def test_the_page_and_the_sheet_name_all_three_and_no_resident(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    elder, deaf = must_reach_household(), household_without_phone()
    keep(cast)
    row = issued(cast)
    actions.call_units(now=NIGHT)
    desk = signed_in(cast.duty_officer)
    for goal in Goal.values:
        page = desk.get(reverse("alerts:missing", args=[row.uuid]), {"goal": goal})
        assert page.status_code == 200
    assert desk.get(reverse("alerts:missing", args=[row.uuid])).context["goal"] == Goal.MUST_REACH
    sheet = desk.get(reverse("alerts:missing_sheet", args=[row.uuid]))
    book = load_workbook(BytesIO(sheet.content))
    cells = [[str(cell) for line in each.values for cell in line] for each in book.worksheets]
    assert {COMMUNITY, SUBDISTRICT, GRIDS[0]} <= set(cells[0])
    assert elder.code in cells[1]
    assert deaf.code in cells[2]
    assert "东安路小学" in cells[3]
    assert elder.head_name not in cells[1]
    assert signed_in(cast.storekeeper).get(reverse("alerts:missing", args=[row.uuid])).status_code == 403
    more = desk.get(reverse("alerts:missing", args=[row.uuid]), {"goal": "must_reach"}, headers={"HX-Request": "true"})
    assert "<html" not in more.content.decode()
    assert desk.get(reverse("alerts:curve", args=[row.uuid])).status_code == 200


def test_a_hundred_percent_says_so(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    elder = must_reach_household()
    row = issued(cast)
    visited(row, elder, "told", cast.grid_worker)
    page = signed_in(cast.duty_officer).get(reverse("alerts:missing", args=[row.uuid]))
    assert "100" in page.content.decode()
    assert page.context["page"].rows == []
    assert page.context["reasons"] == []


def headline(desk: Client, row: Notice) -> str:
    page = desk.get(reverse("alerts:missing", args=[row.uuid])).content.decode()
    return " ".join(page.split("<h1>")[1].split("</h1>")[0].split())


def test_nobody_reads_a_hundred_percent_while_a_household_asks_for_help(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    plain, elder, told = household(), must_reach_household(), must_reach_household()
    row, desk = issued(cast), signed_in(cast.duty_officer)
    actions.record_answer(audience=household_of(row, plain), choice=Choice.NEED_HELP, via=Via.SMS, now=NIGHT)
    visited(row, elder, "need_help", cast.grid_worker)
    visited(row, told, "told", cast.grid_worker)
    assert why(row, Goal.ORDINARY) == [(plain.pk, "help")]
    assert why(row, Goal.MUST_REACH) == [(elder.pk, "help")]
    total = queries.coverage(row, EVERYWHERE).total
    assert (total.must_unspoken, total.must_missing, total.ordinary_undelivered, total.crying) == (0, 1, 1, 2)
    assert (total.must_spoken, total.must_answered) == (2, 2)
    assert "一户不差" not in headline(desk, row)
    assert "2 户" in headline(desk, row)
    row.households.update(help_closed_at=NIGHT)
    assert (why(row, Goal.ORDINARY), why(row, Goal.MUST_REACH)) == ([], [])
    assert "一户不差" in headline(desk, row)


def test_where_answers_are_the_goal_a_message_that_arrived_is_none(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    had, said, met, signed = household(), household(), household(), household()
    row, desk = issued(cast), signed_in(cast.duty_officer)
    for home in (had, said, met, signed):
        message_became(row, home, State.DELIVERED)
    actions.record_answer(audience=household_of(row, said), choice=Choice.SAFE, via=Via.SMS, now=NIGHT)
    visited(row, met, "told", cast.grid_worker)
    assert why(row, Goal.ORDINARY) == []
    before = headline(desk, row)
    actions.choose_goal(notice=row, goal=Goal.ORDINARY, by=cast.duty_officer, now=NIGHT)
    assert dict(why(row, Goal.ORDINARY)) == {had.pk: "unanswered", signed.pk: "unanswered"}
    page = desk.get(reverse("alerts:missing", args=[row.uuid]))
    assert (page.context["goal"], page.context["left"]) == (Goal.ORDINARY, 2)
    assert headline(desk, row) != before
    assert [(one.must, one.ordinary) for one in queries.reasons(row, EVERYWHERE)] == [(0, 2)]


def test_whoever_was_signed_for_as_unreachable_and_has_the_message_after_all_is_still_to_be_spoken_to(
    cast: Cast,
) -> None:
    elder, gone = must_reach_household(), must_reach_household()
    row = issued(cast)
    row.households.update(closed_reason="电话不通，家中无人")
    message_became(row, elder, State.DELIVERED)
    message_became(row, gone, State.FAILED)
    assert why(row, Goal.MUST_REACH) == [(elder.pk, "delivered")]
    assert queries.coverage(row, EVERYWHERE).total.must_missing == 1


@pytest.mark.parametrize(("seed", "goal"), [(0, Goal.MUST_REACH), (1, Goal.ORDINARY), (2, Goal.ORDINARY)])
def test_the_figure_the_list_and_the_reasons_count_the_same_households(cast: Cast, seed: int, goal: Goal) -> None:
    row = many_kinds(cast, seed)
    actions.choose_goal(notice=row, goal=goal, by=cast.duty_officer, now=NIGHT)
    for scope in (EVERYWHERE, scope_of(SUBDISTRICT)):
        total = queries.coverage(row, scope).total
        left = total.ordinary_unanswered if goal == Goal.ORDINARY else total.ordinary_undelivered
        listed = [len(queries.missing(row, scope, each).rows) for each in (Goal.MUST_REACH, Goal.ORDINARY)]
        reasons = queries.reasons(row, scope)
        assert [total.must_missing, left] == listed
        assert [sum(one.must for one in reasons), sum(one.ordinary for one in reasons)] == listed


# --- the goal ---------------------------------------------------------------------------------------------------------


def test_a_notice_names_its_goal_and_only_who_drafts_or_signs_there_chooses_it(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    household()
    row = issued(cast)
    assert queries.goal_of(row) == Goal.MUST_REACH
    desk = signed_in(cast.duty_officer)
    desk.post(reverse("alerts:choose_goal", args=[row.uuid]), {"goal": "units"})
    assert queries.goal_of(row) == Goal.UNITS
    signed_in(cast.subdistrict_officer).post(reverse("alerts:choose_goal", args=[row.uuid]), {"goal": "ordinary"})
    desk.post(reverse("alerts:choose_goal", args=[row.uuid]), {"goal": "everything"})
    assert queries.goal_of(row) == Goal.UNITS
    page = desk.get(reverse("alerts:notice", args=[row.uuid]))
    assert page.context["goal_label"] == Goal.UNITS.label


# --- key units --------------------------------------------------------------------------------------------------------


def keep(cast: Cast, *, name: str = "东安路小学", area_code: str = COMMUNITY, phone: str = "13700000021") -> KeyUnit:
    """A school with its caretaker."""
    return actions.keep_unit(
        unit=None,
        name=name,
        kind=UnitKind.SCHOOL,
        area_code=area_code,
        address="东安路 9 号",
        receiver="张老师",
        phone=phone,
        by=cast.duty_officer,
    )


def test_each_key_unit_is_asked_once_and_its_receivers_answer_is_the_units(cast: Cast) -> None:
    school, mall = keep(cast), keep(cast, name="鹰城商场", area_code=OTHER_COMMUNITY, phone="0375-2900021")
    actions.retire_unit(unit=keep(cast, name="旧仓库", phone="13700000029"), by=cast.duty_officer, now=NIGHT)
    household()
    row = issued(cast)
    assert [actions.call_units(now=NIGHT), actions.call_units(now=NIGHT)] == [2, 0]
    assert {call.unit_id for call in UnitCall.objects.all()} == {school.pk, mall.pk}
    duty = UnitCall.objects.get(unit=school).assignment
    assert duty.contact_point == school.contact_point
    Assignment.objects.filter(pk=duty.pk).update(acknowledged_at=NIGHT + timedelta(minutes=2))
    for scope, told in ((EVERYWHERE, (2, 1)), (scope_of(SUBDISTRICT), (1, 1)), (scope_of(OTHER_SUBDISTRICT), (1, 0))):
        units = queries.coverage(row, scope).total.units
        assert (units.total, units.answered) == told
    assert [line.call.unit.name for line in queries.unit_calls(row, EVERYWHERE)] == ["鹰城商场", "东安路小学"]
    assert len(queries.unit_calls(row, EVERYWHERE, silent=True)) == 1


def test_a_notice_of_one_subdistrict_asks_no_unit_of_another(cast: Cast) -> None:
    keep(cast, area_code=OTHER_COMMUNITY)
    household()
    issued(cast, areas=(SUBDISTRICT,))
    assert actions.call_units(now=NIGHT) == 0


def test_the_register_is_kept_by_whoever_keeps_sites_there(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    given = {
        "name": "卫东养老院",
        "kind": "care_home",
        "area_code": COMMUNITY,
        "address": "",
        "receiver": "院长",
        "phone": "13700000022",
    }
    officer = signed_in(cast.subdistrict_officer)
    assert officer.get(reverse("alerts:new_unit")).status_code == 200
    assert officer.post(reverse("alerts:new_unit"), given | {"phone": "123"}).status_code == 400
    assert officer.post(reverse("alerts:new_unit"), given).status_code == 302
    row = KeyUnit.objects.get()
    assert officer.post(reverse("alerts:unit", args=[row.pk]), given | {"receiver": "副院长"}).status_code == 302
    row.refresh_from_db()
    assert row.receiver == "副院长"
    assert signed_in(cast.other_officer).get(reverse("alerts:unit", args=[row.pk])).status_code == 404
    assert "卫东养老院" in officer.get(reverse("alerts:units")).content.decode()
    officer.post(reverse("alerts:retire_unit", args=[row.pk]))
    assert not queries.key_units(EVERYWHERE).exists()


# --- doubted ticks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        ([0, 10, 20], set()),
        ([0, 10, 20, 59], {0, 1, 2, 3}),
        ([0, 10, 20, 60], set()),
        ([0, 30, 50, 59, 80], {0, 1, 2, 3, 4}),
        ([0, 200, 210, 220, 230, 400], {1, 2, 3, 4}),
    ],
)
def test_as_many_ticks_of_one_person_within_a_minute_are_doubted(seconds: list[int], found: set[int]) -> None:
    ticks = [Tick(number, 1, NIGHT + after * SECOND) for number, after in enumerate(seconds)]
    others = [Tick(100 + number, 2 + number, NIGHT) for number in range(9)]
    assert doubted([*ticks, *others], most=4, within=60 * SECOND) == found


@pytest.fixture
def burst(cast: Cast, settings: Settings) -> Notice:
    """The worker ticks five elders in as many seconds."""
    settings.DOOR_TICKS_A_MINUTE = 5
    homes = [must_reach_household() for _number in range(5)]
    row = issued(cast)
    for number, home in enumerate(homes):
        visited(row, home, "told", cast.grid_worker, NIGHT + number * SECOND)
    return row


def test_a_burst_is_shown_to_the_community_and_holds_when_it_says_so(burst: Notice, cast: Cast) -> None:
    found = queries.doubts(burst, cast.subdistrict_officer.scope)
    assert [(doubt.by, doubt.count) for doubt in found] == [(cast.grid_worker.pk, 5)]
    assert queries.doubts(burst, cast.other_officer.scope) == []
    late = NIGHT + timedelta(minutes=5)
    officer = cast.subdistrict_officer
    assert actions.judge_visits(notice=burst, worker=found[0].by, holds=True, note="", by=officer, now=late) == 5
    assert queries.doubts(burst, officer.scope) == []
    assert queries.coverage(burst, EVERYWHERE).total.must_spoken == 5
    with pytest.raises(Refused):
        actions.judge_visits(notice=burst, worker=found[0].by, holds=True, note="", by=officer, now=late)


def test_what_does_not_hold_is_to_be_visited_again(burst: Notice, cast: Cast, signed_in: SignedIn) -> None:
    officer = signed_in(cast.subdistrict_officer)
    page = officer.get(reverse("alerts:doubted", args=[burst.uuid]))
    assert page.context["count"] == 5
    judge = reverse("alerts:judge_visits", args=[burst.uuid])
    said = {"worker": cast.grid_worker.pk, "holds": "no"}
    officer.post(judge, said)
    assert not VisitCheck.objects.exists(), "without a word nobody's work is called untrue"
    officer.post(judge, said | {"note": "网格员承认是补录"})
    assert VisitCheck.objects.filter(holds=False).count() == 5
    assert not AudienceHousehold.objects.filter(visited_at__isnull=False).exists()
    assert queries.coverage(burst, EVERYWHERE).total.must_unspoken == 5
    home = burst.households.order_by("pk")[:1].get()
    visited(burst, home.household, "told", cast.grid_worker, NIGHT + timedelta(hours=1))
    home.refresh_from_db()
    assert home.visited_at == NIGHT + timedelta(hours=1)


def test_another_is_sent_where_the_duty_was_done_with_visits_that_do_not_hold(burst: Notice, cast: Cast) -> None:
    neighbour = make_person(
        "neighbour", name="第二网格员", phone="+8613900000031", role=Role.GRID_WORKER, area_code=GRIDS[1]
    )
    officer, home = cast.subdistrict_officer, must_reach_household()
    AudienceHousehold.objects.create(notice=burst, household=home, area_code=home.area_code, must_reach="alone")
    actions.send_knocks(notice=burst, by=cast.duty_officer, now=NIGHT)
    visited(burst, home, "told", cast.grid_worker, NIGHT + timedelta(minutes=30))
    assert DoorKnock.objects.get().assignment.state not in OPEN
    late = NIGHT + timedelta(minutes=40)
    actions.judge_visits(notice=burst, worker=cast.grid_worker.pk, holds=False, note="没有人去过", by=officer, now=late)
    first, second = DoorKnock.objects.order_by("again")
    assert second.assignment.assignee == neighbour
    assert second.assignment.title == first.assignment.title.replace("1", "5", 1)
    assert {line.owes for line in queries.missing(burst, EVERYWHERE, Goal.MUST_REACH).rows} == {neighbour.name}
    assert actions.send_knocks(notice=burst, by=cast.duty_officer, now=late) == 0
    for audience in burst.households.filter(visited_at=None):
        visited(burst, audience.household, "told", neighbour, late)
    second.assignment.refresh_from_db()
    assert second.assignment.state not in OPEN


@pytest.mark.parametrize("what", ["on his way", "waiting", "withdrawn"])
def test_nobody_else_is_sent_where_somebody_goes_anyway(burst: Notice, cast: Cast, what: str) -> None:
    if what == "on his way":
        household_without_phone()
        home = must_reach_household()
        AudienceHousehold.objects.create(notice=burst, household=home, area_code=home.area_code, must_reach="alone")
        actions.send_knocks(notice=burst, by=cast.duty_officer, now=NIGHT)
    if what == "withdrawn":
        Notice.objects.update(waited_at=NIGHT)
        actions.withdraw(notice=burst, reason="误发", by=cast.commander, now=NIGHT)
    before = DoorKnock.objects.count()
    actions.judge_visits(
        notice=burst, worker=cast.grid_worker.pk, holds=False, note="没去", by=cast.subdistrict_officer, now=NIGHT
    )
    assert DoorKnock.objects.count() == before


def test_doors_that_nobody_was_sent_to_because_they_were_ticked_get_somebody(burst: Notice, cast: Cast) -> None:
    assert actions.close_waiting(now=NIGHT + timedelta(hours=1)) == 0
    actions.judge_visits(
        notice=burst, worker=cast.grid_worker.pk, holds=False, note="没去", by=cast.subdistrict_officer, now=NIGHT
    )
    rows = queries.missing(burst, EVERYWHERE, Goal.MUST_REACH).rows
    assert [line.owes for line in rows] == [cast.subdistrict_officer.name] * 5


def test_nobody_judges_his_own_visits(burst: Notice, cast: Cast) -> None:
    with pytest.raises(Refused):
        actions.judge_visits(
            notice=burst, worker=cast.grid_worker.pk, holds=True, note="", by=cast.grid_worker, now=NIGHT
        )


def test_the_proof_of_a_visit_has_its_time_and_place(cast: Cast) -> None:
    home = household()
    row = issued(cast)
    actions.record_visit(
        client_uuid=uuid.uuid4(),
        audience=household_of(row, home),
        outcome=VisitOutcome.TOLD,
        by=cast.grid_worker,
        now=NIGHT,
        position=(113.31234, 33.74567),
        accuracy_m=12.4,
    )
    assert Visit.objects.get().position == Point(113.31234, 33.74567, srid=4326)
    (shown,) = (event for event in queries.household_events(household_of(row, home)) if event.by)
    assert (shown.at, shown.by) == (NIGHT, cast.grid_worker.name)
    assert "33.74567, 113.31234" in shown.words
    assert "12" in shown.words


def test_a_chain_and_the_cards_of_a_grid_are_kept_on_a_page(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    home = must_reach_household()
    officer = signed_in(cast.subdistrict_officer)
    address = reverse("alerts:ring_chain", args=[home.code])
    page = officer.get(address)
    assert page.status_code == 200
    assert officer.post(address, chain_form("12")).status_code == 400
    assert officer.post(address, chain_form("13700000031") | {"form-0-name": "女儿"}).status_code == 302
    assert [step.name for step in queries.ring_steps(home)] == ["女儿"]
    assert signed_in(cast.other_officer).get(address).status_code == 404
    cards = officer.get(reverse("alerts:cards", args=[home.area_code]))
    assert home.code in cards.content.decode()
    assert signed_in(cast.other_officer).get(reverse("alerts:cards", args=[home.area_code])).status_code == 404
    assert officer.get(reverse("alerts:cards", args=[COMMUNITY])).status_code == 404


def test_only_who_checks_households_writes_a_chain_and_prints_cards(
    cast: Cast, signed_in: SignedIn, settings: Settings
) -> None:
    home = must_reach_household(phone="+8613700000031")
    address, cards = reverse("alerts:ring_chain", args=[home.code]), reverse("alerts:cards", args=[home.area_code])
    for person in (cast.auditor, cast.duty_officer):
        reader = signed_in(person)
        page = reader.get(address).content.decode()
        assert "137****0031" in page
        assert "13700000031" not in page
        assert card_pin(home.code, secret=settings.SECRET_KEY) not in page
        assert [reader.post(address, chain_form()).status_code, reader.get(cards).status_code] == [403, 403]
    assert not RingStep.objects.exists()


def test_a_masked_number_stays_moves_and_goes_and_what_cannot_be_told_is_asked_for(
    cast: Cast, signed_in: SignedIn
) -> None:
    home = must_reach_household()
    numbers = ["+8613700000031", "+8613711110031", "+8613700000032"]
    links = [Link(Answerer.CHILD, f"子女{place}", number) for place, number in enumerate(numbers)]
    actions.set_chain(household=home, links=links, by=cast.subdistrict_officer)
    worker, address = signed_in(cast.grid_worker), reverse("alerts:ring_chain", args=[home.code])
    page = worker.get(address).content.decode()
    assert page.count("137****0031") == 2
    assert "13700000031" not in page

    def written(*phones: str) -> list[str]:
        answer = worker.post(address, chain_form(*phones))
        return [str(answer.status_code), *(step.contact_point.address for step in queries.ring_steps(home))]

    assert written("137****0031", "137****0031", "137****0032") == ["302", *numbers]
    assert written("137****0031", "137****0031", "13700000033") == ["302", *numbers[:2], "+8613700000033"]
    assert written("137****0033", "137****0031") == ["302", "+8613700000033", numbers[1]]
    assert written("137****0031", "137****0099") == ["400", "+8613700000033", numbers[1]]
    assert written("137****0031", "13700000031") == ["302", numbers[1], numbers[0]]
    assert written("", "", "137****0031") == ["400", numbers[1], numbers[0]]


def test_a_look_at_the_whole_numbers_of_a_chain_is_kept_with_its_reason(cast: Cast, signed_in: SignedIn) -> None:
    home = must_reach_household(phone="+8613700000031")
    address = reverse("alerts:reveal_chain", args=[home.code])
    officer = signed_in(cast.duty_officer)
    assert officer.post(address, {"reason": ""}).status_code == 400
    page = officer.post(address, {"reason": "没人接，值班室自己打"}).content.decode()
    assert 'href="tel:+8613700000031"' in page
    look = Reveal.objects.get()
    assert (look.user, look.subject, look.reason) == (cast.duty_officer, f"chain:{home.pk}", "没人接，值班室自己打")
    assert signed_in(cast.grid_worker).post(address, {"reason": "想看"}).status_code == 403
    assert signed_in(cast.other_officer).post(address, {"reason": "想看"}).status_code == 404
    assert Reveal.objects.count() == 1


def chain_form(*phones: str) -> dict[str, str]:
    """The form of a chain with these numbers, in this order."""
    given = {"form-TOTAL_FORMS": "6", "form-INITIAL_FORMS": "6"}
    for place in range(6):
        phone = phones[place] if place < len(phones) else ""
        given |= {f"form-{place}-who": "child", f"form-{place}-name": "", f"form-{place}-phone": phone}
    return given


def test_the_list_names_the_numbers_of_who_goes_and_of_silent_units_to_whoever_calls_people(
    cast: Cast, signed_in: SignedIn
) -> None:
    must_reach_household()
    actions.keep_unit(
        unit=None,
        name="东安路小学",
        kind=UnitKind.SCHOOL,
        area_code=COMMUNITY,
        address="",
        receiver="王校长",
        phone="13700000041",
        by=cast.duty_officer,
    )
    row = issued(cast)
    actions.call_units(now=NIGHT)
    actions.send_knocks(notice=row, by=cast.duty_officer, now=NIGHT)
    address = reverse("alerts:missing", args=[row.uuid])
    calls, reads = signed_in(cast.duty_officer), signed_in(cast.auditor)
    for goal, number in (("must_reach", cast.grid_worker.phone), ("units", "+8613700000041")):
        assert f'href="tel:{number}"' in calls.get(address, {"goal": goal}).content.decode()
        assert "tel:" not in reads.get(address, {"goal": goal}).content.decode()
