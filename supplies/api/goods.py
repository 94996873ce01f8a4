"""Movements, issues and transfers."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.permission import holds
from supplies import actions, queries
from supplies.api.serializers import (
    ArrivalSerializer,
    EmergencySerializer,
    IssueSerializer,
    MovementSerializer,
    PapersSerializer,
    ReasonSerializer,
    ReceiptSerializer,
    SendSerializer,
    TransferSerializer,
)
from supplies.api.stores import scope_of
from supplies.models import Issue, Movement, Transfer


class MovementsView(generics.ListCreateAPIView[Movement]):
    """The ledger, newest first; a POST is a receipt of goods (入库), the same `client_uuid` the same row."""

    permission_classes = [holds("supplies.view", write="supplies.keep")]
    serializer_class = MovementSerializer

    def get_queryset(self) -> QuerySet[Movement]:
        """Rows of one's areas without exercises."""
        return queries.movements(scope_of(self.request))

    @extend_schema(request=ReceiptSerializer, responses={201: MovementSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One item comes in."""
        given = ReceiptSerializer.checked(request, "supplies.keep")
        row = actions.receive(by=given.user, now=clock.now(), **given.validated_data)
        return Response(MovementSerializer(row).data, status=201)


class ReverseView(APIView):
    """Reverses one row of the ledger."""

    permission_classes = [holds("supplies.approve", write="supplies.approve")]

    @extend_schema(request=ReasonSerializer, responses={201: MovementSerializer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """By another person than the one who entered it, with the reason."""
        given = ReasonSerializer.checked(request, "supplies.approve")
        row = get_object_or_404(queries.movements(scope_of(request, "supplies.approve")), uuid=uuid)
        mended = actions.reverse(movement=row, by=given.user, now=clock.now(), **given.validated_data)
        return Response(MovementSerializer(mended).data, status=201)


class IssuesView(generics.ListCreateAPIView[Issue]):
    """Issues; a POST is an emergency issue (先出库后补单), the same `client_uuid` the same issue."""

    permission_classes = [holds("supplies.view", write="supplies.issue")]
    serializer_class = IssueSerializer

    def get_queryset(self) -> QuerySet[Issue]:
        """Those of one's areas without exercises."""
        return queries.issues(scope_of(self.request))

    @extend_schema(request=EmergencySerializer, responses={201: IssueSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Out first; the papers are due within twelve hours."""
        given = EmergencySerializer.checked(request, "supplies.issue")
        issue = actions.issue_now(by=given.user, now=clock.now(), **given.validated_data)
        return Response(IssueSerializer(issue).data, status=201)


class PapersView(APIView):
    """补单."""

    permission_classes = [holds("supplies.issue", write="supplies.issue")]

    @extend_schema(request=PapersSerializer, responses={200: IssueSerializer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """The number of the papers of an emergency issue."""
        given = PapersSerializer.checked(request, "supplies.issue")
        issue = get_object_or_404(queries.issues(scope_of(request, "supplies.issue")), uuid=uuid)
        done = actions.hand_in_papers(issue=issue, by=given.user, now=clock.now(), **given.validated_data)
        return Response(IssueSerializer(done).data)


class TransfersView(generics.ListCreateAPIView[Transfer]):
    """Transfers; a POST sends goods at once, the same `client_uuid` the same transfer."""

    permission_classes = [holds("supplies.view", write="supplies.issue")]
    serializer_class = TransferSerializer

    def get_queryset(self) -> QuerySet[Transfer]:
        """From and to the stores of one's areas, without exercises."""
        return queries.transfers(scope_of(self.request))

    @extend_schema(request=SendSerializer, responses={201: TransferSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Loaded and gone."""
        given = SendSerializer.checked(request, "supplies.issue")
        transfer = actions.send(by=given.user, now=clock.now(), **given.validated_data)
        return Response(TransferSerializer(transfer).data, status=201)


class ArriveView(APIView):
    """Counts a delivery."""

    permission_classes = [holds("supplies.keep", write="supplies.keep")]

    @extend_schema(request=ArrivalSerializer, responses={200: TransferSerializer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """What was counted, by line id."""
        given = ArrivalSerializer.checked(request, "supplies.keep")
        transfer = get_object_or_404(queries.transfers(scope_of(request, "supplies.keep")), uuid=uuid)
        done = actions.arrive(transfer=transfer, by=given.user, now=clock.now(), **given.arrival())
        return Response(TransferSerializer(done).data)
