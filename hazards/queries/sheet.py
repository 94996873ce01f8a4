"""The register as a sheet for the duty officer's own use."""

from datetime import datetime
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from hazards.enums import SiteKind, SiteRole, SiteState
from hazards.queries.sites import sites
from hazards.rules import SiteFilter
from territory.queries import area_names
from territory.rules import Scope

FORMULA_MARKS = ("=", "+", "-", "@")


def register_sheet(scope: Scope, filters: SiteFilter, *, now: datetime) -> bytes:
    """The filtered register as xlsx, one site a row. Texts that a spreadsheet would run as a formula are quoted."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _("Hazard sites")
    sheet.append(_heads())
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "C2"
    found = list(sites(scope, filters, now=now))
    names = area_names({site.area_code[:9] for site in found})
    for site in found:
        people = {one.role: one.person for one in site.present}
        place = site.geometry.centroid if site.geometry else None
        last = timezone.localtime(site.inspected_at).strftime("%Y-%m-%d %H:%M") if site.inspected_at else ""
        sheet.append(
            [
                _plain(site.code),
                str(SiteKind(site.kind).label),
                _plain(site.name),
                _plain(site.address),
                _plain(names.get(site.area_code[:9], site.area_code)),
                str(SiteState(site.state).label),
                last,
                site.failed_items or 0,
                *[
                    _plain(text)
                    for role in SiteRole
                    for text in ((people[role].name, _phone(people[role].phone)) if role in people else ("", ""))
                ],
                site.closing_depth_cm,
                round(place.x, 6) if place else None,
                round(place.y, 6) if place else None,
                _plain(site.note),
            ]
        )
    for column, width in zip(
        "ABCDEFGHIJKLMNOQR", (14, 12, 24, 28, 14, 10, 17, 8, 10, 14, 10, 14, 10, 14, 10, 12, 12), strict=True
    ):
        sheet.column_dimensions[column].width = width
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _heads() -> list[str]:
    heads = [
        _("Site code"),
        _("Kind"),
        _("Site name"),
        _("Address"),
        _("Sub-district"),
        _("State"),
        _("Last inspected"),
    ]
    heads.append(_("Failed items"))
    for role in SiteRole:
        heads += [str(role.label), _("Phone")]
    return [*heads, _("Closing depth (cm)"), _("Longitude (WGS-84)"), _("Latitude (WGS-84)"), _("What is to be known")]


def _phone(number: str | None) -> str:
    return (number or "").removeprefix("+86")


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_MARKS) else text
