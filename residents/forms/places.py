"""The sub-districts to choose from."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from territory.models import Area


def streets() -> list[tuple[str, str]]:
    """Code and name of every sub-district in use."""
    rows = Area.objects.filter(level="subdistrict", retired_at__isnull=True).order_by("code")
    return list(rows.values_list("code", "name"))


def street_choices() -> list[tuple[str, str | Promise]]:
    """The same for somebody who may not know where he is."""
    return [("", _("I do not know")), *streets()]
