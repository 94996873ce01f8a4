"""Our signed notices as CAP 1.2 and as a feed: readable by our own intake, and only what everybody may read."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from alerts import actions
from alerts.models import Notice
from alerts.rules.cap import Message, take
from messaging.enums import State
from tests.alerts.situations import WHOLE, drafted, issued, message_became, submitted
from tests.casts import NIGHT, Cast
from tests.factories import household

LATER = NIGHT + timedelta(minutes=5)
FEED = "/feeds/cap.atom"


def messages(client: Client) -> dict[str, Message]:
    """What the feed lists, each fetched, read and found without fault by our own intake."""
    found: dict[str, Message] = {}
    for url in re.findall(r'type="application/cap\+xml" href="([^"]+)"', client.get(FEED).content.decode()):
        path = "/" + url.split("/", 3)[3]
        taken = take(client.get(path).content, now=LATER)
        assert taken.findings == (), (path, [str(finding) for finding in taken.findings])
        assert taken.message
        found[taken.message.msg_type + str(len(found))] = taken.message
    return found


def test_a_signed_notice_is_a_message_that_our_own_intake_takes(cast: Cast, client: Client, now: datetime) -> None:
    household()
    row = issued(cast)
    (message,) = messages(client).values()
    assert (message.status, message.scope, message.msg_type) == ("Actual", "Public", "Alert")
    assert message.sent == row.issued_at
    assert [info.language for info in message.infos] == ["zh-CN", "en-US"]
    told = message.told
    assert told
    assert (told.headline, told.instruction, told.sender_name) == (row.headline, row.measures, row.issuer)
    assert (told.severity, told.expires) == ("Severe", row.expires_at)
    assert told.areas[0].codes == ("410403000000",)


def test_a_chain_refers_back_to_everything_before_it(cast: Cast, client: Client, now: datetime) -> None:
    home = household()
    first = issued(cast)
    message_became(first, home, State.DELIVERED)
    chain = [first]
    for minute, begin in enumerate((actions.correct, actions.all_clear), start=1):
        at = NIGHT + timedelta(minutes=minute)
        draft = begin(notice=Notice.objects.get(pk=chain[-1].pk), by=cast.duty_officer, now=at)
        actions.submit(notice=draft, by=cast.duty_officer, now=at)
        draft.refresh_from_db()
        chain.append(actions.approve(notice=draft, version=draft.version, by=cast.commander, now=at))
    by_type = {message.msg_type: message for message in messages(client).values()}
    assert set(by_type) == {"Alert", "Update", "Cancel"}
    alert, update, cancel = by_type["Alert"], by_type["Update"], by_type["Cancel"]
    assert [each.identifier for each in update.references] == [alert.identifier]
    assert [each.identifier for each in cancel.references] == [alert.identifier, update.identifier]
    assert [each.sent for each in cancel.references] == [alert.sent, update.sent]
    assert cancel.is_all_clear
    assert len({message.identifier for message in by_type.values()}) == 3


def test_a_withdrawal_cancels_what_was_published(cast: Cast, client: Client, now: datetime) -> None:
    household()
    row = issued(cast)
    actions.withdraw(notice=row, reason="发错", by=cast.commander, now=LATER)
    alert, cancel = sorted(messages(client).values(), key=lambda message: message.sent)
    assert (alert.msg_type, cancel.msg_type) == ("Alert", "Cancel")
    assert [each.identifier for each in cancel.references] == [alert.identifier]


def test_drafts_papers_to_sign_and_exercises_are_nobodys_to_read(cast: Cast, client: Client, now: datetime) -> None:
    household()
    drafted(cast)
    submitted(cast)
    rehearsed = issued(cast)
    public = next(iter(messages(client).values())).identifier
    Notice.objects.filter(pk=rehearsed.pk).update(exercise=uuid4())
    assert messages(client) == {}
    for identifier in (public, public + ".w", "410403.20260719230000.999", "x", "1" * 300):
        assert client.get(reverse("cap_feed:message", args=[identifier])).status_code == 404


def test_an_unchanged_feed_is_not_sent_again(cast: Cast, client: Client, now: datetime) -> None:
    household()
    first = client.get(FEED)
    assert first.status_code == 200
    assert client.get(FEED, headers={"If-None-Match": first["ETag"]}).status_code == 304
    row = issued(cast)
    second = client.get(FEED, headers={"If-None-Match": first["ETag"]})
    assert second.status_code == 200
    actions.withdraw(notice=row, reason="发错", by=cast.commander, now=LATER)
    assert client.get(FEED, headers={"If-None-Match": second["ETag"]}).status_code == 200


@pytest.mark.parametrize("words", ["<b>&大雨</b>", "雨\x0b雨", 'a"b'])
def test_whatever_a_notice_says_the_message_stays_whole(cast: Cast, client: Client, now: datetime, words: str) -> None:
    household()
    issued(cast, content=replace(WHOLE, measures=words))
    url = re.findall(r'href="([^"]+\.xml)"', client.get(FEED).content.decode())[0]
    taken = take(client.get("/" + url.split("/", 3)[3]).content, now=LATER)
    assert taken.errors == []
    assert taken.message
    assert taken.message.told
    assert taken.message.told.instruction == words.replace("\x0b", "")
