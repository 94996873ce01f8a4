"""Official warnings stand on the command's timeline."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from alerts.enums import CapStatus
from alerts.models import ReceivedWarning
from alerts.signals import warning_received
from command import actions
from command.enums import EntryKind


@receiver(warning_received)
def note_warning(sender: Any, warning: ReceivedWarning, by: User | None, now: datetime, **kwargs: Any) -> None:
    """What concerns the district and is meant: who issued, updated or lifted what."""
    meant = warning.status == CapStatus.ACTUAL or warning.exercise is not None
    if not meant or not warning.areas.exclude(local_code="").exists():
        return
    with translation.override(settings.LANGUAGE_CODE):
        told = {"issuer": warning.issuer, "sort": warning.get_msg_type_display(), "warning": str(warning)}
        actions.record(
            kind=EntryKind.NOTE,
            text=(_("Official warning, %(sort)s: %(warning)s (%(issuer)s)") % told)[:500],
            area_code=warning.area_code,
            by=by,
            now=now,
            at=min(warning.sent, now),
            ref=f"warning:{warning.pk}",
            url=reverse("alerts:warning", args=[warning.uuid]),
            exercise=warning.exercise,
        )
