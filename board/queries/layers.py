"""What the map of the board shows, and how to read it."""

from django.contrib.gis.db.models import Extent
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from board.queries.situation import Situation
from command.enums.dangers import DangerKind, RoadState
from command.rules.closure import ROAD_TONES
from command.rules.danger import DANGER_MARKS
from hazards.enums import SiteKind, SiteState
from hazards.rules import KIND_MARKS, STATE_TONES
from supplies.enums import StoreMode
from supplies.rules import MODE_MARKS
from territory.models import Area
from territory.rules import Scope

EXTENT = "113.275,33.712,113.468,33.832"
REFRESH = 60  # seconds; unchanged layers cost a 304
QUICK = 20  # the same for what moves within minutes

Layer = dict[str, object]


def extent(scope: Scope) -> str:
    """West, south, east, north of the reader's own areas; the district where no border is known. One statement."""
    box = Area.objects.filter(code__in=scope.codes).aggregate(box=Extent("border"))["box"]
    return ",".join(f"{edge:.4f}" for edge in box) if box else EXTENT


def layers(shown: Situation, reader: User) -> list[Layer]:
    """Outlines, the coverage of the newest notice, then what the reader may see: sites, dangers, closures, stores.

    In war the dangers and closures come first and the stores are off until somebody asks for them.
    """
    found: list[Layer] = [
        {"label": _("Sub-districts (sketch)"), "url": reverse("board:areas"), "role": "base", "on": True}
    ]
    if shown.newest is not None:
        url = reverse("alerts:coverage_layer", args=[shown.newest.uuid])
        found.append(
            {"label": _("Notice reached by grid"), "url": url, "role": "areas", "on": True, "refresh": REFRESH}
        )
    if reader.can("command.view"):
        found += [
            _points(_("Dangers open"), "board:dangers", QUICK, state_of="state"),
            _points(_("Roads closed"), "board:closures", QUICK, state_of="state") | {"alone": True},
        ]
    found.append(_points(_("Dangerous sites"), "board:sites", REFRESH))
    if reader.can("supplies.view"):
        found.append(_points(_("Stores"), "board:stores", REFRESH, on=not shown.is_war))
    return found


def _points(label: str, route: str, refresh: int, *, state_of: str = "state_label", on: bool = True) -> Layer:
    return {
        "label": label,
        "url": reverse(route),
        "role": "points",
        "on": on,
        "state_of": state_of,
        "refresh": refresh,
    }


def legend(shown: Situation) -> list[Layer]:
    """Every mark, tone and step in words."""
    found: list[Layer] = [
        {"mark": "barred", "tone": "danger", "label": RoadState.CLOSED.label},
        {"mark": "barred", "tone": ROAD_TONES[RoadState.REOPENING], "label": RoadState.REOPENING.label},
        {"mark": "arch", "tone": ROAD_TONES[RoadState.SLOW], "label": RoadState.SLOW.label},
    ]
    for mark, kinds in _kinds_of_danger().items():
        found.append({"mark": mark, "tone": "danger", "label": _("Danger: %(kinds)s") % {"kinds": kinds}})
    found += [{"mark": KIND_MARKS[kind], "tone": "unknown", "label": kind.label} for kind in SiteKind]
    found += [{"mark": "circle", "tone": STATE_TONES[state], "label": state.label} for state in SiteState]
    found += [{"mark": MODE_MARKS[mode], "tone": "ok", "label": mode.label} for mode in StoreMode]
    if shown.newest is not None:
        words = ("< 60 %", "60–80 %", "80–90 %", "90–98 %", "≥ 98 %")
        found += [{"step": step, "label": text} for step, text in enumerate(words, start=1)]
    return found


def _kinds_of_danger() -> dict[str, str]:
    from_mark: dict[str, list[str]] = {}
    for kind, mark in DANGER_MARKS.items():
        from_mark.setdefault(mark, []).append(_kind_label(kind))
    return {mark: _(", ").join(labels) for mark, labels in from_mark.items()}


def _kind_label(kind: str) -> str:
    return str(DangerKind(kind).label)
