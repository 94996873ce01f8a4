"""What every act of a storm knows: which storm it is, where it plays, and whether it is an exercise."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from accounts.models import User
from alerts.models import Notice
from simulators.district.people import officers, workers

SAMPLE = "（示例）"


@dataclass
class Scene:
    """One storm over an area. Acts add to `faults` what did not behave as it must."""

    area_code: str
    notice: Notice
    say: Callable[[str], None]
    exercise: uuid.UUID | None = None
    run: uuid.UUID = field(default_factory=uuid.uuid4)
    faults: list[str] = field(default_factory=list)

    def key(self, name: str) -> uuid.UUID:
        """The number that a device would have minted for this act: an act played twice is one act."""
        return uuid.uuid5(self.run, name)


def person(username: str) -> User:
    """Somebody of the demo district."""
    return User.objects.get(username=username)


def officer_of(area_code: str) -> User:
    """The officer who answers for the sub-district of an area."""
    return person(next(one.username for one in officers() if one.area_code == area_code[:9]))


def workers_of(area_code: str) -> list[User]:
    """Grid workers of an area, in the order of their grids."""
    names = [one.username for one in workers() if one.area_code.startswith(area_code)]
    found = {user.username: user for user in User.objects.filter(username__in=names[:20])}
    return [found[name] for name in names[:20]]
