"""Residents' requests: taken in, settled, asked back about, and nobody waves his own work through unspoken."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Reveal, User
from assignments import actions as duties
from assignments.enums import State
from core.models import Destruction
from core.rules import Refused
from hazards import actions
from hazards.enums import RequestVerb
from hazards.models import CitizenRequest, RequestCategory
from hazards.queries import (
    request_categories,
    request_lines,
    request_open_items,
    requests,
    requests_by_grid,
)
from territory.rules import scope_of
from tests.casts import GRID, OTHER_GRID, SUBDISTRICT, Cast
from tests.factories import household
from tests.hazards.doors import checked

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
Take = Callable[..., CitizenRequest]


@pytest.fixture
def take(cast: Cast, now: datetime) -> Take:
    """A request that the grid worker took in."""

    def take(**more: Any) -> CitizenRequest:
        given: dict[str, Any] = {
            "uuid": uuid.uuid4(),
            "area_code": GRID,
            "what": "楼前积水不退",
            "category": "排水不畅、积水",
            "mode": "deadline",
            "who": "王小明",
            "phone": "13800000001",
            "by": cast.grid_worker,
            "now": now,
        }
        return actions.take_request(**(given | more))[0]

    return take


def told(**more: Any) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid4()),
        "area_code": GRID,
        "what": "井盖松动",
        "category": "井盖、管道、路面",
        "mode": "deadline",
        "who": "李四",
        "phone": "13800000002",
        **more,
    }


def test_a_request_gets_the_days_of_its_category(take: Take, now: datetime) -> None:
    assert take().due_at == now + timedelta(days=3)
    RequestCategory.objects.create(name="排水不畅、积水", days=1)
    assert take().due_at == now + timedelta(days=1)
    assert [one.name for one in request_categories()] == ["排水不畅、积水"]


def test_sent_twice_it_is_one_request(take: Take) -> None:
    number = uuid.uuid4()
    assert take(uuid=number) == take(uuid=number)
    with pytest.raises(Refused) as caught:
        take(uuid=number, what="另一件事")
    assert caught.value.code == "conflict_request_other"
    assert CitizenRequest.objects.count() == 1


def test_settled_at_the_door_it_has_its_result_at_once(take: Take, cast: Cast, now: datetime) -> None:
    row = take(mode="on_spot", outcome="已清掏雨水口", spoken=True)
    assert (row.answered_by, row.spoken_at, row.responsible) == (cast.grid_worker, now, "东安路网格员")
    closed = actions.close_request(request=row, words="满意", by=cast.grid_worker, now=now)
    assert closed.closed_at == now
    assert [step.verb for step in row.steps.all()] == ["take", "answer", "close"]


def test_whoever_is_given_it_owes_it_and_his_report_is_the_result(take: Take, cast: Cast, now: datetime) -> None:
    row = actions.give_request(request=take(), handler=cast.grid_worker, by=cast.subdistrict_officer, now=now)
    assert row.assignment is not None
    assert (row.assignment.assignee, row.assignment.due_at) == (cast.grid_worker, row.due_at)
    with pytest.raises(Refused) as caught:
        duties.report(assignment=row.assignment, by=cast.grid_worker, now=now)
    assert caught.value.code == "assignment.proof_wanted"
    duties.report(assignment=row.assignment, by=cast.grid_worker, now=now, note="已疏通")
    row.refresh_from_db()
    assert (row.answered_by, row.outcome) == (cast.grid_worker, "已疏通")


def test_who_settled_it_closes_it_only_after_speaking(take: Take, cast: Cast, now: datetime) -> None:
    row = take(mode="on_spot", outcome="已清掏")
    with pytest.raises(Refused) as caught:
        actions.close_request(request=row, words="满意", by=cast.grid_worker, now=now)
    assert caught.value.code == "request_unspoken"
    with pytest.raises(IntegrityError), transaction.atomic():
        CitizenRequest.objects.update(closed_by=cast.grid_worker, closed_at=now)
    actions.speak_about_request(request=row, by=cast.grid_worker, now=now)
    assert actions.close_request(request=row, words="满意", by=cast.grid_worker, now=now).closed_by == cast.grid_worker


def test_another_closes_it_and_nothing_more_is_recorded(take: Take, cast: Cast, now: datetime) -> None:
    row = take(mode="on_spot", outcome="已清掏")
    actions.close_request(request=row, words="满意", by=cast.subdistrict_officer, now=now)
    with pytest.raises(Refused) as caught:
        actions.give_request(request=row, handler=cast.grid_worker, by=cast.subdistrict_officer, now=now)
    assert caught.value.code == "conflict_request_closed"


def test_without_a_result_nobody_asks_back(take: Take, cast: Cast, now: datetime) -> None:
    row = take()
    with pytest.raises(Refused) as caught:
        actions.close_request(request=row, words="满意", by=cast.subdistrict_officer, now=now)
    assert caught.value.code == "request_no_result"
    with pytest.raises(Refused) as caught:
        actions.speak_about_request(request=row, by=cast.subdistrict_officer, now=now)
    assert caught.value.code == "request_no_result"


def test_a_poor_result_is_sent_back_with_a_reason_and_the_old_duty_is_gone(
    take: Take, cast: Cast, now: datetime
) -> None:
    officer = cast.subdistrict_officer
    row = actions.give_request(request=take(), handler=cast.grid_worker, by=officer, now=now)
    first = row.assignment
    assert first is not None
    duties.report(assignment=first, by=cast.grid_worker, now=now, note="已疏通")
    with pytest.raises(Refused) as caught:
        actions.give_request(request=row, handler=cast.grid_worker, by=officer, now=now)
    assert caught.value.code == "request_reason_wanted"
    again = actions.give_request(request=row, handler=cast.grid_worker, by=officer, now=now, note="仍有积水")
    assert again.answered_at is None
    assert again.assignment is not None
    assert again.assignment != first
    assert again.steps.filter(verb=RequestVerb.REDO).count() == 1


def test_given_to_another_the_first_is_called_back(take: Take, cast: Cast, now: datetime) -> None:
    officer = cast.subdistrict_officer
    row = actions.give_request(request=take(), handler=cast.grid_worker, by=officer, now=now)
    first = row.assignment
    row = actions.give_request(request=row, handler=officer, by=officer, now=now)
    assert first is not None
    first.refresh_from_db()
    assert (first.state, row.responsible) == (State.CANCELLED, officer.name)


def test_declined_it_is_in_nobodys_hands(take: Take, cast: Cast, now: datetime) -> None:
    row = actions.give_request(request=take(), handler=cast.grid_worker, by=cast.subdistrict_officer, now=now)
    assert row.assignment is not None
    duties.decline(assignment=row.assignment, by=cast.grid_worker, now=now, note="要吸污车")
    (line,) = request_lines(requests(scope_of(GRID), now=now), now=now)
    assert str(line.state) == "taken"


def test_only_whoever_directs_the_area_gives_it(take: Take, cast: Cast, now: datetime) -> None:
    row = take()
    for stranger in (cast.other_officer, cast.grid_worker):
        with pytest.raises(PermissionDenied):
            actions.give_request(request=row, handler=cast.grid_worker, by=stranger, now=now)


def test_nobody_takes_a_request_in_for_anothers_grid(take: Take, cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        take(area_code=OTHER_GRID)
    assert caught.value.code == "outside_area"


def test_open_and_late_requests_are_counted_by_grid(take: Take, now: datetime) -> None:
    take()
    take(mode="on_spot", outcome="已办")
    later = now + timedelta(days=4)
    assert requests_by_grid(scope_of(SUBDISTRICT), now=now) == {GRID: (2, 0)}
    assert requests_by_grid(scope_of(SUBDISTRICT), now=later) == {GRID: (2, 1)}
    assert requests(scope_of(SUBDISTRICT), state="late", now=later).count() == 1


def test_what_failed_at_a_door_becomes_a_request_and_nobody_types_name_or_number(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    home = household(phone="+8613800000009", head_name="赵一")
    check = checked(home, by=cast.grid_worker, now=now, failing=1)
    worker = signed_in(cast.grid_worker)
    page = worker.get(reverse("hazards:request_new"), {"check": str(check.client_uuid)})
    form = page.context["form"]
    assert (form.initial["what"], form.initial["area_code"]) == ("房屋是否安全", GRID)
    assert "who" not in form.fields
    assert "13800000009" not in page.content.decode()
    sent = told(check_made=str(check.client_uuid), household=str(home.pk), what="房屋是否安全")
    worker.post(reverse("hazards:request_new"), sent)
    row = CitizenRequest.objects.get()
    assert (row.who, row.phone, row.household, row.check_made) == ("赵一", "+8613800000009", home, check)
    shown = worker.get(reverse("hazards:request", args=[row.uuid])).content.decode()
    assert "赵一" not in shown
    assert "13800000009" not in shown


def test_the_officer_takes_it_through_to_the_end_on_its_page(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    signed_in(cast.grid_worker).post(reverse("hazards:request_new"), told())
    row = CitizenRequest.objects.get()
    officer = signed_in(cast.subdistrict_officer)

    def act(verb: str, **given: Any) -> str:
        answer = officer.post(reverse("hazards:request_act", args=[row.uuid, verb]), given, follow=True)
        return answer.content.decode()

    act("give", handler=cast.grid_worker.pk, note="今天看")
    row.refresh_from_db()
    assert row.assignment is not None
    duties.report(assignment=row.assignment, by=cast.grid_worker, now=now, note="已加固")
    act("spoken")
    assert "满意" in act("close", words="满意")
    row.refresh_from_db()
    assert (row.closed_by, row.spoken_at) == (cast.subdistrict_officer, now)


def test_who_asked_is_masked_until_somebody_says_why(take: Take, cast: Cast, signed_in: SignedIn) -> None:
    row = take()
    officer = signed_in(cast.subdistrict_officer)
    page = officer.get(reverse("hazards:request", args=[row.uuid])).content.decode()
    assert "王小明" not in page
    assert "13800000001" not in page
    shown = officer.post(reverse("hazards:request_reveal", args=[row.uuid]), {"reason": "回访"}).content.decode()
    assert "王小明" in shown
    assert Reveal.objects.get().subject == f"request:{row.pk}"
    assert signed_in(cast.other_officer).get(reverse("hazards:request", args=[row.uuid])).status_code == 404


DOORS = {
    "request_new": {"grid_worker": 200, "subdistrict_officer": 200, "duty_officer": 200, "auditor": 403},
    "request": {"grid_worker": 200, "subdistrict_officer": 200, "other_worker": 404, "outsider": 403},
}


@pytest.mark.parametrize("name", DOORS)
def test_pages_open_to_their_roles_in_their_areas(take: Take, cast: Cast, signed_in: SignedIn, name: str) -> None:
    row = take()
    url = reverse(f"hazards:{name}", args=[row.uuid] if name == "request" else [])
    assert {member: signed_in(getattr(cast, member)).get(url).status_code for member in DOORS[name]} == DOORS[name]


def test_a_late_request_in_nobodys_hands_is_handed_over(take: Take, cast: Cast, now: datetime) -> None:
    row, later = take(), now + timedelta(days=4)
    actions.give_request(request=take(), handler=cast.grid_worker, by=cast.subdistrict_officer, now=now)
    assert request_open_items(scope_of(SUBDISTRICT), now) == []
    (item,) = request_open_items(scope_of(SUBDISTRICT), later)
    assert (item.key, item.title) == (f"hazards.request:{row.pk}", row.what)


def test_who_asked_is_forgotten_a_year_after_it_was_closed(take: Take, cast: Cast, now: datetime) -> None:
    still_open, closed = take(), take(mode="on_spot", outcome="已办")
    actions.close_request(request=closed, words="满意", by=cast.subdistrict_officer, now=now)
    assert actions.forget_requesters(now=now + timedelta(days=365)) == 0
    later = now + timedelta(days=366)
    assert [actions.forget_requesters(now=later), actions.forget_requesters(now=later)] == [1, 0]
    closed.refresh_from_db()
    still_open.refresh_from_db()
    assert (closed.who, closed.phone, closed.what) == ("", "", "楼前积水不退")
    assert still_open.who == "王小明"
    assert Destruction.objects.get().count == 1
