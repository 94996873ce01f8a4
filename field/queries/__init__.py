"""What a person in the field owes, and what lies in the emergency pack."""

from field.queries.home import Home, KnockList, Owed, SiteOwed, home, knock_lists
from field.queries.pack import Table, pack_tables

__all__ = ["Home", "KnockList", "Owed", "SiteOwed", "Table", "home", "knock_lists", "pack_tables"]
