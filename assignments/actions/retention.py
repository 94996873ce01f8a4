"""Retention: the links of duties that ended long ago."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from assignments.enums import CLOSED
from assignments.models import UnclaimedReply
from core.actions import note_destroyed
from core.audit import act
from core.rules import SYSTEM
from messaging.models import Broadcast

MOST = 5_000  # links in one pass: a pass is short, and the next comes in ten minutes


def forget_links(*, now: datetime) -> int:
    """Destroys what the task links of duties are made of that were closed KEEP_LINKS_DAYS ago; returns how many.

    Such a link opens nothing but the sentence that the duty is over; afterwards not even that, and nobody can make it
    again.
    """
    before = now - timedelta(days=settings.KEEP_LINKS_DAYS)
    with act("assignments.links.forget", by=SYSTEM), connection.cursor() as cursor:
        cursor.execute(_FORGET, {"closed": [state.value for state in CLOSED], "before": before, "most": MOST})
        count = int(cursor.rowcount)
        note_destroyed(what="assignments.link", count=count, before=before, by=SYSTEM, now=now)
    return count


def forget_replies(*, broadcast: Broadcast) -> None:
    """The replies to these messages are being destroyed: what waited of them to be claimed goes with them."""
    UnclaimedReply.objects.filter(reply__delivery__broadcast=broadcast).delete()


_FORGET = """
UPDATE assignments_assignment SET link_nonce = ''
 WHERE id IN (SELECT id FROM assignments_assignment
               WHERE link_nonce <> '' AND state = ANY (%(closed)s) AND updated_at < %(before)s
               ORDER BY id LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED)
"""
