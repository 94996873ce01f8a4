"""Orders and call-outs over HTTP."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response as Answer
from rest_framework.views import APIView

from command import actions, queries
from command.enums import ResponseLevel
from command.models import CallOut, Order
from core import clock
from core.api.permission import holds


class OrderSerializer(serializers.ModelSerializer[Order]):
    """An order with how many have it and have done it."""

    receivers = serializers.IntegerField(source="receivers_count", read_only=True)
    acknowledged = serializers.IntegerField(read_only=True)
    done = serializers.IntegerField(read_only=True)
    late = serializers.IntegerField(read_only=True)

    class Meta:
        model = Order
        fields = (
            "uuid", "year", "number", "title", "text", "area_code", "issued_at", "due_at", "ref", "withdrawn_at",
            "withdrawn_reason", "exercise", "receivers", "acknowledged", "done", "late",
        )  # fmt: skip


class ReceiverSerializer(serializers.Serializer[Any]):
    """A person by number, or a name with a mobile number."""

    person = serializers.IntegerField(required=False)
    name = serializers.CharField(max_length=40, required=False, default="")
    phone = serializers.CharField(max_length=20, required=False, default="")


class OrderGivenSerializer(serializers.Serializer[Any]):
    """An order as it comes in; the same `client_uuid` is the same order."""

    client_uuid = serializers.UUIDField()
    title = serializers.CharField(max_length=100, allow_blank=True)
    text = serializers.CharField(max_length=1000, allow_blank=True)
    due_at = serializers.DateTimeField()
    ref = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    receivers = ReceiverSerializer(many=True)


class ReasonSerializer(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=200, allow_blank=True)


class OrdersView(generics.ListAPIView[Order]):
    """Orders of one's areas, the newest first; `?state=open|late|done|withdrawn`; POST gives one."""

    permission_classes = [holds("command.view", write="orders.give")]
    serializer_class = OrderSerializer

    def get_queryset(self) -> QuerySet[Order]:
        """Those of the person's areas."""
        user: Any = self.request.user
        return queries.orders(
            user.scope_for("command.view"), now=clock.now(), state=self.request.query_params.get("state", "")
        )

    @extend_schema(request=OrderGivenSerializer, responses={201: OrderSerializer})
    def post(self, request: Request) -> Answer:
        """下达指令."""
        user: Any = request.user
        given = OrderGivenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        now, values = clock.now(), dict(given.validated_data)
        choices = queries.people_by_number([row["person"] for row in values["receivers"] if "person" in row])
        values["receivers"] = [
            actions.Receiver(person=choices.get(row.get("person", 0)), phone=row["phone"], name=row["name"])
            for row in values["receivers"]
        ]
        order = actions.give_order(by=user, now=now, **values)
        return Answer(_printed(request, order.uuid), status=status.HTTP_201_CREATED)


def _printed(request: Request, uuid: UUID) -> dict[str, Any]:
    user: Any = request.user
    line = queries.order(user.scope_for("command.view"), uuid, now=clock.now())
    if line is None:
        raise Http404
    return dict(OrderSerializer(line.order).data)


class OrderView(APIView):
    """One order with each receiver's state; POST withdraws it."""

    permission_classes = [holds("command.view", write="orders.give")]

    @extend_schema(responses={200: OrderSerializer})
    def get(self, request: Request, uuid: UUID) -> Answer:
        """The order, and where each receiver stands."""
        found = _printed(request, uuid)
        rows = queries.receivers_of(Order.objects.get(uuid=uuid), now=clock.now())
        receivers = [
            {
                "name": row.duty.assignee_name,
                "state": row.duty.state,
                "acknowledged_at": row.duty.acknowledged_at,
                "reported_at": row.duty.reported_at,
                "minutes_late": row.minutes_late,
            }
            for row in rows
        ]
        return Answer(found | {"each": receivers})

    @extend_schema(request=ReasonSerializer, responses={200: OrderSerializer})
    def post(self, request: Request, uuid: UUID) -> Answer:
        """撤回, with a reason."""
        user: Any = request.user
        given = ReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        line = queries.order(user.scope_for("orders.give"), uuid, now=clock.now())
        if line is None:
            raise Http404
        actions.withdraw_order(order=line.order, by=user, now=clock.now(), reason=given.validated_data["reason"])
        return Answer(_printed(request, uuid))


class CallOutSerializer(serializers.ModelSerializer[CallOut]):
    """A call-out with how many have answered, of how many."""

    answered = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()

    class Meta:
        model = CallOut
        fields = ("uuid", "area_code", "text", "ordered_at", "closed_at", "exercise", "answered", "total")

    def get_answered(self, row: CallOut) -> int:
        """How many have answered."""
        return queries.viewed(row, now=clock.now()).answered

    def get_total(self, row: CallOut) -> int:
        """How many count."""
        return queries.viewed(row, now=clock.now()).total


class CallGivenSerializer(serializers.Serializer[Any]):
    """A call-out as it comes in."""

    area_code = serializers.RegexField(r"^\d{6,15}$")
    text = serializers.CharField(max_length=200, allow_blank=True)
    level = serializers.ChoiceField(ResponseLevel.choices, required=False, allow_null=True)


class CallOutsView(generics.ListAPIView[CallOut]):
    """Call-outs of one's areas, the newest first; POST calls out."""

    permission_classes = [holds("command.view", write="orders.give")]
    serializer_class = CallOutSerializer

    def get_queryset(self) -> QuerySet[CallOut]:
        """Those of the person's areas."""
        user: Any = self.request.user
        return queries.call_outs(user.scope_for("command.view"))

    @extend_schema(request=CallGivenSerializer, responses={201: CallOutSerializer})
    def post(self, request: Request) -> Answer:
        """一键叫应."""
        user: Any = request.user
        given = CallGivenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.call_out(by=user, now=clock.now(), **given.validated_data)
        return Answer(CallOutSerializer(made).data, status=status.HTTP_201_CREATED)
