"""Areas and households over HTTP."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.geojson import GeoJSONRenderer
from core.api.paging import Keyset
from core.api.permission import SignedIn, holds
from territory import actions, queries
from territory.enums import ImportState, Level, MustReach
from territory.forms import MOST_BYTES
from territory.models import Area, Household, SheetImport
from territory.rules import NOTHING, Scope, masked_name, masked_phone

CODE = r"^[0-9]{6}(?:[0-9]{3}){0,3}$"


class ByCode(Keyset):
    """In the order of the official codes."""

    ordering = "code"


class AreaSerializer(serializers.ModelSerializer[Area]):
    """One area of the tree."""

    class Meta:
        model = Area
        fields = ("code", "name", "level", "border_is_sketch")


class AreasAsked(serializers.Serializer[Any]):
    """Which areas: of one level, or the next ones below a parent."""

    level = serializers.ChoiceField(choices=Level.choices, required=False)
    parent = serializers.RegexField(CODE, required=False)  # type: ignore[assignment]  # the metaclass takes it away


class HouseholdSerializer(serializers.ModelSerializer[Household]):
    """A household with name and telephones masked; whole ones are asked for one by one, with a reason."""

    head_name = serializers.SerializerMethodField()
    phones = serializers.SerializerMethodField()

    class Meta:
        model = Household
        fields = (
            "code",
            "area_code",
            "building",
            "unit",
            "floor",
            "room",
            "address",
            "head_name",
            "persons",
            "must_reach",
            "phones",
            "verified_at",
        )

    def get_head_name(self, household: Household) -> str:
        """The first character."""
        return masked_name(household.head_name)

    def get_phones(self, household: Household) -> list[str]:
        """In the order in which they are tried."""
        return [masked_phone(contact.contact_point.address) for contact in household.contacts.all()]


class HouseholdsAsked(serializers.Serializer[Any]):
    """Which households: in an area, of one reason for being reached in person, or of any."""

    area_code = serializers.RegexField(CODE, required=False)
    must_reach = serializers.ChoiceField(
        choices=[*(value for value in MustReach.values if value), "any", "ordinary"], required=False
    )


class SheetImportSerializer(serializers.ModelSerializer[SheetImport]):
    """What an import found or did; `faults` are the first 200, each sentence in both languages."""

    class Meta:
        model = SheetImport
        fields = (
            "id",
            "kind",
            "file_name",
            "sha256",
            "state",
            "total",
            "new",
            "changed",
            "same",
            "bad",
            "faults",
            "stored_at",
        )


class Upload(serializers.Serializer[Any]):
    """A sheet to check; `confirm=1` also stores it."""

    file = serializers.FileField(max_length=200)
    confirm = serializers.BooleanField(default=False)

    def validate_file(self, file: Any) -> Any:
        """Refuses more than 40 MB."""
        if file.size > MOST_BYTES:
            raise serializers.ValidationError(_("The file is larger than 40 MB. Split it and upload the parts."))
        return file


class AreasUpload(Upload):
    """The area sheet and, if wanted, its borders."""

    geojson = serializers.FileField(required=False)
    validate_geojson = Upload.validate_file


class RollUpload(Upload):
    """The household roll; `keep_good=1` stores the good rows of a first load."""

    keep_good = serializers.BooleanField(default=False)


class AreasView(generics.ListAPIView[Area]):
    """The areas of one's own scope."""

    permission_classes = [SignedIn]
    renderer_classes = [JSONRenderer, GeoJSONRenderer]
    pagination_class = ByCode
    serializer_class = AreaSerializer
    queryset = Area.objects.none()

    @extend_schema(parameters=[AreasAsked])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A keyset page, or with `format=geojson` all of it as one FeatureCollection."""
        if request.accepted_renderer.format == GeoJSONRenderer.format:
            return Response(queries.areas_geojson(_scope(request), **_asked(AreasAsked, request)))
        return self.list(request)

    def get_queryset(self) -> QuerySet[Area]:
        """In scope, as asked."""
        return queries.areas(_scope(self.request), **_asked(AreasAsked, self.request))


class HouseholdsView(generics.ListAPIView[Household]):
    """The households of one's own areas, masked."""

    permission_classes = [holds("households.view")]
    pagination_class = ByCode
    serializer_class = HouseholdSerializer
    queryset = Household.objects.none()

    @extend_schema(parameters=[HouseholdsAsked])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A keyset page."""
        return self.list(request)

    def get_queryset(self) -> QuerySet[Household]:
        """In the areas over which the caller may see households, as asked."""
        asked = _asked(HouseholdsAsked, self.request)
        if asked.get("must_reach") == "ordinary":
            asked["must_reach"] = ""
        return queries.households(_scope(self.request, "households.view"), **asked)


class AreasImportView(APIView):
    """Checks an area sheet, and stores it when confirmed."""

    permission_classes = [holds("", write="areas.import")]
    parser_classes = [MultiPartParser]

    @extend_schema(request=AreasUpload, responses=SheetImportSerializer)
    def post(self, request: Request) -> Response:
        """200 with the check's result, 201 when stored now; 400 naming the first fault when confirmed with faults."""
        given = _given(AreasUpload, request)
        user: Any = request.user
        borders = given.get("geojson")
        act = actions.import_areas if given["confirm"] else actions.check_areas
        sheet = act(
            csv=given["file"].read(),
            geojson=borders.read() if borders else None,
            file_name=given["file"].name,
            by=user.actor,
            now=clock.now(),
            scope=_scope(request, "areas.import"),
        )
        return _answer(sheet)


class RollImportView(APIView):
    """Checks a household roll, and stores it when confirmed."""

    permission_classes = [holds("", write="households.import")]
    parser_classes = [MultiPartParser]

    @extend_schema(request=RollUpload, responses=SheetImportSerializer)
    def post(self, request: Request) -> Response:
        """200 with the check's result, 201 when stored; 400 naming the first fault when confirmed with faults."""
        given = _given(RollUpload, request)
        user: Any = request.user
        content, scope, now = given["file"].read(), _scope(request, "households.import"), clock.now()
        sheet = actions.check_roll(content=content, file_name=given["file"].name, by=user.actor, now=now, scope=scope)
        if given["confirm"]:
            keep_good = given["keep_good"]
            sheet = actions.store_roll(
                sheet=sheet, content=content, by=user.actor, now=now, keep_good=keep_good, scope=scope
            )
        return _answer(sheet)


def _answer(sheet: SheetImport) -> Response:
    return Response(SheetImportSerializer(sheet).data, status=201 if sheet.state == ImportState.STORED else 200)


def _scope(request: Request, capability: str = "") -> Scope:
    user: Any = request.user
    if not user.is_authenticated:
        return NOTHING  # only the schema generator comes so far without a person
    scope: Scope = user.scope_for(capability) if capability else user.scope
    return scope


def _asked(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    return _valid(shape(data=request.query_params))


def _given(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    return _valid(shape(data=request.data))


def _valid(shape: serializers.Serializer[Any]) -> dict[str, Any]:
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)
