"""Dates of routine inspections: what was missed, and who owes it."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import generics, serializers

from core import clock
from core.api.paging import Keyset
from core.api.permission import holds
from hazards import queries
from hazards.enums import DueState, SiteKind
from hazards.models import RoutineDue
from hazards.rules.routine import due_state, ends_at


class DateQuery(serializers.Serializer[Any]):
    """The filters of the list; without a state every date."""

    state = serializers.ChoiceField(choices=DueState.choices, required=False, default="")
    kind = serializers.ChoiceField(choices=SiteKind.choices, required=False, default="")
    area_code = serializers.RegexField(r"^\d{6,15}$", required=False, default="")


class RoutineDateSerializer(serializers.ModelSerializer[RoutineDue]):
    """One date of a site's routine."""

    site = serializers.CharField(source="site.code")
    name = serializers.CharField(source="site.name")
    state = serializers.SerializerMethodField()
    who = serializers.CharField(source="assignment.assignee_name", default="")

    class Meta:
        model = RoutineDue
        fields = ("id", "site", "name", "area_code", "due_date", "opens_on", "days", "state", "who", "done_at")

    def get_state(self, row: RoutineDue) -> str:
        """due, kept, missed, or made_up: missed and seen later."""
        ends = ends_at(row.due_date, timezone.get_default_timezone())
        return due_state(ends, row.done_at, now=clock.now()).value


class RoutineDatesView(generics.ListAPIView[RoutineDue]):
    """The dates that have fallen due in one's areas."""

    permission_classes = [holds("rounds.view")]
    serializer_class = RoutineDateSerializer

    class pagination_class(Keyset):
        ordering = "pk"

    def get_queryset(self) -> QuerySet[RoutineDue]:
        """Filtered by state, kind and area."""
        asked = DateQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        user: Any = self.request.user
        filters = queries.DueFilter(**asked.validated_data)
        return queries.routine_dates(user.scope_for("rounds.view"), filters, now=clock.now())
