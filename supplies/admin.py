"""Set-up: the catalogue and its quotas. Lots, movements and balances are nobody's to edit."""

from django.contrib import admin

from supplies.models import Quota, SupplyItem


class QuotaInline(admin.TabularInline[Quota, SupplyItem]):
    """How much of the item there ought to be."""

    model = Quota
    extra = 0


@admin.register(SupplyItem)
class SupplyItemAdmin(admin.ModelAdmin[SupplyItem]):
    """Kinds of goods with their units and quotas."""

    list_display = ("code", "name", "unit", "category", "has_expiry", "load_minutes", "retired_at")
    list_filter = ("category",)
    search_fields = ("code", "name")
    inlines = [QuotaInline]
