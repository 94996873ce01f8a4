"""网格排查登记表 as a sheet: every household of an area with what its newest check said."""

from datetime import date, datetime
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from accounts.queries import area_names
from hazards.queries.households import HouseholdFilter, household_lines, households_to_check, last_failures
from hazards.rules import day_starts
from territory.rules import Scope, without_formula


def household_sheet(scope: Scope, filters: HouseholdFilter, *, since: date) -> bytes:
    """The filtered households as xlsx, one a row; names masked, no telephone, no cell that runs as a formula.

    Six statements, whatever the number of households.
    """
    start = day_starts(since, timezone.get_current_timezone())
    lines = household_lines(households_to_check(scope, filters, since=start))
    failures = last_failures(scope, filters.area_code, since=start)
    streets = area_names({line.household.area_code[:9] for line in lines})
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Household checks"))
    sheet.append(
        [
            *(
                _("Sub-district"),
                _("Grid"),
                _("Grid code"),
                _("Household code"),
                _("Building"),
                _("Address of the door"),
            ),
            *(_("Head of household"), _("Persons"), _("Must be reached"), _("Checked at"), _("Last tried at")),
            *(_("Items that failed"), _("What failed"), _("Roll verified on")),
        ]
    )
    for line in lines:
        home = line.household
        texts = (
            streets.get(home.area_code[:9], ""), line.place, home.area_code, home.code, home.building, home.door,
            line.head,
        )  # fmt: skip
        sheet.append(
            [
                *map(without_formula, texts),
                home.persons,
                line.reason,
                *map(_local, (home.checked_at, home.tried_at)),
                home.failed or 0,
                without_formula("；".join(failures.get(home.pk, ()))),
                home.verified_at.isoformat() if home.verified_at else "",
            ]
        )
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _local(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
