"""Set-up of call lists, shelters, high ground and ways round. A list of shelters comes by its sheet."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from leaflet.admin import LeafletGeoAdmin

from command.models import CallTerm, Shelter, WayRound


@admin.register(Shelter)
class ShelterAdmin(LeafletGeoAdmin[Shelter]):
    """Opened and closed on the list of the command, where the timeline notes it."""

    list_display = ("code", "name", "kind", "area_code", "room_for", "opened_at", "retired_at")
    list_filter = ("kind",)
    search_fields = ("code", "name", "address")
    readonly_fields = ("opened_at", "opened_by", "is_sample")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: its history stays. `retired_at` takes it off every list."""
        return False


@admin.register(CallTerm)
class CallTermAdmin(admin.ModelAdmin[CallTerm]):
    """The call list by area and level: a rung without a row is called and answers in five minutes."""

    list_display = ("area_code", "level", "tier", "is_called", "minutes")
    list_filter = ("level", "tier")


@admin.register(WayRound)
class WayRoundAdmin(admin.ModelAdmin[WayRound]):
    """What residents read while the site is closed."""

    list_display = ("site", "words", "words_en")
    search_fields = ("site__code", "site__name", "words")
    raw_id_fields = ("site",)
