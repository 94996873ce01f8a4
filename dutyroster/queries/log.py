"""The duty log as people read it, and what in it nobody has handed on yet."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from openpyxl import Workbook

from dutyroster.enums import FollowUp, LogKind
from dutyroster.models import LogEntry, LogFollowUp
from territory.models import PlacedQuerySet
from territory.queries import area_names
from territory.rules import Scope, without_formula

LOG_PAGE = 50
LONGEST_SHEET = 5000


@dataclass(frozen=True)
class LogFilter:
    """What the log is narrowed to. None and empty narrow nothing; `open` leaves what waits to be handed on."""

    day: date | None = None
    kind: str = ""
    words: str = ""
    open: bool = False


def entries(scope: Scope, exercise: UUID | None = None) -> PlacedQuerySet[LogEntry]:
    """The log of these areas, the newest first, with what became of each: two statements. Rehearsals apart."""
    return (
        LogEntry.objects.in_scope(scope)
        .filter(exercise=exercise)
        .select_related("by", "post", "corrects")
        .prefetch_related("follow_ups", "corrections")
        .order_by("-occurred_at", "-pk")
    )


def _waiting() -> Q:
    """Wanted to be handed on, and neither handed on nor replaced by a correction."""
    followed = LogFollowUp.objects.filter(entry=OuterRef("pk"))
    corrected = LogEntry.objects.filter(corrects=OuterRef("pk"))
    return Q(~Exists(followed), ~Exists(corrected), wants_follow_up=True)


def open_entries(scope: Scope) -> PlacedQuerySet[LogEntry]:
    """What came in and is not handed on yet, the oldest first. One statement and one for the follow-ups."""
    return entries(scope).filter(_waiting()).order_by("occurred_at", "pk")


def log(scope: Scope, filters: LogFilter | None = None) -> PlacedQuerySet[LogEntry]:
    """The log narrowed to a day of the district, a kind, words, or what is open."""
    wanted = filters or LogFilter()
    found = entries(scope)
    if wanted.day:
        begins = datetime.combine(wanted.day, time(), ZoneInfo(settings.TIME_ZONE))
        found = found.filter(occurred_at__gte=begins, occurred_at__lt=begins + timedelta(days=1))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.words:
        words = wanted.words
        found = found.filter(
            Q(text__icontains=words) | Q(caller_name__icontains=words) | Q(place__icontains=words) | Q(by_name=words)
        )
    return found.filter(_waiting()) if wanted.open else found


def log_page(rows: PlacedQuerySet[LogEntry], after: str = "") -> tuple[list[LogEntry], str]:
    """A page of the log and the key of the next one, empty when that is all."""
    moment, _sep, number = after.partition("~")
    if number.isdigit() and len(number) < 19:
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            at = None
        if at is not None and at.tzinfo is not None:
            rows = rows.filter(Q(occurred_at__lt=at) | Q(occurred_at=at, pk__lt=int(number)))
    found = list(rows[: LOG_PAGE + 1])
    if len(found) <= LOG_PAGE:
        return found, ""
    last = found[LOG_PAGE - 1]
    return found[:LOG_PAGE], f"{last.occurred_at.isoformat()}~{last.pk}"


def log_sheet(rows: PlacedQuerySet[LogEntry]) -> bytes:
    """The log as xlsx, oldest first, one entry a row with what became of it."""
    book = Workbook(write_only=True)
    page = book.create_sheet(gettext("Duty log"))
    page.append(
        [
            gettext("Happened at"),
            gettext("Recorded at"),
            gettext("Kind"),
            gettext("What happened"),
            gettext("Caller"),
            gettext("Caller's telephone"),
            gettext("Place"),
            gettext("Area"),
            gettext("Recorded by"),
            gettext("Corrects the entry of"),
            gettext("What became of it"),
        ]
    )
    found = list(rows[:LONGEST_SHEET])
    names = area_names({row.area_code for row in found})
    for row in reversed(found):
        became = "；".join(f"{FollowUp(one.kind).label} {one.note}".strip() for one in row.follow_ups.all())
        page.append(
            [
                _local(row.occurred_at),
                _local(row.recorded_at),
                str(LogKind(row.kind).label),
                *map(without_formula, (row.text, row.caller_name, row.caller_phone, row.place)),
                names.get(row.area_code, row.area_code),
                without_formula(row.by_name),
                _local(row.corrects.occurred_at) if row.corrects else "",
                without_formula(became),
            ]
        )
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _local(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
