"""Set-up of feeds, of texts for relaying, of how a level is followed up. What was received has pages of its own."""

from django.contrib import admin

from alerts.models import ReachRule, RelayText, WarningFeed


@admin.register(WarningFeed)
class WarningFeedAdmin(admin.ModelAdmin[WarningFeed]):
    list_display = ("name", "url", "is_on", "every_seconds", "stale_minutes")


@admin.register(RelayText)
class RelayTextAdmin(admin.ModelAdmin[RelayText]):
    list_display = ("kind", "level", "event_code", "caution", "measures")
    list_filter = ("kind", "level")


@admin.register(ReachRule)
class ReachRuleAdmin(admin.ModelAdmin[ReachRule]):
    list_display = ("level", "wait_minutes", "ring_seconds", "goal")
