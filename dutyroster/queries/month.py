"""The month's table, on paper and as a sheet."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from dutyroster import rules
from dutyroster.enums import Origin
from dutyroster.models import DutyPost, Shift
from dutyroster.queries.facts import post_facts, published, served, zone
from dutyroster.rules import Entry, MonthRow, Span
from territory.enums import DayKind
from territory.models import CalendarDay
from territory.queries import area_names
from territory.rules import Scope, without_formula


@dataclass(frozen=True)
class Day:
    """One row as it is printed: the day, its kind and its holiday's name, a cell a post."""

    row: MonthRow
    name: str

    @property
    def is_free(self) -> bool:
        """True on weekends and holidays."""
        return self.row.kind in (DayKind.WEEKEND, DayKind.HOLIDAY)

    @property
    def is_unknown(self) -> bool:
        """True while the holidays of its year are not loaded."""
        return self.row.kind == DayKind.UNKNOWN


@dataclass(frozen=True)
class Month:
    """One month of the posts of one or several areas: who serves, and for the past who did serve."""

    first_day: date
    posts: list[DutyPost]
    days: list[Day]
    empty: int

    @property
    def before(self) -> date:
        """The first day of the month before."""
        return (self.first_day - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        """The first day of the month after."""
        return rules.bounds(self.first_day.year, self.first_day.month)[1] + timedelta(days=1)


def month(scope: Scope, year: int, month: int, *, area_code: str = "") -> Month:
    """The table of a month; `area_code` narrows to the posts of exactly that area. Posts out of use are in it when
    somebody served there. Four statements."""
    first, last = rules.bounds(year, month)
    start = datetime.combine(first, datetime.min.time(), zone())
    window = Span(start, start + (last - first) + timedelta(days=2))
    posts = DutyPost.objects.in_scope(scope)
    if area_code:
        posts = posts.filter(area_code=area_code)
    known = list(posts.prefetch_related("requirements").order_by("area_code", "order", "pk"))
    rows = Shift.objects.filter(published(window), post__in=known).select_related("person").order_by("pk")
    entries = [
        Entry(shift.post_id, shift.person.name, span, is_changed=shift.origin != Origin.PLAN)
        for shift, span in served(rows)
    ]
    used = {entry.post for entry in entries}
    shown = [post for post in known if post.retired_at is None or post.pk in used]
    calendar = {day.date: day for day in CalendarDay.objects.filter(date__range=(first, last))}
    table = rules.month_rows(
        year,
        month,
        posts=[post_facts(post) for post in shown],
        entries=entries,
        kinds={day: DayKind(row.kind) for day, row in calendar.items()},
        zone=zone(),
    )
    days = [Day(row, calendar[row.day].name if row.day in calendar else "") for row in table]
    empty = sum(not cell for day in days for cell in day.row.cells)
    return Month(first, shown, days, empty)


def month_sheet(scope: Scope, year: int, number: int, *, area_code: str = "") -> bytes:
    """The month's table as xlsx, laid out to be printed across A4."""
    table = month(scope, year, number, area_code=area_code)
    names = area_names({post.area_code for post in table.posts})
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = f"{year}-{number:02d}"
    several = len(names) > 1
    heads = [f"{names.get(post.area_code, '')} {post.name}".strip() if several else post.name for post in table.posts]
    sheet.append([_title(table, names, area_code)])
    sheet.append([_("Date"), _("Weekday"), *(without_formula(head) for head in heads)])
    for day in table.days:
        sheet.append(
            [
                date_format(day.row.day, "n-j"),
                day_words(day),
                *(without_formula("\n".join(_words(entry) for entry in cell)) for cell in day.row.cells),
            ]
        )
    _lay_out(sheet, columns=len(heads) + 2)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def day_words(day: Day) -> str:
    """The weekday, with the holiday or what else is to be known: “周四 国庆节”."""
    weekday = date_format(day.row.day, "D")
    if day.is_unknown:
        return f"{weekday} {DayKind.UNKNOWN.label}"
    return f"{weekday} {day.name}".strip()


def _title(table: Month, names: dict[str, str], area_code: str) -> str:
    place = names.get(area_code, "") or next(iter(names.values()), "")
    return _("%(place)s duty roster, %(month)s") % {
        "place": place,
        "month": date_format(table.first_day, "YEAR_MONTH_FORMAT"),
    }


def _words(entry: Entry) -> str:
    return f"{entry.person} {entry.times}".strip()


def _lay_out(sheet: Worksheet, *, columns: int) -> None:
    line = Side(style="thin")
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=max(columns, 3))
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = Alignment(horizontal="center")
    for row in sheet.iter_rows(min_row=2, max_col=columns):
        for cell in row:
            cell.border = Border(left=line, right=line, top=line, bottom=line)
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            cell.font = Font(bold=cell.row == 2)
    for number in range(1, columns + 1):
        sheet.column_dimensions[get_column_letter(number)].width = (8, 16)[number - 1] if number < 3 else 20
    sheet.freeze_panes = "C3"
    sheet.print_title_rows = "1:2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def month_of(text: str, *, now: datetime) -> date:
    """The first day of the month written 2026-07; of the present month when it is written otherwise."""
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  # a month has no zone
    except ValueError:
        return timezone.localtime(now).date().replace(day=1)


def moment_of(text: str) -> datetime | None:
    """A moment written in an address, as ISO 8601 with its zone; None when it is written otherwise."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
