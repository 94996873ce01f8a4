"""What keepers are told, as it is filed with providers."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from messaging.queries import said
from messaging.rules import Purpose

KEEPER = "keeper_told"


def purposes() -> list[Purpose]:
    """The daily text to a keeper; the page's address stands fixed in it."""
    url = settings.PUBLIC_URL + reverse("supplies:readiness")
    texts = said(gettext_noop("Flood supplies: {words}. See %(url)s"), url=url)
    return [Purpose(KEEPER, _("Notice to a keeper"), texts, in_storm_set=True)]
