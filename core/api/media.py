"""Photographs from devices: one PUT each, named by the hash of its bytes, as often as the network needs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import actions, clock
from core.api.permission import SignedIn


class Bytes(BaseParser):
    """The body as it came, whatever it calls itself, under the key `bytes`."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, bytes]:
        """Reads one byte more than is allowed, so that too much is told apart from just enough."""
        return {"bytes": stream.read(actions.MAX_BYTES + 1)}


class MediaView(APIView):
    """PUT /api/v1/media/{sha256}: our own receipt (hash, state, server time) means stored; nothing else does."""

    permission_classes = [SignedIn]
    takes_devices = True
    parser_classes = [Bytes]

    @extend_schema(request={"image/*": bytes}, responses={200: dict})
    def put(self, request: Request, sha256: str) -> Response:
        """Stores the photograph, or says again that it is stored."""
        data: Any = request.data
        media = actions.store_photo(data=data["bytes"], by_id=request.user.pk, expected_sha256=sha256)
        return Response({"sha256": media.sha256, "state": media.state, "server_time": clock.now().isoformat()})
