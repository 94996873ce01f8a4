"""Who is there, and roll calls: what one sees here is what one sees on the pages."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from core import clock
from core.api.permission import holds
from dutyroster import actions, queries
from dutyroster.enums import Came
from dutyroster.models import CheckIn, DutyPost, Shift
from dutyroster.queries import Attendance, RollCallSeen
from dutyroster.rules.attendance import ANSWER_MINUTES


def who(request: Request) -> User:
    """Whoever is signed in; the permission has seen to it."""
    return cast("User", request.user)


class CheckInAsked(serializers.Serializer[Any]):
    """Coming (`in`) or leaving (`out`), at `occurred_at` if not just now."""

    kind = serializers.ChoiceField(choices=Came.choices, default=Came.IN)
    occurred_at = serializers.DateTimeField(required=False)


class CheckInSerializer(serializers.ModelSerializer[CheckIn]):
    """A check-in as it is stored."""

    class Meta:
        model = CheckIn
        fields = ("kind", "is_late", "occurred_at", "recorded_at", "means", "by_name", "on_behalf_of")


class CheckInView(APIView):
    """到岗: repeating it returns what is stored."""

    permission_classes = [holds("roster.own", write="roster.own")]

    @extend_schema(request=CheckInAsked, responses={200: CheckInSerializer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """For oneself, or for another by whoever may record for others there."""
        shift = get_object_or_404(Shift.objects.select_related("person"), uuid=uuid, published_at__isnull=False)
        asked = CheckInAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        came = actions.check_in(shift=shift, by=who(request), now=clock.now(), **asked.validated_data)
        return Response(CheckInSerializer(came).data)


def attendance_json(one: Attendance) -> dict[str, Any]:
    """One shift and whether its person is there."""
    return {
        "shift": str(one.shift.uuid),
        "post": one.shift.post.name,
        "area_code": one.shift.area_code,
        "person": one.shift.person.name,
        "starts": one.shift.starts,
        "ends": one.shift.ends,
        "state": one.state.value if one.state else "",
        "came_at": one.came.occurred_at if one.came else None,
        "in_post": one.is_there,
    }


class AttendanceView(APIView):
    """Everybody on duty now in one's areas, and whether he is there."""

    permission_classes = [holds("roster.view")]

    @extend_schema(responses={200: dict})
    def get(self, request: Request) -> Response:
        """One row a shift that runs now."""
        rows = queries.attendance(who(request).scope_for("roster.view"), clock.now())
        return Response({"results": [attendance_json(one) for one in rows]})


class RollCallAsked(serializers.Serializer[Any]):
    """Between which moments, and how long people have to answer. `posts` by number; empty: everybody on duty."""

    area_code = serializers.RegexField(r"^\d{6,15}$")
    window_from = serializers.DateTimeField()
    window_until = serializers.DateTimeField()
    answer_minutes = serializers.IntegerField(min_value=ANSWER_MINUTES[0], max_value=ANSWER_MINUTES[1], default=5)
    posts = serializers.PrimaryKeyRelatedField(queryset=DutyPost.objects.order_by("pk"), many=True, required=False)


def roll_call_json(seen: RollCallSeen) -> dict[str, Any]:
    """A roll call as this person may see it: `at` is null while hidden, `seed` while it has not started."""
    call = seen.call
    return {
        "id": call.pk,
        "area_code": call.area_code,
        "window_from": call.window_from,
        "window_until": call.window_until,
        "at": seen.at,
        "seed": call.seed if call.started_at else None,
        "answer_minutes": call.answer_minutes,
        "ordered_by": call.ordered_by_name,
        "started_at": call.started_at,
        "finished_at": call.finished_at,
        "cancelled_at": call.cancelled_at,
        "exercise": call.exercise,
        "targets": [
            {
                "person": one.person.name,
                "post": one.shift.post.name,
                "calls": one.calls,
                "answered_at": one.answered_at,
                "outcome": one.outcome,
                "judged_by": one.confirmed_by.name if one.confirmed_by else "",
                "note": one.note,
            }
            for one in seen.targets
        ],
    }


class RollCallsView(APIView):
    """Roll calls that one may see; before it starts, nobody it will call sees one."""

    permission_classes = [holds("roster.view", write="rollcalls.order")]

    @extend_schema(responses={200: dict})
    def get(self, request: Request) -> Response:
        """The newest first."""
        seen = queries.roll_calls(who(request), clock.now())
        return Response({"results": [roll_call_json(one) for one in seen]})

    @extend_schema(request=RollCallAsked, responses={201: dict})
    def post(self, request: Request) -> Response:
        """Orders one; its moment is drawn now."""
        asked = RollCallAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        now = clock.now()
        call = actions.order_roll_call(**asked.validated_data, by=who(request), now=now)
        seen = queries.roll_calls(who(request), now, pk=call.pk)
        return Response(roll_call_json(seen[0]), status=201)


class RollCallView(APIView):
    """One roll call."""

    permission_classes = [holds("roster.view")]

    @extend_schema(responses={200: dict})
    def get(self, request: Request, pk: int) -> Response:
        """Not found for whoever may not know of it."""
        for seen in queries.roll_calls(who(request), clock.now(), pk=pk):
            return Response(roll_call_json(seen))
        raise Http404
