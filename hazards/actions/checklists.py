"""Checklists: a new version is published, an old one is never changed."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db.models import Max

from core.audit import act
from core.rules import SYSTEM, Actor, Refused
from hazards.enums import Objection
from hazards.models import Checklist, ChecklistItem
from hazards.rules import ItemGiven

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "checklists.json"


def publish_checklist(*, kind: str, items: Sequence[ItemGiven], by: Actor, now: datetime) -> Checklist:
    """Publishes the next version of a kind's checklist; phones that still hold the old one may finish with it."""
    if not items:
        raise Refused(Objection.EMPTY_CHECKLIST.value, Objection.EMPTY_CHECKLIST.label, field="items")
    with act("hazards.checklist.publish", by=by):
        newest = Checklist.objects.filter(kind=kind).aggregate(newest=Max("version"))["newest"] or 0
        made = Checklist.objects.create(kind=kind, version=newest + 1, published_at=now)
        ChecklistItem.objects.bulk_create(
            ChecklistItem(
                checklist=made,
                order=order,
                text=item.text,
                photo_when_failed=item.photo_when_failed,
                topic=item.topic,
            )
            for order, item in enumerate(items, start=1)
        )
    return made


def load_checklists(*, now: datetime, by: Actor = SYSTEM) -> list[Checklist]:
    """Publishes the shipped first version for every kind that has no checklist yet; returns what it published."""
    shipped: dict[str, list[tuple[str, bool] | tuple[str, bool, str]]] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    known = set(Checklist.objects.values_list("kind", flat=True))
    return [
        publish_checklist(kind=kind, items=[ItemGiven(*item) for item in items], by=by, now=now)
        for kind, items in shipped.items()
        if kind not in known
    ]
