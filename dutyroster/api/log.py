"""The duty log."""

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
from core.rules import Refused
from dutyroster import actions, queries
from dutyroster.api.attendance import who
from dutyroster.enums import AttendanceFault, FollowUp, LogKind
from dutyroster.models import LogEntry, LogFollowUp
from dutyroster.queries import LogFilter


class FollowUpSerializer(serializers.ModelSerializer[LogFollowUp]):
    """What became of an entry. One may write `leader` and `done`; the others are written by what they became."""

    kind = serializers.ChoiceField(choices=[FollowUp.LEADER.value, FollowUp.DONE.value])
    note = serializers.CharField(max_length=500)

    class Meta:
        model = LogFollowUp
        fields = ("kind", "note", "url", "by_name", "at")
        read_only_fields = ("url", "by_name", "at")


class EntrySerializer(serializers.ModelSerializer[LogEntry]):
    """One line of the log with what became of it."""

    follow_ups = serializers.SerializerMethodField()
    corrects = serializers.UUIDField(source="corrects.uuid", default=None, read_only=True)

    class Meta:
        model = LogEntry
        fields = (
            "uuid", "area_code", "kind", "text", "caller_name", "caller_phone", "place", "occurred_at", "recorded_at",
            "by_name", "wants_follow_up", "corrects", "follow_ups",
        )  # fmt: skip

    def get_follow_ups(self, entry: LogEntry) -> list[dict[str, Any]]:
        """Oldest first."""
        return [
            {"kind": one.kind, "note": one.note, "url": one.url, "by_name": one.by_name, "at": one.at}
            for one in entry.follow_ups.all()
        ]


class NoteAsked(serializers.Serializer[Any]):
    """快记. The same `client_uuid` and text is the same entry."""

    client_uuid = serializers.UUIDField()
    text = serializers.CharField(max_length=4000)
    kind = serializers.ChoiceField(choices=LogKind.choices, default=LogKind.NOTE)
    area_code = serializers.RegexField(r"^\d{6,15}$", required=False)
    caller_name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    caller_phone = serializers.CharField(max_length=20, required=False, allow_blank=True)
    place = serializers.CharField(max_length=120, required=False, allow_blank=True)
    occurred_at = serializers.DateTimeField(required=False)
    wants_follow_up = serializers.BooleanField(default=False)


class LogView(generics.ListAPIView[LogEntry]):
    """The log of one's areas, the newest first; `?open=1` leaves what waits to be handed on, `?kind=` narrows."""

    permission_classes = [holds("roster.view", write="log.write")]
    serializer_class = EntrySerializer

    def get_queryset(self) -> QuerySet[LogEntry]:
        """Those of the person's areas."""
        asked = self.request.query_params
        filters = LogFilter(kind=asked.get("kind", ""), open=asked.get("open", "") in ("1", "true"))
        return queries.log(who(self.request).scope_for("roster.view"), filters)

    @extend_schema(request=NoteAsked, responses={201: EntrySerializer})
    def post(self, request: Request) -> Response:
        """Writes one line."""
        asked = NoteAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        user, given = who(request), dict(asked.validated_data)
        scope = user.scope_for("log.write")
        area = given.pop("area_code", "") or min(scope.codes, key=len)
        if not scope.covers(area):
            fault = AttendanceFault.OUTSIDE
            raise Refused(fault.value, fault.label, field="area_code")
        entry = actions.note(by=user, now=clock.now(), area_code=area, **given)
        return Response(EntrySerializer(entry).data, status=201)


class FollowUpView(APIView):
    """What became of an entry."""

    permission_classes = [holds("roster.view", write="log.write")]

    @extend_schema(request=FollowUpSerializer, responses={201: FollowUpSerializer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """Told the leader, or settled."""
        user = who(request)
        entry = get_object_or_404(LogEntry.objects.in_scope(user.scope_for("log.write")), uuid=uuid)
        asked = FollowUpSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        row = actions.follow_up(
            entry=entry, kind=given["kind"], ref="", url="", note=given["note"], by=user, now=clock.now()
        )
        return Response(FollowUpSerializer(row).data, status=201)
