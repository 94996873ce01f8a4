"""Plans and reviews as sheets that an office can work on."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from drills.enums import InjectKind
from drills.models import DrillPlan
from drills.queries.review import Review
from drills.rules import COLUMNS, KIND_WORDS, receiver_word
from territory.rules import without_formula

REVIEW_HEADS = ["序号", "导调信息", "发出(分)", "接收人", "签收要求", "签收用时", "办结要求", "办结用时"]
WIDTHS = (6, 10, 8, 24, 48, 16, 14, 10, 28, 10, 10, 28, 10)


def plan_sheet(plan: DrillPlan) -> bytes:
    """The exercise plan (导调计划) as xlsx: the same heads as the import reads, so that it can come back changed."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "导调计划"
    sheet.append([without_formula(plan.title)])
    _heads(sheet, list(COLUMNS), WIDTHS)
    for one in plan.injects.select_related("person", "objective").order_by("number"):
        _row(
            sheet,
            [
                one.number, f"{one.minute // 60}:{one.minute % 60:02d}", KIND_WORDS[InjectKind(one.kind)],
                one.title, one.text,
                receiver_word(one.receiver, one.role, one.person.name if one.person else ""), one.area_code, one.level,
                one.expected, one.expect_ack_minutes, one.expect_done_minutes,
                one.objective.text if one.objective else "", "是" if one.needs_controller else "否",
            ],
        )  # fmt: skip
    return _bytes(book)


def review_sheet(review: Review) -> bytes:
    """Every answer beside what was expected of it, as xlsx; minutes with one decimal, empty where nothing came."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "演练复盘"
    sheet.append([without_formula(f"【演练】{review.run}")])
    _heads(sheet, REVIEW_HEADS, (6, 28, 14, 16, 12, 12, 12, 12))
    for out in review.out:
        for one in out.answers:
            times = [
                value
                for step in (one.acknowledged, one.done)
                for value in (
                    step.expected.total_seconds() / 60 if step else None,
                    round(step.taken.total_seconds() / 60, 1) if step and step.taken is not None else None,
                )
            ]
            minutes = round(out.fired.exercise_seconds / 60, 1)
            _row(sheet, [out.fired.inject.number, out.fired.inject.title, minutes, one.duty.assignee_name, *times])
    return _bytes(book)


def _heads(sheet: Worksheet, heads: list[str], widths: tuple[int, ...]) -> None:
    sheet.append(heads)
    for row in (1, 2):
        for cell in sheet[row]:
            cell.font = Font(bold=True)
    sheet.freeze_panes = "A3"
    for column, width in zip("ABCDEFGHIJKLM", widths, strict=False):
        sheet.column_dimensions[column].width = width


def _row(sheet: Worksheet, values: list[object]) -> None:
    sheet.append([without_formula(value) if isinstance(value, str) else value for value in values])
    for cell in sheet[sheet.max_row]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _bytes(book: Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
