"""Whether a pair of numbers can be a place in the district."""

from dataclasses import dataclass
from math import cos, radians

from territory.enums import Fault

MARGIN_METRES = 2000.0
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Box:
    """West, south, east, north in degrees, WGS-84."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, longitude: float, latitude: float) -> bool:
        """True inside and on the edge."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north

    def widened(self, metres: float) -> "Box":
        """The same box with a margin on each side."""
        up = metres / METRES_PER_DEGREE
        aside = up / cos(radians((self.south + self.north) / 2))
        return Box(self.west - aside, self.south - up, self.east + aside, self.north + up)


CHINA = Box(73.0, 3.0, 136.0, 54.0)


def fault_of_position(longitude: float, latitude: float, box: Box) -> Fault | None:
    """What is wrong with a position given the district's box: axes swapped, degrees-minutes typed as decimals,
    or outside the box by more than two kilometres. None when nothing is.

    A value that fits the box as it stands is taken as it stands, even where its digits could be minutes.
    """
    wide = box.widened(MARGIN_METRES)
    if wide.holds(longitude, latitude):
        return None
    if wide.holds(latitude, longitude):
        return Fault.AXES_SWAPPED
    for reading in (_from_seconds, _from_minutes):
        pair = reading(longitude), reading(latitude)
        if pair[0] is not None and pair[1] is not None and wide.holds(pair[0], pair[1]):
            return Fault.MINUTES_AS_DECIMALS
    return Fault.OUTSIDE_DISTRICT


def _from_minutes(value: float) -> float | None:
    """11321.75 (DDDMM.mm, as a GPS receiver prints it) read as 113°21.75′, in degrees; None when it cannot be."""
    degrees, minutes = divmod(value, 100)
    return degrees + minutes / 60 if 0 < degrees <= 180 and minutes < 60 else None


def _from_seconds(value: float) -> float | None:
    """113.2145 or 1132145 read as 113°21′45″, in degrees; None when minutes or seconds reach sixty."""
    number = value if abs(value) <= 180 else value / 10_000
    degrees = int(number)
    digits = round((number - degrees) * 10_000)
    minutes, seconds = divmod(digits, 100)
    return degrees + minutes / 60 + seconds / 3600 if minutes < 60 and seconds < 60 else None
