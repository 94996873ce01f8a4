"""What the API says when it will not do something."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.test import APIClient

from accounts.models import User
from core.api.problems import answer
from core.rules import Refused
from tests.casts import Cast


def said(error: Exception) -> dict[str, Any]:
    response = answer(error, {})
    assert response is not None
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = response.data
    assert body["status"] == response.status_code
    return body


def test_a_refusal_names_the_field_and_speaks_both_languages() -> None:
    refusal = Refused("too_long", _("Your role does not allow this."), field="rows.3.phone")
    body = said(refusal)
    assert (body["status"], body["code"], body["field"]) == (400, "too_long", "rows.3.phone")
    assert body["title_en"] == "Your role does not allow this."
    assert body["title"]


def test_the_figures_are_put_in_after_translation() -> None:
    refusal = Refused("many", _("%(count)d rows"), params={"count": 3})
    assert said(refusal)["title_en"] == "3 rows"
    with translation.override("en"):
        assert str(refusal) == "3 rows"


def test_two_who_disagree_get_a_conflict() -> None:
    assert said(Refused("conflict_version", "Somebody else saved meanwhile."))["status"] == 409


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Http404(), 404),
        (PermissionDenied("notices.approve"), 403),
        (exceptions.NotAuthenticated(), 401),
        (exceptions.MethodNotAllowed("PUT"), 405),
    ],
)
def test_what_goes_wrong_by_itself_has_the_same_shape(error: Exception, status: int) -> None:
    body = said(error)
    assert body["status"] == status
    assert body["code"]
    assert "notices.approve" not in body["title"] + body["title_en"]


def test_every_wrong_field_is_named_by_its_path() -> None:
    error = exceptions.ValidationError({"photos": [{"sha256": [exceptions.ErrorDetail("Too short.", "min_length")]}]})
    assert said(error)["errors"] == [
        {"field": "photos.sha256", "code": "min_length", "detail": "Too short.", "detail_en": "Too short."}
    ]


def test_one_who_asks_too_often_is_told_how_long_to_wait() -> None:
    response = answer(exceptions.Throttled(wait=7.2), {})
    assert response is not None
    assert response["Retry-After"] == "9"  # DRF rounds 7.2 up, and one second more is on the safe side


def test_a_fault_of_ours_is_not_dressed_up_as_an_answer() -> None:
    assert answer(ValueError("bug"), {}) is None


def test_a_missing_field_and_a_broken_body_are_told_in_both_languages(
    cast: Cast, api: Callable[[User], APIClient]
) -> None:
    client = api(cast.duty_officer)
    empty = client.post("/api/v1/alerts/notices/", {}, format="json").json()
    first = empty["errors"][0]
    assert (first["field"], first["detail"], first["detail_en"]) == (
        "kind",
        "缺少该字段，请填写。",
        "This field is missing: fill it in.",
    )
    broken = client.post("/api/v1/alerts/notices/", "no json", content_type="application/json").json()
    assert (broken["title"], broken["title_en"]) == (
        "请求内容不是有效的 JSON，请改正后重新发送。",
        "The body cannot be read as JSON: mend it and send it again.",
    )
