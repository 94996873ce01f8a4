"""Responses and the timeline over HTTP."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response as Answer
from rest_framework.views import APIView

from alerts.models import Notice
from alerts.queries import notices
from command import actions, queries
from command.enums import EntryKind, ResponseVerb
from command.models import Response, ResponseStep, TimelineEntry
from core import clock
from core.api.paging import Keyset
from core.api.permission import holds

ACTS = {"raise": actions.raise_level, "lower": actions.lower, "end": actions.end}


class StepSerializer(serializers.ModelSerializer[ResponseStep]):
    """A decision."""

    class Meta:
        model = ResponseStep
        fields = ("verb", "level_before", "level_after", "signed_by_name", "basis", "decided_at", "recorded_at")


class ResponseSerializer(serializers.ModelSerializer[Response]):
    """A response; levels are integers, 1 highest."""

    class Meta:
        model = Response
        fields = ("uuid", "area_code", "level", "opened_at", "ended_at", "exercise")


class DecisionSerializer(serializers.Serializer[Any]):
    """A decision as it comes in. `level` is left out of an end, `area_code` of all but a start."""

    area_code = serializers.RegexField(r"^\d{6,15}$", required=False)
    level = serializers.IntegerField(required=False, min_value=1, max_value=4)
    basis = serializers.CharField(max_length=500, allow_blank=True)
    notice = serializers.UUIDField(required=False, allow_null=True)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True)
    calls_out = serializers.BooleanField(default=False)


def _decision(request: Request, *, with_level: bool, may_call: bool) -> dict[str, Any]:
    given = DecisionSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    values = given.validated_data
    found: dict[str, Any] = {"basis": values["basis"], "occurred_at": values.get("occurred_at")}
    found["notice"] = _notice(request, values.get("notice"))
    if with_level:
        found["level"] = values.get("level") or 0
    if may_call:
        found["calls_out"] = values["calls_out"]
    return found | {"area_code": values.get("area_code", "")}


def _notice(request: Request, uuid: UUID | None) -> Notice | None:
    user: Any = request.user
    return notices(user.scope).filter(uuid=uuid).first() if uuid else None


class ResponsesView(generics.ListAPIView[Response]):
    """Responses of one's areas, open ones first; POST starts one."""

    permission_classes = [holds("command.view", write="responses.sign")]
    serializer_class = ResponseSerializer

    class pagination_class(Keyset):
        ordering = "-pk"

    def get_queryset(self) -> QuerySet[Response]:
        """Those that concern the person's areas."""
        user: Any = self.request.user
        return queries.responses(user.scope_for("command.view"))

    @extend_schema(request=DecisionSerializer, responses={201: ResponseSerializer})
    def post(self, request: Request) -> Answer:
        """启动响应."""
        user: Any = request.user
        given = _decision(request, with_level=True, may_call=True)
        started = actions.start(by=user, now=clock.now(), **given)
        return Answer(ResponseSerializer(started).data, status=status.HTTP_201_CREATED)


class ResponseView(APIView):
    """One response with its decisions and how many of its tasks are done."""

    permission_classes = [holds("command.view")]

    @extend_schema(responses={200: ResponseSerializer})
    def get(self, request: Request, uuid: UUID) -> Answer:
        """Level, decisions (newest first), figures."""
        response = _found(request, uuid)
        extra = {
            "steps": StepSerializer(queries.steps(response), many=True).data,
            "tasks": queries.task_figures(response, now=clock.now()),
        }
        return Answer(dict(ResponseSerializer(response).data) | extra)


class DecideView(APIView):
    """提升、降低、终止."""

    permission_classes = [holds("responses.sign", write="responses.sign")]
    verb = ResponseVerb.END

    @extend_schema(request=DecisionSerializer, responses={200: ResponseSerializer})
    def post(self, request: Request, uuid: UUID) -> Answer:
        """Moves the level; the same decision twice is one."""
        user: Any = request.user
        given = _decision(request, with_level=self.verb != ResponseVerb.END, may_call=self.verb == ResponseVerb.RAISE)
        given.pop("area_code")
        response = _found(request, uuid)
        act: Any = ACTS[self.verb.value]
        return Answer(ResponseSerializer(act(response=response, by=user, now=clock.now(), **given)).data)


def _found(request: Request, uuid: UUID) -> Response:
    user: Any = request.user
    response = queries.response(user.scope_for("command.view"), uuid)
    if response is None:
        raise Http404
    return response


class TimelineSerializer(serializers.ModelSerializer[TimelineEntry]):
    """One line of the timeline."""

    class Meta:
        model = TimelineEntry
        fields = ("uuid", "at", "recorded_at", "kind", "text", "ref", "url", "by_name", "area_code")


class TimelineView(generics.ListAPIView[TimelineEntry]):
    """What happened, the newest first; `?kind=` narrows."""

    permission_classes = [holds("command.view")]
    serializer_class = TimelineSerializer

    class pagination_class(Keyset):
        ordering = ("-at", "-pk")  # type: ignore[assignment]  # DRF takes several

    def get_queryset(self) -> QuerySet[TimelineEntry]:
        """Those of the person's areas."""
        user: Any = self.request.user
        kind = self.request.query_params.get("kind", "")
        return queries.timeline(user.scope_for("command.view"), kind=kind if kind in EntryKind.values else "")
