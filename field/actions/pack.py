"""Writes the emergency pack to the local disk, so that it can be read with the platform down."""

import os
from datetime import datetime
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, PageBreak, Paragraph, SimpleDocTemplate, TableStyle

from field.queries import Table, pack_tables
from territory.rules import Scope, without_formula

FONT = "STSong-Light"  # of every PDF reader's Chinese font pack: nothing to ship, nothing to embed
OWNER_ONLY = 0o600  # whole names and numbers: the pack lies on the duty desk and nowhere else
BODY = ParagraphStyle("body", fontName=FONT, fontSize=8, leading=10, wordWrap="CJK")
HEAD = ParagraphStyle("head", parent=BODY, textColor=colors.white)
TITLE = ParagraphStyle("title", fontName=FONT, fontSize=14, leading=20, spaceAfter=6)
LINES = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#17212b")),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
)


def write_pack(*, root: Path, scope: Scope, now: datetime) -> list[Path]:
    """Writes PDF and xlsx of this moment under `root`, readable by the owner alone. Returns both paths.

    Each is written beside its place and moved there whole: whoever opens the folder in the middle finds the last one.
    """
    tables = pack_tables(scope, now=now)
    stamp = timezone.localtime(now)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [
        _store(root / f"{_('Emergency pack')}-{stamp:%Y%m%d-%H%M}.{ending}", content)
        for ending, content in (("pdf", _pdf(tables, stamp)), ("xlsx", _workbook(tables, stamp)))
    ]


def _store(path: Path, content: bytes) -> Path:
    beside = path.with_suffix(".part")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return beside.replace(path)


def _workbook(tables: list[Table], stamp: datetime) -> bytes:
    book = Workbook(write_only=False)
    first = book.active
    for table in tables:
        sheet = book.create_sheet(table.title[:31])
        sheet.append([f"{table.title}  {stamp:%Y-%m-%d %H:%M}"])
        sheet.append(list(table.heads))
        for cell in sheet[2]:
            cell.font = Font(bold=True)
        for row in table.rows:
            sheet.append([without_formula(text) for text in row])
        sheet.freeze_panes = "A3"
        for place, width in enumerate(table.widths):
            sheet.column_dimensions[chr(ord("A") + place)].width = width * 5
    if first is not None:
        book.remove(first)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _pdf(tables: list[Table], stamp: datetime) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    stream = BytesIO()
    document = SimpleDocTemplate(
        stream,
        pagesize=landscape(A4),
        leftMargin=10 * mm,
        rightMargin=10 * mm,
        topMargin=10 * mm,
        bottomMargin=14 * mm,
        title=_("Emergency pack"),
    )
    story: list[Flowable] = []
    for table in tables:
        if story:
            story.append(PageBreak())
        story.append(Paragraph(f"{escape(table.title)}（{len(table.rows)}）", TITLE))
        part = document.width / sum(table.widths)
        story.append(
            LongTable(
                [
                    [Paragraph(escape(head), HEAD) for head in table.heads],
                    *([Paragraph(escape(text), BODY) if text else "" for text in row] for row in table.rows),
                ],
                colWidths=[width * part for width in table.widths],
                repeatRows=1,
                style=LINES,
            )
        )

    def foot(canvas: Canvas, _document: object) -> None:
        canvas.setFont(FONT, 8)
        words = _(
            "Emergency pack, as of %(at)s. Personal data: keep it locked away, destroy it when a newer one is printed."
        )
        canvas.drawString(10 * mm, 7 * mm, words % {"at": f"{stamp:%Y-%m-%d %H:%M}"})
        canvas.drawRightString(landscape(A4)[0] - 10 * mm, 7 * mm, str(canvas.getPageNumber()))

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return stream.getvalue()
