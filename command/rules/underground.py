"""Closing an underground space: five ticks of its keeper, the last of which the sub-district waits for."""

from collections.abc import Collection, Mapping
from datetime import datetime

from assignments.enums import Until, Way, Who
from assignments.rules import CANNOT, GOT_IT, SUPPORT, Kind, Policy, Step
from command.enums.closing import UNDERGROUND_LABEL, BackReason, KeeperStep
from hazards.enums import SiteKind

UNDERGROUND_KINDS = (SiteKind.UG_MALL, SiteKind.UG_PARKING)
# It does not end and its pauses do not widen within a night: until somebody has said that nobody is below.
LADDER = Policy(
    (
        Step(Who.ASSIGNEE, Way.VOICE, 3),
        Step(Who.SUPERIOR, Way.VOICE, 5),
        Step(Who.SUPERIOR, Way.VOICE, 5),
        Step(Who.ROOM, Way.VOICE, 5),
    ),
    loops=200,
    until=Until.REPORTED,
    begins_after=3,
)
UNDERGROUND = Kind(
    "underground",
    UNDERGROUND_LABEL,
    3,
    20,
    LADDER,
    False,
    page="command:keeper",
    options=(GOT_IT, SUPPORT, CANNOT),
    opens_page=True,
)
LAST = KeeperStep.EMPTY
LONGEST_TEXT = 180


def steps_missing(made: Collection[str]) -> list[KeeperStep]:
    """What the keeper has not ticked, in the order of the page."""
    return [step for step in KeeperStep if step.value not in made]


def reasons_back(step: str) -> list[BackReason]:
    """Why this tick may be taken back, the gravest first."""
    return [BackReason.PEOPLE, BackReason.MISTAKE] if step == LAST else [BackReason.MISTAKE, BackReason.UNDONE]


def worst_first(made: Mapping[str, datetime], *, late: bool) -> tuple[int, int, int]:
    """The place of a space in the list: people may be below, nobody answers, the fewest ticks first."""
    return (int(LAST in made), int(not late), len(made))


def tone_of(made: Collection[str], *, late: bool) -> str:
    """The colour and shape of a space: nothing is well before nobody is below."""
    if LAST not in made:
        return "danger" if late or not made else "working"
    return "late" if steps_missing(made) else "ok"
