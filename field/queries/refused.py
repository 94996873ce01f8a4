"""Records that came in and could not be taken in, for whoever looks after their people. Fixed numbers of statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from assignments.models import Assignment
from core.rules import OpenItem
from field.enums import RecordKind, RefusedState
from field.models import FileReadIn, SealedRecord
from hazards.models import Finding, PatrolPoint
from territory.models import PlacedQuerySet, within
from territory.queries import area_names
from territory.rules import Scope

PHOTOS_LATE = timedelta(hours=1)  # from then on an act that waits for its photographs is somebody's business
HANDED_ON = 30


@dataclass(frozen=True)
class RefusedFilter:
    """What the list shows: state, kind, area, and words in the person's name or in the reason."""

    state: str = RefusedState.OPEN
    kind: str = ""
    area_code: str = ""
    text: str = ""


OPEN_ONES = RefusedFilter()


def refused_records(scope: Scope, filters: RefusedFilter = OPEN_ONES, *, now: datetime) -> PlacedQuerySet[SealedRecord]:
    """Records of these areas that wait for somebody, the longest waiting first; those dealt with, the newest first."""
    rows = SealedRecord.objects.in_scope(scope).filter(_in_state(filters.state, now), exercise__isnull=True)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.area_code:
        rows = rows.filter(area_code__startswith=filters.area_code)
    if filters.text:
        rows = rows.filter(Q(by__name__icontains=filters.text) | Q(refusal__icontains=filters.text))
    rows = rows.select_related("by", "settled_by")
    return rows.order_by("-settled_at", "-pk") if filters.state == RefusedState.SETTLED else rows.order_by("pk")


def _in_state(state: str, now: datetime) -> Q:
    if state == RefusedState.WAITING:
        # Only what is done with its photographs alone: a danger or a closing has long been told.
        return Q(applied_at__isnull=True, refusal="", recorded_at__lt=now - PHOTOS_LATE) & ~Q(missing_photos=[])
    return ~Q(refusal="") & Q(settled_at__isnull=state != RefusedState.SETTLED)


def refused_counts(scope: Scope, *, now: datetime) -> dict[str, int]:
    """How many records each state of the list holds. Three statements."""
    return {state.value: refused_records(scope, RefusedFilter(state), now=now).count() for state in RefusedState}


@dataclass(frozen=True)
class RefusedLine:
    """One record as the list shows it: whose, about what, why it was not taken in, what is to be done and where.

    `said` is what it says in words, `photos` the hashes of those that have come.
    """

    record: SealedRecord
    about: str
    place: str
    mend: str
    url: str
    said: str
    photos: list[str]


def refused_lines(rows: Iterable[SealedRecord]) -> list[RefusedLine]:
    """The records with the things they are about. Four statements, however many they are."""
    found = list(rows)
    names = area_names({row.area_code for row in found} | {row.area_code[:9] for row in found})
    duties = Assignment.objects.in_bulk(_named(found, RecordKind.DUTY_ANSWER, "duty"), field_name="uuid")
    named = _named(found, RecordKind.FIX, "finding") + _named(found, RecordKind.CONTROL, "finding")
    findings = Finding.objects.select_related("site").in_bulk(named, field_name="uuid")
    points = PatrolPoint.objects.select_related("site").in_bulk(
        [row.content["body"]["point"] for row in found if row.kind == RecordKind.PATROL_POINT]
    )
    return [_line(row, names, duties, findings, points) for row in found]


def _named(rows: Iterable[SealedRecord], kind: RecordKind, name: str) -> list[UUID]:
    return [UUID(row.content["body"][name]) for row in rows if row.kind == kind]


def _line(
    row: SealedRecord,
    names: dict[str, str],
    duties: dict[UUID, Assignment],
    findings: dict[UUID, Finding],
    points: dict[int, PatrolPoint],
) -> RefusedLine:
    body = row.content["body"]
    place = " ".join(dict.fromkeys(names[code] for code in (row.area_code[:9], row.area_code) if code in names))
    about, url = str(row.get_kind_display()), ""
    mend = _("Ask what was seen, and record it on his behalf if it still counts.")
    if row.kind == RecordKind.DUTY_ANSWER and (duty := duties.get(UUID(body["duty"]))):
        about, url = duty.title, reverse("assignments:detail", args=[duty.uuid])
        mend = _("Open the duty: record the answer on his behalf if it still counts.")
    if row.kind in (RecordKind.FIX, RecordKind.CONTROL) and (finding := findings.get(UUID(body["finding"]))):
        about, url = f"{finding.site.name}: {finding.what}", reverse("hazards:finding", args=[finding.uuid])
        mend = _("Open the finding: look at how it stands, then let it be reported anew or settle it.")
    if row.kind == RecordKind.HOUSEHOLD:
        url = reverse("hazards:household", args=[body["household"]])
        mend = _("Open the household: record the check on his behalf if it still counts.")
    if row.kind == RecordKind.PATROL_POINT and (point := points.get(body["point"])):
        about, url = point.site.name, reverse("hazards:patrol_run", args=[point.run_id])
        mend = _("Open the patrol: record the check-in on his behalf if it still counts.")
    if not row.refusal:
        mend = _("Telephone: the page on his phone must be opened where there is network.")
    said = " · ".join(str(body[name]) for name in ("measure", "words", "note") if body.get(name))
    missing = set(row.missing_photos)
    photos = [fact["sha256"] for fact in row.content["photo_facts"] if fact["sha256"] not in missing]
    return RefusedLine(row, about, place or row.area_code, mend, url, said, photos)


def refused_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Records that wait for somebody, as the duty room hands them over; the oldest thirty. One statement."""
    waits = _in_state(RefusedState.OPEN, now) | _in_state(RefusedState.WAITING, now)
    rows = SealedRecord.objects.in_scope(scope).filter(waits, exercise__isnull=True).select_related("by")
    return [
        OpenItem(
            key=f"field.record:{row.pk}",
            label=_("Record from a phone not taken in") if row.refusal else _("Photos of a phone have not arrived"),
            title=f"{row.by.name}: {row.get_kind_display()}{f' ({row.refusal})' if row.refusal else ''}"[:120],
            url=reverse("field:refused") + ("" if row.refusal else f"?state={RefusedState.WAITING}"),
            since=row.recorded_at,
        )
        for row in rows.order_by("pk")[:HANDED_ON]
    ]


def kind_words(kind: str) -> str:
    """How a kind of record is called; a plain word for what a file does not say."""
    return str(RecordKind(kind).label) if kind in RecordKind.values else _("Record")


def files_read_in(person: int, scope: Scope) -> PlacedQuerySet[FileReadIn]:
    """The files that a person read in, that are of himself, or whose author works in these areas; newest first."""
    rows = FileReadIn.objects.filter(Q(by=person) | Q(author=person) | within(scope))
    return rows.select_related("by", "author")
