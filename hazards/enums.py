"""Fixed lists of dangerous places."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SiteKind(models.TextChoices):
    """The six kinds of dangerous place the district counts."""

    RIVER = "river", _("River reach")
    UNDERPASS = "underpass", _("Underpass culvert")
    UG_MALL = "ug_mall", _("Underground mall")
    UG_PARKING = "ug_parking", _("Underground car park")
    GEO_HAZARD = "geo_hazard", _("Geological hazard point")
    WATERLOG_POINT = "waterlog_point", _("Waterlogging point")


class SiteRole(models.TextChoices):
    """The three responsible persons of a site."""

    ADMIN_RESP = "admin_resp", _("Administrative responsibility")
    TECH_RESP = "tech_resp", _("Technical responsibility")
    PATROL_RESP = "patrol_resp", _("Patrol responsibility")


class ItemResult(models.TextChoices):
    """The answer to one item of a checklist."""

    PASS = "pass", _("Passed")
    FAIL = "fail", _("Failed")
    NOT_APPLICABLE = "na", _("Not applicable")


class SiteState(models.TextChoices):
    """What the newest inspection says of a site."""

    UNPLACED = "unplaced", _("Position missing")
    UNINSPECTED = "uninspected", _("Not inspected")
    FINE = "fine", _("Passed inspection")
    DEFECTIVE = "defective", _("Has findings")


class Trigger(models.TextChoices):
    """What opened a round."""

    PERSON = "person", _("Opened by a person")
    SEASON = "season", _("Opened by the season calendar")
    RESPONSE = "response", _("Opened by a response level")
