"""What storing a ledger of sites would do, row by row: a dozen statements for any number of rows."""

import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import cos, hypot, radians
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook

from accounts.models import User
from accounts.queries import people
from hazards.enums import SiteFault, SiteKind, SiteRole
from hazards.models import HazardSite, Responsibility, WaitingRow
from hazards.rules import KIND_MARKS
from hazards.rules.ledger import (
    COLUMNS,
    NEAR_METRES,
    NOTES,
    PERSONS,
    REQUIRED,
    Answering,
    Reading,
    SiteRow,
    read_site_row,
)
from territory.enums import Fault, RowStatus
from territory.models import Area, PlacedQuerySet
from territory.queries import district_box, marked_sheet
from territory.rules import CellFault, Scope, Sheet, read_sheet, without_formula

MOST_UNPACKED = 60 * 1024 * 1024  # bytes; a ledger of thousands of rows unpacks to a few megabytes
MARGIN_METRES = 2000
SAME_METRES = 0.5  # six decimals of a degree are a tenth of a metre
METRES_PER_DEGREE = 111_320.0
SENTENCE = ("sentence", "sentence_en")


@dataclass
class PlannedSite:
    """One good row with the site it touches (None: a new one), what changes, and who answers from now on."""

    row: SiteRow
    site: HazardSite | None
    changes: dict[str, Any]
    persons: dict[SiteRole, tuple[User, User | None]]
    status: RowStatus


@dataclass
class LedgerExamined:
    """The sheet, what becomes of its rows, what refuses them, and what is only flagged."""

    sheet: Sheet
    planned: list[PlannedSite] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    notes: list[CellFault] = field(default_factory=list)

    @property
    def status(self) -> dict[int, RowStatus]:
        """The status of each row by its number."""
        known = {one.row.row: one.status for one in self.planned}
        return {number: known.get(number, RowStatus.BAD) for number, _cells in self.sheet.rows}

    @property
    def counts(self) -> dict[RowStatus, int]:
        """How many rows have each status."""
        counted = Counter(self.status.values())
        return {status: counted[status] for status in RowStatus}


@dataclass(frozen=True)
class _Known:
    areas: dict[str, str]
    codes: dict[str, list[str]]
    sites: dict[str, HazardSite]
    held: dict[tuple[int, str], Responsibility]
    phones: dict[str, User]
    names: dict[str, list[User]]


def read_ledger(content: bytes, reading: Reading) -> Sheet:
    """The sheet under its head. Raises SheetUnreadable."""
    return read_sheet(content, COLUMNS, REQUIRED, mapping=reading.mapping, most_unpacked=MOST_UNPACKED)


def examine_ledger(content: bytes, *, reading: Reading, scope: Scope, now: datetime) -> LedgerExamined:
    """Reads and checks a ledger (csv, xlsx or xls). `scope`: the areas whose register the person keeps.

    Raises SheetUnreadable when the file as a whole cannot be taken.
    """
    sheet = read_ledger(content, reading)
    box, today = district_box(), timezone.localdate(now)
    rows: list[SiteRow] = []
    found: list[CellFault] = []
    for number, cells in sheet.rows:
        row, wrong = read_site_row(sheet, number, cells, reading=reading, box=box, today=today)
        rows.append(row)
        found += wrong
    found += _twice(rows)
    found += _outside(rows)
    known = _known(rows, scope, now)
    for row in rows:
        found += _settle_area(row, known, scope)
    examined = LedgerExamined(sheet, faults=[fault for fault in found if fault.fault not in NOTES])
    bad = {fault.row for fault in examined.faults}
    notes = [fault for fault in found if fault.fault in NOTES and fault.row not in bad]
    for row in rows:
        if row.row in bad:
            continue
        planned, wrong = _plan(row, known, scope, reading)
        if refused := [fault for fault in wrong if fault.fault not in NOTES]:
            examined.faults += refused
        else:
            examined.planned.append(planned)
        notes += [fault for fault in wrong if fault.fault in NOTES]
    placed = {one.row.row: one for one in examined.planned}
    # A site that has its position keeps it: an empty cell is nothing to tell of then.
    notes = [
        note
        for note in notes
        if note.fault is not SiteFault.NO_POSITION
        or ((plan := placed.get(note.row)) and not (plan.site and plan.site.geometry))
    ]
    examined.notes = sorted(notes + _near(examined.planned), key=lambda fault: fault.row)
    examined.faults.sort(key=lambda fault: fault.row)
    return examined


def _twice(rows: list[SiteRow]) -> list[CellFault]:
    counted = Counter(row.code for row in rows if row.code)
    return [CellFault(row.row, "编码", row.code, Fault.TWICE) for row in rows if counted[row.code] > 1]


def _outside(rows: list[SiteRow]) -> list[CellFault]:
    """Positions farther than two kilometres from the district's border itself, where one is stored."""
    placed = [row for row in rows if row.position]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.row FROM unnest(%s::int[], %s::float8[], %s::float8[]) AS p (row, x, y)"
            " WHERE EXISTS (SELECT FROM territory_area WHERE level = 'district' AND border IS NOT NULL"
            " AND retired_at IS NULL) AND NOT EXISTS (SELECT FROM territory_area WHERE level = 'district'"
            " AND retired_at IS NULL AND ST_DWithin(border::geography,"
            " ST_SetSRID(ST_MakePoint(p.x, p.y), 4326)::geography, %s))",
            [
                [row.row for row in placed],
                [row.position[0] for row in placed if row.position],
                [row.position[1] for row in placed if row.position],
                MARGIN_METRES,
            ],
        )
        far = {number for (number,) in cursor.fetchall()}
    return [
        CellFault(row.row, "经度", f"{row.position[0]}, {row.position[1]}", Fault.OUTSIDE_DISTRICT)
        for row in placed
        if row.row in far and row.position
    ]


def _known(rows: list[SiteRow], scope: Scope, now: datetime) -> _Known:
    areas = dict(Area.objects.filter(retired_at__isnull=True).order_by("code").values_list("code", "name"))
    codes: dict[str, list[str]] = defaultdict(list)
    for code, name in areas.items():
        for word in {name, name.removesuffix("街道"), name.removesuffix("社区"), name.removesuffix("村")}:
            codes[word].append(code)
    sites = {site.code: site for site in HazardSite.objects.filter(code__in=[row.code for row in rows]).order_by("pk")}
    held = Responsibility.objects.filter(site__in=sites.values(), during__contains=now).order_by("pk")
    phones: dict[str, User] = {}
    names: dict[str, list[User]] = defaultdict(list)
    for person in people(scope, now=now):
        names[person.name].append(person)
        if person.phone:
            phones[person.phone] = person
    return _Known(areas, codes, sites, {(one.site_id, one.role): one for one in held}, phones, names)


def _settle_area(row: SiteRow, known: _Known, scope: Scope) -> list[CellFault]:
    """Puts the code of the row's area into the row, from its code, its names, or the only area that is ours."""
    street = [code for code in known.codes.get(row.street.removesuffix("办事处"), []) if len(code) == 9]
    if row.street and len(street) != 1:
        return [CellFault(row.row, "街道", row.street, SiteFault.AREA_UNKNOWN)]
    named = street[0] if street else ""
    if row.community:
        own = [code for code in known.codes.get(row.community, []) if len(code) == 12 and code.startswith(named)]
        if len(own) != 1:
            return [CellFault(row.row, "社区", row.community, SiteFault.AREA_UNKNOWN)]
        named = own[0]
    if row.area_code and (row.area_code not in known.areas or len(row.area_code) < 9):
        return [CellFault(row.row, "区划编码", row.area_code, SiteFault.AREA_UNKNOWN)]
    if named and row.area_code and not (named.startswith(row.area_code) or row.area_code.startswith(named)):
        return [CellFault(row.row, "区划编码", row.area_code, SiteFault.AREAS_DISAGREE)]
    column = "区划编码" if row.area_code else "社区" if row.community else "街道"
    row.area_code = max(row.area_code, named, key=len)
    present = known.sites.get(row.code)
    if present is not None and not scope.covers(present.area_code):
        return [CellFault(row.row, "编码", row.code, Fault.OUTSIDE_SCOPE)]
    if not row.area_code and present is None:
        only = [code for code in scope.codes if len(code) >= 9]
        if len(only) != 1 or len(scope.codes) != 1:
            return [CellFault(row.row, "街道", "", Fault.MISSING)]
        row.area_code = only[0]
    if row.area_code and not scope.covers(row.area_code):
        return [CellFault(row.row, column, row.area_code, Fault.OUTSIDE_SCOPE)]
    return []


def _plan(row: SiteRow, known: _Known, scope: Scope, reading: Reading) -> tuple[PlannedSite, list[CellFault]]:
    site, found = known.sites.get(row.code), []
    if site is not None and site.retired_at is not None:
        found.append(CellFault(row.row, "编码", row.code, SiteFault.CODE_RETIRED))
    persons: dict[SiteRole, tuple[User, User | None]] = {}
    for role, answering in row.persons.items():
        named, wrong = _named(row.row, PERSONS[role], answering, known)
        found += wrong
        if named is None:
            continue
        held = known.held.get((site.pk, role.value)) if site else None
        if held is None or held.person_id != named[0].pk or (named[1] and held.deputy_id != named[1].pk):
            persons[role] = named
    changes: dict[str, Any] = {
        "name": row.name,
        "kind": row.kind,
        "area_code": row.area_code,
        "address": row.address,
        "note": row.note,
        "closing_depth_cm": row.closing_depth_cm,
        "threatened_households": row.threatened_households,
        "threatened_persons": row.threatened_persons,
        "control_standard": row.control_standard,
        "station_code": row.station_code,
        "verified_at": row.verified_at,
    }
    changes = {name: value for name, value in changes.items() if value not in ("", None)}
    if site is not None:
        changes = {name: value for name, value in changes.items() if getattr(site, name) != value}
        # What was verified later stays verified later.
        if site.verified_at and row.verified_at and row.verified_at < site.verified_at:
            del changes["verified_at"]
    if row.position and (place := _moved(row, site, found)):
        changes |= {"geometry": place, "source_datum": reading.datum}
    status = RowStatus.NEW if site is None else RowStatus.CHANGED if changes or persons else RowStatus.SAME
    return PlannedSite(row, site, changes, persons, status), found


def _moved(row: SiteRow, site: HazardSite | None, found: list[CellFault]) -> Point | None:
    """The point of the row where it says something new."""
    if row.position is None:
        return None
    if site is not None and site.geometry is not None:
        there = site.geometry.centroid
        if metres(row.position, (there.x, there.y)) <= SAME_METRES:
            return None
        if site.geometry.geom_type != "Point":
            found.append(CellFault(row.row, "经度", "", SiteFault.DRAWN))
            return None
    return Point(*row.position, srid=4326)


def _named(
    number: int, column: str, answering: Answering, known: _Known
) -> tuple[tuple[User, User | None] | None, list[CellFault]]:
    """Who is meant: by number first, else by a name that only one person of one's areas has."""
    found: list[User] = []
    for phone in answering.phones:
        person = known.phones.get(phone)
        if person is not None and answering.names and person.name not in answering.names:
            return None, [CellFault(number, f"{column}电话", phone, SiteFault.OTHER_PERSON)]
        if person is not None and person not in found:
            found.append(person)
    if not answering.phones:
        for name in answering.names:
            same = known.names.get(name, [])
            if len(same) == 1 and same[0] not in found:
                found.append(same[0])
    if not found:
        words = " ".join((*answering.names, *answering.phones))
        return None, [CellFault(number, column, words, SiteFault.PERSON_UNKNOWN)]
    # 张三、李四: the first named holds the role, the next is his deputy.
    found.sort(key=lambda person: answering.names.index(person.name) if person.name in answering.names else 99)
    return (found[0], found[1] if len(found) > 1 else None), []


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance of two near places in metres."""
    aside = (one[0] - other[0]) * cos(radians(one[1]))
    return hypot(aside, one[1] - other[1]) * METRES_PER_DEGREE


def _near(planned: list[PlannedSite]) -> list[CellFault]:
    """New or moved sites within five metres of another code, on the register or in the same sheet."""
    moved = [one for one in planned if one.row.position and "geometry" in one.changes]
    notes: list[CellFault] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.row, s.code, s.name FROM unnest(%s::int[], %s::text[], %s::float8[], %s::float8[]) AS p"
            " (row, code, x, y) JOIN hazards_hazardsite s ON s.code <> p.code AND s.retired_at IS NULL"
            " AND s.geometry && ST_Expand(ST_SetSRID(ST_MakePoint(p.x, p.y), 4326), 0.0002)"
            " AND ST_DWithin(s.geometry::geography, ST_SetSRID(ST_MakePoint(p.x, p.y), 4326)::geography, %s)"
            " ORDER BY p.row, s.code",
            [
                [one.row.row for one in moved],
                [one.row.code for one in moved],
                [one.row.position[0] for one in moved if one.row.position],
                [one.row.position[1] for one in moved if one.row.position],
                NEAR_METRES,
            ],
        )
        notes += [_near_note(row, f"{name} ({code})") for row, code, name in cursor.fetchall()]
    cells: dict[tuple[int, int], list[SiteRow]] = defaultdict(list)
    for one in moved:
        if (place := one.row.position) is None:
            continue
        x, y = int(place[0] * 10_000), int(place[1] * 10_000)  # cells of some ten metres
        around = [other for dx in (-1, 0, 1) for dy in (-1, 0, 1) for other in cells[x + dx, y + dy]]
        notes += [
            _near_note(one.row.row, f"{other.name} ({other.code})")
            for other in around
            if other.position and metres(place, other.position) <= NEAR_METRES
        ]
        cells[x, y].append(one.row)
    return notes


def _near_note(row: int, other: str) -> CellFault:
    return CellFault(row, "经度", "", SiteFault.NEAR_DUPLICATE, {"other": other})


def ledger_report(examined: LedgerExamined) -> bytes:
    """The user's own sheet with a status and an error column; bad cells red, flagged ones amber, with the sentence."""
    return marked_sheet(examined.sheet, examined.status, examined.faults, examined.notes)


def shifts(examined: LedgerExamined) -> list[float]:
    """How far each position is moved by the change of datum, in metres."""
    return [metres(one.row.typed, one.row.position) for one in examined.planned if one.row.typed and one.row.position]


def shift_geojson(examined: LedgerExamined, side: str) -> str:
    """The positions "typed" (as if they were WGS-84) or "converted", as a FeatureCollection for the map.

    The converted carry a line from where the sheet has them.
    """
    features: list[dict[str, Any]] = []
    for one in examined.planned:
        typed, placed = one.row.typed, one.row.position
        if typed is None or placed is None:
            continue
        tone = "unknown" if side == "typed" else "ok"
        seen = {"name": one.row.name, "shape": KIND_MARKS[SiteKind(one.row.kind)], "tone": tone}
        features.append(_feature("Point", list(typed if side == "typed" else placed), seen))
        if side != "typed":
            features.append(_feature("LineString", [list(typed), list(placed)], seen))
    return json.dumps({"type": "FeatureCollection", "features": features})


def _feature(kind: str, coordinates: list[Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def waiting_rows(scope: Scope) -> PlacedQuerySet[WaitingRow]:
    """待补: rows left out of a ledger that still wait to be mended, in one's areas."""
    return WaitingRow.objects.in_scope(scope).select_related("source").order_by("source__name", "row")


def waiting_sheet(rows: Iterable[WaitingRow]) -> bytes:
    """The waiting rows as xlsx, a page for each head, with what to mend beside: to be mended and uploaded again."""
    book, out = Workbook(write_only=True), io.BytesIO()
    page, head = book.create_sheet(_("Waiting rows")), None
    for row in rows:
        if row.head != head:
            page = page if head is None else book.create_sheet()
            head = row.head
            page.append([without_formula(word) for word in [*row.head, _("What to mend")]])
        width = len(row.head)
        sentences = "\n".join(f"{fault['column']}：{fault[SENTENCE[get_language() == 'en']]}" for fault in row.faults)
        page.append([without_formula(text) for text in [*([*row.cells] + [""] * width)[:width], sentences]])
    book.save(out)
    return out.getvalue()
