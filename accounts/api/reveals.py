"""POST reveals/: one look at a full number, with a reason."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import actions
from accounts.models import User
from core import clock
from core.api.permission import holds


class RevealSerializer(serializers.Serializer[actions.Revealed]):
    """Asked: `subject` ("household:12", "person:7") and `reason`. Answered: name and numbers in their order."""

    subject = serializers.CharField(max_length=60)
    reason = serializers.CharField(max_length=200, write_only=True)
    name = serializers.CharField(read_only=True)
    numbers = serializers.ListField(child=serializers.CharField(), read_only=True)


class RevealView(APIView):
    """Every look is a row that nobody can take back."""

    permission_classes = [holds("", write="households.reveal")]

    @extend_schema(request=RevealSerializer, responses={201: RevealSerializer})
    def post(self, request: Request) -> Response:
        """Reveals and logs."""
        asked = RevealSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        address, by = request.META.get("REMOTE_ADDR"), cast("User", request.user)
        shown = actions.reveal(**asked.validated_data, by=by, address=address, now=clock.now())
        return Response(RevealSerializer(shown).data, status=status.HTTP_201_CREATED)
