"""Plans, runs and their injects for machines: the same permissions and refusals as the screens."""

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
from core.api.permission import holds
from drills import actions, queries
from drills.enums import RunVerb
from drills.models import DrillPlan, DrillRun, Inject


class InjectSerializer(serializers.ModelSerializer[Inject]):
    """One inject of a plan."""

    class Meta:
        model = Inject
        fields = (
            "number", "minute", "kind", "title", "text", "area_code", "receiver", "role", "level", "expected",
            "expect_ack_minutes", "expect_done_minutes", "needs_controller",
        )  # fmt: skip


class PlanSerializer(serializers.ModelSerializer[DrillPlan]):
    """The head of a plan."""

    class Meta:
        model = DrillPlan
        fields = ("id", "title", "scenario", "state", "area_code", "created_at", "updated_at")


class RunSerializer(serializers.ModelSerializer[DrillRun]):
    """A run; `uuid` is the exercise on every row it causes. Times in seconds of exercise time."""

    plan = serializers.CharField(source="plan.title")
    state = serializers.SerializerMethodField()
    exercise_seconds = serializers.SerializerMethodField()

    class Meta:
        model = DrillRun
        fields = ("uuid", "plan", "number", "area_code", "state", "exercise_seconds", "created_at")

    def get_state(self, run: DrillRun) -> str:
        """waiting, running, paused or stopped."""
        return queries.clock(run, clock.now())[0].value

    def get_exercise_seconds(self, run: DrillRun) -> int:
        """How much exercise time has passed."""
        return int(queries.clock(run, clock.now())[1].total_seconds())


class TurnSerializer(serializers.Serializer[Any]):
    """What is done with the clock; `minutes` with `skew` only."""

    verb = serializers.ChoiceField(choices=RunVerb.choices)
    minutes = serializers.IntegerField(required=False, default=0, min_value=0, max_value=600)


class LetOutSerializer(serializers.Serializer[Any]):
    """Lets an inject out, or skips it."""

    verb = serializers.ChoiceField(choices=[("fire", "fire"), ("skip", "skip")])
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)


def _scope(request: Request, capability: str = "drills.view") -> Any:
    user: Any = request.user
    return user.scope_for(capability)


class PlansView(generics.ListAPIView[DrillPlan]):
    """Plans of one's areas, the newest first."""

    permission_classes = [holds("drills.view")]
    serializer_class = PlanSerializer

    def get_queryset(self) -> QuerySet[DrillPlan]:
        """Those of the person's areas."""
        return queries.plans(_scope(self.request))


class PlanView(APIView):
    """One plan with its injects in order."""

    permission_classes = [holds("drills.view")]

    @extend_schema(responses={200: PlanSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """The plan, its objectives and injects."""
        plan = get_object_or_404(queries.plans(_scope(request)), pk=pk)
        objectives = [one.text for one in plan.objectives.order_by("order", "pk")]
        injects = InjectSerializer(plan.injects.order_by("minute", "number"), many=True).data
        return Response(dict(PlanSerializer(plan).data) | {"objectives": objectives, "injects": injects})


class RunsView(generics.ListAPIView[DrillRun]):
    """Runs of one's areas, the newest first."""

    permission_classes = [holds("drills.view")]
    serializer_class = RunSerializer

    def get_queryset(self) -> QuerySet[DrillRun]:
        """Those of the person's areas."""
        return queries.runs(_scope(self.request))


class RunView(APIView):
    """One run: its clock, what waits, what asks, what is out."""

    permission_classes = [holds("drills.view")]

    @extend_schema(responses={200: RunSerializer})
    def get(self, request: Request, uuid: UUID) -> Response:
        """Injects by number; `asking` waits for the controller."""
        run = get_object_or_404(queries.run_in_scope(_scope(request), uuid))
        seen = queries.console(run, clock.now())
        out = [
            {
                "number": one.fired.inject.number,
                "at": one.fired.at,
                "exercise_seconds": one.fired.exercise_seconds,
                "skipped": one.fired.is_skipped,
                "receivers": len(one.answers),
                "answered": one.answered,
                "fault": one.fired.fault,
            }
            for one in seen.out
        ]
        waits = {
            "asking": [one.inject.number for one in seen.asking],
            "waiting": [one.inject.number for one in seen.waiting],
        }
        return Response(dict(RunSerializer(run).data) | waits | {"out": out})


class ClockView(APIView):
    """The clock of a run."""

    permission_classes = [holds("drills.run", write="drills.run")]

    @extend_schema(request=TurnSerializer, responses={200: RunSerializer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """Starts, pauses, goes on, puts forward or stops; 409 where that leads nowhere."""
        user: Any = request.user
        given = TurnSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        run = get_object_or_404(queries.run_in_scope(_scope(request, "drills.run"), uuid))
        verb, minutes = RunVerb(given.validated_data["verb"]), given.validated_data["minutes"]
        actions.turn_clock(run=run, verb=verb, minutes=minutes, by=user, now=clock.now())
        return Response(RunSerializer(get_object_or_404(queries.run_in_scope(_scope(request), uuid))).data)


class InjectView(APIView):
    """One inject of a run."""

    permission_classes = [holds("drills.run", write="drills.run")]

    @extend_schema(request=LetOutSerializer, responses={200: LetOutSerializer})
    def post(self, request: Request, uuid: UUID, number: int) -> Response:
        """Lets it out or skips it; 409 the second time."""
        user: Any = request.user
        given = LetOutSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        run = get_object_or_404(queries.run_in_scope(_scope(request, "drills.run"), uuid))
        inject = get_object_or_404(run.plan.injects, number=number)
        if given.validated_data["verb"] == "skip":
            actions.skip(run=run, inject=inject, by=user, now=clock.now(), reason=given.validated_data["reason"])
        else:
            actions.let_out(run=run, inject=inject, by=user, now=clock.now())
        return Response(given.validated_data)


class ReviewView(APIView):
    """Times beside expectations."""

    permission_classes = [holds("drills.view")]

    @extend_schema(responses={200: dict})
    def get(self, request: Request, uuid: UUID) -> Response:
        """Expectations by outcome, by objective, and the findings."""
        run = get_object_or_404(queries.run_in_scope(_scope(request), uuid))
        seen = queries.review(run, clock.now())
        goals = [{"objective": goal.text, "met": goal.met, "measured": goal.measured} for goal in seen.goals]
        findings = [
            {"kind": one.kind, "text": one.text, "improvement": one.assignment.uuid if one.assignment else None}
            for one in seen.findings
        ]
        counted = {outcome.value: count for outcome, count in seen.counted.items()}
        return Response({"counted": counted, "percent": seen.percent, "objectives": goals, "findings": findings})
