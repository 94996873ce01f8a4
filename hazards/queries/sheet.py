"""The register as it goes out: in the layout of the ledger, and as the public list of who answers for what."""

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from hazards.enums import SiteKind, SiteRole, SiteState
from hazards.models import HazardSite
from hazards.queries.sites import sites
from hazards.rules import SiteFilter
from hazards.rules.ledger import COLUMNS, PERSONS
from territory.queries import area_names
from territory.rules import Scope, without_formula

# What people write comes first and is read again by the import; what the platform knows stands behind it.
TAKEN = tuple(column for column in COLUMNS if column != "坐标")
KNOWN = ("状态", "最近检查", "不合格项数")
PUBLIC = ("街道", "类型", "名称", "地址", *PERSONS.values(), "防汛值班电话")
TITLE, PUBLIC_TITLE = "防汛隐患点台账（坐标为 WGS-84）", "防汛隐患点责任人公示"


def register_sheet(scope: Scope, filters: SiteFilter, *, now: datetime) -> bytes:
    """The filtered register in the layout of the ledger, one site a row, as xlsx; no cell of it is a formula."""
    found = list(sites(scope, filters, now=now))
    names = area_names({site.area_code[:length] for site in found for length in (9, 12)})
    with translation.override("zh-hans"):
        return _book(TITLE, (*TAKEN, *KNOWN), (_row(site, names) for site in found))


def public_sheet(scope: Scope, filters: SiteFilter, *, now: datetime) -> bytes:
    """责任人公示: who answers for which place, with the duty room's number and nobody's own."""
    found = list(sites(scope, filters, now=now))
    names = area_names({site.area_code[:9] for site in found})
    with translation.override("zh-hans"):
        return _book(PUBLIC_TITLE, PUBLIC, (_public_row(site, names) for site in found))


def _public_row(site: HazardSite, names: dict[str, str]) -> list[Any]:
    held = {one.role: one.person.name for one in site.present}
    people = [held.get(role.value, "") for role in PERSONS]
    street = names.get(site.area_code[:9], site.area_code)
    return [street, str(SiteKind(site.kind).label), site.name, site.address, *people, settings.DUTY_PHONE]


def _row(site: HazardSite, names: dict[str, str]) -> list[Any]:
    place = site.geometry.centroid if site.geometry else None
    held = {one.role: one for one in site.present}
    cells: dict[str, Any] = {
        "编码": site.code,
        "类型": str(SiteKind(site.kind).label),
        "名称": site.name,
        "区划编码": site.area_code,
        "街道": names.get(site.area_code[:9], ""),
        "社区": names.get(site.area_code[:12], "") if len(site.area_code) >= 12 else "",
        "地址": site.address,
        "经度": round(place.x, 6) if place else None,
        "纬度": round(place.y, 6) if place else None,
        "断行水深": site.closing_depth_cm,
        "受威胁户数": site.threatened_households,
        "受威胁人数": site.threatened_persons,
        "管控标准": site.control_standard,
        "监测站编码": site.station_code,
        "备注": site.note,
        "核实日期": site.verified_at.isoformat() if site.verified_at else "",
        "状态": str(SiteState(site.state).label),
        "最近检查": timezone.localtime(site.inspected_at).strftime("%Y-%m-%d %H:%M") if site.inspected_at else "",
        "不合格项数": site.failed_items or 0,
    }
    for role, column in PERSONS.items():
        if one := held.get(SiteRole(role).value):
            people = [person for person in (one.person, one.deputy) if person]
            cells[column] = "、".join(person.name for person in people)
            cells[f"{column}电话"] = "、".join((person.phone or "").removeprefix("+86") for person in people).strip(
                "、"
            )
    return [cells.get(column, "") for column in (*TAKEN, *KNOWN)]


def _book(title: str, head: tuple[str, ...], rows: Iterable[list[Any]]) -> bytes:
    # Written row by row: held in memory, the two million cells of a large register would crowd out everybody else.
    book = Workbook(write_only=True)
    page: Any = book.create_sheet(title[:9])
    page.freeze_panes = "D2"
    heads = []
    for number, word in enumerate(head, start=1):
        wide = word in ("名称", "地址", "管控标准", "备注")
        page.column_dimensions[get_column_letter(number)].width = 24 if wide else 14
        heads.append(WriteOnlyCell(page, value=word))
        heads[-1].font = Font(bold=True)
    # A printed ledger says on every page what it is; above the head it would stand in the way of reading it again.
    page.oddHeader.center.text = title
    page.print_title_rows = "1:1"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", "9"
    page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage = 0, True
    page.append(heads)
    for row in rows:
        page.append([without_formula(cell) if isinstance(cell, str) else cell for cell in row])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
