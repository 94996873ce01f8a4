"""What the map of the board shows, and how to read it."""

from django.contrib.gis.db.models import Extent
from django.urls import reverse
from django.utils.translation import gettext as _

from board.queries.situation import Situation
from hazards.enums import SiteKind, SiteState
from hazards.rules import KIND_MARKS, STATE_TONES
from territory.models import Area
from territory.rules import Scope

EXTENT = "113.275,33.712,113.468,33.832"
REFRESH = 60  # seconds; unchanged layers cost a 304


def extent(scope: Scope) -> str:
    """West, south, east, north of the reader's own areas; the district where no border is known. One statement."""
    box = Area.objects.filter(code__in=scope.codes).aggregate(box=Extent("border"))["box"]
    return ",".join(f"{edge:.4f}" for edge in box) if box else EXTENT


def layers(shown: Situation) -> list[dict[str, object]]:
    """Outlines, the coverage of the newest notice where there is one, the sites."""
    found: list[dict[str, object]] = [
        {"label": _("Sub-districts (sketch)"), "url": reverse("board:areas"), "role": "base", "on": True},
        {
            "label": _("Dangerous sites"),
            "url": reverse("board:sites"),
            "role": "points",
            "on": True,
            "state_of": "state_label",
            "refresh": REFRESH,
        },
    ]
    if shown.newest is not None:
        found.insert(
            1,
            {
                "label": _("Notice reached by grid"),
                "url": reverse("alerts:coverage_layer", args=[shown.newest.uuid]),
                "role": "areas",
                "on": True,
                "refresh": REFRESH,
            },
        )
    return found


def legend(shown: Situation) -> list[dict[str, object]]:
    """Every mark, tone and step in words."""
    found: list[dict[str, object]] = [
        {"mark": KIND_MARKS[kind], "tone": "unknown", "label": kind.label} for kind in SiteKind
    ]
    found += [{"mark": "circle", "tone": STATE_TONES[state], "label": state.label} for state in SiteState]
    if shown.newest is not None:
        words = ("< 60 %", "60–80 %", "80–90 %", "90–98 %", "≥ 98 %")
        found += [{"step": step, "label": text} for step, text in enumerate(words, start=1)]
    return found
