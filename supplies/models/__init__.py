"""Stores and items, the ledger, issues and transfers."""

from supplies.models.ledger import Balance, Movement
from supplies.models.store import Lot, Quota, Store, SupplyItem
from supplies.models.transfer import Issue, IssueLine, Transfer, TransferLine

__all__ = [
    "Balance",
    "Issue",
    "IssueLine",
    "Lot",
    "Movement",
    "Quota",
    "Store",
    "SupplyItem",
    "Transfer",
    "TransferLine",
]
