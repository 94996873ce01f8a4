"""Fixed lists of the territory."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """The level of an area; each has its own length of code."""

    DISTRICT = "district", _("District")
    SUBDISTRICT = "subdistrict", _("Sub-district")
    COMMUNITY = "community", _("Community")
    VILLAGE = "village", _("Village")
    GRID = "grid", _("Grid")


class ContactKind(models.TextChoices):
    """What kind of address a contact point is."""

    MOBILE = "mobile", _("Mobile phone")
    LANDLINE = "landline", _("Landline")
    EMAIL = "email", _("E-mail")


class MustReach(models.TextChoices):
    """Why a household must be spoken to by a person, whatever its telephone says. Empty: an ordinary household."""

    ORDINARY = "", _("Ordinary household")
    NEAR_DANGER = "near_danger", _("Lives beside a dangerous place")
    ALONE = "alone", _("Old person living alone")
    BEDRIDDEN = "bedridden", _("Bed-ridden or disabled")
    BASEMENT = "basement", _("Lives in a basement")


class DayKind(models.TextChoices):
    """What kind of day a date is for rosters.

    UNKNOWN is an answer: a year whose notice is not loaded is not a year without holidays.
    """

    WORKDAY = "workday", _("Workday")
    WEEKEND = "weekend", _("Weekend")
    HOLIDAY = "holiday", _("Statutory holiday")
    UNKNOWN = "unknown", _("Not known yet")


class ImportState(models.TextChoices):
    """How far an import has come."""

    CHECKED = "checked", _("Checked, nothing stored yet")
    REFUSED = "refused", _("Refused: mend the sheet first")
    STORED = "stored", _("Stored")
