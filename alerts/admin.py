"""Set-up of feeds and of the texts that relay a warning. What was received is looked at on its own pages."""

from django.contrib import admin

from alerts.models import RelayText, WarningFeed


@admin.register(WarningFeed)
class WarningFeedAdmin(admin.ModelAdmin[WarningFeed]):
    list_display = ("name", "url", "is_on", "every_seconds", "stale_minutes")


@admin.register(RelayText)
class RelayTextAdmin(admin.ModelAdmin[RelayText]):
    list_display = ("kind", "level", "event_code", "caution", "measures")
    list_filter = ("kind", "level")
