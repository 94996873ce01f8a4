"""Response levels: which step leads where, and which tasks of the plan a level asks for. 1 is the highest level."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from assignments.rules import Kind, reminding
from command.enums import PLAN_TASK_LABEL, Objection, ResponseLevel, ResponseVerb
from core.rules import Refused

# Example times: each template of the plan names its own; the alarm lane, because a level is only raised when it counts.
PLAN_TASK = Kind(
    name="plan_task",
    label=PLAN_TASK_LABEL,
    acknowledge_minutes=10,
    due_minutes=60,
    policy=reminding(10, 1),
    needs_verification=False,
)
_ROMAN = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "Ⅳ"}
_TONES = {1: "danger", 2: "danger", 3: "late", 4: "working"}


@dataclass(frozen=True)
class Step:
    """A decision as it will be written: None stands for no response."""

    verb: ResponseVerb
    before: int | None
    after: int | None


def roman(level: int | None) -> str:
    """The level as people write it; empty for none."""
    return _ROMAN.get(level or 0, "")


def tone(level: int | None) -> str:
    """The colour and shape of a level on screens."""
    return _TONES.get(level or 0, "ok")


def next_step(verb: ResponseVerb, *, current: int | None, wanted: int | None = None) -> Step:
    """The step that `verb` means from the level in force. Raises Refused where it leads nowhere.

    `current` None: no response is open. `wanted` is asked for by every verb but END.
    """
    if verb != ResponseVerb.END and wanted not in ResponseLevel.values:
        raise _refused(Objection.NO_LEVEL, field="level")
    if verb == ResponseVerb.ACTIVATE:
        if current is not None:
            raise _refused(Objection.OPEN_ALREADY, level=roman(current))
        return Step(verb, None, wanted)
    if current is None:
        raise _refused(Objection.ENDED)
    if verb == ResponseVerb.END:
        return Step(verb, current, None)
    if verb == ResponseVerb.RAISE and not (wanted or 0) < current:
        raise _refused(Objection.NOT_HIGHER, field="level", level=roman(current))
    if verb == ResponseVerb.LOWER and not (wanted or 0) > current:
        raise _refused(Objection.NOT_LOWER, field="level", level=roman(current))
    return Step(verb, current, wanted)


def _refused(objection: Objection, *, field: str = "", **params: object) -> Refused:
    return Refused(objection.value, objection.label, field=field, params=params)


def holds(template_level: int, level: int) -> bool:
    """True when a template of that level is asked for at `level`: at its own and at every more serious one."""
    return level <= template_level


@dataclass(frozen=True)
class Task:
    """One task of the plan at one place: the primary key of its template, and the area's code."""

    template: int
    area_code: str


@dataclass(frozen=True)
class Asked:
    """What a template asks for: at which level, and where. `area_code` empty: over the response's own area."""

    template: int
    level: int
    area_code: str = ""
    each_subdistrict: bool = False


def tasks_of(
    templates: Iterable[Asked], *, level: int, area_code: str, subdistricts: Collection[str] = ()
) -> list[Task]:
    """Everything that a response at `level` over `area_code` asks for, in the order of the plan, each once."""
    wanted: dict[Task, None] = {}
    for asked in templates:
        if not holds(asked.level, level):
            continue
        place = asked.area_code if asked.area_code.startswith(area_code) else area_code
        below = sorted(code for code in subdistricts if code.startswith(place)) if asked.each_subdistrict else []
        wanted.update(dict.fromkeys(Task(asked.template, code) for code in below or [place]))
    return list(wanted)


def missing(tasks: Iterable[Task], *, given: Collection[Task]) -> list[Task]:
    """Those that nobody has been given yet, in their order."""
    return [task for task in tasks if task not in given]


def given_up(template_level: int, level: int | None) -> bool:
    """True when a response that falls to `level` (None: ends) asks for that template no longer."""
    return level is None or not holds(template_level, level)


def decided(at: datetime | None, *, last: datetime | None, now: datetime) -> datetime:
    """When it was decided. Raises Refused for a time in the future or before the decision before it.

    People type whole minutes: within the minute of the last decision the last one's own time is meant.
    """
    if at is None:
        return now
    if at > now:
        raise _refused(Objection.IN_FUTURE, field="occurred_at")
    if last is not None and at < last:
        if at >= last.replace(second=0, microsecond=0):
            return last
        raise _refused(Objection.BEFORE_LAST, field="occurred_at")
    return at


def due(minutes: int, *, now: datetime) -> datetime:
    """By when a task given now is to be done."""
    return now + timedelta(minutes=minutes)
