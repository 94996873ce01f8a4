"""A filled paper as PDF, for whoever has no Word: what stands in the Word file, in its order."""

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any, Literal
from xml.sax.saxutils import escape

from docx import Document
from docx.drawing import Drawing
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Length
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Image, Paragraph, SimpleDocTemplate, Table, TableStyle

FONT = "STSong-Light"  # of every PDF reader's Chinese font pack: nothing to ship, nothing to embed
USUAL = 12.0  # points, where the Word file names no size
MARGIN = 20 * mm
WIDEST = 70 * mm  # of a picture
SIDES: dict[WD_ALIGN_PARAGRAPH, Literal[0, 1, 2, 4]] = {
    WD_ALIGN_PARAGRAPH.CENTER: TA_CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT: TA_RIGHT,
}
LINES = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])


def as_pdf(content: bytes, *, title: str) -> bytes:
    """The paragraphs, tables and pictures of a Word file on A4. Its fonts and frills are not kept, its words are."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    stream = BytesIO()
    page = SimpleDocTemplate(
        stream, pagesize=A4, title=title, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN
    )
    page.build(list(_flow(Document(BytesIO(content)), page.width)))
    return stream.getvalue()


def _flow(holder: Any, width: float) -> Iterator[Flowable]:
    for block in holder.iter_inner_content():
        if isinstance(block, WordTable):
            yield _table(block, width)
        else:
            yield from _lines(block, width)


def _table(table: WordTable, width: float) -> Table:
    """Cells that Word has merged are one here too: it names the same cell in each place."""
    spans, rows = [], []
    for at, row in enumerate(table.rows):
        cells, line = list(row.cells), []
        for place, cell in enumerate(cells):
            first = next(number for number, other in enumerate(cells) if _same(other, cell))
            line.append("" if first < place else list(_flow(cell, width * _share(cells, place) - 12)))
            if first == place and (last := _last(cells, place)) > place:
                spans.append(("SPAN", (place, at), (last, at)))
        rows.append(line)
    most = max(len(row) for row in rows)
    rows = [row + [""] * (most - len(row)) for row in rows]
    return Table(rows, colWidths=[width / most] * most, style=TableStyle([*LINES.getCommands(), *spans]))


def _same(one: Any, other: Any) -> bool:
    return bool(one._tc is other._tc)  # noqa: SLF001  (python-docx has no other word for it)


def _last(cells: list[Any], place: int) -> int:
    return max(number for number, other in enumerate(cells) if _same(other, cells[place]))


def _share(cells: list[Any], place: int) -> float:
    return sum(_same(other, cells[place]) for other in cells) / len(cells)


def _lines(paragraph: WordParagraph, width: float) -> Iterator[Flowable]:
    size = max((run.font.size.pt for run in paragraph.runs if run.font.size), default=_usual(paragraph))
    style = ParagraphStyle(
        "line", fontName=FONT, fontSize=size, leading=size * 1.5, wordWrap="CJK", alignment=_side(paragraph)
    )
    words = "<br/>".join(escape(line) for line in paragraph.text.split("\n"))
    yield Paragraph(words or "&nbsp;", style)
    for run in paragraph.runs:
        yield from map(partial(_picture, width=width), _drawings(run))


def _usual(paragraph: WordParagraph) -> float:
    named: Length | None = paragraph.style.font.size if paragraph.style is not None else None
    return named.pt if named else USUAL


def _side(paragraph: WordParagraph) -> Literal[0, 1, 2, 4]:
    side = paragraph.alignment
    if side is None and paragraph.style is not None:
        side = paragraph.style.paragraph_format.alignment
    return SIDES.get(side, TA_LEFT) if side is not None else TA_LEFT


def _drawings(run: Run) -> Iterator[Drawing]:
    for item in run.iter_inner_content():
        if isinstance(item, Drawing) and item.has_picture:
            yield item


def _picture(drawing: Drawing, *, width: float) -> Image:
    picture = drawing.image
    wide = min(WIDEST, width)
    return Image(BytesIO(picture.blob), width=wide, height=wide * picture.px_height / max(1, picture.px_width))
