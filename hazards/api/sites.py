"""The register."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.geojson import GeoJSONRenderer
from core.api.paging import Keyset
from core.api.permission import holds
from hazards import queries
from hazards.api.serializers import SiteQuery, SiteSerializer
from hazards.models import HazardSite


class ByCode(Keyset):
    """In the order of the register. What is said of a site is looked up for the page alone."""

    ordering = "code"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """The page with how each site stands and who answers for it."""
        found: list[HazardSite] = super().paginate_queryset(queryset, request, view) or []
        return queries.with_people(queries.with_standing(found), now=clock.now())


class SitesView(generics.ListAPIView[HazardSite]):
    """Sites of one's areas, `?kind= &area_code= &state= &text=`; `?format=geojson` answers a FeatureCollection."""

    permission_classes = [holds("sites.view")]
    serializer_class = SiteSerializer
    pagination_class = ByCode
    renderer_classes = [JSONRenderer, GeoJSONRenderer]

    def get_queryset(self) -> QuerySet[HazardSite]:
        """The filtered register, bare: see `ByCode`."""
        return queries.bare_sites(self._scope(), SiteQuery(data=self.request.query_params).filters(), now=clock.now())

    @extend_schema(parameters=[SiteQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of sites, or all of them as GeoJSON."""
        if request.accepted_renderer.format != "geojson":
            return self.list(request, *args, **kwargs)
        filters = SiteQuery(data=request.query_params).filters()
        return Response(queries.sites_geojson(self._scope(), filters, now=clock.now()))

    def _scope(self) -> Any:
        user: Any = self.request.user
        return user.scope_for("sites.view")


class SiteView(generics.RetrieveAPIView[HazardSite]):
    """One site."""

    permission_classes = [holds("sites.view")]
    serializer_class = SiteSerializer
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[HazardSite]:
        """Those the person may open."""
        user: Any = self.request.user
        return queries.site_for(user, "sites.view", now=clock.now())
