"""Five calls at the desk: each is noted while it is spoken, three ask for help and get a helper by name."""

from dataclasses import dataclass

from accounts.models import User
from assignments import actions as duties
from assignments.models import Assignment
from command import actions as command
from command.enums.dangers import HelpOutcome
from command.models import HelpRequest
from core import clock
from dutyroster import actions as log
from dutyroster.enums import FollowUp, LogKind
from dutyroster.models import LogEntry
from simulators.district.plan import subdistricts
from simulators.storm.scene import SAMPLE, Scene, person, workers_of


@dataclass(frozen=True)
class Call:
    """What somebody said; `place` empty where the call is about the whole district."""

    kind: str
    text: str
    who: str = ""
    phone: str = ""
    place: str = ""


CALLS = (
    Call(LogKind.CALL, "独居老人家中进水及膝，腿脚不便，要求接出", "居民甲", "19000009901", "3 号楼 1 单元 101"),
    Call(LogKind.CALL, "地下室水泵停转，住户两人还在里面", "居民乙", "19000009902", "5 号楼地下室"),
    Call(LogKind.CALL, "家中停电，制氧机电池只够两小时", "居民丙", "19000009903", "8 号楼 2 单元 602"),
    Call(LogKind.PAPER, "市防指来电：半小时内报积水、断行、转移人数", "市防指值班室", "19000009904"),
    Call(LogKind.WEATHER, "雨量站 1 小时 62 毫米，雨势未减"),
)


def take(scene: Scene) -> None:
    """Notes all five; hands the calls for help on, the first one to its end; tells the leader of the paper."""
    duty = person("duty")
    places = [place.code for place in subdistricts() if place.code.startswith(scene.area_code)]
    asked: list[HelpRequest] = []
    for number, call in enumerate(CALLS):
        area_code = places[number % len(places)] if call.kind == LogKind.CALL else scene.area_code
        entry = log.note(
            text=f"{call.text}{SAMPLE}",
            by=duty,
            now=clock.now(),
            area_code=area_code,
            kind=call.kind,
            caller_name=f"{call.who}{SAMPLE}" if call.who else "",
            caller_phone=call.phone,
            place=call.place,
            wants_follow_up=call.kind in (LogKind.CALL, LogKind.PAPER),
            exercise=scene.exercise,
            client_uuid=scene.key(f"call:{number}"),
        )
        if call.kind == LogKind.CALL:
            asked.append(_hand_on(entry, duty, workers_of(area_code)[number], number))
        elif call.kind == LogKind.PAPER:
            log.follow_up(
                entry=entry, kind=FollowUp.LEADER, ref="", url="", note="已报带班领导", by=duty, now=clock.now()
            )
    _go(asked[0], duty)
    helpers = sum(one.assignment is not None for one in asked)
    scene.say(f"快记 {len(CALLS)} 条，转求助 {len(asked)} 件，{helpers} 件有帮助人，1 件已办结")


def _hand_on(entry: LogEntry, duty: User, helper: User, number: int) -> HelpRequest:
    asked = command.help_from_note(entry=entry, by=duty, now=clock.now())
    named = command.name_helper(request=asked, helper=helper, by=duty, now=clock.now())
    if number < 2 and named.assignment is not None:
        duties.acknowledge(assignment=named.assignment, by=helper, now=clock.now())
    return named


def _go(asked: HelpRequest, duty: User) -> None:
    """The helper goes and reports; whoever sent him closes the call."""
    owed = Assignment.objects.select_related("assignee").get(help_request=asked)
    if owed.assignee is not None:
        duties.start(assignment=owed, by=owed.assignee, now=clock.now())
        duties.report(assignment=owed, by=owed.assignee, now=clock.now(), note=f"已接到邻居家二楼{SAMPLE}")
    row = HelpRequest.objects.get(pk=asked.pk)
    command.close_help_request(request=row, outcome=HelpOutcome.MOVED, by=duty, now=clock.now())
