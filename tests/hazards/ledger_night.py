"""A ledger of Amap positions that somebody has just checked: one row bad, one flagged, none stored."""

from datetime import datetime

from hazards.actions.ledger import check_ledger, ledger_source
from hazards.rules.ledger import Reading
from territory.actions import keep_upload
from territory.enums import Datum
from tests.casts import Cast
from tests.territory.sheets import workbook


def checked_ledger(cast: Cast, now: datetime) -> dict[str, str]:
    """The address of its report."""
    officer = cast.subdistrict_officer
    content = workbook(
        ["编码", "类型", "名称", "经度", "纬度", "巡查责任人", "电话"],
        ["DA-001", "易积水点", "示例路口", "113.3564", "33.7687", "", ""],
        ["DA-002", "水坑", "示例桥下", "113.3664", "33.7587", "", ""],
        ["DA-003", "地下车库", "示例车库", "", "", "某人", "13800000099"],
    )
    source, reading = ledger_source(name="街道自查", by=officer), Reading(Datum.GCJ02)
    sheet = check_ledger(content=content, file_name="台账.xlsx", source=source, reading=reading, by=officer, now=now)
    keep_upload(sheet=sheet, parts={"sheet": content}, now=now)
    return {"ledger": f"/hazards/ledger/{sheet.pk}/"}
