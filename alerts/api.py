"""Notices over HTTP."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from alerts import actions, queries
from alerts.enums import Reach
from alerts.models import Notice
from alerts.queries import Tally
from alerts.rules import Content
from core import clock
from core.api.permission import holds


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """A notice as others read it."""

    areas = serializers.SlugRelatedField[Any](slug_field="area_code", many=True, read_only=True)

    class Meta:
        model = Notice
        fields = (
            "uuid",
            "state",
            "kind",
            "level",
            "headline",
            "starts_at",
            "expires_at",
            "affected_area",
            "caution",
            "measures",
            "issuer",
            "sms_text",
            "wait_minutes",
            "area_code",
            "areas",
            "version",
            "submitted_at",
            "issued_at",
            "returned_reason",
            "withdrawn_at",
            "withdrawn_reason",
        )


class ContentSerializer(serializers.ModelSerializer[Notice]):
    """A draft as it comes in."""

    area_codes = serializers.ListField(child=serializers.RegexField(r"^\d{6,15}$"), default=list)
    affected_area = serializers.CharField(max_length=120, allow_blank=True, default="")
    caution = serializers.CharField(max_length=200, allow_blank=True, default="")
    measures = serializers.CharField(max_length=200, allow_blank=True, default="")
    issuer = serializers.CharField(max_length=60, allow_blank=True, default="")
    sms_text = serializers.CharField(max_length=300, allow_blank=True, default="")
    wait_minutes = serializers.IntegerField(min_value=1, max_value=240, default=10)

    class Meta:
        model = Notice
        fields = (
            "kind",
            "level",
            "headline",
            "starts_at",
            "expires_at",
            "affected_area",
            "caution",
            "measures",
            "issuer",
            "sms_text",
            "wait_minutes",
            "area_codes",
        )


class VersionSerializer(serializers.Serializer[Any]):
    """Which version the signer has read."""

    version = serializers.IntegerField()


class ReasonSerializer(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=200)


class NoticeViews(ListModelMixin, RetrieveModelMixin, GenericViewSet[Notice]):
    """District notices: draft, submit, approve (signs and issues), return, withdraw; coverage, who was not reached."""

    serializer_class = NoticeSerializer
    permission_classes = [
        holds(
            "notices.view",
            create="notices.draft",
            submit="notices.draft",
            approve="notices.approve",
            send_back="notices.approve",
            withdraw="notices.approve",
            coverage="coverage.view",
            unreached="coverage.view",
        )
    ]
    lookup_field = "uuid"
    lookup_value_converter = "uuid"
    queryset = Notice.objects.none()

    def get_queryset(self) -> QuerySet[Notice]:
        return queries.notices(self.person.scope).prefetch_related("areas")

    @property
    def person(self) -> Any:
        """Who asks; the permission has let him in."""
        return self.request.user

    @extend_schema(request=ContentSerializer, responses={201: NoticeSerializer})
    def create(self, request: Request) -> Response:
        """A draft; what the law asks for may still be missing."""
        given = ContentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        codes = values.pop("area_codes")
        row = actions.draft(content=Content(**values), area_codes=codes, by=self.person, now=clock.now())
        return Response(NoticeSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, uuid: str) -> Response:
        """送审."""
        return self._told(actions.submit(notice=self.get_object(), by=self.person, now=clock.now()))

    @extend_schema(request=VersionSerializer, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, uuid: str) -> Response:
        """签发."""
        given = VersionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        version = given.validated_data["version"]
        return self._told(actions.approve(notice=self.get_object(), version=version, by=self.person, now=clock.now()))

    @extend_schema(request=ReasonSerializer, responses=NoticeSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, uuid: str) -> Response:
        """退回."""
        reason = self._reason(request)
        return self._told(actions.send_back(notice=self.get_object(), reason=reason, by=self.person, now=clock.now()))

    @extend_schema(request=ReasonSerializer, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uuid: str) -> Response:
        """撤回."""
        reason = self._reason(request)
        return self._told(actions.withdraw(notice=self.get_object(), reason=reason, by=self.person, now=clock.now()))

    @extend_schema(responses={200: dict})
    @action(detail=True)
    def coverage(self, request: Request, uuid: str) -> Response:
        """Households by state: the whole, by sub-district, by grid."""
        found = queries.coverage(self.get_object(), self.person.scope)
        return Response(
            {
                "as_of": clock.now(),
                "accounted": found.accounted,
                "total": _printed(found.total),
                "subdistricts": [_printed(part) for part in found.subdistricts],
                "grids": [_printed(grid) for grid in found.grids],
            }
        )

    @extend_schema(responses={200: dict})
    @action(detail=True)
    def unreached(self, request: Request, uuid: str) -> Response:
        """A page of households not reached; `after` of the answer asks for the next one."""
        after = request.query_params.get("after", "")
        page = queries.unreached(self.get_object(), self.person.scope, after=int(after) if after.isdigit() else 0)
        rows = [
            {
                "household": line.audience.household.code,
                "area_code": line.audience.area_code,
                "area": line.area,
                "door": line.place,
                "must_reach": line.audience.must_reach,
                "since": line.audience.unreached_at,
                "last_visit": line.outcome.value if line.outcome else None,
            }
            for line in page.rows
        ]
        return Response({"results": rows, "after": page.after})

    def _told(self, row: Notice) -> Response:
        return Response(NoticeSerializer(row).data)

    def _reason(self, request: Request) -> str:
        given = ReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return str(given.validated_data["reason"])


def _printed(tally: Tally) -> dict[str, Any]:
    return {
        "code": tally.code,
        "name": tally.name,
        "households": tally.total,
        **{state.value: tally.count(state) for state in Reach},
        "must_reach": {"households": tally.must_total, "spoken_to": tally.must_spoken},
        "ordinary": {
            "households": tally.ordinary_total,
            "delivered": tally.ordinary_delivered,
            "answered": tally.ordinary_answered,
        },
    }
