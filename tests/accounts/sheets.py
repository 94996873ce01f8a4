"""Lists of people as offices send them."""

import io
from collections.abc import Sequence

import openpyxl

HEAD = ("姓名", "手机", "角色", "区域编码", "登录名", "邮箱", "起", "止")


def xlsx(rows: Sequence[Sequence[object]], *, head: Sequence[object] = HEAD, title: str = "") -> bytes:
    """A workbook with an optional title row above the head."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    if title:
        page.append([title])
    page.append(list(head))
    for row in rows:
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv(*rows: str) -> bytes:
    """The usual head and these lines."""
    return "\n".join([",".join(HEAD), *rows]).encode()
