"""Chinese or English by a link, for pages that carry no form."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.views.permission import public

A_YEAR = 365 * 24 * 3600


@public
@never_cache
@require_safe
def choose(request: HttpRequest, language: str) -> HttpResponse:
    """Keeps the choice in a cookie and leads back. Public: a link that only changes how the reader's own pages read."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    back = request.GET.get("next", "")
    is_ours = back.startswith("/p/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    answer = redirect(back if is_ours else "residents:notices")
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer
