"""Findings over the wire, and the steps that people take with them."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.paging import Keyset
from core.api.permission import holds
from core.models import Media
from core.rules import Refused
from hazards import actions, queries
from hazards.enums import FindingObjection, FindingState, Grade
from hazards.models import Finding
from hazards.rules import FindingFilter, finding_is_late

STATES = [("open", "open"), ("late", "late"), ("all", "all"), *FindingState.choices]
SHA256 = r"^[0-9a-f]{64}$"


class FindingQuery(serializers.Serializer[Any]):
    """The filters of the list."""

    grade = serializers.ChoiceField(choices=Grade.choices, required=False)
    state = serializers.ChoiceField(choices=STATES, required=False)
    area_code = serializers.RegexField(r"^\d{6,15}$", required=False)
    site = serializers.CharField(required=False, max_length=32)
    text = serializers.CharField(required=False, max_length=60)
    listed = serializers.BooleanField(required=False, default=False)

    def filters(self) -> FindingFilter:
        """As the queries take them; raises a validation error that names the field."""
        self.is_valid(raise_exception=True)
        return FindingFilter(**self.validated_data)


class FindingSerializer(serializers.ModelSerializer[Finding]):
    """A finding; photographs by hash, to be fetched from media/{sha256}."""

    site = serializers.CharField(source="site.code")
    number = serializers.CharField(read_only=True)
    is_late = serializers.SerializerMethodField()

    class Meta:
        model = Finding
        fields = (
            "uuid", "number", "site", "area_code", "what", "grade", "state", "is_late", "found_at", "due_at",
            "control_by", "fixer_name", "measure", "measure_by", "measure_at", "fixed_at", "fixed_words", "closed_at",
            "closed_words", "listed_at", "supervisor",
        )  # fmt: skip

    def get_is_late(self, finding: Finding) -> bool:
        """Not mended, or not made safe, in time."""
        controlled = finding.measure_at is not None
        return finding_is_late(
            finding.state, finding.due_at, finding.control_by, controlled=controlled, now=clock.now()
        )


class NewFindingSerializer(serializers.Serializer[Any]):
    """What a device reports; it mints the number. Photographs have been sent before, by PUT media/{sha256}."""

    uuid = serializers.UUIDField()
    site = serializers.CharField(max_length=32)
    what = serializers.CharField(max_length=300)
    grade = serializers.ChoiceField(choices=Grade.choices, required=False, default=Grade.GENERAL)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    photos = serializers.ListField(child=serializers.RegexField(SHA256), required=False, default=list, max_length=4)


class FindingStepSerializer(serializers.Serializer[Any]):
    """What is said with a step; which of it is needed, the step's own refusal tells."""

    words = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")
    measure = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    kept_by = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    new_due = serializers.DateTimeField(required=False, allow_null=True, default=None)
    photos = serializers.ListField(child=serializers.RegexField(SHA256), required=False, default=list, max_length=4)
    position = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2, required=False)


def _arrived(hashes: list[str]) -> list[Media]:
    """These photographs in their order. Refused with the names of those that are not here: nobody would miss them."""
    here = Media.objects.in_bulk(hashes)
    if away := [sha256 for sha256 in hashes if sha256 not in here]:
        objection = FindingObjection.PHOTOS_AWAY
        raise Refused(objection.value, objection.label, field="photos", params={"photos": ", ".join(away)})
    return [here[sha256] for sha256 in dict.fromkeys(hashes)]


class FindingsView(generics.ListAPIView[Finding]):
    """Findings in one's areas; POST reports one: the same again under its number is the same one."""

    permission_classes = [holds("sites.view", write="sites.inspect")]
    serializer_class = FindingSerializer

    class pagination_class(Keyset):
        ordering = "-pk"

    def get_queryset(self) -> QuerySet[Finding]:
        """Those of the person's areas."""
        user: Any = self.request.user
        filters = FindingQuery(data=self.request.query_params.dict()).filters()
        return queries.findings(user.scope_for("sites.view"), filters, now=clock.now())

    @extend_schema(request=NewFindingSerializer, responses={201: FindingSerializer})
    def post(self, request: Request) -> Response:
        """Answers with what is stored."""
        user: Any = request.user
        given = NewFindingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        now = clock.now()
        site = get_object_or_404(queries.sites_open_to(user, "sites.inspect", now=now), code=said.pop("site"))
        photos = _arrived(said.pop("photos"))
        row = actions.report_finding(site=site, photos=photos, by=user, now=now, **said)
        return Response(FindingSerializer(row).data, status=201)


class FindingView(generics.RetrieveAPIView[Finding]):
    """One finding."""

    permission_classes = [holds("sites.view")]
    serializer_class = FindingSerializer
    lookup_field = "uuid"

    def get_queryset(self) -> QuerySet[Finding]:
        """One's own, and those of one's areas."""
        user: Any = self.request.user
        return queries.finding_for(user, self.kwargs["uuid"])


class FindingStepView(APIView):
    """Interim control or the report, by the fixer; each asks again whose finding it is."""

    permission_classes = [holds("assignments.act", write="assignments.act")]
    capability, step = "assignments.act", "submit"

    @extend_schema(request=FindingStepSerializer, responses={200: FindingSerializer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """Takes the step and answers with the finding as it stands."""
        user: Any = request.user
        given = FindingStepSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        finding = get_object_or_404(queries.finding_for(user, uuid, capability=self.capability))
        row = self.take(finding, given.validated_data, user)
        return Response(FindingSerializer(row).data)

    def take(self, finding: Finding, said: dict[str, Any], user: Any) -> Finding:
        """The step itself."""
        now = clock.now()
        if self.step == "control":
            return actions.control_finding(
                finding=finding, measure=said["measure"], kept_by=said["kept_by"], by=user, now=now
            )
        photos = _arrived(said["photos"])
        placed = tuple(said["position"]) if said.get("position") else None
        return actions.submit_finding(
            finding=finding, words=said["words"], photos=photos, position=placed, by=user, now=now
        )


class JudgeFindingView(FindingStepView):
    """Write-off, sending back or deferral, by another than the fixer."""

    permission_classes = [holds("assignments.verify", write="assignments.verify")]
    capability = "assignments.verify"

    def take(self, finding: Finding, said: dict[str, Any], user: Any) -> Finding:
        """The step itself."""
        now = clock.now()
        if self.step == "close":
            return actions.close_finding(finding=finding, by=user, now=now, note=said["words"])
        if self.step == "send_back":
            return actions.return_finding(finding=finding, by=user, now=now, note=said["words"])
        if said["new_due"] is None:
            raise serializers.ValidationError({"new_due": [FindingObjection.LATER_WANTED.label]})
        return actions.defer_finding(
            finding=finding,
            reason=said["words"],
            measure=said["measure"],
            kept_by=said["kept_by"],
            new_due=said["new_due"],
            by=user,
            now=now,
        )
