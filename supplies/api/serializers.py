"""The shapes that go over the wire. Quantities are decimal strings in the item's unit, times ISO 8601 with zone."""

from decimal import Decimal
from typing import Any, Self

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import User
from supplies.models import Balance, Issue, Movement, Store, SupplyItem, Transfer, TransferLine


class StoreSerializer(serializers.ModelSerializer[Store]):
    """A store."""

    keeper = serializers.CharField(source="keeper.name", default="")
    position = serializers.SerializerMethodField()
    kinds = serializers.IntegerField(read_only=True)
    below = serializers.IntegerField(read_only=True)

    class Meta:
        model = Store
        fields = (
            "code", "name", "mode", "area_code", "address", "keeper", "phone", "vehicle", "position", "kinds", "below",
            "is_sample", "updated_at",
        )  # fmt: skip

    def get_position(self, store: Store) -> list[float] | None:
        """Longitude and latitude."""
        return [round(number, 6) for number in store.position.coords] if store.position else None


class ItemSerializer(serializers.ModelSerializer[SupplyItem]):
    """An item of the catalogue with its sum."""

    quantity = serializers.DecimalField(max_digits=14, decimal_places=3, read_only=True)
    quota = serializers.DecimalField(max_digits=14, decimal_places=3, read_only=True, allow_null=True)
    stores = serializers.IntegerField(read_only=True)
    good_until = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = SupplyItem
        fields = ("code", "name", "unit", "category", "quantity", "quota", "stores", "good_until")


class BalanceSerializer(serializers.ModelSerializer[Balance]):
    """A lot as it lies in a store."""

    item = serializers.CharField(source="lot.item.code")
    name = serializers.CharField(source="lot.item.name")
    unit = serializers.CharField(source="lot.item.unit")
    lot = serializers.CharField(source="lot.number")
    expires_on = serializers.DateField(source="lot.expires_on", allow_null=True)

    class Meta:
        model = Balance
        fields = ("item", "name", "unit", "lot", "expires_on", "quantity")


class MovementSerializer(serializers.ModelSerializer[Movement]):
    """One row of the ledger."""

    item = serializers.CharField(source="lot.item.code")
    lot = serializers.CharField(source="lot.number")
    from_store = serializers.CharField(source="from_store.code", default=None)
    to_store = serializers.CharField(source="to_store.code", default=None)
    reverses = serializers.UUIDField(source="reverses.uuid", default=None)

    class Meta:
        model = Movement
        fields = (
            "uuid", "kind", "item", "lot", "from_store", "to_store", "quantity", "occurred_at", "recorded_at",
            "by_name", "document", "reason", "reverses",
        )  # fmt: skip


class LineSerializer(serializers.ModelSerializer[TransferLine]):
    """One line of a transfer."""

    item = serializers.CharField(source="lot.item.code")
    lot = serializers.CharField(source="lot.number")

    class Meta:
        model = TransferLine
        fields = ("id", "item", "lot", "sent", "received", "found", "lost", "difference_reason")


class TransferSerializer(serializers.ModelSerializer[Transfer]):
    """A transfer with its lines."""

    from_store = serializers.CharField(source="from_store.code")
    to_store = serializers.CharField(source="to_store.code", default=None)
    lines = LineSerializer(many=True, read_only=True)

    class Meta:
        model = Transfer
        fields = (
            "uuid", "state", "from_store", "to_store", "destination", "driver_name", "vehicle", "receiver_name",
            "loaded_at", "departed_at", "arrived_at", "received_name", "settled_at", "lines",
        )  # fmt: skip


class IssueSerializer(serializers.ModelSerializer[Issue]):
    """An issue with its lines."""

    store = serializers.CharField(source="store.code")
    lines = serializers.SerializerMethodField()

    class Meta:
        model = Issue
        fields = (
            "uuid", "state", "store", "to_whom", "purpose", "place", "is_emergency", "requested_at", "issued_at",
            "papers_due_at", "papers_at", "papers_document", "lines",
        )  # fmt: skip

    def get_lines(self, issue: Issue) -> list[dict[str, str]]:
        """Lots and quantities."""
        return [
            {"item": line.lot.item.code, "lot": line.lot.number, "quantity": str(line.quantity)}
            for line in issue.lines.all()
        ]


class Given(serializers.Serializer[Any]):
    """What somebody sends; stores and items are named by code and must lie in his areas."""

    @property
    def user(self) -> User:
        """Who sends it."""
        user: User = self.context["request"].user
        return user

    @classmethod
    def checked(cls, request: Request, capability: str) -> Self:
        """Validated; raises what the API answers with 400."""
        given = cls(data=request.data, context={"request": request, "capability": capability})
        given.is_valid(raise_exception=True)
        return given

    def get_fields(self) -> dict[str, Any]:
        """Stores are looked for where the person may use the capability."""
        fields: dict[str, Any] = super().get_fields()
        for name in ("store", "from_store"):
            if name in fields and "capability" in self.context:
                scope = self.user.scope_for(self.context["capability"])
                fields[name].queryset = Store.objects.in_scope(scope).filter(retired_at__isnull=True)
        return fields


def _stores() -> QuerySet[Store]:
    return Store.objects.filter(retired_at__isnull=True).order_by("code")


class ReceiptSerializer(Given):
    """入库 of one item."""

    store = serializers.SlugRelatedField(slug_field="code", queryset=_stores())
    item = serializers.SlugRelatedField(slug_field="code", queryset=SupplyItem.objects.filter(retired_at__isnull=True))
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3, min_value=Decimal("0.001"))
    lot_number = serializers.CharField(max_length=40, required=False)
    made_on = serializers.DateField(required=False)
    expires_on = serializers.DateField(required=False)
    document = serializers.CharField(max_length=60, required=False)
    reason = serializers.CharField(max_length=200, required=False)
    occurred_at = serializers.DateTimeField(required=False)
    client_uuid = serializers.UUIDField(required=False)


class QuantitiesField(serializers.DictField):
    """{item code: quantity} on the wire, {item id: quantity} for the actions."""

    child = serializers.DecimalField(max_digits=14, decimal_places=3, min_value=Decimal("0.001"))

    def to_internal_value(self, data: Any) -> dict[int, Decimal]:
        given = super().to_internal_value(data)
        known = dict(SupplyItem.objects.filter(code__in=given).values_list("code", "pk"))
        strange = sorted(set(given) - set(known))
        if strange:
            raise serializers.ValidationError(f"unknown item {strange[0]}")
        return {known[code]: quantity for code, quantity in given.items()}


class EmergencySerializer(Given):
    """先出库后补单."""

    store = serializers.SlugRelatedField(slug_field="code", queryset=_stores())
    quantities = QuantitiesField()
    to_whom = serializers.CharField(max_length=80)
    phone = serializers.CharField(max_length=20, required=False)
    purpose = serializers.CharField(max_length=120, required=False)
    place = serializers.CharField(max_length=120, required=False)
    photo_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", required=False)
    occurred_at = serializers.DateTimeField(required=False)
    client_uuid = serializers.UUIDField(required=False)


class SendSerializer(Given):
    """调拨出库."""

    from_store = serializers.SlugRelatedField(slug_field="code", queryset=_stores())
    to_store = serializers.SlugRelatedField(slug_field="code", queryset=_stores(), required=False)
    quantities = QuantitiesField()
    destination = serializers.CharField(max_length=120, required=False)
    driver_name = serializers.CharField(max_length=40, required=False)
    driver_phone = serializers.CharField(max_length=20, required=False)
    vehicle = serializers.CharField(max_length=80, required=False)
    receiver_name = serializers.CharField(max_length=40, required=False)
    receiver_phone = serializers.CharField(max_length=20, required=False)
    order_ref = serializers.CharField(max_length=60, required=False)
    client_uuid = serializers.UUIDField(required=False)


class ArrivalSerializer(Given):
    """收货."""

    counted = serializers.DictField(
        child=serializers.DecimalField(max_digits=14, decimal_places=3, min_value=Decimal(0))
    )
    reasons = serializers.DictField(child=serializers.CharField(max_length=200), required=False)
    occurred_at = serializers.DateTimeField(required=False)

    def arrival(self) -> dict[str, Any]:
        """As the action takes it: line ids are numbers."""
        given = dict(self.validated_data)
        for name in ("counted", "reasons"):
            given[name] = {int(key): value for key, value in given.get(name, {}).items() if key.isdigit()}
        return given


class PapersSerializer(Given):
    """补单."""

    document = serializers.CharField(max_length=60)


class ReasonSerializer(Given):
    """A sentence that says why."""

    reason = serializers.CharField(max_length=200)
