"""From the datums of Chinese maps to WGS-84: 高德 and 腾讯 give GCJ-02, 百度 gives BD-09. Degrees in, degrees out.

The shift of GCJ-02 is a published function with no closed inverse; two steps back and forth leave less than a
millimetre, far below what anybody has measured.
"""

from math import atan2, cos, pi, sin, sqrt

from territory.enums import Datum

_AXIS, _ECCENTRICITY = 6_378_245.0, 0.006_693_421_622_965_943  # of the ellipsoid that the shift is defined on
_BD_TURN = pi * 3000.0 / 180.0
_STEPS = 5


def to_wgs84(longitude: float, latitude: float, datum: str) -> tuple[float, float]:
    """The same place in WGS-84."""
    if datum == Datum.BD09:
        longitude, latitude = _bd09_to_gcj02(longitude, latitude)
    if datum in (Datum.BD09, Datum.GCJ02):
        return _gcj02_to_wgs84(longitude, latitude)
    return longitude, latitude


def from_wgs84(longitude: float, latitude: float, datum: str) -> tuple[float, float]:
    """Where a map of this datum shows the place."""
    if datum in (Datum.BD09, Datum.GCJ02):
        longitude, latitude = _wgs84_to_gcj02(longitude, latitude)
    if datum == Datum.BD09:
        radius = sqrt(longitude**2 + latitude**2) + 0.00002 * sin(latitude * _BD_TURN)
        angle = atan2(latitude, longitude) + 0.000003 * cos(longitude * _BD_TURN)
        return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006
    return longitude, latitude


def _bd09_to_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = longitude - 0.0065, latitude - 0.006
    radius = sqrt(x * x + y * y) - 0.00002 * sin(y * _BD_TURN)
    angle = atan2(y, x) - 0.000003 * cos(x * _BD_TURN)
    return radius * cos(angle), radius * sin(angle)


def _gcj02_to_wgs84(longitude: float, latitude: float) -> tuple[float, float]:
    guess = longitude, latitude
    for _step in range(_STEPS):
        shown = _wgs84_to_gcj02(*guess)
        guess = guess[0] + longitude - shown[0], guess[1] + latitude - shown[1]
    return guess


def _wgs84_to_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = longitude - 105.0, latitude - 35.0
    both = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    up = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + both
    up += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    up += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    aside = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + both
    aside += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    aside += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    radians = latitude / 180.0 * pi
    magic = 1.0 - _ECCENTRICITY * sin(radians) ** 2
    up = up * 180.0 / (_AXIS * (1.0 - _ECCENTRICITY) / (magic * sqrt(magic)) * pi)
    aside = aside * 180.0 / (_AXIS / sqrt(magic) * cos(radians) * pi)
    return longitude + aside, latitude + up
