"""Set-up of areas and days. Names and telephones of residents are not shown: every look at them is logged elsewhere."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from leaflet.admin import LeafletGeoAdmin

from territory.models import Area, CalendarDay, Household, Season, SheetImport


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
