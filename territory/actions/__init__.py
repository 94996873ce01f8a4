"""Acts on areas, households and the calendar."""

from territory.actions.areas import check_areas, import_areas
from territory.actions.calendar import load_calendar, open_usual_season
from territory.actions.correct import correct_household
from territory.actions.roll import check_roll, store_roll
from territory.actions.uploads import keep_upload

__all__ = [
    "check_areas",
    "check_roll",
    "correct_household",
    "import_areas",
    "keep_upload",
    "load_calendar",
    "open_usual_season",
    "store_roll",
]
