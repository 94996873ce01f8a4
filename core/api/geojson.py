"""`?format=geojson` for whatever has a place."""

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import JSONRenderer


class GeoJSONRenderer(JSONRenderer):
    """Takes a FeatureCollection that the database has already written as text, or one as a dict.

    A view names it beside the JSON renderer in `renderer_classes` and asks `request.accepted_renderer.format`.
    """

    media_type = "application/geo+json"
    format = "geojson"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The text as it stands; anything else (a problem document, a dict) as JSON."""
        if isinstance(data, str):
            return data.encode()
        return super().render(data, accepted_media_type, renderer_context)
