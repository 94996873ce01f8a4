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
from field.queries.records import device_of, flags_of, news_of, record_by_uuid, records_waiting
from field.queries.refused import (
    RefusedFilter,
    files_read_in,
    kind_words,
    refused_counts,
    refused_items,
    refused_lines,
    refused_records,
)
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
    "RefusedFilter",
    "SiteOwed",
    "Table",
    "Told",
    "device_of",
    "files_read_in",
    "flags_of",
    "grids",
    "grids_sheet",
    "home",
    "kind_words",
    "knock_lists",
    "last_notices",
    "ledger",
    "ledger_sheet",
    "news_of",
    "offline_pack",
    "pack_tables",
    "record_by_uuid",
    "records_waiting",
    "refused_counts",
    "refused_items",
    "refused_lines",
    "refused_records",
    "shell_version",
    "workers_by_grid",
]
