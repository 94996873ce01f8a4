"""Grids and their ledger over HTTP; nobody's whole name, nobody's number."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.permission import holds
from field import queries
from field.forms import LedgerForm
from hazards.rules import day_starts, since_day
from territory.queries import season_at


class GridSerializer(serializers.Serializer[Any]):
    """One grid; `duties`, `findings`, `requests` and `help` are [open, late]."""

    code = serializers.CharField()
    name = serializers.CharField()
    households = serializers.IntegerField(source="progress.households")
    must_reach = serializers.IntegerField(source="progress.must")
    checked = serializers.IntegerField(source="progress.checked")
    sites = serializers.IntegerField()
    workers = serializers.SerializerMethodField()
    duties = serializers.ListField(child=serializers.IntegerField())
    findings = serializers.ListField(child=serializers.IntegerField())
    requests = serializers.ListField(child=serializers.IntegerField())
    help = serializers.ListField(child=serializers.IntegerField())
    dangers = serializers.IntegerField()

    def get_workers(self, line: queries.GridLine) -> list[str]:
        """Their names."""
        return [person.name for person in line.workers]


class GridsView(APIView):
    """The grids of one's areas with their figures; checks count since a day (`since`, else the season's first)."""

    permission_classes = [holds("households.view")]

    @extend_schema(parameters=[OpenApiParameter("since", str)], responses=GridSerializer(many=True))
    def get(self, request: Request) -> Response:
        """One line a grid, by code."""
        user: Any = request.user
        today = timezone.localdate(clock.now())
        season = season_at(today)
        since = since_day(request.GET.get("since", ""), season.starts if season else None, today=today)
        start = day_starts(since, timezone.get_current_timezone())
        found = queries.grids(user.scope_for("households.view"), now=clock.now(), since=start)
        return Response(GridSerializer(found.lines, many=True).data)


class LineSerializer(serializers.Serializer[Any]):
    """One line of the ledger."""

    kind = serializers.CharField()
    area_code = serializers.CharField()
    received_at = serializers.DateTimeField()
    who = serializers.CharField()
    what = serializers.CharField()
    category = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    responsible = serializers.CharField()
    state = serializers.CharField()
    late = serializers.BooleanField()
    outcome = serializers.CharField()
    closed_at = serializers.DateTimeField(allow_null=True)


class LedgerView(APIView):
    """The ledger of one's areas: requests, findings, calls for help and dangers in one reading."""

    permission_classes = [holds("requests.view")]

    @extend_schema(
        parameters=[OpenApiParameter(name, str) for name in ("state", "kind", "area_code", "first_day", "last_day")],
        responses=LineSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Late lines first, then the newest."""
        user: Any = request.user
        scope = user.scope_for("requests.view")
        filters = LedgerForm(request.GET, scope=scope).filters()
        return Response(LineSerializer(queries.ledger(scope, filters, now=clock.now()), many=True).data)
