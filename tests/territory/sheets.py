"""Sheets as a sub-district would send them."""

import io

from openpyxl import Workbook

from tests.casts import GRID

GOOD = {
    "户编号": "DA-0001",
    "网格编码": GRID,
    "楼栋": "3号楼",
    "单元": "2",
    "楼层": "5",
    "房号": "502",
    "地址": "示例路8号",
    "户主": "张示例",
    "人数": "3",
    "电话": "13800000021",
    "备用电话": "",
    "必达原因": "",
    "经度": "",
    "纬度": "",
    "核实日期": "2026-05-01",
}


def roll(*changes: dict[str, str], drop: tuple[str, ...] = ()) -> bytes:
    """A roll in CSV; each argument is a good row with some cells changed."""
    heads = [head for head in GOOD if head not in drop]
    rows = [[({**GOOD, **change})[head] for head in heads] for change in changes]
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in [heads, *rows]).encode()


def workbook(*rows: list[object], merged: tuple[str, ...] = ()) -> bytes:
    """An xlsx with these rows."""
    book, out = Workbook(), io.BytesIO()
    page = book.worksheets[0]
    for row in rows:
        page.append(row)
    for cells in merged:
        page.merge_cells(cells)
    book.save(out)
    return out.getvalue()
