"""Set-up of areas and days. Names and telephones of residents are not shown: every look at them is logged elsewhere."""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from leaflet.admin import LeafletGeoAdmin

from territory.models import Area, CalendarDay, ContactPoint, Household, Season, SheetImport
from territory.rules import masked_phone


@admin.register(Area)
class AreaAdmin(LeafletGeoAdmin[Area]):
    """Names and borders; codes come by import and nothing is deleted."""

    list_display = ("code", "name", "level", "border_is_sketch", "retired_at")
    list_filter = ("level", "border_is_sketch")
    search_fields = ("code", "name")
    readonly_fields = ("code", "level")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By import only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: rows everywhere carry the code."""
        return False


@admin.register(Household)
class HouseholdAdmin(LeafletGeoAdmin[Household]):
    """Where a household is and why it must be reached."""

    list_display = ("code", "area_code", "building", "unit", "room", "must_reach")
    list_filter = ("must_reach",)
    search_fields = ("code",)
    fields = (
        "code",
        "area_code",
        "building",
        "unit",
        "floor",
        "room",
        "persons",
        "must_reach",
        "position",
        "retired_at",
    )
    readonly_fields = ("code", "area_code")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By import only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: what was sent to it is on record."""
        return False


@admin.register(ContactPoint)
class ContactPointAdmin(admin.ModelAdmin[ContactPoint]):
    """Numbers that a gateway called bad for good; whoever finds one well again empties `dead_since`."""

    list_display = ("id", "kind", "masked", "verified_at", "dead_since")
    list_filter = ("kind",)
    fields = ("kind", "masked", "verified_at", "dead_since")
    readonly_fields = ("kind", "masked", "verified_at")
    ordering = ("-dead_since", "id")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ContactPoint]":
        """The dead only: the living are nobody's business here."""
        return ContactPoint.objects.filter(dead_since__isnull=False)

    @admin.display(description=_("Address"))
    def masked(self, point: ContactPoint) -> str:
        """The address without its middle."""
        return masked_phone(point.address)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By imports only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: what was sent to it is on record."""
        return False


@admin.register(Season)
class SeasonAdmin(admin.ModelAdmin[Season]):
    """Advanced or extended by changing its days."""

    list_display = ("name", "starts", "ends", "basis")


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin[CalendarDay]):
    """Single days that a later notice changes."""

    list_display = ("date", "kind", "name", "source")
    list_filter = ("kind",)
    date_hierarchy = "date"


@admin.register(SheetImport)
class SheetImportAdmin(admin.ModelAdmin[SheetImport]):
    """Who imported what; without the cells at fault, which may be personal."""

    list_display = ("kind", "file_name", "state", "total", "new", "changed", "same", "bad", "actor_name", "stored_at")
    list_filter = ("kind", "state")
    exclude = ("faults",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Made by imports."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A record."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A record."""
        return False
