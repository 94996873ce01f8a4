"""How often one person may ask, and what happens when nobody counts."""

from collections.abc import Callable
from unittest import mock

import pytest
from redis.exceptions import ConnectionError as Away
from redis.exceptions import TimeoutError as Frozen
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import User
from tests.casts import Cast


@pytest.mark.parametrize("trouble", [Away("gone"), Frozen("frozen"), ConnectionRefusedError("gone")])
def test_a_broker_that_is_away_shuts_nobody_out_of_the_api(
    cast: Cast, api: Callable[[User], APIClient], trouble: Exception
) -> None:
    with mock.patch("django.core.cache.backends.redis.RedisCache.get", side_effect=trouble):
        assert api(cast.duty_officer).get("/api/v1/areas/").status_code == 200


def test_who_asks_too_often_is_told_when_to_ask_again(
    cast: Cast, api: Callable[[User], APIClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"person": "2/min", "anonymous": "1/min"})
    client = api(cast.duty_officer)
    answers = [client.get("/api/v1/areas/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert answers[2].json()["code"] == "throttled"
