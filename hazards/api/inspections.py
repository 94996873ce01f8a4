"""Visits from devices: the same number with the same content is the same visit."""

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
from hazards import actions, queries
from hazards.api.serializers import InspectionSerializer, ReasonSerializer, VisitSerializer
from hazards.models import Checklist, Inspection


class InspectionsView(generics.ListAPIView[Inspection]):
    """Visits in one's areas; POST records one: 201 the first time, 200 the same again, 409 another under its number."""

    permission_classes = [holds("sites.view", write="sites.inspect")]
    serializer_class = InspectionSerializer

    def get_queryset(self) -> QuerySet[Inspection]:
        """Those of the person's areas."""
        user: Any = self.request.user
        return queries.inspections(user.scope_for("sites.view"))

    @extend_schema(request=VisitSerializer, responses={201: InspectionSerializer, 200: InspectionSerializer})
    def post(self, request: Request) -> Response:
        """The receipt names the photographs that are still to be sent, and the server's time."""
        user: Any = request.user
        given = VisitSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        site = get_object_or_404(
            queries.sites_open_to(user, "sites.inspect", now=clock.now()), code=given.validated_data["site"]
        )
        number = given.validated_data["checklist"]
        checklist = get_object_or_404(Checklist, pk=number, kind=site.kind) if number else None
        stored, is_new = actions.record_once(given.visit(), site=site, by=user, now=clock.now(), checklist=checklist)
        receipt = dict(InspectionSerializer(stored).data) | {"server_time": clock.now().isoformat()}
        return Response(receipt, status=201 if is_new else 200)


class InspectionView(generics.RetrieveAPIView[Inspection]):
    """One visit."""

    permission_classes = [holds("sites.view")]
    serializer_class = InspectionSerializer
    lookup_field, lookup_url_kwarg = "client_uuid", "uuid"

    def get_queryset(self) -> QuerySet[Inspection]:
        """One's own, and those of one's areas."""
        user: Any = self.request.user
        return queries.inspection_in_scope(user, self.kwargs["uuid"], capability="sites.view")


class VerifyView(APIView):
    """通过 or 退回 by another person."""

    permission_classes = [holds("assignments.verify", write="assignments.verify")]
    sends_back = False

    @extend_schema(request=ReasonSerializer, responses={200: InspectionSerializer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """Judges the visit; sending back needs a reason."""
        user: Any = request.user
        given = ReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found = get_object_or_404(queries.inspections(user.scope_for("assignments.verify")), client_uuid=uuid)
        if self.sends_back:
            reason = given.validated_data["reason"]
            judged = actions.send_back_inspection(inspection=found, reason=reason, by=user, now=clock.now())
        else:
            judged = actions.verify_inspection(inspection=found, by=user, now=clock.now())
        return Response(InspectionSerializer(judged).data)
