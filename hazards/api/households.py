"""Household checks over HTTP: the same number with the same content is the same check; names and numbers masked."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries import area_names
from core import clock
from core.api.permission import holds
from hazards import actions, queries
from hazards.enums import CheckOutcome, ItemResult
from hazards.models import HouseholdAnswer, HouseholdCheck, RollProposal
from hazards.rules import AnswerGiven, PhotoGiven, Visit, day_starts, since_day
from territory.enums import MustReach
from territory.models import Household
from territory.queries import season_at


class AnswerSerializer(serializers.ModelSerializer[HouseholdAnswer]):
    """The answer to one question."""

    text = serializers.CharField(source="item.text", read_only=True)
    topic = serializers.CharField(source="item.topic", read_only=True)

    class Meta:
        model = HouseholdAnswer
        fields = ["item", "text", "topic", "result", "note"]


class CheckSerializer(serializers.ModelSerializer[HouseholdCheck]):
    """One visit to a door, without anything that names or reaches whoever lives there."""

    household = serializers.CharField(source="household.code")
    checked_by = serializers.CharField(source="checked_by.name")
    answers = AnswerSerializer(many=True, read_only=True)

    class Meta:
        model = HouseholdCheck
        fields = [
            "client_uuid", "household", "area_code", "outcome", "checked_by", "on_behalf_of", "occurred_at",
            "recorded_at", "note", "failed_items", "answers",
        ]  # fmt: skip


class GivenAnswer(serializers.Serializer[Any]):
    """An answer as a device sends it."""

    item = serializers.IntegerField()
    result = serializers.ChoiceField(choices=ItemResult.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class GivenCheck(serializers.Serializer[Any]):
    """A check as a device sends it; `must_reach` missing proposes nothing, "" proposes an ordinary household."""

    client_uuid = serializers.UUIDField()
    household = serializers.CharField(max_length=32)
    outcome = serializers.ChoiceField(choices=CheckOutcome.choices, default=CheckOutcome.CHECKED)
    answers = GivenAnswer(many=True, required=False, default=list)
    photo = serializers.RegexField(r"^[0-9a-f]{64}$", required=False, default="")
    occurred_at = serializers.DateTimeField(required=False, default=None, allow_null=True)
    longitude = serializers.FloatField(required=False, default=None, allow_null=True)
    latitude = serializers.FloatField(required=False, default=None, allow_null=True)
    accuracy_m = serializers.FloatField(required=False, default=None, allow_null=True)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    on_behalf_of = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")
    must_reach = serializers.ChoiceField(
        choices=MustReach.choices, required=False, default=None, allow_null=True, allow_blank=True
    )

    def visit(self) -> Visit:
        """What was sent, as the action takes it."""
        given = self.validated_data
        placed = given["longitude"] is not None and given["latitude"] is not None
        return Visit(
            client_uuid=given["client_uuid"],
            answers=[AnswerGiven(**answer) for answer in given["answers"]],
            photos=[PhotoGiven(given["photo"])] if given["photo"] else [],
            occurred_at=given["occurred_at"],
            position=(given["longitude"], given["latitude"]) if placed else None,
            accuracy_m=given["accuracy_m"],
            note=given["note"].strip(),
            on_behalf_of=given["on_behalf_of"].strip(),
        )


class HouseholdChecksView(generics.ListAPIView[HouseholdCheck]):
    """Checks in one's areas; POST records one: 201 the first time, 200 the same again, 409 another under its number."""

    permission_classes = [holds("households.view", write="households.check")]
    serializer_class = CheckSerializer
    filter_backends = []

    def get_queryset(self) -> QuerySet[HouseholdCheck]:
        """Those of the person's areas."""
        user: Any = self.request.user
        return queries.checks(user.scope_for("households.view"))

    @extend_schema(request=GivenCheck, responses={201: CheckSerializer, 200: CheckSerializer})
    def post(self, request: Request) -> Response:
        """Records a check; what it proposes for the roll waits for another person."""
        user: Any = request.user
        given = GivenCheck(data=request.data)
        given.is_valid(raise_exception=True)
        homes = Household.objects.in_scope(user.scope_for("households.check"))
        home = get_object_or_404(homes, code=given.validated_data["household"])
        stored, is_new = actions.check_household(
            visit=given.visit(),
            household=home,
            outcome=given.validated_data["outcome"],
            phone=given.validated_data["phone"],
            must_reach=given.validated_data["must_reach"],
            by=user,
            now=clock.now(),
        )
        return Response(CheckSerializer(stored).data, status=201 if is_new else 200)


class ProgressSerializer(serializers.Serializer[Any]):
    """How far the checks of one grid have come."""

    area_code = serializers.CharField()
    name = serializers.CharField()
    households = serializers.IntegerField()
    checked = serializers.IntegerField()
    left = serializers.IntegerField()
    must_reach = serializers.IntegerField()
    must_reach_checked = serializers.IntegerField()
    with_failures = serializers.IntegerField()


class ProgressView(APIView):
    """Checks of each grid in one's areas since a day (`since`, else the flood season's first)."""

    permission_classes = [holds("households.view")]

    @extend_schema(parameters=[OpenApiParameter("since", str)], responses=ProgressSerializer(many=True))
    def get(self, request: Request) -> Response:
        """One line a grid, by code."""
        user: Any = request.user
        today = timezone.localdate(clock.now())
        season = season_at(today)
        since = since_day(request.GET.get("since", ""), season.starts if season else None, today=today)
        start = day_starts(since, timezone.get_current_timezone())
        found = queries.progress_by_grid(user.scope_for("households.view"), since=start)
        names = area_names(found)
        rows = [
            {
                "area_code": code,
                "name": names.get(code, code),
                "households": one.households,
                "checked": one.checked,
                "left": one.left,
                "must_reach": one.must,
                "must_reach_checked": one.must_checked,
                "with_failures": one.with_failures,
            }
            for code, one in sorted(found.items())
        ]
        return Response(rows)


class VerdictSerializer(serializers.Serializer[Any]):
    """The verdict on a proposal; not accepting wants a reason."""

    accept = serializers.BooleanField()
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ProposalView(APIView):
    """采纳 or 不采纳 by another person than the proposer."""

    permission_classes = [holds("households.correct", write="households.correct")]

    @extend_schema(request=VerdictSerializer, responses={200: VerdictSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Decides; accepting changes the roll."""
        user: Any = request.user
        given = VerdictSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = get_object_or_404(RollProposal.objects.in_scope(user.scope_for("households.correct")), pk=pk)
        done = actions.decide_proposal(proposal=row, by=user, now=clock.now(), **given.validated_data)
        return Response({"accept": done.accepted, "reason": done.reason})
