"""Answers are taken in together: nothing comes out otherwise than one by one, and whoever asks for help is first."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from accounts.models import User
from alerts import actions
from alerts.enums import Answerer, Choice
from alerts.models import Answer, AudienceHousehold, AudiencePhone, Notice, RingStep, Subscription
from assignments import actions as duties
from assignments import queries as owed
from assignments.models import Assignment, AssignmentEvent, UnclaimedReply
from command.models import HelpRequest, TimelineEntry
from messaging import actions as messages
from messaging.actions import webhook
from messaging.enums import State
from messaging.models import Delivery, Reply, WebhookBatch
from territory.models import HouseholdContact
from tests.alerts.situations import issued
from tests.casts import GRID, NIGHT, Cast
from tests.factories import contact_point, household, must_reach_household

LATER = NIGHT + timedelta(minutes=5)
OWN, SECOND, SHARED, DAUGHTER, SUBSCRIBER, STRANGER = (f"+861510000001{number}" for number in range(6))
TEXTS = ("1", "２。", "2", "3", "救命", "谢谢", "TD", "收到")
_posts = count(1)


@pytest.fixture
def town(cast: Cast, settings: Settings) -> Notice:
    """A notice that everybody has: a household with two telephones, two with one, an elder whose daughter was rung, a
    subscriber; and a worker who owes two duties.
    """
    settings.VOICE_GATEWAY_URL, settings.VOICE_GATEWAY_SECRET = "http://127.0.0.1:9", "voice"
    home = household(phone=OWN)
    HouseholdContact.objects.create(household=home, contact_point=contact_point(SECOND), rank=2)
    for _ in range(2):
        household(phone=SHARED)
    elder = must_reach_household()
    daughter = contact_point(DAUGHTER)
    RingStep.objects.create(household=elder, rank=1, who=Answerer.CHILD, name="女儿小芳", contact_point=daughter)
    Subscription.objects.create(contact_point=contact_point(SUBSCRIBER), area_code=GRID, begun_at=NIGHT)
    row = issued(cast)
    actions.ring_chains(now=NIGHT)
    AudiencePhone.objects.update(broadcast=row.broadcast, taken_at=NIGHT)
    later = Delivery.objects.get(broadcast=row.broadcast, contact_point__address=OWN)
    later.pk, later.contact_point = None, contact_point(SECOND)
    later.save()
    for title in ("封控新华路下穿桥", "给低洼处送沙袋"):
        duties.assign(
            kind=owed.kind("help"), title=title, area_code=GRID, assignee=cast.grid_worker, issued_by=None, now=NIGHT
        )
    Delivery.objects.update(state=State.ACCEPTED)
    return row


def post(rows: Sequence[tuple[str, str, datetime]], *, named: bool = False, now: datetime = LATER) -> None:
    """The gateway posts what these telephones answered."""
    newest = dict(Delivery.objects.order_by("pk").values_list("contact_point__address", "pk"))
    said = [
        {
            "from": number,
            "text": text,
            "at": at.isoformat(),
            "reply_to": f"wd-{newest[number]}" if named and number in newest else "",
        }
        for number, text, at in rows
    ]
    messages.store_webhook(
        gateway="sms",
        kind=WebhookBatch.Kind.REPLIES,
        signature=f"post {next(_posts)}",
        body=json.dumps({"replies": said}).encode(),
        now=now,
    )


# --- one by one, and together -----------------------------------------------------------------------------------------

KEPT: dict[type[Model], tuple[str, ...]] = {
    Answer: (
        *("audience__household__code", "choice", "via", "at", "recorded_at", "by", "text", "answered_as"),
        "answered_name",
    ),
    AudienceHousehold: ("household__code", "answer", "answered_at", "answered_as", "help_closed_at", "visited_at"),
    HelpRequest: ("audience__household__code", "phone", "received_at", "recorded_at", "need", "closed_at", "who"),
    HelpRequest.pgh_event_model: ("pgh_label", "received_at", "assignment__title", "pgh_context__metadata"),  # type: ignore[attr-defined]
    TimelineEntry: ("at", "recorded_at", "text", "by_name"),
    Assignment: ("title", "state", "answer_key", "acknowledged_at", "support_asked_at", "assignee__name"),
    AssignmentEvent: ("assignment__title", "verb", "occurred_at", "recorded_at", "by_name", "said", "means"),
    UnclaimedReply: ("reply__text", "reply__sender", "reply__at", "why", "speaker"),
    Subscription: ("contact_point__address", "ended_at", "ended_how"),
    Reply: ("sender", "text", "at", "received_at", "delivery__broadcast__purpose", "named"),
    Delivery: ("contact_point__address", "broadcast__purpose", "broadcast__subject", "lane", "channel", "state"),
    WebhookBatch: ("kind", "taken_at", "unmatched", "rows"),
}


def kept() -> dict[str, list[str]]:
    """What stands in the tables, whatever numbers its rows have."""
    return {
        model.__name__: sorted(repr(row) for row in model._default_manager.values_list(*fields))
        for model, fields in KEPT.items()
    }


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


one_reply = st.tuples(
    st.sampled_from((OWN, SECOND, SHARED, DAUGHTER, SUBSCRIBER, STRANGER, "worker")),
    st.sampled_from(TEXTS),
    st.integers(-2, 4).map(lambda minute: NIGHT + timedelta(minutes=minute)),
)
steps = st.one_of(
    st.tuples(st.lists(st.tuples(st.booleans(), st.lists(one_reply, min_size=1, max_size=7)), min_size=1, max_size=3)),
    st.just(()),
)


def lived(story: Sequence[Any], by: User, worker: str) -> dict[str, list[str]]:
    """What is kept after these posts; a step without any closes the cries for help so far."""
    with undone():
        for number, step in enumerate(story):
            now = LATER + timedelta(minutes=number)
            for named, rows in step[0] if step else ():
                post([(worker if who == "worker" else who, text, at) for who, text, at in rows], named=named, now=now)
            messages.take_in_receipts(now=now)
            if not step:
                for row in AudienceHousehold.objects.filter(answer=Choice.NEED_HELP, help_closed_at=None):
                    actions.close_help(audience=row, note="已送安置点", by=by, now=now)
        return kept()


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(steps, min_size=1, max_size=3))
def test_taken_in_together_every_row_is_as_if_each_answer_had_come_alone(
    cast: Cast, town: Notice, monkeypatch: pytest.MonkeyPatch, story: list[Any]
) -> None:
    tell = webhook._tell
    together = lived(story, cast.subdistrict_officer, cast.grid_worker.phone or "")
    with monkeypatch.context() as patch:
        patch.setattr(webhook, "_tell", lambda replies: [tell([reply]) for reply in replies])
        alone = lived(story, cast.subdistrict_officer, cast.grid_worker.phone or "")
    assert together == alone


def test_a_thousand_answers_cost_as_many_statements_as_one(cast: Cast) -> None:
    for _ in range(30):
        household()
    row = issued(cast)
    Delivery.objects.update(state=State.ACCEPTED)
    numbers = list(row.households.values_list("contact_point__address", flat=True))
    took = []
    for some in (numbers[:1], numbers[1:]):
        post([(number, "1", NIGHT) for number in some])
        with CaptureQueriesContext(
            connection,
        ) as statements:
            messages.take_in_receipts(now=LATER)
        took.append(len(statements))
    assert took[0] == took[1]
    assert Answer.objects.count() == row.households.filter(answer=Choice.SAFE).count() == 30


# --- who asks for help is first ---------------------------------------------------------------------------------------


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[list[tuple[str, str]]]:
    """What was told to the floors above, in one go each."""
    seen: list[list[tuple[str, str]]] = []
    tell = webhook._tell

    def listen(replies: list[Reply]) -> None:
        seen.append([(reply.sender, reply.text) for reply in replies])
        tell(replies)

    monkeypatch.setattr(webhook, "_tell", listen)
    return seen


def test_a_cry_behind_everybody_elses_answer_is_heard_first_and_its_telephones_answers_stay_in_their_order(
    town: Notice, told: list[list[tuple[str, str]]]
) -> None:
    post([(OWN, "1", NIGHT)])
    post([(SHARED, "1", NIGHT), (DAUGHTER, "救命", LATER), (DAUGHTER, "1", NIGHT), (OWN, "2", LATER)])
    messages.take_in_receipts(now=LATER)
    assert told == [[(DAUGHTER, "1"), (DAUGHTER, "救命")], [(OWN, "1"), (SHARED, "1"), (OWN, "2")]]


def test_whoever_owes_a_duty_answers_in_his_order_for_his_3_means_something_else(
    cast: Cast, town: Notice, told: list[list[tuple[str, str]]]
) -> None:
    worker = cast.grid_worker.phone or ""
    post([(worker, "1", NIGHT)])
    post([(worker, "3", LATER), (SHARED, "1", NIGHT)])
    messages.take_in_receipts(now=LATER)
    assert told == [[(worker, "1"), (SHARED, "1"), (worker, "3")]]


def test_of_many_cries_each_claim_takes_as_many_as_it_can_finish(
    town: Notice, told: list[list[tuple[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(webhook.ROWS_AT_ONCE, WebhookBatch.Kind.CRIES, 2)
    post([(number, "3", NIGHT) for number in (OWN, SECOND, SHARED, DAUGHTER, SUBSCRIBER)])
    messages.take_in_receipts(now=LATER)
    assert [len(replies) for replies in told] == [2, 2, 1]
    assert HelpRequest.objects.count() == 5


# --- nothing lost, nothing twice --------------------------------------------------------------------------------------


class Killed(BaseException):
    """The worker is gone: nothing after it is done."""


def test_a_worker_that_dies_with_answers_in_hand_leaves_them_to_be_taken_in_once(
    town: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(OWN, "1", NIGHT), (SHARED, "3", NIGHT), (DAUGHTER, "2", NIGHT)]
    post(rows)
    tell, died = webhook._tell, list[str]()

    def tell_and_die(replies: list[Reply]) -> None:
        tell(replies)
        if len(died) < 2:
            died.append(replies[0].text)
            raise Killed

    monkeypatch.setattr(webhook, "_tell", tell_and_die)
    for _again in range(2):
        with pytest.raises(Killed):
            messages.take_in_receipts(now=LATER)
        assert not Answer.objects.exists()
        assert not Reply.objects.exists()
    assert messages.take_in_receipts(now=LATER) == 2
    post(rows)
    messages.take_in_receipts(now=LATER)
    assert Answer.objects.count() == 4, "one of each, and of both households with one telephone"
    assert HelpRequest.objects.count() == 2
    assert not WebhookBatch.objects.filter(taken_at=None).exists()
