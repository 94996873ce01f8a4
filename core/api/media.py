"""Photographs from devices: one PUT each, named by the hash of its bytes, as often as the network needs."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import actions, clock
from core.api.permission import SignedIn


class Bytes(BaseParser):
    """The body as it came, whatever it calls itself."""

    media_type = "*/*"

    def parse(self, stream: object, media_type: object = None, parser_context: object = None) -> bytes:
        """Reads one byte more than is allowed, so that too much is told apart from just enough."""
        return stream.read(actions.MAX_BYTES + 1)  # type: ignore[attr-defined,no-any-return]


class MediaView(APIView):
    """PUT /api/v1/media/{sha256}: our own receipt (hash, state, server time) means stored; nothing else does."""

    permission_classes = [SignedIn]
    parser_classes = [Bytes]

    @extend_schema(request={"image/*": bytes}, responses={200: dict, 201: dict})
    def put(self, request: Request, sha256: str) -> HttpResponse:
        """Stores the photograph, or says again that it is stored."""
        media = actions.store_photo(data=request.data, by_id=request.user.pk, expected_sha256=sha256)
        receipt = {"sha256": media.sha256, "state": media.state, "server_time": clock.now().isoformat()}
        return Response(receipt, status=200)
