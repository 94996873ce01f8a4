"""Duties for programs and phones."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from assignments import actions, queries, rules
from assignments.enums import Means, Objection, State
from assignments.models import Assignment
from core import clock
from core.api.paging import Keyset
from core.api.permission import holds
from core.rules import Refused


class Text(serializers.CharField):
    """Text and nothing that would have to be turned into text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class OptionOut(serializers.Serializer[Any]):
    """What may be answered: the key and its meaning."""

    key = serializers.CharField()
    meaning = serializers.CharField()


class AssignmentOut(serializers.ModelSerializer[Assignment]):
    """A duty with its clocks."""

    assignee = serializers.CharField(source="assignee_name")
    mine = serializers.SerializerMethodField()
    minutes_late = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField()
    answer = serializers.CharField(source="answer_key")

    class Meta:
        model = Assignment
        fields = (
            "uuid", "kind", "title", "body", "area_code", "assignee", "mine", "state", "issued_at", "acknowledge_by",
            "due_at", "acknowledged_at", "started_at", "reported_at", "verified_at", "needs_verification", "reminders",
            "minutes_late", "answers", "answer", "exercise", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(OptionOut(many=True))
    def get_answers(self, row: Assignment) -> list[dict[str, str]]:
        """What may be answered to it, by `answer`."""
        return [{"key": one.key, "meaning": gettext(one.label)} for one in queries.options_of(row)]

    def get_mine(self, row: Assignment) -> bool:
        """True when the person asking owes it."""
        return bool(row.assignee_id == self.context["request"].user.pk)

    def get_minutes_late(self, row: Assignment) -> int:
        """Whole minutes since an open duty ran out; 0 when it is not late."""
        return rules.minutes_late(row.state, row.acknowledge_by, row.due_at, now=clock.now())


class WordIn(serializers.Serializer[Any]):
    """What is said with a verb."""

    note = Text(max_length=500, required=False, allow_blank=True, default="")
    occurred_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    on_behalf_of = Text(max_length=60, required=False, allow_blank=True, default="")
    photo_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", required=False, allow_blank=True, default="")


class AnswerIn(serializers.Serializer[Any]):
    """One of the duty's answers by its key, as link, SMS and telephone take them; whose it is when it is recorded."""

    option = Text(max_length=1)
    note = Text(max_length=500, required=False, allow_blank=True, default="")
    occurred_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    on_behalf_of = Text(max_length=60, required=False, allow_blank=True, default="")
    client_uuid = serializers.UUIDField(required=False, allow_null=True, default=None)
    photo_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", required=False, allow_blank=True, default="")


class NoteIn(serializers.Serializer[Any]):
    """A verdict's words."""

    note = Text(max_length=500, required=False, allow_blank=True, default="")


class SuccessorIn(serializers.Serializer[Any]):
    """Who takes over, by sign-in name."""

    to = Text(max_length=60)
    all_open = serializers.BooleanField(required=False, default=False)
    note = Text(max_length=500, required=False, allow_blank=True, default="")


class AssignmentFilters(filters.FilterSet):
    """What a list is narrowed to."""

    kind = filters.CharFilter()
    state = filters.ChoiceFilter(choices=State.choices)
    area_code = filters.CharFilter(lookup_expr="startswith")
    mine = filters.BooleanFilter(method="narrow_to_own", label=_("Only one's own"))
    late = filters.BooleanFilter(method="narrow_to_late", label=_("Only late ones"))

    class Meta:
        model = Assignment
        fields = ("kind", "state", "area_code")

    def narrow_to_own(self, rows: QuerySet[Assignment], name: str, value: bool) -> QuerySet[Assignment]:
        """`mine=1`."""
        return rows.filter(assignee=self.request.user.pk) if value and self.request else rows

    def narrow_to_late(self, rows: QuerySet[Assignment], name: str, value: bool) -> QuerySet[Assignment]:
        """`late=1`."""
        return rows.filter(queries.is_late(clock.now())) if value else rows


class ByDeadline(Keyset):
    """First due first."""

    ordering = "due_at"


class AssignmentViews(ReadOnlyModelViewSet[Assignment]):
    """Duties one owes or supervises; a verb repeated by the same person answers with the present state."""

    serializer_class = AssignmentOut
    filterset_class = AssignmentFilters
    pagination_class = ByDeadline
    lookup_field = "uuid"
    lookup_value_converter = "uuid"
    permission_classes = [
        holds(
            "assignments.view",
            write="assignments.act",
            verify="assignments.verify",
            send_back="assignments.verify",
            handover="assignments.assign",
        )
    ]

    def get_queryset(self) -> QuerySet[Assignment]:
        """His own, and those of the areas that he supervises."""
        return queries.visible(self._user).prefetch_related("runs")

    @property
    def _user(self) -> User:
        user: Any = self.request.user
        return user if isinstance(user, User) else User()

    @extend_schema(request=WordIn, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, uuid: str) -> Response:
        """收到."""
        return self._say(actions.acknowledge)

    @extend_schema(request=WordIn, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, uuid: str) -> Response:
        """到场."""
        return self._say(actions.start)

    @extend_schema(request=WordIn, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def report(self, request: Request, uuid: str) -> Response:
        """完成."""
        return self._say(actions.report)

    @extend_schema(request=WordIn, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, uuid: str) -> Response:
        """做不了."""
        return self._say(actions.decline)

    @extend_schema(request=AnswerIn, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, uuid: str) -> Response:
        """One of the duty's own answers, by its key; the same `client_uuid` again stores nothing.

        Whoever is not the assignee records what he said: `on_behalf_of` names him, his own name stands beside it.
        """
        given, duty = self._given(AnswerIn), self.get_object()
        minted = given.pop("client_uuid")
        # Two presses at once are caught by the source's unique constraint; the first is what is answered with.
        try:
            row = actions.answer(
                assignment=duty,
                means=Means.PAGE,
                by=self._user,
                now=clock.now(),
                source=f"api:{self._user.pk}:{minted}" if minted else "",
                **given,
            )
        except IntegrityError:
            row = self.get_object()
        return self._answer(row)

    @extend_schema(request=NoteIn, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, uuid: str) -> Response:
        """验收通过, by another person than the one who did it."""
        return self._judge(actions.verify)

    @extend_schema(request=NoteIn, responses=AssignmentOut)
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, uuid: str) -> Response:
        """退回."""
        return self._judge(actions.send_back)

    @extend_schema(request=SuccessorIn, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def handover(self, request: Request, uuid: str) -> Response:
        """Another person takes it; with `all_open` everything that the present one still owes."""
        given, duty = self._given(SuccessorIn), self.get_object()
        wanted, people = given.pop("to"), queries.successors(self._user, duty, clock.now())
        to = next((person for person in people if person.username == wanted), None)
        if to is None:
            raise Refused(Objection.SUCCESSOR.value, Objection.SUCCESSOR.label, field="to")
        actions.hand_over(assignment=duty, to=to, by=self._user, now=clock.now(), **given)
        duty.refresh_from_db()
        return self._answer(duty)

    def _say(self, verb: Callable[..., Assignment]) -> Response:
        given = self._given(WordIn)
        return self._answer(verb(assignment=self.get_object(), by=self._user, now=clock.now(), **given))

    def _judge(self, verb: Callable[..., Assignment]) -> Response:
        given, duty = self._given(NoteIn), self.get_object()
        actions.keep_to_its_page(duty)
        return self._answer(verb(assignment=duty, by=self._user, now=clock.now(), **given))

    def _given(self, form: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        read = form(data=self.request.data)
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def _answer(self, duty: Assignment) -> Response:
        return Response(self.get_serializer(duty).data)


class FactsIn(serializers.Serializer[Any]):
    """Which span is asked for: local days, the last one included; the present month if none is given."""

    first_day = serializers.DateField(required=False)
    last_day = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The last day is not before the first, and the span is at most a year and a day."""
        today = timezone.localdate(clock.now())
        first = attrs.get("first_day") or today.replace(day=1)
        last = attrs.get("last_day") or max(first, today)
        if not 0 <= (last - first).days <= 366:
            raise serializers.ValidationError({"last_day": _("Choose a last day within a year after the first.")})
        return {"first": first, "last": last}


class FactsOut(serializers.Serializer[Any]):
    """One person's figures."""

    person = serializers.IntegerField(source="person.pk")
    name = serializers.CharField(source="person.name")
    area_code = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField(), source="figures")
    kinds = serializers.DictField(child=serializers.IntegerField(), source="tally.kinds")
    minutes_to_acknowledge = serializers.IntegerField(source="tally.minutes_to_acknowledge", allow_null=True)
    minutes_to_report = serializers.IntegerField(source="tally.minutes_to_report", allow_null=True)


class FactsView(APIView):
    """Facts of work: the people of one's areas by area and name, or oneself for whoever sees no others."""

    permission_classes = [holds("assignments.view")]

    @extend_schema(parameters=[FactsIn], responses=FactsOut(many=True))
    def get(self, request: Request) -> Response:
        """What was given in the span, and how it stands now; withdrawn duties and exercises apart."""
        asked = FactsIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        user: Any = request.user
        now, period = (
            clock.now(),
            queries.Period(*rules.span(**asked.validated_data, zone=timezone.get_current_timezone())),
        )
        if user.can("facts.view"):
            lines = queries.facts_of_people(user.scope_for("facts.view"), period, now=now)
        else:
            lines = [queries.own_line(user, period, now=now)]
        return Response(FactsOut(lines, many=True).data)


class LogLineOut(serializers.Serializer[Any]):
    """One thing done on a day."""

    at = serializers.DateTimeField(source="done.at")
    what = serializers.CharField(source="done.what")
    text = serializers.CharField(source="done.text")
    area_code = serializers.CharField(source="done.area_code")
    afterwards = serializers.BooleanField()


class WorkLogOut(serializers.Serializer[Any]):
    """One's own day: what was done, and one's remarks."""

    day = serializers.DateField()
    lines = LogLineOut(many=True)
    remarks = serializers.SerializerMethodField()

    def get_remarks(self, log: queries.LogDay) -> list[dict[str, Any]]:
        """In the order in which they were written."""
        return [{"text": row.text, "written_at": row.written_at} for row in log.remarks]


class RemarkIn(serializers.Serializer[Any]):
    """A remark; without a day it is today's."""

    text = Text(max_length=500)
    day = serializers.DateField(required=False)


class WorkLogView(APIView):
    """One's own work log of a day (`day`, else today); POST adds a remark."""

    permission_classes = [holds("assignments.view", write="assignments.view")]

    @extend_schema(responses=WorkLogOut)
    def get(self, request: Request) -> Response:
        """What one did on that day."""
        asked = RemarkIn(data={"text": "-", **request.query_params.dict()})
        asked.is_valid(raise_exception=True)
        return self._answer(request, asked.validated_data.get("day"))

    @extend_schema(request=RemarkIn, responses={201: WorkLogOut})
    def post(self, request: Request) -> Response:
        """Adds a remark to today's log, until noon also to yesterday's."""
        given = RemarkIn(data=request.data)
        given.is_valid(raise_exception=True)
        user: Any = request.user
        now = clock.now()
        day = given.validated_data.get("day") or timezone.localdate(now)
        actions.add_remark(text=given.validated_data["text"], day=day, by=user, now=now)
        return self._answer(request, day, status=201)

    def _answer(self, request: Request, day: Any, status: int = 200) -> Response:
        user: Any = request.user
        day = day or timezone.localdate(clock.now())
        period = queries.Period(*rules.span(day, day, zone=timezone.get_current_timezone()))
        log = queries.work_log(user, period).get(day) or queries.LogDay(day)
        return Response(WorkLogOut(log).data, status=status)
