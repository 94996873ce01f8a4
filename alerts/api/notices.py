"""Notices over HTTP."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from alerts import actions, queries
from alerts.api.signing import SIGNING_CAPABILITIES, SigningViews
from alerts.enums import NoticeLevel, Reach
from alerts.models import Notice
from alerts.queries import Tally
from alerts.rules import Content
from core import clock
from core.api.permission import holds


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """A notice as others read it."""

    areas = serializers.SlugRelatedField[Any](slug_field="area_code", many=True, read_only=True)
    refers_to = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True)

    class Meta:
        model = Notice
        fields = (
            "uuid",
            "state",
            "message_type",
            "refers_to",
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
            "is_composed",
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
    wait_minutes = serializers.IntegerField(min_value=1, max_value=240, required=False)

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


class ChangesSerializer(serializers.Serializer[Any]):
    """What a correction or an all-clear says differently from the text that is ready. Nothing is needed."""

    level = serializers.ChoiceField(choices=NoticeLevel.choices, required=False)
    headline = serializers.CharField(max_length=60, required=False)
    starts_at = serializers.DateTimeField(required=False)
    expires_at = serializers.DateTimeField(required=False)
    affected_area = serializers.CharField(max_length=120, required=False)
    caution = serializers.CharField(max_length=200, required=False)
    measures = serializers.CharField(max_length=200, required=False)
    issuer = serializers.CharField(max_length=60, required=False)
    sms_text = serializers.CharField(max_length=300, allow_blank=True, required=False)
    wait_minutes = serializers.IntegerField(min_value=1, max_value=240, required=False)


class VersionSerializer(serializers.Serializer[Any]):
    """Which version the signer has read."""

    version = serializers.IntegerField()


class ReasonSerializer(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=200)


class NoticeViews(ListModelMixin, RetrieveModelMixin, SigningViews):
    """District notices: draft, submit, approve (signs and issues), return, withdraw, cancel (only stops), update and
    all-clear (drafts that refer to it); coverage, who was not reached.
    """

    serializer_class = NoticeSerializer
    permission_classes = [
        holds(
            "notices.view",
            create="notices.draft",
            submit="notices.draft",
            approve="notices.approve",
            send_back="notices.approve",
            withdraw="notices.approve",
            cancel="notices.approve",
            correct="notices.draft",
            all_clear="notices.draft",
            **SIGNING_CAPABILITIES,
            coverage="coverage.view",
            unreached="coverage.view",
        )
    ]
    lookup_field = "uuid"
    lookup_value_converter = "uuid"
    queryset = Notice.objects.none()

    def get_queryset(self) -> QuerySet[Notice]:
        return queries.notices(self.person.scope).prefetch_related("areas")

    @extend_schema(request=ContentSerializer, responses={201: NoticeSerializer})
    def create(self, request: Request) -> Response:
        """A draft; what the law asks for may still be missing."""
        given = ContentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        codes = values.pop("area_codes")
        values.setdefault("wait_minutes", queries.following(values["level"]).wait_minutes)
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

    @extend_schema(request=ReasonSerializer, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, uuid: str) -> Response:
        """停发: what is open stops. Whoever has it is not told: `update` is the correction, offered for that."""
        reason, row = self._reason(request), self.get_object()
        return self._told(actions.withdraw(notice=row, reason=reason, by=self.person, now=clock.now(), tells=False))

    @extend_schema(request=ChangesSerializer, responses={201: NoticeSerializer})
    @action(detail=True, methods=["post"], url_path="update")
    def correct(self, request: Request, uuid: str) -> Response:
        """更正: the draft, text ready; the same again gives the one that was begun. Submitted and approved as any."""
        return self._begun(request, actions.correct)

    @extend_schema(request=ChangesSerializer, responses={201: NoticeSerializer})
    @action(detail=True, methods=["post"], url_path="all-clear")
    def all_clear(self, request: Request, uuid: str) -> Response:
        """解除: the draft, text ready; the same again gives the one that was begun. Submitted and approved as any."""
        return self._begun(request, actions.all_clear)

    @extend_schema(responses={200: dict})
    @action(detail=True)
    def coverage(self, request: Request, uuid: str) -> Response:
        """Households by state: the whole, by sub-district, by grid."""
        at, found = queries.shown_coverage(self.get_object(), self.person.scope, now=clock.now())
        return Response(
            {
                "as_of": at,
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

    def _begun(self, request: Request, begin: Callable[..., Notice]) -> Response:
        given = ChangesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = begin(notice=self.get_object(), by=self.person, now=clock.now(), changes=given.validated_data)
        return Response(NoticeSerializer(row).data, status=status.HTTP_201_CREATED)

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
        "must_reach": {
            "households": tally.must_total,
            "spoken_to": tally.must_spoken,
            "answered": tally.must_answered,
        },
        "ordinary": {
            "households": tally.ordinary_total,
            "delivered": tally.ordinary_delivered,
            "answered": tally.ordinary_answered,
        },
        "units": {"called": tally.units.total, "answered": tally.units.answered},
    }
