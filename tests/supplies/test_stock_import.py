"""The district's own list of stock: checked, stored whole, once; and the register that goes out."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from accounts.models import User
from core.rules import Refused
from supplies import actions
from supplies.models import Balance, Lot, Movement, Quota, SupplyItem
from territory.enums import ImportState, RowStatus
from territory.models import SheetImport
from tests.casts import Cast
from tests.supplies.shelves import a_store, stocked
from tests.supplies.test_stock_rules import a_list_of_the_ground

pytestmark = pytest.mark.django_db
HEAD = ["仓库", "物资编码", "物资名称", "单位", "类别", "批号", "数量", "定额", "有效期至", "备注"]


def a_list(*rows: list[str]) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in [HEAD, *rows]:
        page.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def good_list() -> bytes:
    return a_list(
        ["一号库", "W-01", "编织袋", "条", "防御材料", "", "20,000", "30000", "长期", ""],
        ["一号库", "W-09", "急救包", "个", "生活物资", "A1", "12", "", "2027-05", "@办公室"],
        ["合计", "", "", "", "", "", "20012", "", "", ""],
    )


def checked(content: bytes, by: User, now: datetime) -> SheetImport:
    return actions.check_stock(content=content, file_name="台账.xlsx", by=by, now=now)


def test_a_check_stores_nothing_and_storing_twice_stores_once(cast: Cast, now: datetime) -> None:
    store, whole = a_store(name="一号库"), good_list()
    sheet = checked(whole, cast.administrator, now)
    assert (sheet.state, sheet.total, sheet.new, SupplyItem.objects.count()) == (ImportState.CHECKED, 2, 2, 0)
    stored = actions.store_stock(sheet=sheet, content=whole, by=cast.administrator, now=now)
    again = actions.store_stock(sheet=checked(whole, cast.administrator, now), content=whole, by=cast.leader, now=now)
    assert again == stored
    assert [row.quantity for row in Balance.objects.order_by("-quantity")] == [20000, 12]
    assert Movement.objects.count() == 2
    assert Quota.objects.get(store=store).quantity == 30000
    assert Lot.objects.get(number="A1").expires_on.isoformat() == "2027-05-31"  # type: ignore[union-attr]  # it has one


def test_what_the_ledger_knows_is_never_overwritten(cast: Cast, now: datetime) -> None:
    a_store(name="一号库")
    first = a_list(["一号库", "W-01", "编织袋", "条", "", "B1", "500", "", "", ""])
    actions.store_stock(sheet=checked(first, cast.administrator, now), content=first, by=cast.administrator, now=now)
    other = a_list(["一号库", "W-01", "编织袋", "条", "", "B1", "900", "", "", ""])
    sheet = checked(other, cast.administrator, now)
    assert sheet.faults[0]["code"] == "stock_there"
    assert "500" in sheet.faults[0]["sentence"]
    with pytest.raises(Refused) as refused:
        actions.store_stock(sheet=sheet, content=other, by=cast.administrator, now=now)
    assert refused.value.code == "import.faults"
    same = a_list(["一号库", "W-01", "编织袋", "条", "", "B1", "500", "800", "", ""])
    sheet = checked(same, cast.administrator, now)
    assert (sheet.new, sheet.changed, sheet.bad) == (0, 1, 0)
    actions.store_stock(sheet=sheet, content=same, by=cast.administrator, now=now)
    assert (Quota.objects.get().quantity, Movement.objects.count()) == (Decimal(800), 1)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (["三号库", "", "编织袋", "条", "", "", "1", "", "", ""], "仓库", "store_unknown"),
        (["一号库", "W-01", "麻袋", "条", "", "", "1", "", "", ""], "物资名称", "name_other"),
        (["一号库", "W-02", "编织袋", "条", "", "", "1", "", "", ""], "物资编码", "code_other"),
        (["一号库", "", "编织袋", "个", "", "", "1", "", "", ""], "单位", "unit_other"),
        (["一号库", "", "编织袋", "条", "杂物", "", "1", "", "", ""], "类别", "category_unknown"),
        (["一号库", "", "编织袋", "条", "", "", "一批", "", "", ""], "数量", "quantity_wrong"),
        (["一号库", "", "编织袋", "条", "", "", "1", "0", "", ""], "定额", "quota_wrong"),
        (["一号库", "", "编织袋", "条", "", "", "1", "", "明年", ""], "有效期至", "stock_day_wrong"),
    ],
)
def test_each_fault_names_its_cell_and_its_mend(
    cast: Cast, now: datetime, row: list[str], column: str, code: str
) -> None:
    a_store(name="一号库")
    SupplyItem.objects.create(code="W-01", name="编织袋", unit="条")
    (fault,) = checked(a_list(row), cast.administrator, now).faults
    assert (fault["row"], fault["column"], fault["code"]) == (2, column, code)
    assert fault["sentence"]


def test_the_report_is_the_users_own_sheet_and_no_cell_runs(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    a_store(name="一号库")
    a_store(name="二号库")
    browser = signed_in(cast.administrator)
    upload = SimpleUploadedFile("明细表.xlsx", a_list_of_the_ground())
    answer = browser.post("/supplies/import/", {"file": upload})
    page = browser.get(answer.headers["Location"])
    assert "nothing was stored" in page.content.decode() or "未" in page.content.decode()
    report = browser.get(f"{answer.headers['Location']}report.xlsx")
    rows = list(load_workbook(BytesIO(report.content)).active.values)  # type: ignore[union-attr]  # one page
    assert rows[0][:3] == ("仓库名称", "品名", "计量单位")
    assert len(rows[0]) == 9
    assert len(rows) == 7  # its head, four rows, and two totals that are no record
    taken = [row for row in rows[1:] if row[7] != str(RowStatus.SKIPPED.label)]
    assert [bool(row[8]) for row in taken] == [False, False, True, True]
    assert not any(str(cell or "").startswith("=") for row in rows for cell in row)


def test_the_register_goes_out_and_comes_back_unchanged(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    store = a_store(name="=一号库", keeper=cast.storekeeper)
    item = SupplyItem.objects.create(code="W-01", name="编织袋", unit="条")
    stocked(store, item, 500, by=cast.storekeeper, lot_number="+B1", now=now)
    Quota.objects.create(store=store, item=item, quantity=800)
    sheet = signed_in(cast.commander).get("/supplies/register.xlsx")
    rows = list(load_workbook(BytesIO(sheet.content)).active.values)  # type: ignore[union-attr]  # one page
    assert rows[2][0] == "'=一号库"
    assert (rows[2][9], rows[2][10], rows[2][13]) == ("'+B1", 500, 800)
    found = checked(sheet.content, cast.administrator, now)
    assert (found.same, found.bad, found.faults) == (1, 0, [])


def test_only_who_edits_stores_imports(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    assert signed_in(cast.storekeeper).get("/supplies/import/").status_code == 403
    page = signed_in(cast.storekeeper).get("/supplies/readiness/").content.decode()
    assert "管库的人不给自己定定额" in page
    assert "/supplies/import/" not in page
    theirs = signed_in(cast.administrator).get("/supplies/readiness/").content.decode()
    assert "/supplies/import/" in theirs
    assert "管库的人不给自己定定额" not in theirs
    assert signed_in(cast.administrator).get("/supplies/import/").status_code == 200
    assert signed_in(cast.administrator).get("/supplies/import/77/").status_code == 404
