"""Stores and items, the ledger, issues and transfers."""

from supplies.models.ledger import Balance, Movement
from supplies.models.readiness import KeeperNotice, NoticeRun, Proof
from supplies.models.stocktake import Stocktake, StocktakeLine
from supplies.models.store import Lot, Quota, Store, SupplyItem
from supplies.models.transfer import Issue, IssueLine, Transfer, TransferLine

__all__ = [
    "Balance",
    "Issue",
    "IssueLine",
    "KeeperNotice",
    "Lot",
    "Movement",
    "NoticeRun",
    "Proof",
    "Quota",
    "Stocktake",
    "StocktakeLine",
    "Store",
    "SupplyItem",
    "Transfer",
    "TransferLine",
]
