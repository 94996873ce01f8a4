"""授权签发 where providers take reviewed texts only: what none of them takes is found and marked before the night."""

from dataclasses import replace
from datetime import datetime

import pytest
from pytest_django.fixtures import Settings

from alerts import actions, queries
from messaging.enums import Channel, ReviewState
from messaging.models import GatewayAccount, ProviderTemplate
from tests.alerts.test_authorisations import (
    EVERYWHERE,
    LATER,
    SPRING,
    TEXT,
    SignedIn,
    prepared,
    pressed,
    red_rainstorm,
    refused,
    signed,
)
from tests.alerts.test_templates import approve_text
from tests.casts import Cast
from tests.factories import household

TOO_LONG = replace(TEXT, measures="请留在室内" * 8)
WORDS = dict.fromkeys(("prepared", "ahead", "over", "revoked"), "") | {"holding": "holds", "unsendable": "unsendable"}


@pytest.fixture
def strict(settings: Settings) -> None:
    """One account, for reviewed texts only, on which the red notice is approved."""
    settings.GATEWAY_SECRETS = {"STRICT_GATEWAY_SECRET": "s"}
    GatewayAccount.objects.create(
        name="strict",
        channel=Channel.SMS,
        url="http://127.0.0.1:9",
        secret_name="STRICT_GATEWAY_SECRET",
        templates_only=True,
        bulk_rate=2.0,
    )
    approve_text("notice_red")


def lose_the_review() -> None:
    ProviderTemplate.objects.update(state=ReviewState.REFUSED)


def states() -> list[tuple[str, str, bool]]:
    lines = queries.authorisation_lines(EVERYWHERE, LATER, WORDS)
    return [(line.tone, line.state, bool(line.refusal)) for line in lines]


def test_a_text_that_no_provider_takes_is_refused_as_it_is_prepared(cast: Cast, strict: None) -> None:
    assert refused(prepared, cast, content=TOO_LONG) == "template_value_too_long"
    assert states() == []
    signed(cast)
    assert states() == [("ok", "holds", False)]


def test_a_text_that_lost_its_review_is_not_signed(cast: Cast, strict: None) -> None:
    row = prepared(cast)
    lose_the_review()
    assert refused(actions.sign_authorisation, authorisation=row, by=cast.commander, now=SPRING) == "template_required"


def test_what_became_unsendable_is_marked_while_it_may_still_be_mended(cast: Cast, strict: None) -> None:
    over = signed(cast, valid_until=LATER)
    revoked = signed(cast)
    actions.revoke_authorisation(authorisation=revoked, reason="换文字", by=cast.commander, now=SPRING)
    signed(cast)
    lose_the_review()
    marked = {line.row.pk: line.state for line in queries.authorisation_lines(EVERYWHERE, LATER, WORDS)}
    assert (marked.pop(over.pk), marked.pop(revoked.pk)) == ("", "")
    assert list(marked.values()) == ["unsendable"]


def test_the_button_is_not_offered_for_it_and_a_press_is_refused(cast: Cast, strict: None) -> None:
    household()
    row, warning = signed(cast), red_rainstorm()
    lose_the_review()
    assert [bool(offer.refusal) for offer in queries.offers(warning, cast.duty_officer, LATER)] == [True]
    assert refused(pressed, row, warning, cast.duty_officer) == "template_required"


def test_the_form_names_the_field_and_the_list_says_why(
    cast: Cast, strict: None, signed_in: SignedIn, now: datetime
) -> None:
    desk = signed_in(cast.duty_officer)
    typed = {
        "kind": "rainstorm",
        "level": 1,
        "event_code": "11B03",
        "area_code": "410403",
        "headline": TEXT.headline,
        "caution": TEXT.caution,
        "measures": TOO_LONG.measures,
        "issuer": TEXT.issuer,
        "lasts_hours": 6,
        "valid_from": "2026-05-15T00:00",
        "valid_until": "2026-10-01T00:00",
    }
    page = desk.post("/alerts/authorisations/new/", typed)
    assert page.status_code == 400
    assert list(page.context["form"].errors) == ["measures"]
    signed(cast)
    lose_the_review()
    listed = desk.get("/alerts/authorisations/")
    assert listed.context["holding"] == 0
    assert listed.context["lines"][0]["line"].refusal in listed.content.decode()
