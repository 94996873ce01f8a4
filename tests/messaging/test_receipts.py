"""What comes back: signed, stored once, taken in by sets; states only rise."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import InternalError, OperationalError
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django.fixtures import DjangoAssertNumQueries

from assignments.models import UnclaimedReply
from core.rules import SYSTEM
from messaging import actions, queries, signals
from messaging.actions import webhook
from messaging.enums import Lane, State
from messaging.models import Delivery, Receipt, Reply, WebhookBatch
from tests.casts import GRID, NIGHT
from tests.messaging.conftest import Scripted, phones, sent

pytestmark = pytest.mark.django_db
Row = dict[str, Any]
SECRET = "test-webhook"
RECEIPTS, REPLIES = "/hooks/receipts/sms/", "/hooks/replies/sms/"


def receipt(row: Delivery | str, status: str = "delivered", **changes: Any) -> Row:
    number = row if isinstance(row, str) else f"wd-{row.pk}"
    return {"id": number, "provider_id": "g1", "status": status, "at": NIGHT.isoformat()} | changes


def reply(sender: str, text: str = "1", **changes: Any) -> Row:
    return {"from": sender, "to": "1069", "text": text, "at": NIGHT.isoformat(), "reply_to": None} | changes


def headers(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The contract's headers, written out once more so that a mistake in the platform cannot hide."""
    stamp = str(int(time.time() if at is None else at))
    mac = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Timestamp": stamp, "X-Signature": f"sha256={mac}"}


def post(path: str, rows: list[Row], **signing: Any) -> Any:
    body = json.dumps({path.split("/")[2]: rows}).encode()
    return Client().post(path, body, content_type="application/json", headers=headers(body, **signing))


def take_in() -> int:
    return actions.take_in_receipts(now=NIGHT)


def report(*rows: Row) -> None:
    """Posted and taken in."""
    assert post(RECEIPTS, list(rows)).json() == {"stored": len(rows)}
    take_in()


@pytest.fixture
def delivery(channel: Scripted) -> Delivery:
    """A message that the gateway has accepted."""
    broadcast = sent(phones(1))
    actions.dispatch(Lane.BULK, now=NIGHT)
    return broadcast.deliveries.get()


def state_of(delivery: Delivery) -> State:
    return State(Delivery.objects.get(pk=delivery.pk).state)


# -- states ------------------------------------------------------------------------------------------------------------

RANK = {"delivered": State.DELIVERED, "failed": State.FAILED, "read": State.READ}


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    posts=st.lists(st.lists(st.sampled_from(sorted(RANK)), min_size=1, max_size=4), min_size=1, max_size=4),
    start=st.sampled_from([State.QUEUED, State.SENDING, State.UNKNOWN, State.ACCEPTED, State.CANCELLED, State.FAILED]),
)
def test_receipts_in_any_order_and_number_end_at_the_highest_and_never_go_down(
    delivery: Delivery, posts: list[list[str]], start: State
) -> None:
    row = Delivery.objects.create(
        broadcast=sent([]),
        contact_point=delivery.contact_point,
        lane=Lane.BULK,
        state=start,
        area_code=delivery.area_code,
        due_at=NIGHT,
    )
    seen = [start]
    for statuses in posts:
        body = json.dumps({"receipts": [receipt(row, status) for status in statuses]}).encode()
        actions.store_webhook(
            gateway="sms",
            kind=WebhookBatch.Kind.RECEIPTS,
            signature=f"{row.pk}-{len(seen)}",
            body=body,
            now=NIGHT,
        )
        take_in()
        seen.append(state_of(row))
    assert seen == sorted(seen)
    assert seen[-1] == max([start, *(RANK[status] for statuses in posts for status in statuses)])
    assert Receipt.objects.filter(delivery=row).count() == len({status for statuses in posts for status in statuses})


def test_a_failed_delivery_says_why_until_the_phone_reports_after_all(delivery: Delivery) -> None:
    report(receipt(delivery, "failed", code="unreachable"))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == (State.FAILED, "unreachable")
    report(receipt(delivery, "delivered"))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == (State.DELIVERED, "")


def test_a_receipt_that_is_quicker_than_the_record_stays(channel: Scripted) -> None:
    broadcast = sent(phones(1))
    row = broadcast.deliveries.get()
    channel.during = lambda: report(receipt(row, "delivered"))
    actions.dispatch(Lane.BULK, now=NIGHT)
    row.refresh_from_db()
    assert (row.state, row.provider_id) == (State.DELIVERED, "p")
    assert row.accepted_at is not None
    assert row.address


def test_receipts_nobody_knows_are_counted_not_stored(delivery: Delivery) -> None:
    strays = ["wd-999999999", "other-1", "wd-", "wd-1x", "wd-" + "9" * 40, "wd--1"]
    report(receipt(delivery), *(receipt(stray) for stray in strays))
    assert WebhookBatch.objects.get().unmatched == len(strays)
    assert Receipt.objects.count() == 1


def test_a_thousand_receipts_cost_a_handful_of_statements(
    channel: Scripted, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    broadcast = sent(phones(1_000))
    post(RECEIPTS, [receipt(row) for row in broadcast.deliveries.all()])
    with django_assert_max_num_queries(8):
        assert take_in() == 1
    assert queries.tally(broadcast)[State.DELIVERED] == 1_000


# -- the door ----------------------------------------------------------------------------------------------------------


def test_a_post_is_kept_and_the_bell_rung(delivery: Delivery, bells: list[str]) -> None:
    bells.clear()
    answer = post(RECEIPTS, [receipt(delivery)])
    assert (answer.status_code, answer.json()) == (200, {"stored": 1})
    assert bells == ["messaging.tasks.take_in_receipts"]
    assert state_of(delivery) == State.ACCEPTED, "stored first, taken in by a worker"


def test_a_replay_is_answered_alike_and_stores_nothing(delivery: Delivery) -> None:
    at = time.time()
    answers = [post(RECEIPTS, [receipt(delivery)], at=at) for _ in range(2)]
    assert [answer.json() for answer in answers] == [{"stored": 1}] * 2
    assert WebhookBatch.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        # Made when the test runs: a time taken while tests are collected has moved into the window by then.
        lambda: {"secret": "another"},
        lambda: {"at": time.time() - 400},
        lambda: {"at": time.time() + 400},
        lambda: {"secret": ""},
    ],
)
def test_an_outsider_is_told_how_to_sign(change: Callable[[], dict[str, Any]]) -> None:
    answer = post(RECEIPTS, [receipt("wd-1")], **change())
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert "X-Signature" in answer.json()["title_en"]
    assert not WebhookBatch.objects.exists()


@pytest.mark.parametrize(
    "given_headers",
    [
        {},
        {"X-Timestamp": "1" * 5_000, "X-Signature": "sha256=00"},
        {"X-Timestamp": "٣", "X-Signature": "sha256=00"},
        {"X-Timestamp": str(int(time.time())), "X-Signature": "sha256=ü"},
    ],
)
def test_odd_headers_are_refused_and_break_nothing(given_headers: dict[str, str]) -> None:
    answer = Client().post(RECEIPTS, b"{}", content_type="application/json", headers=given_headers)
    assert answer.status_code == 401


def test_a_malformed_row_is_named_and_the_post_refused_whole(delivery: Delivery) -> None:
    answer = post(RECEIPTS, [receipt(delivery), receipt(delivery, "maybe")])
    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["field"]) == ("malformed", "receipts[1].status")
    assert not WebhookBatch.objects.exists()


def test_the_limit_stands_in_the_sentence() -> None:
    assert "1000" in post(RECEIPTS, [receipt("wd-1")] * 1_001).json()["title_en"]


def test_a_gateway_of_another_name_is_not_known() -> None:
    assert post("/hooks/receipts/pigeon/", [receipt("wd-1")]).status_code == 404


def test_only_posts_are_taken(client: Client) -> None:
    assert client.get(RECEIPTS).status_code == 405


# -- replies -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def heard() -> Iterator[list[Reply]]:
    """What floors above were told."""
    told: list[Reply] = []

    def listen(sender: type[Reply], replies: list[Reply], **more: object) -> None:
        told.extend(replies)

    signals.replies_stored.connect(listen)
    yield told
    signals.replies_stored.disconnect(listen)


def test_an_answer_is_matched_by_what_it_names(delivery: Delivery, heard: list[Reply]) -> None:
    post(REPLIES, [reply("+8613900000009", "3", reply_to=f"wd-{delivery.pk}")])
    take_in()
    assert [(each.text, each.delivery) for each in heard] == [("3", delivery)]


def test_an_answer_that_names_nothing_belongs_to_the_newest_message(channel: Scripted, heard: list[Reply]) -> None:
    [point] = phones(1)
    sent([point])
    newest = sent([point]).deliveries.get()
    actions.dispatch(Lane.BULK, now=NIGHT)
    sent([point])  # still waiting: nobody can have answered it
    post(REPLIES, [reply(point.address), reply("+8613900000009")])
    take_in()
    assert {each.sender: each.delivery_id for each in heard} == {point.address: newest.pk, "+8613900000009": None}
    assert WebhookBatch.objects.get().unmatched == 1


def test_an_answer_that_waited_belongs_to_the_message_that_had_left_when_it_was_given(
    channel: Scripted, heard: list[Reply]
) -> None:
    [point] = phones(1)
    before = sent([point]).deliveries.get()
    graver = sent([point]).deliveries.get()
    actions.dispatch(Lane.BULK, now=NIGHT)
    Delivery.objects.filter(pk=before.pk).update(accepted_at=NIGHT - timedelta(minutes=5))
    Delivery.objects.filter(pk=graver.pk).update(accepted_at=NIGHT + timedelta(minutes=1))
    for at in (NIGHT, NIGHT + timedelta(minutes=1)):
        rows = [reply(point.address, "1" if at == NIGHT else "2")]
        body = json.dumps({"replies": rows}).encode()
        actions.store_webhook(
            gateway="sms", kind=WebhookBatch.Kind.REPLIES, signature=at.isoformat(), body=body, now=at
        )
    take_in()
    assert {each.text: each.delivery_id for each in heard} == {"1": before.pk, "2": graver.pk}


def test_the_same_answer_twice_is_heard_once(delivery: Delivery, heard: list[Reply]) -> None:
    for seconds in (0, 1):
        post(REPLIES, [reply("+8613900000009")] * 2, at=time.time() + seconds)
    take_in()
    assert len(heard) == Reply.objects.count() == 1


@pytest.fixture
def stumbling() -> Iterator[None]:
    """A floor above that cannot take in "bad", and whose database is away at "away"."""

    def stumble(sender: type[Reply], replies: list[Reply], **more: object) -> None:
        texts = {reply.text for reply in replies}
        if "bad" in texts:
            raise RuntimeError
        if "away" in texts:
            raise OperationalError("the database is restarting")

    signals.replies_stored.connect(stumble)
    yield
    signals.replies_stored.disconnect(stumble)


def test_a_reply_that_nobody_can_take_in_waits_for_a_person_and_holds_up_no_other(
    delivery: Delivery, heard: list[Reply], stumbling: None, caplog: pytest.LogCaptureFixture
) -> None:
    post(REPLIES, [reply("+8613900000001", "bad"), *(reply(f"+861390000001{digit}", "1") for digit in range(7))])
    post(RECEIPTS, [receipt(delivery)])
    take_in()
    assert state_of(delivery) == State.DELIVERED
    assert {each.sender for each in heard if each.text == "1"} == {f"+861390000001{digit}" for digit in range(7)}
    assert "waits for a person" in caplog.text
    waiting = UnclaimedReply.objects.get()
    assert (waiting.reply.text, waiting.why, waiting.speaker) == ("bad", "failed", "+8613900000001")
    assert not WebhookBatch.objects.filter(taken_at=None).exists()
    take_in()
    assert UnclaimedReply.objects.count() == 1


def test_of_posts_whose_rows_nobody_counted_one_is_taken_at_a_time(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(3):
        post(REPLIES, [reply(f"+861390000000{place}")])
    WebhookBatch.objects.update(rows=0)
    together: list[int] = []
    tell = webhook._tell

    def counted(replies: list[Reply]) -> None:
        together.append(len(replies))
        tell(replies)

    monkeypatch.setattr(webhook, "_tell", counted)
    take_in()
    assert together == [1, 1, 1]


def test_the_same_post_again_is_not_taken_apart_anew(delivery: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    at = time.time()
    rows = [reply("+8613900000001", "1"), reply("+8613900000002", "1")]
    post(REPLIES, rows, at=at)
    monkeypatch.setattr(webhook, "_parts", lambda kind, rows: [(kind, rows[:1]), (kind, rows[1:])])
    assert post(REPLIES, rows, at=at).json() == {"stored": 2}
    assert WebhookBatch.objects.count() == 1


def test_a_database_in_trouble_leaves_the_post_for_the_next_pass(
    delivery: Delivery, heard: list[Reply], stumbling: None, caplog: pytest.LogCaptureFixture
) -> None:
    post(REPLIES, [reply("+8613900000001", "away")])
    post(REPLIES, [reply("+8613900000002", "1")])
    take_in()
    assert list(Reply.objects.values_list("text", flat=True)) == ["1"]
    assert "wait for the next pass" in caplog.text
    assert WebhookBatch.objects.filter(taken_at=None).count() == 1


def test_what_was_taken_in_is_a_ledger(delivery: Delivery) -> None:
    report(receipt(delivery))
    with pytest.raises(InternalError, match="Cannot update"):
        Receipt.objects.update(at=NIGHT + timedelta(1))


def test_a_receipt_speaks_for_the_worker_that_died_after_handing_over() -> None:
    (row,) = sent(phones(1)).deliveries.select_related("contact_point")
    Delivery.objects.filter(pk=row.pk).update(state=State.SENDING)
    report(receipt(row))
    told = Delivery.objects.get(pk=row.pk)
    assert (told.state, told.accepted_at, told.address) == (State.DELIVERED, NIGHT, row.contact_point.address)


def test_a_code_whose_arrival_is_reported_before_it_is_recorded_is_not_kept() -> None:
    [point] = phones(1)
    row = actions.send_private_text(contact_point=point, text="验证码 123456", by=SYSTEM, now=NIGHT).deliveries.get()
    other = sent([], recipients=[actions.Recipient(point.pk, GRID, {"link": "/t/1/"})]).deliveries.get()
    report(receipt(row), receipt(other))
    assert list(Delivery.objects.order_by("pk").values_list("params", flat=True)) == [None, {"link": "/t/1/"}]
