"""What the platform says of itself to whoever watches it from outside."""

from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from redis.exceptions import ConnectionError as RedisAway

from core import actions
from core.middleware import DatabaseAwayMiddleware


def test_it_lives_without_asking_the_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_it_is_ready_and_names_the_worker_that_is_late(client: Client, now: datetime) -> None:
    actions.tick("alarm", now=now - timedelta(seconds=4))
    actions.tick("sweep", now=now - timedelta(minutes=5))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ticks"] == {"alarm": 4.0, "sweep": 300.0}
    assert answer.json()["late"] == ["sweep"]


@pytest.mark.django_db
def test_a_worker_that_comes_round_again_is_one_row(client: Client, now: datetime) -> None:
    for seconds in (9, 4):
        actions.tick("alarm", now=now - timedelta(seconds=seconds))
    assert client.get("/readyz").json()["ticks"] == {"alarm": 4.0}


@pytest.mark.django_db
def test_a_broker_that_is_away_is_said_and_does_not_fail(client: Client) -> None:
    with mock.patch.object(cache, "get", side_effect=RedisAway("away")):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["broker"] == "away"


def test_a_database_that_is_away_is_said_and_does_not_fail(client: Client) -> None:
    with mock.patch("core.queries.tick_ages", side_effect=OperationalError("away")):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "away"


@pytest.mark.parametrize(("path", "kind"), [("/healthz", "text/html"), ("/api/x/", "application/problem+json")])
def test_while_the_database_restarts_a_person_gets_a_sentence(client: Client, path: str, kind: str) -> None:
    request = client.get("/healthz").wsgi_request
    request.path = path
    answer = DatabaseAwayMiddleware(mock.Mock()).process_exception(request, OperationalError("away"))
    assert answer is not None
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"].startswith(kind)
