"""Ended codes and links go after their time; what still opens something stays."""

from datetime import datetime, timedelta

import pytest

from accounts import actions
from accounts.models import ActivationLink, SignInCode
from core.models import Destruction
from core.rules import SYSTEM
from tests.casts import NIGHT, Cast


def ended(cast: Cast, at: datetime) -> None:
    """A code and a link that were good until then."""
    cast.leader.sign_in_codes.create(code_hash="h", sent_at=at, expires_at=at)
    actions.issue_activation(users=[cast.leader], by=SYSTEM, now=at)
    ActivationLink.objects.filter(expires_at__gt=at).update(expires_at=at)


@pytest.mark.django_db
def test_codes_and_links_that_ended_a_month_ago_are_destroyed_and_counted(cast: Cast) -> None:
    for days in (31, 29, 0):
        ended(cast, NIGHT - timedelta(days=days))
    assert [actions.forget_codes(now=NIGHT), actions.forget_codes(now=NIGHT)] == [2, 0]
    assert (SignInCode.objects.count(), ActivationLink.objects.count()) == (2, 2)
    assert sorted(Destruction.objects.values_list("what", "count", "before")) == [
        ("accounts.activationlink", 1, NIGHT - timedelta(days=30)),
        ("accounts.signincode", 1, NIGHT - timedelta(days=30)),
    ]
