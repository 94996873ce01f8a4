"""Fixed lists of the aim of a notice."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AimObjection(models.TextChoices):
    """Why an audience cannot be narrowed so: a stable code, and the sentence that names the mend."""

    SHAPE = "aim.shape", _("Draw at least three points around the place, the line not crossing itself.")
    SITE = "aim.site", _("This site has no position yet: draw its surroundings on the map.")
    RADIUS = "aim.radius", _("Enter between 50 and 3,000 metres.")
    FOLLOWS = (
        "aim.follows",
        _("A correction and an all-clear go to whoever had the notice before: nothing is narrowed."),
    )
