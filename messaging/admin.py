"""What was sent, to read only: these rows are the record."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from messaging.actions.broadcast import PRIVATE
from messaging.models import Broadcast, Delivery, Reply, WebhookBatch


class ReadOnly(admin.ModelAdmin[Any]):
    """A list with filters and no button that changes anything. Counts over the whole table are left out."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnly):
    """Broadcasts, newest first; sign-in codes and activation links are never shown."""

    list_display = ("created_at", "lane", "channel", "area_code", "by_name", "origin", "exercise", "cancelled_at")
    list_filter = ("lane", "channel", "created_at")
    search_fields = ("origin__startswith", "by_name__startswith")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Broadcast]":
        return Broadcast.objects.exclude(origin=PRIVATE)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    """Deliveries with their proof; the address is masked here, who must see it has it revealed with a reason."""

    list_display = ("id", "broadcast_id", "area_code", "lane", "state", "attempts", "error", "masked", "accepted_at")
    list_filter = ("state", "lane", "error")
    search_fields = ("provider_id__exact", "area_code__startswith")
    fields = (
        "broadcast_id",
        "area_code",
        "lane",
        "state",
        "attempts",
        "error",
        "masked",
        "provider_id",
        "due_at",
        "accepted_at",
        "settled_at",
    )
    ordering = ("-id",)

    @admin.display(description=_("Address"))
    def masked(self, delivery: Delivery) -> str:
        """The address without its middle."""
        return f"{delivery.address[:-8]}****{delivery.address[-4:]}" if len(delivery.address) > 8 else "****"


@admin.register(Reply)
class ReplyAdmin(ReadOnly):
    """What phones answered; the number is not shown."""

    list_display = ("at", "text", "delivery_id")
    fields = ("at", "received_at", "text", "delivery_id")
    list_filter = ("at",)
    ordering = ("-id",)


@admin.register(WebhookBatch)
class WebhookBatchAdmin(ReadOnly):
    """What gateways posted: when, whether it was taken in, how much of it nobody knew."""

    list_display = ("received_at", "gateway", "kind", "taken_at", "unmatched")
    fields = ("received_at", "gateway", "kind", "taken_at", "unmatched")
    list_filter = ("gateway", "kind", "received_at")
    ordering = ("-id",)
