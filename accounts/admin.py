"""Set-up of people: no telephone number in full, and who changed what."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import Reveal, RoleHeld, User
from territory.rules import masked_phone

EVENTS_SHOWN = 30


def _history(model: str, pk: int | None) -> SafeString:
    events = apps.get_model("accounts", model).objects.filter(pgh_obj_id=pk).select_related("pgh_context")
    return format_html_join(
        "",
        "<div>{} · {} · {}</div>",
        (
            (
                f"{event.pgh_created_at:%Y-%m-%d %H:%M}",
                (event.pgh_context and event.pgh_context.metadata.get("verb")) or event.pgh_label,
                (event.pgh_context and event.pgh_context.metadata.get("actor_name")) or "—",
            )
            for event in events.order_by("-pgh_created_at")[:EVENTS_SHOWN]
        ),
    )


class RoleHeldInline(admin.TabularInline[RoleHeld, User]):
    model = RoleHeld
    extra = 0


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ["name", "username", "phone_masked", "activated_at", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff", "roles_held__role"]
    search_fields = ["name", "username"]
    fields = ["username", "name", "phone_masked", "is_active", "is_staff", "activated_at", "history"]
    readonly_fields = ["phone_masked", "activated_at", "history"]
    inlines = [RoleHeldInline]

    @admin.display(description=_("phone"))
    def phone_masked(self, user: User) -> str:
        """The number with its middle starred."""
        return masked_phone(user.phone) if user.phone else "—"

    @admin.display(description=_("history"))
    def history(self, user: User) -> SafeString:
        """The last changes, newest first."""
        return _history("UserEvent", user.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People come by import or from their page, where the phone is checked."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever has acted stays on record; he is made inactive instead."""
        return False


@admin.register(RoleHeld)
class RoleHeldAdmin(admin.ModelAdmin[RoleHeld]):
    list_display = ["user", "role", "area_code", "since", "until"]
    list_filter = ["role"]
    search_fields = ["user__name", "area_code"]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]
    readonly_fields = ["history"]

    @admin.display(description=_("history"))
    def history(self, held: RoleHeld) -> SafeString:
        """The last changes, newest first."""
        return _history("RoleHeldEvent", held.pk)


@admin.register(Reveal)
class RevealAdmin(admin.ModelAdmin[Reveal]):
    list_display = ["at", "user", "subject", "reason", "address"]
    list_select_related = ["user"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Written by the act alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never removed."""
        return False
