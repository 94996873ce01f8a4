"""Shelters and high ground of the demo district, by the sheet that a real one would import; ways round its underpasses.

Every name, place and figure is an example.
"""

import csv
import io
from datetime import datetime

from command import actions
from command.models import Shelter, WayRound
from command.rules.shelters import COLUMNS
from core.rules import SYSTEM
from hazards.models import HazardSite
from simulators.district.plan import communities, subdistricts
from simulators.district.sketch import centre

SHELTERS = (("学校体育馆", "school gymnasium", 400), ("文体活动中心", "culture and sports centre", 180))
HIGH_GROUND = 6
DUTY = "0375-2900000"


def sheet() -> bytes:
    """Two shelters in each sub-district, and a few pieces of high ground."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, street in enumerate(subdistricts(), start=1):
        inside = [place for place in communities() if place.code.startswith(street.code)]
        for place, (name, in_english, room) in enumerate(SHELTERS):
            home = inside[place % len(inside)]
            spot = centre(home.code)
            short = street.name.removesuffix("街道")
            writer.writerow(
                [f"WD-BX{number:02d}{place + 1}", f"{short}{name}（示例）", "避险场所", home.code,
                 f"{home.name}（示例地址）",
                 f"{spot.x + place * 0.0015:.5f}", f"{spot.y:.5f}", room + 20 * number, DUTY,
                 f"Sub-district {number:02d} {in_english} (sample)", "一层有无障碍通道" if place else ""]
            )  # fmt: skip
    for number, home in enumerate(communities()[:: len(communities()) // HIGH_GROUND][:HIGH_GROUND], start=1):
        spot = centre(home.code)
        writer.writerow(
            [f"WD-GD{number:02d}", f"{home.name}高地（示例）", "高地", home.code, "",
             f"{spot.x:.5f}", f"{spot.y + 0.002:.5f}",
             "", "", f"High ground {number:02d} (sample)", "露天"]
        )  # fmt: skip
    return text.getvalue().encode("utf-8-sig")


def load(*, now: datetime) -> int:
    """Imports the sheet and writes the ways round; returns how many rows are new."""
    before = Shelter.objects.count() + WayRound.objects.count()
    actions.store_shelters(
        content=sheet(), file_name="演示避险场所.csv", scope=None, by=SYSTEM, now=now, is_sample=True
    )
    for site in HazardSite.objects.filter(kind="underpass", is_sample=True).order_by("code"):
        WayRound.objects.get_or_create(
            site=site,
            defaults={
                "words": "走最近的平交路口（示例，以现场指挥为准）",
                "words_en": "take the nearest level crossing (sample)",
            },
        )
    return Shelter.objects.count() + WayRound.objects.count() - before
