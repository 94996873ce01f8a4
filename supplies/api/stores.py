"""Stores and the catalogue."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.geojson import GeoJSONRenderer
from core.api.paging import Keyset
from core.api.permission import holds
from supplies import queries
from supplies.api.serializers import BalanceSerializer, ItemSerializer, StoreSerializer
from supplies.enums import StoreMode
from supplies.models import Balance, Store, SupplyItem


def scope_of(request: Request, capability: str = "supplies.view") -> Any:
    """The areas in which the person may use the capability."""
    user: Any = request.user
    return user.scope_for(capability)


class ByCode(Keyset):
    """In the order of the register."""

    ordering = "code"


class StoresView(generics.ListAPIView[Store]):
    """Stores of one's areas, `?mode=`; `?format=geojson` answers a FeatureCollection."""

    permission_classes = [holds("supplies.view")]
    serializer_class = StoreSerializer
    pagination_class = ByCode
    renderer_classes = [JSONRenderer, GeoJSONRenderer]

    def get_queryset(self) -> QuerySet[Store]:
        """The filtered register."""
        return queries.stores(scope_of(self.request), mode=self._mode())

    @extend_schema(parameters=[OpenApiParameter("mode", OpenApiTypes.STR, enum=StoreMode.values)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of stores, or all of them as GeoJSON."""
        if request.accepted_renderer.format != "geojson":
            return self.list(request, *args, **kwargs)
        return Response(queries.stores_geojson(scope_of(request), mode=self._mode()))

    def _mode(self) -> str:
        asked = self.request.query_params.get("mode", "")
        return asked if asked in StoreMode.values else ""


class ItemsView(generics.ListAPIView[SupplyItem]):
    """The catalogue with what lies in the stores of one's areas."""

    permission_classes = [holds("supplies.view")]
    serializer_class = ItemSerializer
    pagination_class = ByCode

    def get_queryset(self) -> QuerySet[SupplyItem]:
        """Every item with its sum."""
        return queries.stock(scope_of(self.request))


class LotsView(generics.ListAPIView[Balance]):
    """What lies in one store, lot by lot."""

    permission_classes = [holds("supplies.view")]
    serializer_class = BalanceSerializer

    class pagination_class(Keyset):
        ordering = "pk"

    def get_queryset(self) -> QuerySet[Balance]:
        """Lots of which something is left."""
        stores = queries.stores(scope_of(self.request)).filter(code=self.kwargs["code"])
        rows = Balance.objects.filter(store__in=stores.values("pk"), quantity__gt=0)
        return rows.select_related("lot__item")
