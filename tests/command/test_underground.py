"""地下空间关闭: one press for an area, five ticks of each keeper, ringing until nobody is below."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from assignments import actions as duties
from assignments.enums import Means, State, Verb
from assignments.models import Assignment
from assignments.queries import link_path, token_of
from assignments.rules import after
from command import actions
from command.enums.closing import KeeperStep
from command.enums.dangers import FieldObjection
from command.models import TimelineEntry, UndergroundCall, UndergroundSpace, UndergroundTick
from command.queries import underground as queries
from command.queries.underground import SpaceLine
from command.rules.underground import LADDER, UNDERGROUND, steps_missing, tone_of, worst_first
from core.rules import Refused
from hazards.enums import SiteKind, SiteRole
from hazards.models import HazardSite, Responsibility
from tests.casts import DISTRICT, LONG_AGO, NIGHT, OTHER_GRID, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.factories import site

MINUTE = timedelta(minutes=1)
FIVE = list(KeeperStep)


def garage(keeper: User | None = None, **fields: object) -> HazardSite:
    """A car park below ground, kept by somebody or by nobody."""
    place = site(kind=SiteKind.UG_PARKING, **fields)  # type: ignore[arg-type]
    if keeper:
        Responsibility.objects.create(site=place, role=SiteRole.PATROL_RESP, person=keeper, during=(LONG_AGO, None))
    return place


def opened(by: User, *, area_code: str = DISTRICT, exercise: uuid.UUID | None = None) -> UndergroundCall:
    """Everything below ground of an area is told to close."""
    return actions.open_underground(area_code=area_code, by=by, now=NIGHT, exercise=exercise).call


def only(call: UndergroundCall) -> UndergroundSpace:
    """Its one space."""
    return call.spaces.select_related("assignment", "site").get()


def lines(call: UndergroundCall, now: datetime = NIGHT) -> list[SpaceLine]:
    """The list of a call."""
    return queries.space_lines(call.spaces.all(), now=now)


# --- without a database


def test_nothing_is_well_before_nobody_is_below() -> None:
    four = {step.value for step in FIVE[:4]}
    assert tone_of(four, late=False) == "working"
    assert tone_of(four, late=True) == "danger"
    assert tone_of({"empty"}, late=False) == "late"
    assert tone_of({step.value for step in FIVE}, late=True) == "ok"
    assert steps_missing(four) == [KeeperStep.EMPTY]


def test_the_worst_stands_first() -> None:
    none, some, emptied = {}, {"boards": NIGHT}, {"empty": NIGHT}  # type: ignore[var-annotated]
    places = [worst_first(none, late=True), worst_first(none, late=False), worst_first(some, late=False)]
    assert [*places, worst_first(emptied, late=True)] == sorted([worst_first(emptied, late=True), *places])


def test_the_ladder_keeps_its_pace_through_the_night() -> None:
    step, walk = 1, 0
    for _rung in range(200):
        follows = after(LADDER, step, walk)
        assert follows.pause <= 5 * MINUTE
        step, walk = follows.step_no, follows.walk


# --- one press


def test_one_press_tells_every_keeper_and_the_sub_district_owes_what_nobody_keeps(cast: Cast, now: datetime) -> None:
    kept, unkept, far = garage(cast.site_keeper), garage(), garage(area_code=OTHER_GRID)
    site()  # an underpass is not below ground
    call = opened(cast.subdistrict_officer, area_code=SUBDISTRICT)
    owed = {space.site: space.assignment.assignee for space in call.spaces.select_related("assignment__assignee")}
    assert owed == {kept: cast.site_keeper, unkept: cast.subdistrict_officer}
    assert [line.space.has_keeper for line in sorted(lines(call), key=lambda line: line.space.pk)] == [True, False]
    assert not UndergroundSpace.objects.filter(site=far).exists()
    assert TimelineEntry.objects.filter(ref=f"underground:{call.pk}").count() == 1


def test_of_two_who_press_the_second_tells_only_who_was_not_told(cast: Cast, now: datetime) -> None:
    garage(cast.site_keeper)
    opened(cast.subdistrict_officer, area_code=SUBDISTRICT)
    with pytest.raises(Refused) as refusal:
        opened(cast.duty_officer)
    assert refusal.value.code == FieldObjection.CLOSING_ALREADY
    fresh = garage(area_code=OTHER_GRID)
    again = actions.open_underground(area_code=DISTRICT, by=cast.duty_officer, now=NIGHT)
    assert (again.told, again.before, only(again.call).site) == (1, 1, fresh)
    with pytest.raises(IntegrityError), transaction.atomic():
        UndergroundSpace.objects.filter(site=fresh).update(site=UndergroundSpace.objects.exclude(site=fresh).get().site)


def test_an_area_without_spaces_and_a_foreign_area_are_refused(cast: Cast, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        opened(cast.duty_officer)
    assert refusal.value.code == FieldObjection.NO_SPACES
    garage(area_code=OTHER_GRID)
    for nobody in (cast.subdistrict_officer, cast.site_keeper, cast.auditor):
        with pytest.raises(Refused):
            opened(nobody, area_code=OTHER_SUBDISTRICT)


# --- five ticks


def test_the_last_tick_ends_the_duty_and_the_others_do_not(cast: Cast, now: datetime) -> None:
    garage(cast.site_keeper)
    space = only(opened(cast.duty_officer))
    for number, step in enumerate(FIVE[:4], start=1):
        actions.tick_step(space=space, step=step, now=NIGHT + number * MINUTE)
    assert Assignment.objects.get(pk=space.assignment_id).state == State.DOING
    assert space.assignment.runs.filter(stopped_at=None).exists()
    actions.tick_step(space=space, step=KeeperStep.EMPTY, now=NIGHT + 9 * MINUTE)
    assert Assignment.objects.get(pk=space.assignment_id).state == State.VERIFIED
    assert not space.assignment.runs.filter(stopped_at=None).exists()
    assert TimelineEntry.objects.filter(ref=f"underground:{space.call_id}").count() == 2


def test_the_ladder_rings_again_though_four_are_ticked(cast: Cast, now: datetime) -> None:
    garage(cast.site_keeper)
    space = only(opened(cast.duty_officer))
    duties.escalate_due(now=NIGHT + 3 * MINUTE)
    assert space.assignment.runs.get(stopped_at=None).fired == 1
    for step in FIVE[:4]:
        actions.tick_step(space=space, step=step, now=NIGHT + 4 * MINUTE)
    due = Assignment.objects.get(pk=space.assignment_id).due_at
    for later in range(4):
        duties.escalate_due(now=due + later * 5 * MINUTE)
    assert space.assignment.runs.get(stopped_at=None).fired >= 3
    told = space.assignment.events.filter(verb="escalate")
    assert any(cast.subdistrict_officer.name in event.note for event in told)


def test_the_same_tick_again_is_the_tick_that_stands(cast: Cast, now: datetime) -> None:
    garage(cast.site_keeper)
    space = only(opened(cast.duty_officer))
    first, is_new = actions.tick_step(space=space, step="power", now=NIGHT)
    again, is_new_again = actions.tick_step(space=space, step="power", now=NIGHT + MINUTE, by=cast.duty_officer)
    assert (first, is_new, is_new_again) == (again, True, False)
    assert (first.at, first.by_name) == (NIGHT, cast.site_keeper.name)
    with pytest.raises(IntegrityError), transaction.atomic():
        UndergroundTick.objects.create(
            space=space, step="power", at=NIGHT, recorded_at=NIGHT, means=Means.LINK, by_name="x"
        )
    with pytest.raises(Refused):
        actions.tick_step(space=space, step="anything", now=NIGHT)


def test_what_was_said_by_telephone_is_recorded_by_name_and_only_in_his_own_area(cast: Cast, now: datetime) -> None:
    garage(cast.site_keeper)
    space = only(opened(cast.duty_officer))
    with pytest.raises(Refused):
        actions.tick_step(space=space, step="boards", now=NIGHT, by=cast.other_officer)
    made, _new = actions.tick_step(space=space, step="boards", now=NIGHT, by=cast.subdistrict_officer)
    assert (made.by, made.means) == (cast.subdistrict_officer, Means.PHONE_CALL)


def test_ending_withdraws_what_is_owed_and_keeps_the_ticks(cast: Cast, now: datetime) -> None:
    garage(cast.site_keeper)
    call = opened(cast.duty_officer)
    space = only(call)
    actions.tick_step(space=space, step="boards", now=NIGHT)
    with pytest.raises(Refused) as refusal:
        actions.end_underground(call=call, by=cast.duty_officer, now=NIGHT + MINUTE)
    assert refusal.value.code == FieldObjection.ENDED_BY_ANOTHER
    with pytest.raises(IntegrityError), transaction.atomic():
        UndergroundCall.objects.filter(pk=call.pk).update(ended_at=NIGHT, ended_by=cast.duty_officer)
    actions.end_underground(call=call, by=cast.leader, now=NIGHT + MINUTE)
    assert Assignment.objects.get(pk=space.assignment_id).state == State.CANCELLED
    with pytest.raises(Refused):
        actions.tick_step(space=space, step="empty", now=NIGHT + MINUTE)
    with pytest.raises(Refused):
        actions.end_underground(call=call, by=cast.commander, now=NIGHT + MINUTE)
    assert space.ticks.count() == 1
    assert only(opened(cast.duty_officer)).site == space.site  # the next storm


def test_the_keeper_who_closed_hears_that_it_is_over_and_the_others_owe_nothing(cast: Cast, now: datetime) -> None:
    shut, half = garage(cast.site_keeper, name="甲车库"), garage(cast.site_keeper, name="乙车库")
    call = opened(cast.duty_officer)
    for step in FIVE:
        actions.tick_step(space=call.spaces.get(site=shut), step=step, now=NIGHT)
    actions.tick_step(space=call.spaces.get(site=half), step="boards", now=NIGHT)
    actions.end_underground(call=call, by=cast.leader, now=NIGHT + MINUTE)
    told = Assignment.objects.get(kind="closure")
    assert (told.assignee, told.state) == (cast.site_keeper, State.ASSIGNED)
    assert shut.name in told.title
    duties.answer_by_link(assignment=told, verb=Verb.ACKNOWLEDGE, now=NIGHT + 2 * MINUTE)
    assert Assignment.objects.get(pk=told.pk).state == State.VERIFIED


def test_an_exercise_stands_apart(cast: Cast, now: datetime) -> None:
    garage(cast.site_keeper)
    run = uuid.uuid4()
    drilled = opened(cast.duty_officer, exercise=run)
    assert only(drilled).assignment.exercise == run
    assert queries.underground_counts(cast.commander.scope).total == 0
    assert queries.open_calls(cast.commander.scope) == []
    assert "演练" in queries.owners_text(only(drilled))
    opened(cast.duty_officer)
    assert queries.underground_counts(cast.commander.scope).not_empty == 1


# --- a tick that does not hold


def test_nobody_below_taken_back_rings_the_street_at_once_and_is_ticked_anew(cast: Cast, now: datetime) -> None:
    garage(cast.site_keeper)
    call = opened(cast.duty_officer)
    space = only(call)
    for step in FIVE:
        actions.tick_step(space=space, step=step, now=NIGHT + MINUTE)
    actions.take_back_step(
        space=space, step="empty", reason="people", by=cast.subdistrict_officer, now=NIGHT + 2 * MINUTE
    )
    owed = Assignment.objects.get(pk=space.assignment_id)
    assert (owed.state, owed.verified_at, owed.reported_at) == (State.DOING, None, None)
    assert owed.events.get(verb="reopen").by == cast.subdistrict_officer
    assert not lines(call)[0].is_empty
    assert queries.underground_counts(cast.commander.scope).not_empty == 1
    assert "1" in queries.underground_items(cast.commander.scope, NIGHT)[0].title
    duties.escalate_due(now=NIGHT + 2 * MINUTE)
    rung = owed.runs.get(stopped_at=None)
    assert [sent.who for sent in rung.sent.all()] == ["superior"]
    again, is_new = actions.tick_step(space=space, step="empty", now=NIGHT + 9 * MINUTE)
    assert (is_new, again.nth, again.at) == (True, 2, NIGHT + 9 * MINUTE)
    assert Assignment.objects.get(pk=owed.pk).state == State.VERIFIED
    line = lines(call)[0]
    assert (line.is_empty, [tick.nth for tick in line.taken_back]) == (True, [1])
    assert TimelineEntry.objects.filter(ref=f"underground:{call.pk}").count() == 4


def test_a_tick_is_taken_back_once_with_a_reason_that_fits_it_and_stays_in_the_history(
    cast: Cast, now: datetime
) -> None:
    garage(cast.site_keeper)
    space = only(opened(cast.duty_officer))
    for reason, code in (("mistake", FieldObjection.NOT_TICKED), ("people", FieldObjection.BACK_REASON)):
        with pytest.raises(Refused) as refusal:
            actions.take_back_step(space=space, step="power", reason=reason, now=NIGHT)
        assert refusal.value.code == code
    first, _new = actions.tick_step(space=space, step="power", now=NIGHT)
    with pytest.raises(Refused):
        actions.take_back_step(space=space, step="power", reason="mistake", by=cast.other_officer, now=NIGHT)
    actions.take_back_step(space=space, step="power", reason="mistake", now=NIGHT + MINUTE)
    with pytest.raises(Refused) as refusal:
        actions.take_back_step(space=space, step="power", reason="mistake", now=NIGHT + MINUTE)
    assert refusal.value.code == FieldObjection.NOT_TICKED
    assert (first.back.by_name, first.back.means) == (cast.site_keeper.name, Means.LINK)
    assert steps_missing(lines(space.call)[0].ticks) == FIVE
    for frozen in (UndergroundTick.objects.filter(pk=first.pk), type(first.back).objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            frozen.update(by_name="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        UndergroundTick.objects.create(
            space=space, step="power", at=NIGHT, recorded_at=NIGHT, means=Means.LINK, by_name="x"
        )


def test_the_keeper_and_the_desk_take_back_each_on_his_own_page(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    garage(cast.site_keeper)
    call = opened(cast.duty_officer)
    space = only(call)
    phone, page = Client(), reverse("command:keeper", args=[token_of(space.assignment)])
    phone.post(page, {"step": "boards"})
    assert phone.post(page, {"step": "boards", "reason": ""}).status_code == 409
    assert phone.post(page, {"step": "boards", "reason": "undone"}).status_code == 302
    assert len(phone.get(page).context["missing"]) == 5
    phone.post(page, {"step": "boards"})
    tap = reverse("command:underground_back", args=[space.pk, "boards"])
    assert signed_in(cast.auditor).post(tap, {"reason": "mistake"}).status_code == 403
    assert signed_in(cast.other_officer).post(tap, {"reason": "mistake"}).status_code == 404
    desk = signed_in(cast.duty_officer)
    assert desk.get(tap).status_code == 405
    desk.post(tap, {"reason": "mistake"})
    shown = desk.get(reverse("command:underground_call", args=[call.uuid]))
    assert [tick.back.by for tick in shown.context["lines"][0].taken_back] == [None, cast.duty_officer]
    actions.end_underground(call=call, by=cast.leader, now=NIGHT)
    with pytest.raises(Refused):
        actions.take_back_step(space=space, step="boards", reason="mistake", now=NIGHT)


def test_residents_read_which_car_parks_close_until_they_are_open_again(cast: Cast, now: datetime) -> None:
    near, far = garage(cast.site_keeper, name="和平广场车库"), garage(area_code=OTHER_GRID, name="光华路车库")
    before = Client().get("/p/")
    call = opened(cast.duty_officer)
    opened_for_training = actions.open_underground(
        area_code=DISTRICT, by=cast.duty_officer, now=NIGHT, exercise=uuid.uuid4()
    )
    page = Client().get("/p/", headers={"If-None-Match": before["ETag"]})
    assert page.context["underground"] == [near.name, far.name]
    assert opened_for_training.told == 2
    assert near.name in page.content.decode()
    assert Client().get(f"/p/{OTHER_SUBDISTRICT}/").context["underground"] == [far.name]
    actions.end_underground(call=call, by=cast.leader, now=NIGHT)
    again = Client().get("/p/", headers={"If-None-Match": page["ETag"]})
    assert again.context["underground"] == []


# --- the keeper's page


def test_the_keepers_link_opens_his_page_and_each_tick_is_one_post(cast: Cast, now: datetime) -> None:
    garage(cast.site_keeper)
    space = only(opened(cast.duty_officer))
    phone, page = Client(), reverse("command:keeper", args=[token_of(space.assignment)])
    assert phone.get(link_path(space.assignment))["Location"] == page
    shown = phone.get(page)
    assert len(shown.content) < 50_000
    phone.get(page, {"step": "boards"})
    assert not space.ticks.exists()  # reading ticks nothing
    for _twice in range(2):
        assert phone.post(page, {"step": "boards"})["Location"] == page
    assert [(tick.step, tick.means) for tick in space.ticks.all()] == [("boards", Means.LINK)]
    assert phone.post(page, {"step": ""}).status_code == 409
    for step in FIVE:
        phone.post(page, {"step": step.value})
    done = phone.get(page)
    assert done.context["missing"] == []
    assert phone.get(page.replace(page[-10], "x" if page[-10] != "x" else "y")).status_code == 404


def test_the_page_wants_the_forms_own_token_against_forgery(cast: Cast, now: datetime) -> None:
    garage(cast.site_keeper)
    space = only(opened(cast.duty_officer))
    phone = Client(enforce_csrf_checks=True)
    page = reverse("command:keeper", args=[token_of(space.assignment)])
    assert phone.post(page, {"step": "boards"}).status_code == 403
    assert not space.ticks.exists()


def test_the_text_for_the_owners_fits_a_group_and_says_first_what_to_do(cast: Cast, now: datetime) -> None:
    garage(cast.site_keeper, name="很长的名字" * 16)
    text = queries.owners_text(only(opened(cast.duty_officer)))
    assert len(text) <= 180
    assert text.startswith("请勿下地库")
    assert "119" in text


# --- the desk


def test_the_list_shows_the_worst_first_records_and_exports(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    quick, slow = garage(cast.site_keeper, name="一号车库"), garage(name="=二号车库")
    desk = signed_in(cast.duty_officer)
    desk.post(reverse("command:underground_open"), {"area_code": SUBDISTRICT})
    call = UndergroundCall.objects.get()
    for step in FIVE:
        actions.tick_step(space=call.spaces.get(site=quick), step=step, now=NIGHT)
    space = call.spaces.get(site=slow)
    tap = reverse("command:underground_tick", args=[space.pk, "boards"])
    assert desk.get(tap).status_code == 405
    desk.post(tap)
    page = desk.get(reverse("command:underground_call", args=[call.uuid]))
    assert [line.space.site for line in page.context["lines"]] == [slow, quick]
    assert page.context["left"] == 1
    sheet = load_workbook(BytesIO(desk.get(reverse("command:underground_export", args=[call.uuid])).content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 3
    assert not str(rows[1][0]).startswith("=")
    assert desk.get(reverse("command:underground")).context["counts"].not_empty == 1
    again = desk.post(reverse("command:underground_open"), {"area_code": SUBDISTRICT})
    assert again.context["form"].errors
    end = reverse("command:underground_end", args=[call.uuid])
    assert page.context["opened_it"]
    desk.post(end)
    assert UndergroundCall.objects.get().ended_by is None  # whoever opened it does not send people down again
    signed_in(cast.leader).post(end)
    assert UndergroundCall.objects.get().ended_by == cast.leader


def test_who_may_open_read_record_and_end(cast: Cast, now: datetime, signed_in: Callable[[User], Client]) -> None:
    garage(cast.site_keeper)
    garage(area_code=OTHER_GRID)
    call = opened(cast.duty_officer)
    near = call.spaces.get(area_code__startswith=SUBDISTRICT)
    page, export = (reverse(f"command:underground_{what}", args=[call.uuid]) for what in ("call", "export"))
    open_, end = reverse("command:underground_open"), reverse("command:underground_end", args=[call.uuid])
    tap = reverse("command:underground_tick", args=[near.pk, "boards"])
    for nobody in (cast.grid_worker, cast.storekeeper, cast.agency_liaison, cast.site_keeper, cast.outsider):
        browser = signed_in(nobody)
        for url in (page, export, reverse("command:underground")):
            assert browser.get(url).status_code == 403, (nobody.username, url)
        for url in (open_, end, tap):
            assert browser.post(url).status_code == 403, (nobody.username, url)
    reader = signed_in(cast.auditor)
    assert reader.get(page).status_code == 200
    assert [reader.post(url).status_code for url in (open_, end, tap)] == [403, 403, 403]
    foreign = signed_in(cast.other_officer)
    assert [line.space.area_code for line in foreign.get(page).context["lines"]] == [OTHER_GRID]
    assert foreign.post(tap).status_code == 404
    own = signed_in(cast.subdistrict_officer)
    assert len(own.get(page).context["lines"]) == 1
    own.post(end)  # the district's call is not his to end
    assert UndergroundCall.objects.get().ended_at is None
    assert own.post(tap).status_code == 302
    assert own.post(open_, {"area_code": OTHER_SUBDISTRICT}).status_code == 200
    assert UNDERGROUND.opens_page
