"""Rounds, what they miss, and their closing."""

from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.paging import Keyset
from core.api.permission import holds
from hazards import actions, queries
from hazards.api.serializers import CloseSerializer, EvidenceSerializer, MissingSerializer, RoundSerializer
from hazards.models import InspectionRound, RoundMember


def _scope(request: Request, capability: str = "rounds.view") -> Any:
    user: Any = request.user
    return user.scope_for(capability)


class RoundsView(generics.ListAPIView[InspectionRound]):
    """Rounds that concern one's areas, the newest first."""

    permission_classes = [holds("rounds.view")]
    serializer_class = RoundSerializer

    def get_queryset(self) -> QuerySet[InspectionRound]:
        """Those of the person's areas."""
        return queries.rounds(_scope(self.request))


class RoundView(APIView):
    """One round with its figures, the whole and by area and kind."""

    permission_classes = [holds("rounds.view")]

    @extend_schema(responses={200: dict})
    def get(self, request: Request, pk: int) -> Response:
        """The figures count what lies in the person's areas."""
        round = get_object_or_404(queries.round_in_scope(_scope(request), pk))
        coverage = queries.round_coverage(round, _scope(request), now=clock.now())
        return Response(dict(RoundSerializer(round).data) | {"coverage": asdict(coverage)})


class MissingView(generics.ListAPIView[RoundMember]):
    """What nobody has inspected yet, and who owes it."""

    permission_classes = [holds("rounds.view")]
    serializer_class = MissingSerializer

    class pagination_class(Keyset):
        ordering = "pk"

    def get_queryset(self) -> QuerySet[RoundMember]:
        """Members in the person's areas."""
        scope = _scope(self.request)
        return queries.missing_members(get_object_or_404(queries.round_in_scope(scope, self.kwargs["pk"])), scope)


class EvidenceView(generics.ListAPIView[RoundMember]):
    """Every member with its visit: who inspected and who verified it, when, with how many photographs."""

    permission_classes = [holds("rounds.view")]
    serializer_class = EvidenceSerializer

    class pagination_class(Keyset):
        ordering = "pk"

    def get_queryset(self) -> QuerySet[RoundMember]:
        """Members in the person's areas."""
        scope = _scope(self.request)
        return queries.evidence(get_object_or_404(queries.round_in_scope(scope, self.kwargs["pk"])), scope)


class CompareView(APIView):
    """A round beside the one before it."""

    permission_classes = [holds("rounds.view")]

    @extend_schema(responses={200: dict})
    def get(self, request: Request, pk: int) -> Response:
        """Site codes by what became of them; `before` null for a first round."""
        scope = _scope(request)
        between = queries.between_rounds(get_object_or_404(queries.round_in_scope(scope, pk)), scope)
        if between is None:
            return Response({"before": None})
        return Response(
            {
                "before": between.before.pk,
                "sites": {change.value: [site.code for site in sites] for change, sites in between.lines()},
                "findings_found": between.found,
                "findings_settled": between.settled,
            }
        )


class CloseView(APIView):
    """Closes a round."""

    permission_classes = [holds("rounds.close", write="rounds.close")]

    @extend_schema(request=CloseSerializer, responses={200: RoundSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Needs a reason for every site that is not verified."""
        user: Any = request.user
        rounds = InspectionRound.objects.in_scope(_scope(request, "rounds.close"))
        given = CloseSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        closed = actions.close_round(
            round=get_object_or_404(rounds, pk=pk), reasons=given.validated_data["reasons"], by=user, now=clock.now()
        )
        return Response(RoundSerializer(closed).data)
