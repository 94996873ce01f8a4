"""Nothing open is lost between two shifts, and the log only grows."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from rest_framework.test import APIClient

from accounts.models import User
from core.rules import Refused
from dutyroster import actions, queries
from dutyroster.enums import FollowUp, LogKind
from dutyroster.models import CheckIn, Handover, HandoverItem, LogEntry, LogFollowUp
from dutyroster.queries import LogFilter
from territory.rules import scope_of
from tests.casts import DISTRICT, NIGHT, SUBDISTRICT, Cast
from tests.dutyroster.shifts import duty_post, shift
from tests.factories import late_duty, round_with_one_late_site

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
Api = Callable[[User], APIClient]
WHOLE = scope_of(DISTRICT)
OURS = ["assignments.queries.open_items", "hazards.queries.open_items", "dutyroster.queries.open_items"]


@pytest.fixture(autouse=True)
def sources(settings: object) -> None:
    """The apps below and beside this one: what the others leave open has tests of its own."""
    settings.HANDOVER_SOURCES = [*OURS, "alerts.queries.open_items"]  # type: ignore[attr-defined]


def noted(by: User, text: str = "东环路桥下积水约 20 厘米", **fields: object) -> LogEntry:
    return actions.note(text=text, by=by, now=NIGHT, **{"wants_follow_up": True, **fields})  # type: ignore[arg-type]


def handover(cast: Cast, now: datetime = NIGHT) -> Handover:
    """From the duty officer to the leader."""
    post = duty_post(cast.duty_officer, cast.leader, name=f"值班{uuid4().hex[:4]}")
    return actions.open_handover(
        post=post, outgoing=cast.duty_officer, incoming=cast.leader, by=cast.duty_officer, now=now
    )


def test_a_handover_collects_what_every_app_has_open(cast: Cast, now: datetime) -> None:
    noted(cast.duty_officer)
    late_duty(of=cast.grid_worker, now=now)
    round_with_one_late_site(opened_by=cast.commander, inspector=cast.grid_worker, verifier=cast.subdistrict_officer)
    found = {item.key.split(":")[0] for item in handover(cast).items.all()}
    assert found >= {"dutyroster.log", "assignments.late", "hazards.round"}


def test_signing_is_refused_while_one_item_is_untaken_and_counts_them(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    entries = [noted(cast.duty_officer, f"第 {number} 个电话") for number in range(20)]
    row = handover(cast)
    page, phone = reverse("dutyroster:handover", args=[row.pk]), signed_in(cast.leader)
    shown = re.findall(r'name="key" value="([^"]+)"', phone.get(page).content.decode())
    keys = {f"dutyroster.log:{entry.pk}" for entry in entries}
    assert set(shown) == keys
    for key in sorted(keys)[:19]:
        phone.post(f"{page}take/", {"key": key})
    answer = phone.post(f"{page}sign/", follow=True)
    assert "1 项" in answer.content.decode() or "1 open items" in answer.content.decode()
    row.refresh_from_db()
    assert row.taken_over_at is None
    phone.post(f"{page}take/", {"key": shown})
    phone.post(f"{page}sign/")
    row.refresh_from_db()
    assert row.taken_over_at == now
    assert set(row.items.values_list("taken_by", flat=True)) == {cast.leader.pk}


def test_what_came_in_after_the_page_was_read_bars_the_signature_and_what_was_settled_does_not(
    cast: Cast, now: datetime
) -> None:
    first = noted(cast.duty_officer, "一楼进水")
    row = handover(cast)
    actions.follow_up(entry=first, kind=FollowUp.DONE, ref="", url="", note="已抽干", by=cast.duty_officer, now=now)
    second = noted(cast.duty_officer, "二号泵停机")
    with pytest.raises(Refused) as refusal:
        actions.sign_handover(handover=row, by=cast.leader, now=now)
    assert refusal.value.params == {"count": 1}
    states = {item.key: item.closed_at for item in HandoverItem.objects.filter(handover=row)}
    assert states == {f"dutyroster.log:{first.pk}": now, f"dutyroster.log:{second.pk}": None}
    actions.take_items(handover=row, keys=[f"dutyroster.log:{second.pk}"], by=cast.leader, now=now)
    assert actions.sign_handover(handover=row, by=cast.leader, now=now).taken_over_at == now


def test_only_who_takes_over_takes_and_signs(cast: Cast, signed_in: SignedIn, api: Api, now: datetime) -> None:
    noted(cast.duty_officer)
    row = handover(cast)
    for person in (cast.duty_officer, cast.commander):
        with pytest.raises(Refused):
            actions.take_items(handover=row, keys=[], by=person, now=now)
        with pytest.raises(Refused):
            actions.sign_handover(handover=row, by=person, now=now)
    assert signed_in(cast.grid_worker).get(reverse("dutyroster:handover", args=[row.pk])).status_code == 404
    url = reverse("api_dutyroster:handover_sign", args=[row.pk])
    assert api(cast.leader).post(url).json()["code"] == "conflict.untaken"
    assert api(cast.leader).post(url).status_code == 409


def test_nobody_hands_over_to_himself(cast: Cast, now: datetime) -> None:
    post = duty_post(cast.leader)
    with pytest.raises(Refused):
        actions.open_handover(post=post, outgoing=cast.leader, incoming=cast.leader, by=cast.leader, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.create(post=post, outgoing=cast.leader, incoming=cast.leader, opened_at=now)


def test_a_post_has_one_open_handover_and_opening_again_brings_it_up_to_date(cast: Cast, now: datetime) -> None:
    row = handover(cast)
    noted(cast.duty_officer)
    again = actions.open_handover(
        post=row.post, outgoing=cast.duty_officer, incoming=cast.leader, by=cast.leader, now=now
    )
    assert again.pk == row.pk
    assert row.items.count() == 1


def test_signing_checks_the_one_out_and_the_other_in(cast: Cast, now: datetime) -> None:
    row = handover(cast)
    leaving = shift(cast.duty_officer, row.post, starts=NIGHT - timedelta(hours=9))
    coming = shift(cast.leader, row.post)
    CheckIn.objects.create(shift=leaving, occurred_at=leaving.starts, recorded_at=leaving.starts)
    actions.sign_handover(handover=row, by=cast.leader, now=now)
    assert set(CheckIn.objects.values_list("shift", "kind")) == {
        (leaving.pk, "in"),
        (leaving.pk, "out"),
        (coming.pk, "in"),
    }


def test_an_unsigned_handover_is_an_open_item_of_the_next_and_a_taken_key_stays_taken(
    cast: Cast, now: datetime
) -> None:
    noted(cast.duty_officer)
    row = handover(cast)
    other = handover(cast)
    assert f"dutyroster.handover:{row.pk}" in set(other.items.values_list("key", flat=True))
    key = row.items.values_list("key", flat=True).get()
    assert actions.take_items(handover=row, keys=[key], by=cast.leader, now=now) == 1
    assert actions.take_items(handover=row, keys=[key], by=cast.leader, now=now) == 0


def test_open_items_ask_as_often_for_many_as_for_few(cast: Cast, now: datetime) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            queries.open_items(WHOLE, now)
        return len(asked)

    noted(cast.duty_officer)
    few = statements()
    for number in range(10):
        noted(cast.duty_officer, f"电话 {number}")
    assert statements() == few


# -- the log -----------------------------------------------------------------------------------------------------------


def test_a_note_typed_during_a_call_is_stored_once_however_often_it_is_sent(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    desk, number = signed_in(cast.duty_officer), uuid4()
    typed = {"client_uuid": str(number), "text": "三楼老人被困", "kind": LogKind.CALL, "wants_follow_up": "on"}
    for _press in range(2):
        assert desk.post(reverse("dutyroster:note"), typed).status_code == 302
    entry = LogEntry.objects.get()
    assert (entry.uuid, entry.area_code, entry.by, entry.recorded_at) == (number, DISTRICT, cast.duty_officer, now)
    assert "三楼老人被困" in desk.get(reverse("dutyroster:log")).content.decode()
    answer = desk.post(reverse("dutyroster:note"), {**typed, "text": "另一件事"})
    assert answer.status_code == 400
    assert desk.post(reverse("dutyroster:note"), {**typed, "client_uuid": str(uuid4()), "text": " "}).status_code == 400


def test_the_log_is_never_changed_and_a_correction_stands_beside_the_mistake(cast: Cast, now: datetime) -> None:
    entry = noted(cast.duty_officer, "积水 20 厘米")
    for change in (lambda: LogEntry.objects.update(text="x"), lambda: LogEntry.objects.all().delete()):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    right = actions.correct(entry=entry, text="积水 40 厘米", by=cast.duty_officer, now=now + timedelta(minutes=3))
    assert (right.corrects, right.occurred_at, entry.text) == (entry, entry.occurred_at, "积水 20 厘米")
    assert [one.pk for one in queries.open_entries(WHOLE)] == [right.pk]


def test_an_entry_is_open_until_something_became_of_it(cast: Cast, now: datetime) -> None:
    entry = noted(cast.duty_officer)
    noted(cast.duty_officer, "风力 4 级", wants_follow_up=False)
    noted(cast.duty_officer, "演练电话", exercise=uuid4())
    assert list(queries.open_entries(WHOLE)) == [entry]
    for _press in range(2):
        actions.follow_up(
            entry=entry,
            kind=FollowUp.HELP,
            ref="command.help:7",
            url="/command/help/7/",
            note="",
            by=cast.leader,
            now=now,
        )
    assert LogFollowUp.objects.count() == 1
    assert list(queries.open_entries(WHOLE)) == []
    with pytest.raises(InternalError), transaction.atomic():
        LogFollowUp.objects.update(note="x")


def test_the_street_reads_its_own_log_only(cast: Cast, signed_in: SignedIn, api: Api, now: datetime) -> None:
    district = noted(cast.duty_officer, "区里的事")
    noted(cast.subdistrict_officer, "街道的事", area_code=SUBDISTRICT)
    page = signed_in(cast.subdistrict_officer).get(reverse("dutyroster:log")).content.decode()
    assert "街道的事" in page
    assert "区里的事" not in page
    url = reverse("dutyroster:log_entry", args=[district.uuid])
    assert signed_in(cast.subdistrict_officer).get(url).status_code == 404
    told = api(cast.subdistrict_officer).get(reverse("api_dutyroster:log"))
    assert [one["text"] for one in told.json()["results"]] == ["街道的事"]
    asked = {"client_uuid": str(uuid4()), "text": "越界", "area_code": DISTRICT}
    refused = api(cast.subdistrict_officer).post(reverse("api_dutyroster:log"), asked)
    assert (refused.status_code, refused.json()["field"]) == (400, "area_code")


def test_a_time_to_come_is_refused_and_an_earlier_one_is_kept_beside_the_typing(cast: Cast, now: datetime) -> None:
    with pytest.raises(Refused):
        noted(cast.duty_officer, occurred_at=NIGHT + timedelta(minutes=1))
    entry = noted(cast.duty_officer, occurred_at=NIGHT - timedelta(hours=2))
    assert (entry.occurred_at, entry.recorded_at) == (NIGHT - timedelta(hours=2), NIGHT)


def test_the_day_is_the_districts_and_the_sheet_runs_no_formula(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    noted(cast.duty_officer, "=1+1")
    noted(cast.duty_officer, "前一天", occurred_at=NIGHT - timedelta(hours=23, minutes=1))
    today = (NIGHT + timedelta(hours=8)).date()
    assert [one.text for one in queries.log(WHOLE, LogFilter(day=today))] == ["=1+1"]
    answer = signed_in(cast.duty_officer).get(reverse("dutyroster:log_export"))
    rows = list(load_workbook(BytesIO(answer.content)).worksheets[0].values)
    assert [row[3] for row in rows[1:]] == ["前一天", "'=1+1"]


def test_the_log_turns_its_pages_without_losing_or_doubling(cast: Cast, now: datetime) -> None:
    for number in range(queries.LOG_PAGE + 7):
        noted(cast.duty_officer, f"{number}", occurred_at=NIGHT - timedelta(minutes=number // 3))
    rows, after = queries.log_page(queries.log(WHOLE))
    rest, end = queries.log_page(queries.log(WHOLE), after)
    assert (len(rows), len(rest), end) == (queries.LOG_PAGE, 7, "")
    assert len({entry.pk for entry in rows + rest}) == queries.LOG_PAGE + 7
    assert queries.log_page(queries.log(WHOLE), "nonsense~1")[0] == rows


def test_telling_the_leader_needs_words(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    entry = noted(cast.duty_officer)
    desk, url = signed_in(cast.duty_officer), reverse("dutyroster:log_follow_up", args=[entry.uuid])
    assert desk.post(url, {"kind": "leader", "note": ""}).status_code == 400
    desk.post(url, {"kind": "leader", "note": "已电话报告带班领导"})
    assert LogFollowUp.objects.get().kind == FollowUp.LEADER
    right = reverse("dutyroster:log_correct", args=[entry.uuid])
    assert desk.post(right, {"text": "积水 30 厘米"}).status_code == 302
