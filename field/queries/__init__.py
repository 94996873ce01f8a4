"""What a person in the field owes, what his phone carries and has sent, and what lies in the emergency pack."""

from field.queries.home import Home, KnockList, Owed, SiteOwed, home, knock_lists
from field.queries.offline import offline_pack
from field.queries.pack import Table, pack_tables
from field.queries.records import device_of, flags_of, record_by_uuid, records_waiting
from field.queries.shell import SHELL_FILES, shell_version

__all__ = [
    "SHELL_FILES",
    "Home",
    "KnockList",
    "Owed",
    "SiteOwed",
    "Table",
    "device_of",
    "flags_of",
    "home",
    "knock_lists",
    "offline_pack",
    "pack_tables",
    "record_by_uuid",
    "records_waiting",
    "shell_version",
]
