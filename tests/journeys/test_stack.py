"""The processes themselves."""

import pytest

from tests.casts import Cast
from tests.journeys.processes import Stack, until

pytestmark = pytest.mark.journey


def test_everything_that_works_by_itself_gives_a_sign_of_life(stack: Stack, cast: Cast) -> None:
    watcher = stack.visitor()
    ticks = until(lambda: watcher.api("/readyz")["ticks"], of="a tick of the worker")
    assert ticks
