"""Which phones may send in whose name."""

from datetime import datetime

from django.conf import settings

from accounts.models import User
from core.audit import act
from field.models import DeviceToken
from field.rules import DEVICE_LIFE, DEVICES_EACH, device_token, token_sha256


def issue_device(*, user: User, label: str = "", now: datetime) -> tuple[str, DeviceToken]:
    """Gives a phone its token, readable this once. A sixth phone ends the permission of the oldest."""
    token = device_token(secret=settings.SECRET_KEY)
    with act("field.device.issue", by=user.actor):
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        older = DeviceToken.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=now).order_by(
            "-issued_at", "-pk"
        )
        ended = list(older.values_list("pk", flat=True)[DEVICES_EACH - 1 :])
        DeviceToken.objects.filter(pk__in=ended).update(revoked_at=now)
        row = DeviceToken.objects.create(
            user=user,
            token_sha256=token_sha256(token),
            label=label.strip()[:80],
            issued_at=now,
            expires_at=now + DEVICE_LIFE,
        )
    return token, row


def end_device(*, token: str, user: User, now: datetime) -> bool:
    """Ends a phone's permission; True when it held until now."""
    mine = DeviceToken.objects.filter(user=user, token_sha256=token_sha256(token), revoked_at__isnull=True)
    return bool(mine.update(revoked_at=now))
