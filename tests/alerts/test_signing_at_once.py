"""Several who sign at the same moment, each in his way: one wins, the others are told, and no try is lost."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from pytest_django.fixtures import Settings

from alerts import actions
from alerts.actions.refusals import locked
from alerts.enums import WarningSource
from alerts.models import Notice, OralWord, Signature, SignerCode, SigningCall, TakenCount
from core.rules import Refused
from messaging.models import Broadcast, Reply
from messaging.rules import without_code
from tests import casts
from tests.alerts.cap_messages import cap
from tests.alerts.situations import issued, submitted
from tests.alerts.test_authorisations import prepared
from tests.casts import NIGHT, PASSWORD, Cast
from tests.factories import household

pytestmark = pytest.mark.django_db(transaction=True)
CODE, WRONG = "204816", "918273"


@pytest.fixture
def cast_at_large() -> Cast:
    """Everybody, where other connections see them too."""
    casts.make_areas()
    return casts.make_cast()


def at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """What became of each, pressed at the same moment: "" or the refusal's code."""

    def press(act: Callable[[], object]) -> str:
        try:
            act()
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(press, acts))


def answered(cast: Cast, code: str, number: int = 0) -> Reply:
    """An SMS of the commander with his code, as messaging keeps it."""
    sender = str(cast.commander.phone)
    text = without_code(sender, f"1 {code}", secret=settings.SECRET_KEY)
    at = NIGHT + timedelta(seconds=number)
    return Reply.objects.create(sender=sender, text=text, at=at, received_at=NIGHT)


def asked(row: Notice, cast: Cast) -> None:
    """The commander is asked by SMS; his code is set."""
    actions.set_code(by=cast.commander, code=CODE, again=CODE, password=PASSWORD, now=NIGHT)
    SigningCall.objects.create(
        notice=row,
        version=row.version,
        signer=cast.commander,
        contact_point=cast.commander.contacts.get().contact_point,
        channel="sms",
        read_out=row.headline,
        households=1,
        asked_by=cast.duty_officer,
        asked_at=NIGHT,
        ends_at=NIGHT + timedelta(minutes=10),
    )


def test_page_call_back_and_word_of_mouth_at_once_issue_it_once(cast_at_large: Cast) -> None:
    cast = cast_at_large
    household()
    row = submitted(cast)
    asked(row, cast)
    said: dict[str, Any] = {"words": "电话同意", "said_at": NIGHT, "by": cast.duty_officer, "now": NIGHT}
    word = actions.record_word(notice=row, version=row.version, signer=cast.commander, **said)
    reply = answered(cast, CODE)
    came = at_once(
        [
            lambda: actions.approve(notice=row, version=row.version, by=cast.leader, now=NIGHT),
            lambda: actions.take_signatures(replies=[reply]),
            lambda: actions.confirm_word(word=word, by=cast.leader, now=NIGHT),
        ]
    )
    assert Signature.objects.count() == 1
    assert Broadcast.objects.filter(key=f"notice:{row.pk}").count() == 1
    assert Notice.objects.get().households.count() == 1
    assert set(came) <= {"", "conflict.state", "conflict.no_word"}
    assert not SigningCall.objects.filter(settled_at=None).exists()
    assert not OralWord.objects.filter(heard_at=None, dropped_at=None).exists()


def test_wrong_codes_at_once_are_all_counted(cast_at_large: Cast) -> None:
    cast = cast_at_large
    household()
    asked(submitted(cast), cast)
    replies = [answered(cast, WRONG, number) for number in range(3)]
    at_once([partial(actions.take_signatures, replies=[reply]) for reply in replies])
    code = SignerCode.objects.get()
    assert (code.wrong, code.locked_at) == (3, NIGHT)
    assert not Signature.objects.exists()


def test_an_authorisation_pressed_by_two_at_once_issues_once(cast_at_large: Cast, settings: Settings) -> None:
    cast = cast_at_large
    household()
    settings.WARNING_CALL_LEVEL = 0
    row = actions.sign_authorisation(authorisation=prepared(cast), by=cast.commander, now=NIGHT - timedelta(days=1))
    warning = actions.receive_warning(data=cap(), source=WarningSource.FEED, now=NIGHT).warning
    came = at_once(
        [
            lambda: actions.issue_authorised(authorisation=row, warning=warning, by=cast.duty_officer, now=NIGHT),
            lambda: actions.issue_authorised(authorisation=row, warning=warning, by=cast.leader, now=NIGHT),
        ]
    )
    assert sorted(came) == ["", "conflict.authorisation_used"]
    assert Signature.objects.count() == Notice.objects.count() == 1


def looked_at(row: Notice) -> bool:
    """Somebody opens the coverage on a connection of his own, which waits for nobody longer than a second."""

    def look() -> bool:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1s'")
            return actions.note_look(notice=row, households=settings.COVERAGE_TAKEN_FROM, now=NIGHT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(look).result()


def test_whatever_is_written_about_a_notice_does_not_wait_for_the_tick_that_holds_it(
    cast_at_large: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    household()
    row = issued(cast_at_large)
    with transaction.atomic():
        locked(row)
        assert looked_at(row)
    TakenCount.objects.all().delete()
    looks: list[bool] = []

    def long_work(mine: Notice, *_: object, **__: object) -> int:
        looks.append(looked_at(mine))
        return 0

    monkeypatch.setitem(actions.close_waiting.__globals__, "_knock", long_work)
    actions.close_waiting(now=NIGHT + timedelta(hours=1))
    assert looks == [True]
