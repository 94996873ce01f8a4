"""Who is on duty, what is missing, the month; plans and single shifts."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from core import clock
from core.api.permission import holds
from dutyroster import actions, queries
from dutyroster.models import DutyPost, RosterPlan, Shift
from territory.rules import Scope


class ShiftSerializer(serializers.ModelSerializer[Shift]):
    """Somebody at a post; `start` included, `end` not."""

    post = serializers.CharField(source="post.name")
    person = serializers.CharField(source="person.name")
    start = serializers.DateTimeField(source="starts")
    end = serializers.DateTimeField(source="ends")

    class Meta:
        model = Shift
        fields = ("uuid", "area_code", "post", "post_id", "person", "person_id", "start", "end", "origin", "reason")


class PostSerializer(serializers.ModelSerializer[DutyPost]):
    """A post in use."""

    class Meta:
        model = DutyPost
        fields = ("id", "area_code", "name", "role", "presence", "starts_at", "shift_hours", "phone")


class PlanSerializer(serializers.ModelSerializer[RosterPlan]):
    """One version of the roster of an area."""

    class Meta:
        model = RosterPlan
        fields = ("id", "area_code", "version", "state", "first_day", "last_day", "made_at", "published_at")


class AskedSerializer(serializers.Serializer[Any]):
    """What a question may be narrowed to."""

    at = serializers.DateTimeField(required=False)
    first_day = serializers.DateField(required=False)
    days = serializers.IntegerField(required=False, min_value=1, max_value=92, default=30)
    month = serializers.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", required=False, default="")
    area = serializers.RegexField(r"^\d{6,15}$", required=False, default="")


class MakeSerializer(serializers.Serializer[Any]):
    """What a plan is made over."""

    area_code = serializers.RegexField(r"^\d{6,15}$")
    posts = serializers.ListField(child=serializers.IntegerField(), max_length=200)
    first_day = serializers.DateField()
    last_day = serializers.DateField()


class TakeOverSerializer(serializers.Serializer[Any]):
    """Who takes over a shift, and why."""

    person = serializers.IntegerField()
    reason = serializers.CharField(required=False, default="", max_length=200, allow_blank=True)


def _user(request: Request) -> User:
    return cast("User", request.user)


def _scope(request: Request, capability: str = "roster.view") -> Scope:
    return _user(request).scope_for(capability)


def _asked(request: Request) -> dict[str, Any]:
    asked = AskedSerializer(data=request.query_params)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


class OnDutyView(APIView):
    """Who is on duty."""

    permission_classes = [holds("roster.view")]

    @extend_schema(parameters=[AskedSerializer], responses=ShiftSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Now, or `at` any moment: the past answers as it was."""
        at: datetime = _asked(request).get("at") or clock.now()
        return Response(ShiftSerializer(queries.on_duty(_scope(request), at), many=True).data)


class GapsView(APIView):
    """Where people are missing."""

    permission_classes = [holds("roster.view")]

    @extend_schema(parameters=[AskedSerializer], responses={200: dict})
    def get(self, request: Request) -> Response:
        """On `days` duty days from `first_day`, today if none is given."""
        asked, now = _asked(request), clock.now()
        first_day: date = asked.get("first_day") or timezone.localdate(now)
        found = queries.gaps(_scope(request), first_day, asked["days"], now=now)
        return Response({"results": [_gap(gap) for gap in found]})


def _gap(gap: queries.Gap) -> dict[str, object]:
    return {
        "post": gap.post.name,
        "post_id": gap.post.pk,
        "area_code": gap.post.area_code,
        "day": gap.day,
        "day_kind": gap.day_kind,
        "start": gap.during.start,
        "end": gap.during.end,
        "required": gap.required,
        "effective": gap.effective,
        "missing": gap.missing,
    }


class MonthView(APIView):
    """The month's table."""

    permission_classes = [holds("roster.view")]

    @extend_schema(parameters=[AskedSerializer], responses={200: dict})
    def get(self, request: Request) -> Response:
        """`month` as 2026-07, the present one if none is given; `area` narrows to the posts of that area."""
        asked = _asked(request)
        first = queries.month_of(asked["month"], now=clock.now())
        table = queries.month(_scope(request), first.year, first.month, area_code=asked["area"])
        days = [
            {
                "day": day.row.day,
                "kind": day.row.kind,
                "holiday": day.name,
                "cells": [[f"{one.person} {one.times}".strip() for one in cell] for cell in day.row.cells],
            }
            for day in table.days
        ]
        return Response({"posts": PostSerializer(table.posts, many=True).data, "days": days})


class PostsView(APIView):
    """The posts in use."""

    permission_classes = [holds("roster.view")]

    @extend_schema(responses=PostSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Those of one's areas."""
        found = queries.posts(_scope(request)).filter(retired_at__isnull=True)
        return Response(PostSerializer(found, many=True).data)


class PlansView(APIView):
    """Plans of the roster."""

    permission_classes = [holds("roster.view", write="roster.edit")]

    @extend_schema(responses=PlanSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The newest fifty."""
        return Response(PlanSerializer(queries.plans(_scope(request))[:50], many=True).data)

    @extend_schema(request=MakeSerializer, responses={201: PlanSerializer})
    def post(self, request: Request) -> Response:
        """Makes a draft by turns; it means nothing until it is published."""
        given = MakeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = dict(given.validated_data)
        posts = list(DutyPost.objects.in_scope(_scope(request)).filter(pk__in=wanted.pop("posts")).order_by("pk"))
        plan = actions.make_plan(posts=posts, by=_user(request), now=clock.now(), **wanted)
        return Response(PlanSerializer(plan).data, status=201)


class PublishView(APIView):
    """Puts a draft into force."""

    permission_classes = [holds("roster.edit", write="roster.edit")]

    @extend_schema(request=None, responses=PlanSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """As a whole, or not at all."""
        plan = get_object_or_404(RosterPlan.objects.in_scope(_scope(request, "roster.edit")), pk=pk)
        return Response(PlanSerializer(actions.publish(plan=plan, by=_user(request), now=clock.now())).data)


class OverrideView(APIView):
    """Puts somebody else on a shift."""

    permission_classes = [holds("roster.edit", write="roster.edit")]

    @extend_schema(request=TakeOverSerializer, responses={201: ShiftSerializer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """From now if it runs, else from its start."""
        given = TakeOverSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        rows = Shift.objects.in_scope(_scope(request, "roster.edit")).select_related("post")
        person = get_object_or_404(User, pk=given.validated_data["person"], is_active=True)
        made = actions.override(
            shift=get_object_or_404(rows, uuid=uuid),
            person=person,
            reason=given.validated_data["reason"],
            by=_user(request),
            now=clock.now(),
        )
        return Response(ShiftSerializer(made).data, status=201)
