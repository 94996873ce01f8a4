"""Dangers, calls for help and closures from devices. The same number with the same content is the same report."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.queries import people
from command import actions, queries
from command.enums.closing import BackReason, Party, ReopenReason
from command.enums.dangers import ClosureMeans, DangerKind, DangerSource, DangerVerb, HelpOutcome, HelpSource
from command.models import Closure, Danger, HelpRequest
from core import clock
from core.api.geojson import GeoJSONRenderer
from core.api.permission import holds
from core.models import Media
from hazards import queries as hazards


class DangerSerializer(serializers.ModelSerializer[Danger]):
    """A danger with its clocks."""

    where = serializers.CharField(read_only=True)
    site = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    sent = serializers.SerializerMethodField()

    class Meta:
        model = Danger
        fields = (
            "uuid", "kind", "area_code", "site", "where", "description", "source", "found_at", "reported_at",
            "acknowledged_at", "dispatched_at", "on_scene_at", "controlled_at", "closed_at", "closed_reason", "sent",
        )  # fmt: skip

    def get_sent(self, row: Danger) -> str:
        """Who was sent; empty when nobody."""
        return row.assignment.assignee_name if row.assignment else ""


class DangerGiven(serializers.Serializer[Any]):
    """A report. Photos were PUT to media/ before and are named by their hash; `position` is longitude, latitude."""

    client_uuid = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=DangerKind.choices)
    site = serializers.CharField(required=False, default="", max_length=32, allow_blank=True)
    place = serializers.CharField(required=False, default="", max_length=160, allow_blank=True)
    position = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2, required=False)
    accuracy_m = serializers.FloatField(required=False, min_value=0)
    description = serializers.CharField(required=False, default="", max_length=1000, allow_blank=True)
    found_at = serializers.DateTimeField(required=False)
    photos = serializers.ListField(child=serializers.RegexField(r"^[0-9a-f]{64}$"), required=False, max_length=5)

    def validate_position(self, value: list[float]) -> tuple[float, float]:
        """Degrees, longitude first."""
        if not (-180 <= value[0] <= 180 and -90 <= value[1] <= 90):
            raise serializers.ValidationError(code="invalid")
        return value[0], value[1]


class StepGiven(serializers.Serializer[Any]):
    """One step: when, a word on it, and who goes where somebody is sent."""

    occurred_at = serializers.DateTimeField(required=False)
    note = serializers.CharField(required=False, default="", max_length=500, allow_blank=True)
    person = serializers.IntegerField(required=False)
    outcome = serializers.ChoiceField(choices=HelpOutcome.choices, required=False)
    depth_cm = serializers.IntegerField(required=False, min_value=0, max_value=500)
    reason = serializers.ChoiceField(choices=ReopenReason.choices, required=False, default=ReopenReason.GONE)
    party = serializers.ChoiceField(choices=Party.choices, required=False, default="")
    back_reason = serializers.ChoiceField(choices=BackReason.choices, required=False, default="")


def given_by(request: Request) -> dict[str, Any]:
    """The step as it was sent; a validation error names the field."""
    step = StepGiven(data=request.data)
    step.is_valid(raise_exception=True)
    return dict(step.validated_data)


def _person(user: User, step: dict[str, Any]) -> User:
    return get_object_or_404(people(user.scope, now=clock.now()), pk=step.get("person", 0))


class DangersView(generics.ListAPIView[Danger]):
    """Open dangers of one's areas, `?format=geojson` for the map; POST reports one: 201, 200 the same again, or 409."""

    permission_classes = [holds("command.view", write="dangers.report")]
    serializer_class = DangerSerializer
    renderer_classes = [JSONRenderer, GeoJSONRenderer]

    def get_queryset(self) -> QuerySet[Danger]:
        """Those of the person's areas."""
        user: Any = self.request.user
        return queries.dangers(user.scope_for("command.view"))

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of dangers, or all open ones as GeoJSON."""
        user: Any = request.user
        if request.accepted_renderer.format == "geojson":
            return Response(queries.dangers_geojson(user.scope_for("command.view"), clock.now()))
        return self.list(request, *args, **kwargs)

    @extend_schema(request=DangerGiven, responses={201: DangerSerializer, 200: DangerSerializer})
    def post(self, request: Request) -> Response:
        """The receipt carries the server's time: nothing else means stored."""
        user: Any = request.user
        given = DangerGiven(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        code, hashes = values.pop("site"), values.pop("photos", [])
        sites = hazards.site_for(user, "dangers.report", now=clock.now())
        site = get_object_or_404(sites, code=code) if code else None
        photos = list(Media.objects.filter(pk__in=hashes).order_by("pk"))
        row, is_new = actions.report_danger(
            **values, site=site, photos=photos, source=DangerSource.FIELD, by=user, now=clock.now()
        )
        missing = sorted(set(hashes) - {photo.pk for photo in photos})
        receipt = dict(DangerSerializer(row).data) | {"server_time": clock.now().isoformat(), "missing_photos": missing}
        return Response(receipt, status=201 if is_new else 200)


class DangerView(generics.RetrieveAPIView[Danger]):
    """One danger; POST to acknowledge/, dispatch/, arrive/, control/, note/ or close/ below it."""

    permission_classes = [holds("dangers.report", write="dangers.handle")]
    serializer_class = DangerSerializer
    lookup_field = "uuid"

    def get_queryset(self) -> QuerySet[Danger]:
        """Those the person may open."""
        user: Any = self.request.user
        return queries.danger_for(user, self.kwargs["uuid"])

    @extend_schema(request=StepGiven, responses={200: DangerSerializer})
    def post(self, request: Request, uuid: UUID, verb: str = "note") -> Response:
        """One step; the answer is the danger as it stands."""
        user: Any = request.user
        row, step, now = self.get_object(), given_by(request), clock.now()
        actions.check_danger_handler(danger=row, by=user)
        at, note = step.get("occurred_at"), step["note"]
        if verb == "acknowledge":
            actions.acknowledge_danger(danger=row, by=user, now=now, occurred_at=at)
        elif verb == "dispatch":
            actions.dispatch(danger=row, to=_person(user, step), by=user, now=now, note=note)
        elif verb in (DangerVerb.ARRIVE, DangerVerb.CONTROL):
            actions.step_danger(danger=row, verb=DangerVerb(verb), by=user, now=now, occurred_at=at, note=note)
        elif verb == "close":
            actions.close_danger(danger=row, reason=note, by=user, now=now)
        else:
            actions.add_to_danger(danger=row, by=user, now=now, note=note)
        return Response(DangerSerializer(self.get_object()).data)


class HelpSerializer(serializers.ModelSerializer[HelpRequest]):
    """A call for help and where it stands."""

    helper = serializers.SerializerMethodField()

    class Meta:
        model = HelpRequest
        fields = (
            "uuid", "area_code", "who", "phone", "persons", "place", "need", "source", "received_at", "helper",
            "helper_named_at", "spoken_at", "closed_at", "outcome", "outcome_note",
        )  # fmt: skip

    def get_helper(self, row: HelpRequest) -> str:
        """Who goes; empty when nobody."""
        return row.assignment.assignee_name if row.assignment else ""


class HelpGiven(serializers.Serializer[Any]):
    """A call for help."""

    client_uuid = serializers.UUIDField()
    who = serializers.CharField(required=False, default="", max_length=60, allow_blank=True)
    phone = serializers.CharField(required=False, default="", max_length=30, allow_blank=True)
    persons = serializers.IntegerField(required=False, min_value=1, max_value=999)
    place = serializers.CharField(required=False, default="", max_length=160, allow_blank=True)
    need = serializers.CharField(required=False, default="", max_length=300, allow_blank=True)
    area_code = serializers.RegexField(r"^\d{6,15}$")
    received_at = serializers.DateTimeField(required=False)


class HelpRequestsView(generics.ListAPIView[HelpRequest]):
    """Open calls for help of one's areas; POST writes one down: 201, 200 the same again, or 409."""

    permission_classes = [holds("command.view", write="help.handle")]
    serializer_class = HelpSerializer

    def get_queryset(self) -> QuerySet[HelpRequest]:
        """Those of the person's areas."""
        user: Any = self.request.user
        return queries.help_requests(user.scope_for("command.view"))

    @extend_schema(request=HelpGiven, responses={201: HelpSerializer, 200: HelpSerializer})
    def post(self, request: Request) -> Response:
        """The receipt carries the server's time."""
        user: Any = request.user
        given = HelpGiven(data=request.data)
        given.is_valid(raise_exception=True)
        actions.check_help_area(area_code=given.validated_data["area_code"], by=user)
        row, is_new = actions.request_help(**given.validated_data, source=HelpSource.PHONE, by=user, now=clock.now())
        receipt = dict(HelpSerializer(row).data) | {"server_time": clock.now().isoformat()}
        return Response(receipt, status=201 if is_new else 200)


class HelpRequestView(generics.RetrieveAPIView[HelpRequest]):
    """One call; POST to helper/, spoken/ or close/ below it."""

    permission_classes = [holds("command.view", write="assignments.act")]
    serializer_class = HelpSerializer
    lookup_field = "uuid"

    def get_queryset(self) -> QuerySet[HelpRequest]:
        """Those the person may open."""
        user: Any = self.request.user
        return queries.help_for(user, self.kwargs["uuid"])

    @extend_schema(request=StepGiven, responses={200: HelpSerializer})
    def post(self, request: Request, uuid: UUID, verb: str = "") -> Response:
        """One step; the answer is the call as it stands."""
        user: Any = request.user
        row, step, now = self.get_object(), given_by(request), clock.now()
        if verb == "helper":
            actions.name_helper(request=row, helper=_person(user, step), by=user, now=now, note=step["note"])
        elif verb == "spoken":
            actions.record_spoken(request=row, by=user, now=now, occurred_at=step.get("occurred_at"), note=step["note"])
        else:
            outcome = step.get("outcome", "")
            actions.close_help_request(request=row, outcome=outcome, note=step["note"], by=user, now=now)
        return Response(HelpSerializer(self.get_object()).data)


class ClosureSerializer(serializers.ModelSerializer[Closure]):
    """A place with water and its state."""

    site = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    name = serializers.CharField(source="site.name", read_only=True)
    state = serializers.SerializerMethodField()

    class Meta:
        model = Closure
        fields = (
            "client_uuid", "site", "name", "area_code", "state", "depth_cm", "measured_at", "means", "began_at",
            "closed_at", "reopen_asked_at", "reopened_at",
        )  # fmt: skip

    def get_state(self, row: Closure) -> str:
        """slow, closed, reopening or reopened."""
        return queries.state_of(row).value


class ClosureGiven(serializers.Serializer[Any]):
    """Water at a place; the site's limit decides whether that closes it."""

    client_uuid = serializers.UUIDField()
    site = serializers.CharField(max_length=32)
    depth_cm = serializers.IntegerField(min_value=0, max_value=500)
    means = serializers.ChoiceField(choices=ClosureMeans.choices, required=False, default=ClosureMeans.NONE)
    occurred_at = serializers.DateTimeField(required=False)
    note = serializers.CharField(required=False, default="", max_length=200, allow_blank=True)


class ClosuresView(generics.ListAPIView[Closure]):
    """Places with water now, `?format=geojson` for the map; POST reports water: 201, 200 the same again, or 409."""

    permission_classes = [holds("dangers.report", write="dangers.report")]
    serializer_class = ClosureSerializer
    renderer_classes = [JSONRenderer, GeoJSONRenderer]

    def get_queryset(self) -> QuerySet[Closure]:
        """Those of the person's areas."""
        user: Any = self.request.user
        return queries.closures(user.scope_for("dangers.report"))

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of places, or all of them as GeoJSON."""
        user: Any = request.user
        if request.accepted_renderer.format == "geojson":
            return Response(queries.closed_sites_geojson(user.scope_for("dangers.report")))
        return self.list(request, *args, **kwargs)

    @extend_schema(request=ClosureGiven, responses={201: ClosureSerializer, 200: ClosureSerializer})
    def post(self, request: Request) -> Response:
        """The receipt carries the server's time."""
        user: Any = request.user
        given = ClosureGiven(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        site = get_object_or_404(
            hazards.site_for(user, "dangers.report", now=clock.now()).filter(retired_at=None), code=values.pop("site")
        )
        row, is_new = actions.report_water(**values, site=site, by=user, now=clock.now())
        receipt = dict(ClosureSerializer(row).data) | {"server_time": clock.now().isoformat()}
        return Response(receipt, status=201 if is_new else 200)


class ClosureView(generics.RetrieveAPIView[Closure]):
    """One place; POST to tick/, take-back/, ask/ or reopen/ below it."""

    permission_classes = [holds("dangers.report", write="dangers.report")]
    serializer_class = ClosureSerializer
    lookup_field, lookup_url_kwarg = "client_uuid", "uuid"

    def get_queryset(self) -> QuerySet[Closure]:
        """Those the person may open."""
        user: Any = self.request.user
        return queries.closure_for(user, self.kwargs["uuid"], now=clock.now())

    @extend_schema(request=StepGiven, responses={200: ClosureSerializer})
    def post(self, request: Request, uuid: UUID, verb: str = "ask") -> Response:
        """One step; the action itself looks at whether he may."""
        user: Any = request.user
        row, step, now = self.get_object(), given_by(request), clock.now()
        depth = step.get("depth_cm")
        if verb == "reopen":
            reason = step["reason"]
            actions.reopen(closure=row, by=user, now=now, depth_cm=depth, reason=reason, note=step["note"])
        elif verb == "tick":
            owed = get_object_or_404(row.ticks.all(), party=step["party"])
            actions.tick(tick=owed, by=user, now=now, occurred_at=step.get("occurred_at"))
        elif verb == "take-back":
            made = get_object_or_404(row.ticks.all(), party=step["party"])
            actions.take_back_tick(tick=made, by=user, now=now, reason=step["back_reason"])
        else:
            asked = -1 if depth is None else depth
            actions.ask_reopening(closure=row, depth_cm=asked, by=user, now=now, note=step["note"])
        return Response(ClosureSerializer(self.get_object()).data)
