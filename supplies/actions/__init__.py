"""What is done with stores and goods."""

from supplies.actions.imports import check_stock, store_stock
from supplies.actions.issue import (
    approve_issue,
    hand_in_papers,
    hand_out,
    issue_now,
    refuse_issue,
    request_issue,
)
from supplies.actions.ledger import post
from supplies.actions.notices import tell_keepers
from supplies.actions.proofs import record_proof
from supplies.actions.receive import lot_of, receive, take_back
from supplies.actions.reverse import reverse, write_off
from supplies.actions.stocktakes import (
    book_stocktake,
    cancel_stocktake,
    count_line,
    finish_count,
    open_stocktake,
    recount_again,
)
from supplies.actions.stores import check_ledger, save_item, save_store, set_quota
from supplies.actions.transfer import arrive, call_off, depart, load, send, settle_difference

__all__ = [
    "approve_issue",
    "arrive",
    "book_stocktake",
    "call_off",
    "cancel_stocktake",
    "check_ledger",
    "check_stock",
    "count_line",
    "depart",
    "finish_count",
    "hand_in_papers",
    "hand_out",
    "issue_now",
    "load",
    "lot_of",
    "open_stocktake",
    "post",
    "receive",
    "record_proof",
    "recount_again",
    "refuse_issue",
    "request_issue",
    "reverse",
    "save_item",
    "save_store",
    "send",
    "set_quota",
    "settle_difference",
    "store_stock",
    "take_back",
    "tell_keepers",
    "write_off",
]
