"""The demo district's drill: one finished plan with twelve injects, by the same sheet that an office would send."""

from datetime import datetime
from io import BytesIO

from openpyxl import Workbook

from accounts.models import User
from drills import actions
from drills.models import DrillPlan
from drills.rules import COLUMNS
from simulators.district.plan import DISTRICT

TITLE = "夜间短时强降雨应急演练（示例）"
SCENARIO = (
    "23 时气象台发布暴雨红色预警，三小时雨量可能超过 100 毫米。"
    "下穿立交积水，部分通信中断，居民求助，一名街道干部未应答。"
)
GOALS = ("十分钟内叫应到街道", "险情先断行后报告", "求助有人接、有人去", "物资先出库后补单")

# The columns of the sheet in their order, parted by bars.
INJECTS = (
    "1|0:00|信息|暴雨红色预警|未来三小时有特大暴雨，请各街道到岗|街道值班员|||||||否",
    "2|0:02|响应|启动Ⅲ级应急响应|气象红色预警，会商同意|导调员||Ⅲ|按预案派发任务||||否",
    (
        "3|0:05|任务|叫应所属社区|逐级叫应到网格，未应答的改叫副职|街道值班员|||叫应并反馈未应答名单|10|30|"
        "十分钟内叫应到街道|否"
    ),
    (
        "4|0:12|险情|东安路下穿立交积水 35 厘米|水位上涨较快，仍有车辆驶入|街道值班员|410403001||"
        "先断行，再报告|5|20|险情先断行后报告|否"
    ),
    (
        "5|0:15|求助|东安路小区 3 号楼一层老人被困|家属来电，室内进水及膝|街道值班员|410403001||"
        "派人到场并回话|3|20|求助有人接、有人去|否"
    ),
    "6|0:20|响应|提升至Ⅱ级应急响应|多处积水，雨势未减|导调员||Ⅱ|只补派新增任务||||否",
    "7|0:22|来文|市防指要求上报续报|23:40 前报送积水、断行、转移人数|值班员|||按时报送续报|5|18||否",
    (
        "8|0:25|险情|湛河堤脚发现管涌|巡查人员电话报告，出水带泥|街道值班员|410403002||派抢险队并设围井|5|"
        "40|险情先断行后报告|否"
    ),
    ("9|0:30|任务|调运三台水泵到东安路|泵、管、电缆、柴油成套|仓管员|||先出库后补单|5|25|物资先出库后补单|否"),
    "10|0:35|信息|部分基站退服|请街道代网格员录入情况|街道值班员|||||||否",
    "11|0:45|任务|向带班领导报一次口径|只报平台上的数字|带班领导|||两分钟内给出数字|3|10||是",
    "12|1:00|响应|降低至Ⅳ级应急响应|雨势减弱|导调员||Ⅳ|清点未办结事项||||是",
)


def load(*, now: datetime) -> tuple[int, str]:
    """Writes the plan where there is none yet; how many rows it wrote, and a line."""
    if DrillPlan.objects.filter(title=TITLE).exists():
        return 0, f"1 个方案，{len(INJECTS)} 条导调信息"
    by = User.objects.get(username="duty")
    plan = actions.save_plan(title=TITLE, scenario=SCENARIO, objectives=GOALS, area_code=DISTRICT, by=by)
    content = _sheet()
    checked = actions.check_injects(plan=plan, content=content, file_name="演示导调计划.xlsx", by=by)
    stored = actions.store_injects(plan=plan, sheet=checked, content=content, by=by, now=now)
    actions.finish_plan(plan=plan, by=by)
    return stored.new + 1, f"1 个方案，{stored.new} 条导调信息"


def _sheet() -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([TITLE])
    sheet.append(list(COLUMNS))
    for row in INJECTS:
        sheet.append(row.split("|"))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
