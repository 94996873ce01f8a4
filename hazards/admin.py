"""Set-up of the register with a map to draw on. Visits and sweeps are records: they are looked at, not edited."""

from django.contrib import admin
from leaflet.admin import LeafletGeoAdmin

from hazards.models import Checklist, ChecklistItem, FindingTerm, HazardSite, InspectionRound, RequestCategory


@admin.register(HazardSite)
class HazardSiteAdmin(LeafletGeoAdmin[HazardSite]):
    list_display = ("code", "name", "kind", "area_code", "retired_at")
    list_filter = ("kind", "is_sample")
    search_fields = ("code", "name", "address")


class ItemInline(admin.TabularInline[ChecklistItem, Checklist]):
    model = ChecklistItem
    extra = 0


@admin.register(Checklist)
class ChecklistAdmin(admin.ModelAdmin[Checklist]):
    list_display = ("kind", "version", "published_at")
    list_filter = ("kind",)
    inlines = (ItemInline,)


@admin.register(RequestCategory)
class RequestCategoryAdmin(admin.ModelAdmin[RequestCategory]):
    list_display = ("name", "days", "order")
    list_editable = ("days", "order")


@admin.register(FindingTerm)
class FindingTermAdmin(admin.ModelAdmin[FindingTerm]):
    list_display = ("grade", "days", "control_hours", "reopen_days")
    list_editable = ("days", "control_hours", "reopen_days")
    readonly_fields = ("grade",)

    def has_add_permission(self, request: object) -> bool:
        """There are three grades, and each has its row."""
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """A grade without a limit of its own would fall back to the example figure unseen."""
        return False


@admin.register(InspectionRound)
class InspectionRoundAdmin(admin.ModelAdmin[InspectionRound]):
    list_display = ("number", "title", "area_code", "opened_at", "due_at", "closed_at")

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Rounds are opened and closed on their own pages."""
        return False
