"""Chinese or English, by the person's own choice."""

from django.http import HttpRequest, HttpResponseBase
from django.views.i18n import set_language

from core.views.permission import public


@public
def choose(request: HttpRequest) -> HttpResponseBase:
    """Keeps the posted `language` in a cookie and returns to where the person was. Public: changes nothing else."""
    return set_language(request)
