"""Plans and runs, said in words."""

from datetime import datetime

from accounts.enums import Role
from accounts.models import User
from drills import actions
from drills.enums import InjectKind, Receiver, RunVerb
from drills.models import DrillPlan, DrillRun
from tests.casts import DISTRICT, NIGHT, Cast


def inject(number: int, minute: int, **changed: object) -> actions.InjectContent:
    """A duty for the sub-districts' officers, unless said otherwise."""
    fields: dict[str, object] = {
        "number": number,
        "minute": minute,
        "kind": InjectKind.DUTY,
        "title": f"导调 {number}",
        "area_code": DISTRICT,
        "receiver": Receiver.ROLE,
        "role": Role.SUBDISTRICT_OFFICER,
        "expect_ack_minutes": 5,
        "expect_done_minutes": 30,
        **changed,
    }
    return actions.InjectContent(**fields)  # type: ignore[arg-type]  # the fields above


def plan(cast: Cast, *contents: actions.InjectContent) -> DrillPlan:
    """A finished plan of the duty officer's."""
    row = actions.save_plan(
        title="夜间强降雨演练", scenario="", objectives=["十分钟内叫应"], area_code=DISTRICT, by=cast.duty_officer
    )
    for content in contents or (inject(1, 0), inject(2, 10)):
        actions.save_inject(plan=row, content=content, by=cast.duty_officer)
    return actions.finish_plan(plan=row, by=cast.duty_officer)


def started(
    cast: Cast, *contents: actions.InjectContent, people: list[User] | None = None, now: datetime = NIGHT
) -> DrillRun:
    """A run whose clock goes; the first sub-district's officer takes part."""
    run = actions.make_run(
        plan=plan(cast, *contents), people=people or [cast.subdistrict_officer], by=cast.duty_officer
    )
    return actions.turn_clock(run=run, verb=RunVerb.START, by=cast.duty_officer, now=now)
