"""Photographs, shown to those who may see what they belong to."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from core import actions, queries
from core.models import Media
from core.views.permission import signed_in


@signed_in
def photo(request: HttpRequest, sha256: str) -> HttpResponse:
    """The re-encoded photograph, `?size=thumb` the small one; not found for whoever may not see it."""
    media = get_object_or_404(Media, pk=sha256, state=Media.State.READY)
    if not queries.resolver("MAY_SEE_PHOTO")(request.user, media):
        raise Http404
    size = "thumb" if request.GET.get("size") == "thumb" else "full"
    response = HttpResponse(actions.photo_file(media, size).read_bytes(), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response
