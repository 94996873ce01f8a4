"""What the territory decides without a database: codes and scope, telephone numbers, places, days, sheets."""

from territory.rules.calendar import Day, days_of_year
from territory.rules.codes import (
    LENGTHS,
    LEVEL_BY_LENGTH,
    NOTHING,
    Scope,
    level_of,
    parent_of,
    scope_of,
    trimmed,
)
from territory.rules.datums import from_wgs84, to_wgs84
from territory.rules.doors import door
from territory.rules.faults import CellFault
from territory.rules.masks import masked_name, masked_phone
from territory.rules.phones import is_mobile, normalised_phone, phones_in
from territory.rules.places import CHINA, Box, fault_of_position
from territory.rules.roll import COLUMNS, REQUIRED, RollRow, read_roll_row
from territory.rules.sheets import Sheet, SheetUnreadable, guessed_head, read_sheet, unique_words, without_formula

__all__ = [
    "CHINA",
    "COLUMNS",
    "LENGTHS",
    "LEVEL_BY_LENGTH",
    "NOTHING",
    "REQUIRED",
    "Box",
    "CellFault",
    "Day",
    "RollRow",
    "Scope",
    "Sheet",
    "SheetUnreadable",
    "days_of_year",
    "door",
    "fault_of_position",
    "from_wgs84",
    "guessed_head",
    "is_mobile",
    "level_of",
    "masked_name",
    "masked_phone",
    "normalised_phone",
    "parent_of",
    "phones_in",
    "read_roll_row",
    "read_sheet",
    "scope_of",
    "to_wgs84",
    "trimmed",
    "unique_words",
    "without_formula",
]
