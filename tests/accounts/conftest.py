"""What private texts say, instead of a gateway."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings

from core.rules import Actor
from territory.models import ContactPoint

TEXTS: list[tuple[str, str]] = []


def note_text(*, contact_point: ContactPoint, text: str, by: Actor, now: datetime) -> None:
    """Keeps the address and the words."""
    TEXTS.append((contact_point.address, text))


def note_texts(
    *, text: str, filled: Sequence[tuple[ContactPoint, Mapping[str, str]]], by: Actor, now: datetime
) -> None:
    """Keeps everybody's words."""
    TEXTS.extend((point.address, text.format(**words)) for point, words in filled)


@pytest.fixture
def texts(settings: Settings) -> list[tuple[str, str]]:
    """The private texts sent so far, as (phone, words)."""
    TEXTS.clear()
    resolvers: dict[str, Any] = {
        **django_settings.RESOLVERS,
        "PRIVATE_TEXT": f"{__name__}.note_text",
        "PRIVATE_TEXTS": f"{__name__}.note_texts",
    }
    settings.RESOLVERS = resolvers
    return TEXTS
