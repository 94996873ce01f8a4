"""What to do about each hazard: fixed words, the same in the warning, on the page of advice and in English.

Our own wording of what the public is commonly advised; a district puts its own into the catalogue.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alerts.enums import NoticeKind


@dataclass(frozen=True)
class Advice:
    """A hazard with what to do, the first thing first."""

    kind: NoticeKind
    title: str | Promise
    steps: tuple[str | Promise, ...]


ADVICE: dict[str, Advice] = {
    one.kind.value: one
    for one in (
        Advice(
            NoticeKind.RAINSTORM,
            pgettext_lazy("advice", "Heavy rain"),
            (
                _("Stay indoors. Do not go out to move a car."),
                _("Leave basements and low ground floors; turn the power there off before water comes in."),
                _("Never walk or drive into water where you cannot see the ground: turn round."),
                _("Keep away from lamp posts, cables, old walls and trees."),
            ),
        ),
        Advice(
            NoticeKind.WATERLOGGING,
            pgettext_lazy("advice", "Water in the streets"),
            (
                _("Leave underpasses, underground car parks and basements at once. Leave the car."),
                _("Your car stalls in water: open door or window, get out, go to higher ground."),
                _("Touch no switch and no appliance that is wet."),
                _("On foot: feel the ground with a stick; a manhole may be open under the water."),
            ),
        ),
        Advice(
            NoticeKind.RIVER,
            pgettext_lazy("advice", "A river rises"),
            (
                _("Keep away from rivers, dikes and bridges. Do not stop to look."),
                _("Water comes: go up, to an upper floor or to high ground, never along the river."),
                _("Take children, old people and the medicines you need with you."),
                _("Cut off: stay where it is high, wave something bright or a light, call."),
            ),
        ),
        Advice(
            NoticeKind.GEOLOGICAL,
            pgettext_lazy("advice", "Landslide or collapse"),
            (
                _("Leave slopes, cliffs and gullies: sideways and upwards, never down the gully."),
                _("Signs: new cracks, leaning trees, springs that turn muddy, a rumbling sound."),
                _("Never go back for belongings."),
                _("Warn the neighbours and report it."),
            ),
        ),
        Advice(
            NoticeKind.EVACUATION,
            pgettext_lazy("advice", "You are told to leave"),
            (
                _("Go now, on the way you are told, to a shelter or to high ground."),
                _("Take identity cards, medicines, telephone and charger, water, something warm."),
                _("Turn off power and gas, lock the door, tell a neighbour."),
                _("Whoever cannot walk alone asks for help: by telephone, or below on this page."),
            ),
        ),
    )
}
