"""The response plan of the demo: what each level asks of whom. An example, no district's approved plan.

Levels follow the usual ladder of urban flood plans: Ⅳ watch and get ready, Ⅲ patrol and pre-position, Ⅱ stop and close,
Ⅰ move people and everything to the front. The eight duties of 突发事件应对法 art. 67 are spread over them.
"""

from datetime import datetime

from accounts.enums import Role
from accounts.models import User
from command import actions
from command.actions import TaskGiven
from command.enums import Receives
from command.enums.closing import Party
from command.models import ClosingPartner, ContingencyPlan
from simulators.district.people import AGENCIES, agencies
from simulators.district.plan import DISTRICT
from territory.models import ContactPoint

TITLE = "卫东区防汛应急预案（示例）"
VERSION = "2026-示例"
BASIS = "示例：任务、时限与分工以本区批准的预案为准"
POWER = ("供电公司抢修值班", "+8619000002001")  # of the demo's own range of numbers
LEADER, STREET, OFFICER, STORE = Role.LEADER, Role.SUBDISTRICT_OFFICER, Role.DUTY_OFFICER, Role.STOREKEEPER


def load(now: datetime) -> tuple[ContingencyPlan, bool]:
    """The published plan, and whether it was written now."""
    known = ContingencyPlan.objects.filter(area_code=DISTRICT, version=VERSION).first()
    if known is not None:
        return known, False
    by = User.objects.get(username="duty")
    plan = actions.make_plan(
        area_code=DISTRICT, version=VERSION, title=TITLE, basis=BASIS, tasks=tasks(), is_sample=True, by=by, now=now
    )
    return actions.publish_plan(plan=plan, by=by, now=now), True


def tasks() -> list[TaskGiven]:
    """All of them, IV first."""
    return [*_watching(), *_ready(), *_closing(), *_moving()]


def _watching() -> list[TaskGiven]:
    return [
        _duty(4, "核对今夜值班人员和电话", OFFICER, 30, "逐岗核对在岗，缺人立即补位并记值班日志。"),
        _duty(4, "向带班领导报告雨情水情", OFFICER, 30),
        _role(4, "清点泵车、沙袋和照明", STORE, 60, "清点数量、油料、电缆，能随时装车。"),
        _role(4, "本街道值班到位，通知社区和网格员", STREET, 60, each_subdistrict=True),
        _agency(4, "城管局", "检查雨水口和泵站", 120, "清掏堵塞雨水口，泵站试机。"),
        _agency(4, "水利局", "加密河道水位巡测", 120),
    ]


def _ready() -> list[TaskGiven]:
    return [
        _role(3, "带班领导到指挥室", LEADER, 30),
        _role(
            3, "组织下穿式桥涵、易积水点巡查", STREET, 60, "涵洞积水到封控水深立即断行并报告。", each_subdistrict=True
        ),
        _role(3, "提醒地下商超、地下停车场备好挡水板", STREET, 60, each_subdistrict=True),
        _agency(3, "公安交警", "警力预置到 12 处下穿式桥涵", 60),
        _agency(3, "住建局", "在建工地停止深基坑作业", 90, "检查塔吊、基坑，工人宿舍有险先撤人。"),
        _agency(3, "自然资源局", "地质灾害点加密巡查", 60),
        _role(3, "抢险物资前置装车", STORE, 60, "水泵、软管、电缆、油料成套装车。"),
        TaskGiven(
            3,
            "供电抢修队待命",
            receives=Receives.CONTACT,
            contact_point=_power(),
            contact_name=POWER[0],
            due_minutes=60,
        ),
    ]


def _closing() -> list[TaskGiven]:
    return [
        _duty(2, "向市防指报告响应级别和首报", OFFICER, 15, "电话先报，书面随后。"),
        _role(
            2,
            "逐户通知必达户，落实包保人",
            STREET,
            60,
            "独居、卧床、地下室、隐患点周边一户不漏。",
            each_subdistrict=True,
        ),
        _role(2, "开放避险场所，值守人员到位", STREET, 60, each_subdistrict=True),
        _agency(2, "公安交警", "积水达到封控水深的路段先断行", 20),
        _agency(2, "商务局", "督促地下商超停业撤人", 45),
        _agency(2, "住建局", "督促地下停车场断电撤人", 45),
        _agency(2, "应急局", "集结抢险队伍", 30, "报人数、带队人、电话、到位时间。"),
    ]


def _moving() -> list[TaskGiven]:
    return [
        _role(
            1, "危险区域人员立即转移", STREET, 60, "先转移老弱病残，拒转的安排看护，逐户登记。", each_subdistrict=True
        ),
        _role(1, "转移去向和人数每半小时上报", STREET, 30, each_subdistrict=True),
        _agency(1, "公安交警", "实施城区交通管制", 20),
        _agency(1, "应急局", "请求市级和驻地力量支援", 20),
        _agency(1, "水利局", "河道险工险段专人盯守", 30),
        _duty(1, "滚动会商并发布停工停业停课停运提示", OFFICER, 30, "由指挥长签发后发布。"),
    ]


def _role(
    level: int, title: str, role: Role, minutes: int, body: str = "", *, each_subdistrict: bool = False
) -> TaskGiven:
    return TaskGiven(level, title, body=body, role=role, due_minutes=minutes, each_subdistrict=each_subdistrict)


def _duty(level: int, title: str, role: Role, minutes: int, body: str = "") -> TaskGiven:
    return TaskGiven(level, title, receives=Receives.POST, body=body, role=role, due_minutes=minutes)


def _agency(level: int, agency: str, title: str, minutes: int, body: str = "") -> TaskGiven:
    liaison = User.objects.get(username=agencies()[AGENCIES.index(agency)].username)
    return TaskGiven(
        level, title, receives=Receives.PERSON, body=body, person=liaison, contact_name=agency, due_minutes=minutes
    )


def partners() -> int:
    """The traffic police and the housing bureau tick at every closing; the sub-districts keep watch themselves."""
    return sum(
        ClosingPartner.objects.get_or_create(
            party=party,
            area_code=DISTRICT,
            defaults={"person": User.objects.get(username=agencies()[AGENCIES.index(agency)].username)},
        )[1]
        for party, agency in ((Party.TRAFFIC, "公安交警"), (Party.DRAINAGE, "住建局"))
    )


def _power() -> ContactPoint:
    point, _made = ContactPoint.objects.get_or_create(kind="mobile", address=POWER[1])
    return point
