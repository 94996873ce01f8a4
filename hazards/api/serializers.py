"""The shapes that go over the wire. Times are ISO 8601 with zone, positions longitude and latitude in WGS-84."""

from typing import Any

from rest_framework import serializers

from hazards.enums import ItemResult, SiteKind, SiteState
from hazards.models import HazardSite, Inspection, InspectionRound, RoundMember
from hazards.rules import AnswerGiven, PhotoGiven, SiteFilter, Visit


class SiteQuery(serializers.Serializer[Any]):
    """The filters of the register."""

    kind = serializers.ChoiceField(choices=SiteKind.choices, required=False)
    state = serializers.ChoiceField(choices=SiteState.choices, required=False)
    area_code = serializers.RegexField(r"^\d{6,15}$", required=False)
    text = serializers.CharField(required=False, max_length=60)
    gap = serializers.CharField(required=False, max_length=12)

    def filters(self) -> SiteFilter:
        """As the queries take them; raises a validation error that names the field."""
        self.is_valid(raise_exception=True)
        return SiteFilter(**self.validated_data)


class SiteSerializer(serializers.ModelSerializer[HazardSite]):
    """A site with its state."""

    state = serializers.CharField(read_only=True)
    inspected_at = serializers.DateTimeField(read_only=True)
    position = serializers.SerializerMethodField()
    responsible = serializers.SerializerMethodField()

    class Meta:
        model = HazardSite
        fields = (
            "code", "kind", "name", "area_code", "address", "state", "inspected_at", "position", "closing_depth_cm",
            "threatened_households", "threatened_persons", "control_standard", "station_code", "note", "is_sample",
            "responsible", "updated_at",
        )  # fmt: skip

    def get_position(self, site: HazardSite) -> list[float] | None:
        """Longitude and latitude of the place, of its middle when it is a line or an area."""
        return [round(number, 6) for number in site.geometry.centroid.coords] if site.geometry else None

    def get_responsible(self, site: Any) -> list[dict[str, str]]:
        """Who answers for it now, by role."""
        return [{"role": one.role, "name": one.person.name, "phone": one.person.phone or ""} for one in site.present]


class RoundSerializer(serializers.ModelSerializer[InspectionRound]):
    """A round without its figures."""

    class Meta:
        model = InspectionRound
        fields = ("id", "number", "title", "area_code", "trigger", "opened_at", "due_at", "closed_at")


class MissingSerializer(serializers.ModelSerializer[RoundMember]):
    """A member nobody has inspected yet, and who owes it."""

    site = serializers.CharField(source="site.code")
    name = serializers.CharField(source="site.name")
    kind = serializers.CharField(source="site.kind")
    who = serializers.CharField(source="assignment.assignee_name", default="")
    phone = serializers.SerializerMethodField()
    due_at = serializers.DateTimeField(source="assignment.due_at", default=None)
    state = serializers.CharField(source="assignment.state", default="")

    class Meta:
        model = RoundMember
        fields = (
            "site",
            "name",
            "kind",
            "area_code",
            "who",
            "phone",
            "due_at",
            "state",
            "is_addendum",
            "missing_reason",
        )

    def get_phone(self, member: RoundMember) -> str:
        """The work phone of whoever owes it."""
        duty = member.assignment
        if duty is None:
            return ""
        return (
            duty.assignee.phone if duty.assignee else duty.contact_point.address if duty.contact_point else ""
        ) or ""


class EvidenceSerializer(serializers.ModelSerializer[RoundMember]):
    """A member with the visit that proves it."""

    site = serializers.CharField(source="site.code")
    name = serializers.CharField(source="site.name")
    inspection = serializers.UUIDField(source="inspection.client_uuid", default=None)
    inspected_by = serializers.CharField(source="inspection.inspected_by.name", default="")
    inspected_at = serializers.DateTimeField(source="inspection.occurred_at", default=None)
    verified_by = serializers.CharField(source="inspection.verified_by.name", default="")
    verified_at = serializers.DateTimeField(source="inspection.verified_at", default=None)
    photo_count = serializers.IntegerField()
    open_findings = serializers.IntegerField()

    class Meta:
        model = RoundMember
        fields = (
            "site", "name", "area_code", "is_addendum", "inspection", "inspected_by", "inspected_at", "verified_by",
            "verified_at", "photo_count", "open_findings", "missing_reason",
        )  # fmt: skip


class AnswerSerializer(serializers.Serializer[Any]):
    """One answer."""

    item = serializers.IntegerField()
    result = serializers.ChoiceField(choices=ItemResult.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class PhotoSerializer(serializers.Serializer[Any]):
    """One announced photograph."""

    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    item = serializers.IntegerField(required=False, allow_null=True, default=None)


class VisitSerializer(serializers.Serializer[Any]):
    """What a device says about one visit."""

    client_uuid = serializers.UUIDField()
    site = serializers.CharField(max_length=32)
    checklist = serializers.IntegerField(required=False, allow_null=True, default=None)
    answers = AnswerSerializer(many=True)
    photos = PhotoSerializer(many=True, required=False, default=list)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    position = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2, required=False)
    accuracy_m = serializers.FloatField(required=False, allow_null=True, default=None, min_value=0)
    note = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")
    on_behalf_of = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")

    def visit(self) -> Visit:
        """As the action takes it."""
        given = self.validated_data
        return Visit(
            client_uuid=given["client_uuid"],
            answers=[AnswerGiven(**answer) for answer in given["answers"]],
            photos=[PhotoGiven(**photo) for photo in given["photos"]],
            occurred_at=given["occurred_at"],
            position=tuple(given["position"]) if given.get("position") else None,
            accuracy_m=given["accuracy_m"],
            note=given["note"].strip(),
            on_behalf_of=given["on_behalf_of"].strip(),
        )


class InspectionSerializer(serializers.ModelSerializer[Inspection]):
    """A stored visit: the device's receipt."""

    site = serializers.CharField(source="site.code")
    missing_photos = serializers.SerializerMethodField()
    is_complete = serializers.SerializerMethodField()

    class Meta:
        model = Inspection
        fields = (
            "client_uuid", "site", "area_code", "occurred_at", "recorded_at", "failed_items", "distance_m",
            "missing_photos", "is_complete", "verified_at", "sent_back_reason",
        )  # fmt: skip

    def get_missing_photos(self, inspection: Inspection) -> list[str]:
        """The hashes still to be sent by PUT media/{sha256}."""
        return [photo["sha256"] for photo in inspection.missing_photos]

    def get_is_complete(self, inspection: Inspection) -> bool:
        """True when nothing is missing."""
        return not inspection.missing_photos


class CloseSerializer(serializers.Serializer[Any]):
    """Reasons by site code."""

    reasons = serializers.DictField(child=serializers.CharField(max_length=200), required=False, default=dict)


class ReasonSerializer(serializers.Serializer[Any]):
    """A sentence that says why; only sending back needs one."""

    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
