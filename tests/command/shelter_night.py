"""Shelters and high ground on the night that browsers look at."""

from datetime import datetime

from django.contrib.gis.geos import Point

from accounts.models import User
from command import actions
from command.enums.shelters import ShelterKind
from command.models import Shelter
from tests.casts import COMMUNITY, OTHER_COMMUNITY


def shelters_of_the_night(*, by: User, now: datetime) -> None:
    """Three shelters, one of them open, and a hill."""
    before = Shelter.objects.count()
    rows = Shelter.objects.bulk_create(
        Shelter(
            code=f"BX{before + number:02d}",
            kind=ShelterKind.HIGH_GROUND if number == 3 else ShelterKind.SHELTER,
            name="东坡公园高地" if number == 3 else f"东安路第{number + 1}小学体育馆",
            name_en="East Hill Park" if number == 3 else f"School {number + 1} gymnasium",
            area_code=OTHER_COMMUNITY if number == 2 else COMMUNITY,
            address="" if number == 3 else f"东安路与建设路交叉口向北 {number + 1}00 米路东",
            position=Point(113.302 + number / 150, 33.745 + number % 3 / 120, srid=4326),
            room_for=None if number == 3 else 300,
            phone="" if number == 3 else "+863752900001",
        )
        for number in range(4)
    )
    actions.open_shelter(shelter=rows[0], by=by, now=now)
