"""Fixed lists of people."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is, over an area and for a time."""

    COMMANDER = "commander", _("Commander")
    LEADER = "leader", _("Leader on duty")
    DUTY_OFFICER = "duty_officer", _("Duty officer")
    SUBDISTRICT_OFFICER = "subdistrict_officer", _("Sub-district officer")
    GRID_WORKER = "grid_worker", _("Grid worker")
    STOREKEEPER = "storekeeper", _("Storekeeper")
    AGENCY_LIAISON = "agency_liaison", _("Member agency liaison")
    SITE_KEEPER = "site_keeper", _("Site keeper")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("System administrator")
