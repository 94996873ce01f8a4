"""A provider that takes reviewed texts only: a draft is refused before anybody is asked to sign. What a text costs."""

from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from alerts import actions, queries
from core.rules import Refused
from messaging.enums import Channel, ReviewState
from messaging.models import GatewayAccount, ProviderTemplate
from tests.alerts.situations import WHOLE, drafted, issued
from tests.casts import DISTRICT, NIGHT, Cast
from tests.factories import household

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict(settings: Settings) -> None:
    """One account, for reviewed texts only, on which the orange notice is approved."""
    settings.GATEWAY_SECRETS = {"STRICT_GATEWAY_SECRET": "s"}
    GatewayAccount.objects.create(
        name="strict",
        channel=Channel.SMS,
        url="http://127.0.0.1:9",
        secret_name="STRICT_GATEWAY_SECRET",
        templates_only=True,
        bulk_rate=2.0,
    )
    (orange,) = [one for one in queries.purposes() if one.key == "notice_orange"]
    ProviderTemplate.objects.create(
        account="strict",
        purpose=orange.key,
        text=orange.texts["zh-hans"],
        code="SMS_1",
        state=ReviewState.APPROVED,
    )


def test_a_text_composed_of_the_fields_is_carried_and_signed(cast: Cast, strict: None) -> None:
    household()
    row = issued(cast, content=replace(WHOLE, sms_text=""))
    assert row.broadcast is not None
    assert row.broadcast.purpose == "notice_orange"


def test_a_freely_written_text_is_refused_before_it_goes_to_the_signer(cast: Cast, strict: None) -> None:
    household()
    draft = drafted(cast)
    with pytest.raises(Refused) as refused:
        actions.submit(notice=draft, by=cast.duty_officer, now=NIGHT)
    assert (refused.value.code, refused.value.field) == ("template_required", "sms_text")
    assert "{headline}" in str(refused.value)
    assert "template" not in str(queries.unsendable_text("", 2) or "")


def test_figures_before_the_signature(strict: None) -> None:
    for _home in range(3):
        household()
    text = "汛" * 40
    plain = queries.audience_preview([DISTRICT], text)
    drill = queries.audience_preview([DISTRICT], text, exercise=True)
    assert (plain.parts, plain.minutes) == (drill.parts, 1)
    assert drill.text == "【演练】" + plain.text
    assert drill.cut == plain.cut + 4, "the mark counts"
