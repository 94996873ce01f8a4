"""Photographs, shown to those who may see what they belong to."""

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404

from core import actions, queries
from core.models import Media
from core.views.permission import signed_in


@signed_in
def photo(request: HttpRequest, sha256: str) -> FileResponse:
    """The re-encoded photograph, `?size=thumb` the small one; not found for whoever may not see it."""
    media = get_object_or_404(Media, pk=sha256, state=Media.State.READY)
    if not queries.resolver("MAY_SEE_PHOTO")(request.user, media):
        raise Http404
    size = "thumb" if request.GET.get("size") == "thumb" else "full"
    response = FileResponse(actions.photo_file(media, size).open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response
