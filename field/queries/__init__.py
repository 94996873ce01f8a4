"""What a person in the field owes, what his phone carries and has sent, and what lies in the emergency pack."""

from field.queries.grids import (
    SHOWN,
    TOLD_WITH,
    GridLine,
    Grids,
    Told,
    grids,
    grids_sheet,
    last_notices,
    workers_by_grid,
)
from field.queries.home import Home, KnockList, Owed, SiteOwed, home, knock_lists
from field.queries.ledger import LedgerLine, ledger, ledger_sheet
from field.queries.offline import offline_pack
from field.queries.pack import Table, pack_tables
from field.queries.records import device_of, flags_of, record_by_uuid, records_waiting
from field.queries.shell import SHELL_FILES, shell_version

__all__ = [
    "SHELL_FILES",
    "SHOWN",
    "TOLD_WITH",
    "GridLine",
    "Grids",
    "Home",
    "KnockList",
    "LedgerLine",
    "Owed",
    "SiteOwed",
    "Table",
    "Told",
    "device_of",
    "flags_of",
    "grids",
    "grids_sheet",
    "home",
    "knock_lists",
    "last_notices",
    "ledger",
    "ledger_sheet",
    "offline_pack",
    "pack_tables",
    "record_by_uuid",
    "records_waiting",
    "shell_version",
    "workers_by_grid",
]
