"""Fixed lists of the places that people go to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ShelterKind(models.TextChoices):
    """What a place is to somebody who has to leave."""

    SHELTER = "shelter", _("Shelter")
    HIGH_GROUND = "high_ground", _("High ground")


class Wind(models.IntegerChoices):
    """Which way one goes, clockwise in eighths from north; the label is what people say."""

    NORTH = 0, _("north")
    NORTH_EAST = 1, _("north-east")
    EAST = 2, _("east")
    SOUTH_EAST = 3, _("south-east")
    SOUTH = 4, _("south")
    SOUTH_WEST = 5, _("south-west")
    WEST = 6, _("west")
    NORTH_WEST = 7, _("north-west")


class ShelterFault(models.TextChoices):
    """What can be wrong in a sheet of shelters besides what any sheet can have; the label names the mend."""

    BAD_KIND = "bad_kind", _("Not one of the kinds. Write 避险场所 or 高地, or leave the cell empty.")
    BAD_CAPACITY = "bad_capacity", _("How many people find room is a whole number up to 99,999. Correct it.")
    NO_AREA = "no_area", _("There is no area with this code. Write the code of the sub-district or the community.")
    NO_POSITION = "no_position", _("Nobody finds a place without its position. Fill in longitude and latitude.")
