"""The shapes that a phone sends. Times are ISO 8601 with zone, positions longitude and latitude in WGS-84."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from alerts.enums import VisitOutcome
from command.enums.closing import ReopenReason
from command.enums.dangers import ClosureMeans, DangerKind
from field.actions.kinds import OWN_VERBS
from field.enums import PositionSource, RecordKind, RoadVerb
from field.rules import PhotoListed, Place, Sealed
from hazards.enums import CheckOutcome, HouseholdObjection, ItemResult
from territory.enums import MustReach
from territory.rules import normalised_phone

MOST_PHOTOS = 40


class PlaceField(serializers.ListField):
    """Longitude and latitude."""

    child = serializers.FloatField(min_value=-180, max_value=180)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=2, max_length=2, required=False, allow_null=True, default=None, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Two numbers; a latitude beyond the poles is a swapped pair."""
        found = super().to_internal_value(data)
        if len(found) == 2 and abs(found[1]) > 90:
            self.fail("not_a_list", input_type="latitude")
        return found


class PhotoIn(serializers.Serializer[Any]):
    """One photograph that belongs to the record, with what its camera wrote into it."""

    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    item = serializers.IntegerField(required=False, allow_null=True, default=None)
    taken_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    position = PlaceField()


class AnswerIn(serializers.Serializer[Any]):
    """One item of a checklist."""

    item = serializers.IntegerField()
    result = serializers.ChoiceField(choices=ItemResult.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class InspectionBody(serializers.Serializer[Any]):
    """An inspection."""

    site = serializers.CharField(max_length=32)
    checklist = serializers.IntegerField()
    answers = AnswerIn(many=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")
    on_behalf_of = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")


class DoorBody(serializers.Serializer[Any]):
    """What was found at a door."""

    audience = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=VisitOutcome.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class DutyBody(serializers.Serializer[Any]):
    """An answer to a duty; `base_version` is the version that the phone had read."""

    duty = serializers.UUIDField(format="hex_verbose")
    verb = serializers.ChoiceField(choices=sorted(OWN_VERBS))
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")
    base_version = serializers.IntegerField(required=False, allow_null=True, default=None)


class DangerBody(serializers.Serializer[Any]):
    """A danger: what threatens, and where in words; the record's own position says it better."""

    kind = serializers.ChoiceField(choices=DangerKind.choices)
    place = serializers.CharField(required=False, allow_blank=True, max_length=160, default="")
    description = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")


class ClosureBody(serializers.Serializer[Any]):
    """Water at a place, or that it is gone; `closure` is the episode that the phone had read, where it knew one."""

    site = serializers.CharField(max_length=32)
    verb = serializers.ChoiceField(choices=RoadVerb.choices)
    depth_cm = serializers.IntegerField(min_value=0, max_value=500)
    means = serializers.ChoiceField(choices=ClosureMeans.choices, required=False, default=ClosureMeans.NONE.value)
    reason = serializers.ChoiceField(choices=ReopenReason.choices, required=False, default=ReopenReason.GONE.value)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    closure = serializers.UUIDField(format="hex_verbose", required=False, allow_null=True, default=None)


class FixBody(serializers.Serializer[Any]):
    """What was mended; `base_version` is the version of the duty that the phone had read."""

    finding = serializers.UUIDField(format="hex_verbose")
    words = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")
    base_version = serializers.IntegerField(required=False, allow_null=True, default=None)


class HouseholdBody(serializers.Serializer[Any]):
    """What was asked at a household's door; `phone` and `must_reach` (null: nothing) propose a change of the roll."""

    household = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=CheckOutcome.choices)
    checklist = serializers.IntegerField(required=False, allow_null=True, default=None)
    answers = AnswerIn(many=True, required=False, default=list)
    note = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")
    phone = serializers.CharField(required=False, allow_blank=True, max_length=30, default="")
    must_reach = serializers.ChoiceField(
        choices=MustReach.choices, required=False, allow_null=True, allow_blank=True, default=None
    )

    def validate_phone(self, value: str) -> str:
        """Said at once, not when the photograph has arrived."""
        if value.strip() and normalised_phone(value) is None:
            raise serializers.ValidationError(HouseholdObjection.BAD_PHONE.label)
        return value.strip()


class PatrolPointBody(serializers.Serializer[Any]):
    """Somebody was at a point of a patrol."""

    point = serializers.IntegerField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class ControlBody(serializers.Serializer[Any]):
    """What keeps people safe until a finding is mended, and who keeps it up."""

    finding = serializers.UUIDField(format="hex_verbose")
    measure = serializers.CharField(max_length=300)
    kept_by = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")


BODIES: dict[str, type[serializers.Serializer[Any]]] = {
    RecordKind.INSPECTION: InspectionBody,
    RecordKind.DOOR_VISIT: DoorBody,
    RecordKind.DUTY_ANSWER: DutyBody,
    RecordKind.DANGER: DangerBody,
    RecordKind.CLOSURE: ClosureBody,
    RecordKind.FIX: FixBody,
    RecordKind.HOUSEHOLD: HouseholdBody,
    RecordKind.PATROL_POINT: PatrolPointBody,
    RecordKind.CONTROL: ControlBody,
}


class RecordIn(serializers.Serializer[Any]):
    """A sealed record."""

    client_uuid = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=RecordKind.choices)
    captured_at = serializers.DateTimeField()
    occurred_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    position = PlaceField()
    accuracy_m = serializers.FloatField(required=False, allow_null=True, default=None, min_value=0)
    position_source = serializers.ChoiceField(choices=PositionSource.choices, required=False, default="")
    photos = PhotoIn(many=True, required=False, default=list)
    body = serializers.DictField()

    def validate_photos(self, value: list[Any]) -> list[Any]:
        """A record that lists hundreds of photographs would never be whole."""
        if len(value) > MOST_PHOTOS:
            raise serializers.ValidationError(_("At most 40 photos: send the rest with another record."))
        return value

    def sealed(self, *, sent_at: datetime | None) -> Sealed:
        """As the action takes it; raises a validation error that names the field."""
        self.is_valid(raise_exception=True)
        given = self.validated_data
        form = BODIES[given["kind"]](data=given["body"])
        if not form.is_valid():
            raise serializers.ValidationError({"body": form.errors})
        body = dict(form.validated_data)
        for name in ("duty", "closure", "finding"):
            if body.get(name):
                body[name] = str(body[name])
        if "answers" in body:
            body["answers"] = sorted((dict(answer) for answer in body["answers"]), key=lambda each: each["item"])
        return Sealed(
            client_uuid=given["client_uuid"],
            kind=given["kind"],
            captured_at=given["captured_at"],
            occurred_at=given["occurred_at"],
            body=body,
            position=_place(given["position"]),
            accuracy_m=given["accuracy_m"],
            position_source=given["position_source"] if given["position"] else "",
            photos=[PhotoListed(**dict(photo) | {"position": _place(photo["position"])}) for photo in given["photos"]],
            sent_at=sent_at,
        )


def _place(found: Any) -> Place | None:
    return (found[0], found[1]) if found else None
