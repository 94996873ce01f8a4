"""Stock-takes: blind for those who count, here as on the page."""

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
from core.api.permission import SignedIn, holds
from supplies import actions, queries
from supplies.models import Stocktake, StocktakeLine, Store
from supplies.rules.stocktake import fingerprint


class StocktakeSerializer(serializers.ModelSerializer[Stocktake]):
    """A stock-take as a list shows it."""

    store = serializers.CharField(source="store.code")
    counter = serializers.CharField(source="counter.name")
    recounter = serializers.CharField(source="recounter.name")

    class Meta:
        model = Stocktake
        fields = [
            *("id", "store", "state", "counter", "recounter"),
            *("opened_at", "due_at", "counted_at", "recounted_at", "closed_at", "reason"),
        ]


class OrderSerializer(serializers.Serializer[Any]):
    """Who counts where; people by their number."""

    store = serializers.SlugRelatedField(slug_field="code", queryset=Store.objects.filter(retired_at__isnull=True))
    counter = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True))
    recounter = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True))


class CountSerializer(serializers.Serializer[Any]):
    """What was counted of one line."""

    line = serializers.IntegerField(min_value=1)
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3, min_value=0)


class BookSerializer(serializers.Serializer[Any]):
    """The approval; `seen` is the fingerprint that the stock-take was shown with."""

    seen = serializers.CharField(max_length=16)
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class StocktakesView(generics.ListAPIView[Stocktake]):
    """GET the stock-takes of one's areas, POST orders one."""

    permission_classes = [holds("supplies.view", write="supplies.approve")]
    serializer_class = StocktakeSerializer

    def get_queryset(self) -> QuerySet[Stocktake]:
        """The newest first."""
        user: Any = self.request.user
        return queries.stocktakes(user.scope)

    @extend_schema(request=OrderSerializer, responses={201: StocktakeSerializer})
    def post(self, request: Request) -> Response:
        """Orders one; the counter is told."""
        given = OrderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user: Any = request.user
        made = actions.open_stocktake(**given.validated_data, by=user, now=clock.now())
        return Response(StocktakeSerializer(made).data, status=201)


class StocktakeView(APIView):
    """One stock-take with its lots; who counts sees his own figures only."""

    permission_classes = [SignedIn]

    @extend_schema(responses={200: dict})
    def get(self, request: Request, pk: int) -> Response:
        """Expected figures, both counts and differences for all but those who count."""
        user: Any = request.user
        row = _visible(user, pk)
        blind = queries.is_blind_for(row, user)
        found = queries.tallies(row)
        lines = [_blind(row, line, user) if blind else _open(line, found[line.pk]) for line in queries.lines_of(row)]
        body = dict(StocktakeSerializer(row).data) | {"lines": lines}
        return Response(body if blind else body | {"seen": fingerprint(found.values())})


class CountView(APIView):
    """POST one figure: the counter's or the recounter's, whose turn it is."""

    permission_classes = [SignedIn]

    @extend_schema(request=CountSerializer, responses={200: dict})
    def post(self, request: Request, pk: int) -> Response:
        """A figure sent twice is the same figure."""
        given = CountSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user: Any = request.user
        line = get_object_or_404(StocktakeLine, stocktake=_visible(user, pk), pk=given.validated_data["line"])
        actions.count_line(line=line, quantity=given.validated_data["quantity"], by=user, now=clock.now())
        return Response({"line": line.pk, "server_time": clock.now().isoformat()})


class FinishView(APIView):
    """POST: every lot has its figure."""

    permission_classes = [SignedIn]

    @extend_schema(request=None, responses={200: StocktakeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Hands the count on."""
        user: Any = request.user
        row = actions.finish_count(stocktake=_visible(user, pk), by=user, now=clock.now())
        return Response(StocktakeSerializer(row).data)


class BookView(APIView):
    """POST: a third person approves what he has seen."""

    permission_classes = [holds("supplies.approve", write="supplies.approve")]

    @extend_schema(request=BookSerializer, responses={200: StocktakeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Books the differences as adjustments."""
        given = BookSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user: Any = request.user
        row = actions.book_stocktake(stocktake=_visible(user, pk), **given.validated_data, by=user, now=clock.now())
        return Response(StocktakeSerializer(row).data)


def _visible(user: Any, pk: int) -> Stocktake:
    """One of his areas for whoever may see stores; his own for whoever counts."""
    own = Q(counter=user) | Q(recounter=user)
    seen = queries.stocktakes(user.scope) if user.can("supplies.view") else Stocktake.objects.none()
    rows = Stocktake.objects.filter(own | Q(pk__in=seen.values("pk"))).select_related("store", "counter", "recounter")
    return get_object_or_404(rows, pk=pk)


def _blind(row: Stocktake, line: StocktakeLine, user: Any) -> dict[str, Any]:
    figure = line.counted if user.pk == row.counter_id else line.recounted
    return _named(line) | {"quantity": None if figure is None else str(figure)}


def _open(line: StocktakeLine, tally: Any) -> dict[str, Any]:
    shown = {
        "expected": line.expected,
        "counted": line.counted,
        "recounted": line.recounted,
        "difference": tally.difference if line.difference is None else line.difference,
    }
    texts = {name: None if value is None else str(value) for name, value in shown.items()}
    return _named(line) | texts | {"is_disputed": tally.is_disputed}


def _named(line: StocktakeLine) -> dict[str, Any]:
    item = line.lot.item
    return {"line": line.pk, "item": item.name, "unit": item.unit, "lot": line.lot.number}
