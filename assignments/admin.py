"""Duties in the set-up pages: to look at, never to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from assignments.models import Assignment, AssignmentEvent


class EventInline(admin.TabularInline[AssignmentEvent, Assignment]):
    model = AssignmentEvent
    fields = readonly_fields = ("verb", "means", "by_name", "on_behalf_of", "occurred_at", "recorded_at", "note")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Assignment)
class AssignmentAdmin(admin.ModelAdmin[Assignment]):
    list_display = ("title", "kind", "area_code", "assignee_name", "state", "due_at")
    list_filter = ("kind", "state")
    search_fields = ("title", "assignee_name", "area_code")
    exclude = ("link_nonce",)
    list_select_related = ("assignee",)
    show_full_result_count = False
    inlines = (EventInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
