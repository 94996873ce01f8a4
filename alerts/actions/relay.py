"""转发气象预警: one press drafts the district's own notice, which quotes the warning's issuer and time."""

from datetime import datetime

from django.conf import settings
from django.db import connection

from accounts.models import User
from alerts.actions.refusals import object_to
from alerts.actions.write import draft
from alerts.enums import NoticeState, WarningObjection
from alerts.models import Notice, ReceivedWarning, WarningRelay
from alerts.queries.answering import relay_content, usual_issuer
from alerts.queries.warnings import warnings_in_force
from core.audit import act
from territory.rules import scope_of


def relay_warning(*, warning: ReceivedWarning, by: User, now: datetime) -> Notice:
    """The draft; pressed again, the one that was begun. It goes the way of every notice: a second person signs it.

    Refused when the warning holds no more, concerns nothing of ours, or no provider takes the words.
    """
    with act("alerts.warning.relay", by=by.actor):
        _wait_turn(warning)
        begun = Notice.objects.filter(relay__warning=warning).exclude(
            state__in=(NoticeState.DISCARDED, NoticeState.WITHDRAWN)
        )
        if row := begun.order_by("-pk").first():
            return row
        codes = _codes(warning)
        if not codes:
            raise object_to(WarningObjection.NOT_OURS)
        everywhere = scope_of(settings.DISTRICT_CODE)
        if not warnings_in_force(now, everywhere, exercise=warning.exercise).filter(pk=warning.pk).exists():
            raise object_to(WarningObjection.NOT_IN_FORCE)
        content = relay_content(warning, issuer=usual_issuer(by), now=now)
        row = draft(content=content, area_codes=codes, by=by, now=now, exercise=warning.exercise)
        WarningRelay.objects.create(warning=warning, notice=row, at=now, by=by)
    return row


def _wait_turn(warning: ReceivedWarning) -> None:
    """Two who press at once begin one draft. The warning's own row is nobody's to lock: it is never changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"alerts.relay:{warning.pk}"])


def _codes(warning: ReceivedWarning) -> list[str]:
    return sorted(scope_of(*warning.areas.exclude(local_code="").values_list("local_code", flat=True)).codes)
