"""The findings as a sheet."""

from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from hazards.enums import SiteKind
from hazards.queries.findings import findings, shown
from hazards.rules import FindingFilter
from territory.rules import Scope, without_formula


def findings_sheet(scope: Scope, filters: FindingFilter, *, now: datetime) -> bytes:
    """The filtered findings as xlsx (整改台账), one a row, times local, no cell that a spreadsheet would run."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Findings at sites"))
    sheet.append(_heads())
    for line in shown(findings(scope, filters, now=now).select_related("closed_by", "reopens"), now=now):
        row = line.finding
        texts = [
            row.number, row.site.code, row.site.name, str(SiteKind(row.site.kind).label), line.place, row.what,
            line.grade, line.state, _("Late") if line.late else "", row.found_by.name, _local(row.found_at),
            row.fixer_name, _local(row.due_at), row.measure, row.measure_by, _local(row.measure_at),
            row.fixed_words, _local(row.fixed_at), row.closed_by.name if row.closed_by else "", _local(row.closed_at),
            row.closed_words, row.supervisor, row.reopens.number if row.reopens else "",
        ]  # fmt: skip
        sheet.append([without_formula(text) for text in texts])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _heads() -> list[Any]:
    return [
        _("Number"), _("Site code"), _("Site name"), _("Kind"), _("Sub-district"), _("What is wrong"), _("Grade"),
        _("State"), _("Late"), _("Found by"), _("Found at"), _("Who mends it"), _("To be mended by"),
        _("Interim measure"), _("Kept up by"), _("In force since"), _("What was done"), _("Mended at"),
        _("Written off by"), _("Written off at"), _("How it was checked"), _("Supervising leader"), _("Came back from"),
    ]  # fmt: skip


def _local(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
