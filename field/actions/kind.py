"""What every kind of record has: how its target is found, what it becomes, and the refusals that go with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from core.models import Media
from core.rules import Refused
from field.enums import News, Objection
from field.models import SealedRecord
from field.rules import Place, Sealed


@dataclass(frozen=True)
class Target:
    """What a record is about: the row, its area, and the registered place with the distance to it.

    `kept`: why the record's person may not do this any more. It is stored with that reason, for whoever looks after
    him, and nothing else is done.
    """

    row: Any
    area_code: str
    place: Place | None = None
    distance_m: float | None = None
    kept: News | None = None


@dataclass(frozen=True)
class Kind:
    """How records of one kind are taken in. `waits`: the act is done only when the photographs have arrived.

    `apply` answers with the news that its person is to hear, if any. `add` takes a photograph that comes after the act.
    """

    find: Callable[[Sealed, User, datetime], Target]
    apply: Callable[[Sealed, Target, User, datetime], Mapping[str, Any] | None]
    waits: bool = False
    add: Callable[[SealedRecord, Media, datetime], None] | None = None


class Differs(Refused):
    """The number is taken by something else, or what the record speaks of has moved on; `stored` is that version."""

    def __init__(self, refused: Refused, *, stored: Any) -> None:
        super().__init__(refused.code, refused.message, field=refused.field, params=refused.params)
        self.stored = stored


def refuse(objection: Objection, field: str = "") -> Refused:
    """The refusal that goes with an objection."""
    return Refused(objection.value, objection.label, field=field)


def listed_photos(sealed: Sealed) -> list[Media]:
    """The photographs of a record that have arrived, in its order."""
    wanted = [photo.sha256 for photo in sealed.photos]
    here = Media.objects.in_bulk(wanted)
    return [here[sha256] for sha256 in dict.fromkeys(wanted) if sha256 in here]
