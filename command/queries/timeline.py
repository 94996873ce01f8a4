"""The timeline as people read and quote it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from io import BytesIO
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from openpyxl import Workbook

from accounts.queries import area_names
from command.enums import EntryKind
from command.models import TimelineEntry
from territory.models import PlacedQuerySet
from territory.rules import Scope, without_formula

MOST_ROWS = 20_000


def timeline(
    scope: Scope,
    *,
    kind: str = "",
    day: date | None = None,
    ref: str = "",
    exercise: UUID | None = None,
) -> PlacedQuerySet[TimelineEntry]:
    """What happened in these areas, the newest first; by kind, by day of the district's time zone, by subject."""
    rows: PlacedQuerySet[TimelineEntry] = TimelineEntry.objects.in_scope(scope).filter(exercise=exercise)
    if kind:
        rows = rows.filter(kind=kind)
    if ref:
        rows = rows.filter(ref=ref)
    if day:
        midnight = timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001  (made aware here)
        rows = rows.filter(at__gte=midnight, at__lt=midnight + timedelta(days=1))
    return rows.order_by("-at", "-pk")


def key_of(entry: TimelineEntry) -> str:
    """Where the next page begins."""
    return f"{entry.at.isoformat()}~{entry.pk}"


def after_key(rows: PlacedQuerySet[TimelineEntry], key: str) -> PlacedQuerySet[TimelineEntry]:
    """The rows beyond a key of `key_of`; all of them when somebody has changed the address by hand."""
    at, _tilde, pk = key.partition("~")
    try:
        moment, number = datetime.fromisoformat(at), int(pk)
    except ValueError:
        return rows
    return rows.filter(Q(at__lt=moment) | Q(at=moment, pk__lt=number))


def timeline_sheet(rows: Iterable[TimelineEntry]) -> bytes:
    """The timeline as xlsx, times local; no cell that a spreadsheet would run as a formula."""
    found = list(rows)
    names = area_names({row.area_code for row in found})
    book = Workbook(write_only=True)
    page = book.create_sheet(gettext("Timeline"))
    page.append([gettext(word) for word in ("Happened at", "Recorded at", "Kind", "What happened", "Area", "By")])
    for row in found:
        times = [timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") for at in (row.at, row.recorded_at)]
        texts = (str(EntryKind(row.kind).label), row.text, names.get(row.area_code, row.area_code), row.by_name)
        page.append([*times, *map(without_formula, texts)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()
