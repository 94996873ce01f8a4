"""Patrols: walks with their points, and what was missed."""

from typing import Any

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
from hazards import queries
from hazards.models import PatrolPoint, PatrolRun
from hazards.rules.patrols import is_missed


class PatrolPointSerializer(serializers.ModelSerializer[PatrolPoint]):
    """A point of a walk; the distance in metres to the place, None where no phone said where it was."""

    site = serializers.CharField(source="site.code")
    name = serializers.CharField(source="site.name")
    is_missed = serializers.SerializerMethodField()
    photo = serializers.CharField(source="photo_id", default=None)

    class Meta:
        model = PatrolPoint
        fields = (
            "id", "run_id", "order", "site", "name", "area_code", "due_at", "checked_at", "by_name", "distance_m",
            "accuracy_m", "note", "photo", "missed_at", "is_missed",
        )  # fmt: skip

    def get_is_missed(self, point: PatrolPoint) -> bool:
        """Nobody has been there and its time is over."""
        return is_missed(point.due_at, point.checked_at, now=clock.now())


class PatrolSerializer(serializers.ModelSerializer[PatrolRun]):
    """A walk with how many of its points were checked in."""

    route = serializers.CharField(source="route.name")
    stage = serializers.CharField(source="watch.stage")
    who = serializers.CharField(source="assignment.assignee_name")
    total = serializers.IntegerField(read_only=True)
    checked = serializers.IntegerField(read_only=True)
    missed = serializers.IntegerField(read_only=True)

    class Meta:
        model = PatrolRun
        fields = (
            "id", "route", "stage", "area_code", "who", "opened_at", "due_at", "ended_at", "stopped_reason", "total",
            "checked", "missed",
        )  # fmt: skip


def _runs(request: Request) -> QuerySet[Any]:
    user: Any = request.user
    return queries.patrol_runs(user.scope_for("rounds.view"), running=False)


class PatrolsView(generics.ListAPIView[PatrolRun]):
    """Walks in one's areas."""

    permission_classes = [holds("rounds.view")]
    serializer_class = PatrolSerializer

    class pagination_class(Keyset):
        ordering = "pk"

    def get_queryset(self) -> QuerySet[PatrolRun]:
        """Those under way and those that have ended."""
        return _runs(self.request)


class PatrolView(APIView):
    """One walk with its points."""

    permission_classes = [holds("rounds.view")]

    @extend_schema(responses={200: PatrolSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """In the order in which they are walked."""
        run = get_object_or_404(_runs(request), pk=pk)
        points = PatrolPointSerializer(queries.points_of(run), many=True).data
        return Response(dict(PatrolSerializer(run).data) | {"points": points})


class MissedPointsView(APIView):
    """Points of walks under way whose time has run out."""

    permission_classes = [holds("rounds.view")]

    @extend_schema(responses={200: PatrolPointSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """The longest missed first, a hundred at most."""
        user: Any = request.user
        missed = queries.missed_points(user.scope_for("rounds.view"), now=clock.now())
        return Response(PatrolPointSerializer(missed, many=True).data)
