"""What is done about records that could not be taken in."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from accounts.models import User
from core.audit import act
from core.rules import Refused
from field.enums import SETTLE_WANTED
from field.models import SealedRecord


def settle_record(*, record: SealedRecord, words: str, by: User, now: datetime) -> SealedRecord:
    """Takes a refused record off the list, with what was done about it. A second press changes nothing."""
    if not by.scope_for("assignments.on_behalf").covers(record.area_code):
        raise PermissionDenied("assignments.on_behalf")
    if not words.strip():
        raise Refused("words_wanted", SETTLE_WANTED, field="words")
    with act("field.record.settle", by=by.actor):
        row = SealedRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
        if row.settled_at is None and row.refusal:
            row.settled_at, row.settled_by, row.settled_words = now, by, words.strip()[:200]
            row.save(update_fields=["settled_at", "settled_by", "settled_words", "updated_at"])
    return row
