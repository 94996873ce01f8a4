"""The register of reviewed texts as a sheet, one text a row, with what a provider's form asks for."""

from datetime import datetime
from io import BytesIO

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from messaging import rules
from messaging.enums import Reviewable, ReviewState
from messaging.models import ProviderTemplate
from messaging.queries.accounts import accounts
from messaging.queries.register import matrix
from territory.rules import without_formula

# Chinese in either language, as every 台账: the sheet goes to the provider.
HEADS = (
    *("渠道", "账号", "签名", "用途", "汛前必备", "语言", "模板文本", "变量（最长字数）", "最多条数"),
    *("状态", "模板编号", "报备时间", "审核时间", "最近实测", "审核意见"),
)
WIDTHS = (8, 14, 16, 20, 10, 10, 60, 30, 10, 10, 20, 18, 18, 18, 30)
STATE_WORDS = {
    ReviewState.NOT_FILED: "未报备",
    ReviewState.IN_REVIEW: "审核中",
    ReviewState.APPROVED: "已通过",
    ReviewState.REFUSED: "被拒",
}
KIND_WORDS = {Reviewable.SMS: "短信", Reviewable.VOICE: "语音"}


def register_sheet() -> bytes:
    """Every text of every account, also those not filed yet with the words to file."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "模板报备"
    page.append(HEADS)
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.freeze_panes = "A2"
    for kind in Reviewable:
        signatures = {account.name: account.signature for account in accounts(kind)}
        _accounts, lines = matrix(kind)
        for line in lines:
            for cell_ in (cell for cells in line.cells for cell in cells):
                row = cell_.row or ProviderTemplate(
                    account=cell_.account,
                    kind=kind,
                    purpose=line.purpose.key,
                    language=cell_.language,
                    text=line.purpose.texts_of(kind)[cell_.language],
                )
                page.append(_cells(row, line.purpose, signatures[row.account] if kind == Reviewable.SMS else ""))
    for number, width in enumerate(WIDTHS, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cells(row: ProviderTemplate, purpose: rules.Purpose, signature: str) -> list[object]:
    known = rules.Reviewed(row.account, row.kind, row.code, row.purpose, row.language, row.text, limits=row.limits)
    texts = (
        KIND_WORDS[Reviewable(row.kind)],
        row.account,
        signature,
        str(purpose.label),
        "是" if purpose.in_storm_set else "",
        row.language,
        row.text,
        "，".join(f"{row.names.get(name) or name}（{known.limit(name)}）" for name in rules.blanks(row.text)),
    )
    return [
        *map(without_formula, texts),
        rules.parts_at_most(known, signature) if row.kind == Reviewable.SMS else None,
        STATE_WORDS[ReviewState(row.state)],
        without_formula(row.code),
        *map(_moment, (row.filed_at, row.decided_at, row.last_real_test)),
        without_formula(row.reason),
    ]


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
