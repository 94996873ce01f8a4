"""Readiness, for the board and for whoever asks from outside."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.permission import holds
from supplies import queries


class PartSerializer(serializers.Serializer[Any]):
    """One part with the date of its proof."""

    part = serializers.CharField()
    standing = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    why = serializers.CharField()


class ItemSerializer(serializers.Serializer[Any]):
    """One item of a store; quantities as decimal text."""

    item_name = serializers.CharField()
    unit = serializers.CharField()
    quota = serializers.DecimalField(source="required", max_digits=14, decimal_places=3)
    held = serializers.DecimalField(max_digits=14, decimal_places=3)
    standing = serializers.CharField()
    parts = PartSerializer(many=True)


class StoreReadySerializer(serializers.Serializer[Any]):
    """One store."""

    store = serializers.CharField(source="store.code")
    name = serializers.CharField(source="store.name")
    standing = serializers.CharField()
    ready = serializers.IntegerField()
    total = serializers.IntegerField()
    items = ItemSerializer(many=True)


class ShortageSerializer(serializers.Serializer[Any]):
    """What is below its quota; `store` null: in the whole district."""

    store = serializers.CharField(source="store.code", allow_null=True, default=None)
    item_name = serializers.CharField()
    unit = serializers.CharField()
    missing = serializers.DecimalField(max_digits=14, decimal_places=3)


class ReadinessSerializer(serializers.Serializer[Any]):
    """All stores of one's areas."""

    level = serializers.IntegerField(allow_null=True)
    ready = serializers.IntegerField()
    total = serializers.IntegerField()
    unknown = serializers.IntegerField()
    percent = serializers.IntegerField()
    stores = StoreReadySerializer(many=True)
    shortages = ShortageSerializer(many=True)


class LevelSerializer(serializers.Serializer[Any]):
    """The level asked for."""

    level = serializers.IntegerField(required=False, min_value=1, max_value=4)


class ReadinessView(APIView):
    """GET readiness/?level=2: how ready the stores are, on an ordinary day or at a response level."""

    permission_classes = [holds("supplies.view")]

    @extend_schema(parameters=[OpenApiParameter("level", int)], responses={200: ReadinessSerializer})
    def get(self, request: Request) -> Response:
        """Counts what lies in the person's areas."""
        user: Any = request.user
        asked = LevelSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = queries.readiness(user.scope, clock.now(), asked.validated_data.get("level"))
        return Response(ReadinessSerializer(found).data)
