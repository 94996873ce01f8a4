"""A provider that takes reviewed texts only: a draft is refused before anybody is asked to sign. What a text costs."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from alerts import actions, queries
from alerts.forms import written
from core.rules import Refused
from messaging.enums import Channel, ReviewState
from messaging.models import GatewayAccount, ProviderTemplate
from tests.alerts.situations import WHOLE, drafted, issued, submitted
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


def test_a_freely_written_text_is_refused_as_it_is_drafted(cast: Cast, strict: None) -> None:
    household()
    with pytest.raises(Refused) as refused:
        drafted(cast)
    assert (refused.value.code, refused.value.field) == ("template_required", "sms_text")
    assert "{headline}" in str(refused.value)
    assert queries.unsendable_text("", "notice_orange") is None


def approve_text(key: str, text: str = "", **fields: Any) -> ProviderTemplate:
    """A text of the register, by default the declared one."""
    (declared,) = [one for one in queries.purposes() if one.key == key]
    return ProviderTemplate.objects.create(
        account="strict",
        purpose=key,
        text=text or declared.texts["zh-hans"],
        code=f"SMS_{key}",
        state=ReviewState.APPROVED,
        **fields,
    )


def test_a_value_too_long_is_refused_with_its_field_and_the_mend_in_both_languages(cast: Cast, strict: None) -> None:
    with pytest.raises(Refused) as refused:
        drafted(cast, content=replace(WHOLE, sms_text="", measures="请留在室内" * 8))
    assert (refused.value.code, refused.value.field) == ("template_value_too_long", "measures")
    with translation.override("zh-hans"):
        assert str(refused.value) == "“应当采取的措施”比已审模板允许的长 5 个字：请缩短到 35 个字以内。"
    with translation.override("en"):
        assert str(refused.value).startswith("“What to do” is 5 characters too long")
    with pytest.raises(Refused) as link:
        drafted(cast, content=replace(WHOLE, sms_text="", measures="详见 www.weidong.cn"))
    assert (link.value.code, link.value.field) == ("template_value_link", "measures")


def test_a_draft_with_something_missing_is_kept_and_refused_when_submitted(cast: Cast, strict: None) -> None:
    household()
    row = drafted(cast, content=replace(WHOLE, sms_text="", measures=""))
    with pytest.raises(Refused) as refused:
        actions.submit(notice=row, by=cast.duty_officer, now=NIGHT)
    assert refused.value.code == "notice.elements"


def test_a_text_that_lost_its_review_is_refused_at_the_signature_too(cast: Cast, strict: None) -> None:
    household()
    row = submitted(cast, content=replace(WHOLE, sms_text=""))
    ProviderTemplate.objects.update(state=ReviewState.REFUSED)
    with pytest.raises(Refused) as refused:
        actions.approve(notice=row, version=row.version, by=cast.commander, now=NIGHT)
    assert (refused.value.code, refused.value.field) == ("template_required", "sms_text")


def test_every_blank_of_the_form_can_stand_in_a_reviewed_text(cast: Cast, strict: None) -> None:
    household()
    ProviderTemplate.objects.all().delete()
    approve_text("notice_orange", "{area}{kind}（{level}）{time}起至{end}：{caution}，{measures}。{issuer}")
    row = issued(cast, content=replace(WHOLE, sms_text=""))
    assert row.sms_text == (
        "卫东区暴雨风险（橙色）7月19日 23:00起至7月20日 05:00："
        "下穿桥和地下空间可能积水，请留在室内，切断地下室电源。卫东区防汛抗旱指挥部"
    )
    assert row.broadcast is not None
    assert row.broadcast.text == row.sms_text, "nothing is added to a reviewed text"


def test_a_composed_text_follows_the_fields_when_they_change(cast: Cast, strict: None) -> None:
    row = drafted(cast, content=replace(WHOLE, sms_text=""))
    form = written(row, [DISTRICT])
    assert form["sms_text"] == ""
    changed = replace(WHOLE, sms_text="", measures="立即上楼")
    row = actions.edit(
        notice=row, content=changed, area_codes=[DISTRICT], version=row.version, by=cast.duty_officer, now=NIGHT
    )
    assert "立即上楼" in row.sms_text


def test_words_that_do_not_fit_go_out_free_where_an_account_takes_them(cast: Cast, strict: None) -> None:
    GatewayAccount.objects.create(
        name="open", channel=Channel.SMS, url="http://127.0.0.1:9", secret_name="STRICT_GATEWAY_SECRET", rank=2
    )
    words = queries.wording(replace(WHOLE, sms_text="", measures="请留在室内" * 8))
    assert words.refusal is None
    assert words.advice is not None
    assert "请留在室内" * 8 in words.text
    assert queries.wording(replace(WHOLE, sms_text="")).template is not None


def test_a_correction_asks_for_an_answer_and_is_refused_where_no_reviewed_text_carries_it(
    cast: Cast, strict: None
) -> None:
    household()
    row = issued(cast, content=replace(WHOLE, sms_text=""))
    ProviderTemplate.objects.update(state=ReviewState.REFUSED)
    with pytest.raises(Refused) as refused:
        actions.correct(notice=row, by=cast.duty_officer, now=NIGHT)
    assert refused.value.code == "template_required"
    approve_text("notice_correction")
    ready = actions.correct(notice=row, by=cast.duty_officer, now=NIGHT)
    words = queries.broadcast_text(f"更正：{WHOLE.headline}。{WHOLE.measures}。{WHOLE.issuer}。")
    assert ready.sms_text == queries.sent_text(ready) == words
    assert queries.unsendable(ready) is None


def test_in_a_drill_a_correction_is_the_drills_text_with_its_name_in_front(cast: Cast, strict: None) -> None:
    approve_text("notice_exercise")
    row = actions.draft(
        content=replace(WHOLE, sms_text=""), area_codes=[DISTRICT], by=cast.duty_officer, now=NIGHT, exercise=uuid4()
    )
    ready = actions.correct(notice=row, by=cast.duty_officer, now=NIGHT)
    assert ready.sms_text.startswith(f"更正：{WHOLE.headline}。")
    assert queries.unsendable(ready) is None


def test_figures_before_the_signature(strict: None) -> None:
    for _home in range(3):
        household()
    text = "汛" * 66
    plain = queries.audience_preview([DISTRICT], text)
    drill = queries.audience_preview([DISTRICT], text, exercise=True)
    assert (plain.parts, plain.minutes) == (drill.parts, 1)
    assert plain.characters == drill.characters - 4
    assert drill.text == "【演练】" + plain.text
    assert drill.cut == plain.cut + 4, "the mark counts"
