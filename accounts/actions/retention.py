"""Retention: codes and links that open nothing any more go."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import ActivationLink, SignInCode
from core.actions import note_destroyed
from core.audit import act
from core.rules import SYSTEM


def forget_codes(*, now: datetime) -> int:
    """Destroys sign-in codes and activation links that ended KEEP_LINKS_DAYS ago; returns how many.

    An ended one opens nothing: it is kept for a while only so that somebody can be told when his code was sent.
    """
    before = now - timedelta(days=settings.KEEP_LINKS_DAYS)
    total = 0
    with act("accounts.codes.forget", by=SYSTEM):
        ended = {
            "accounts.signincode": SignInCode.objects.filter(expires_at__lt=before),
            "accounts.activationlink": ActivationLink.objects.filter(expires_at__lt=before),
        }
        for what, rows in ended.items():
            count, _each = rows.delete()
            note_destroyed(what=what, count=count, before=before, by=SYSTEM, now=now)
            total += count
    return total
