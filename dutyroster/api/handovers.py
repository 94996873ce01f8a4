"""Handovers."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from core import clock
from core.api.permission import holds
from dutyroster import actions, queries
from dutyroster.api.attendance import who
from dutyroster.models import Handover, HandoverItem


class ItemSerializer(serializers.ModelSerializer[HandoverItem]):
    """One open item."""

    class Meta:
        model = HandoverItem
        fields = ("key", "label", "title", "url", "since", "taken_at", "closed_at", "note")


class HandoverSerializer(serializers.ModelSerializer[Handover]):
    """A handover without its items."""

    post = serializers.CharField(source="post.name")
    outgoing = serializers.CharField(source="outgoing.name")
    incoming = serializers.CharField(source="incoming.name")

    class Meta:
        model = Handover
        fields = ("id", "post", "area_code", "outgoing", "incoming", "opened_at", "summary", "taken_over_at")


def whole(row: Handover) -> dict[str, Any]:
    """A handover with its items, the untaken first."""
    return dict(HandoverSerializer(row).data) | {"items": ItemSerializer(queries.items(row), many=True).data}


def visible(user: User) -> QuerySet[Handover]:
    """One's own, and those of one's areas."""
    seen = queries.handovers(user.scope_for("roster.view")).values("pk")
    rows = Handover.objects.filter(Q(outgoing=user) | Q(incoming=user) | Q(pk__in=seen))
    return rows.select_related("post", "outgoing", "incoming")


class HandoversView(generics.ListAPIView[Handover]):
    """Handovers, the newest first."""

    permission_classes = [holds("roster.own")]
    serializer_class = HandoverSerializer

    def get_queryset(self) -> QuerySet[Handover]:
        """One's own, and those of one's areas."""
        return visible(who(self.request))


class HandoverView(APIView):
    """One handover with its items."""

    permission_classes = [holds("roster.own")]

    @extend_schema(responses={200: dict})
    def get(self, request: Request, pk: int) -> Response:
        """The untaken first."""
        return Response(whole(get_object_or_404(visible(who(request)), pk=pk)))


class TakeAsked(serializers.Serializer[Any]):
    """The keys of the items that were read."""

    keys = serializers.ListField(child=serializers.CharField(max_length=80), max_length=500)


class TakeView(APIView):
    """Takes items over."""

    permission_classes = [holds("roster.own", write="roster.own")]

    @extend_schema(request=TakeAsked, responses={200: dict})
    def post(self, request: Request, pk: int) -> Response:
        """By the incoming person alone."""
        asked = TakeAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        row, user = get_object_or_404(visible(who(request)), pk=pk), who(request)
        actions.take_items(handover=row, keys=asked.validated_data["keys"], by=user, now=clock.now())
        return Response(whole(row))


class SignView(APIView):
    """接班."""

    permission_classes = [holds("roster.own", write="roster.own")]

    @extend_schema(request=None, responses={200: dict})
    def post(self, request: Request, pk: int) -> Response:
        """409 while an open item is untaken."""
        row = get_object_or_404(visible(who(request)), pk=pk)
        return Response(whole(actions.sign_handover(handover=row, by=who(request), now=clock.now())))
