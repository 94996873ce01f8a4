"""Questions about areas, households, days and imports."""

from territory.queries.areas import AreaCount, area_counts, area_names, areas, areas_geojson
from territory.queries.areas_sheet import AreasExamined, examine_areas
from territory.queries.calendar import day_kind, loaded_years, season_at
from territory.queries.faults import fault_rows, refusal, told
from territory.queries.households import households
from territory.queries.imports import kept_upload, own_import, stored_import
from territory.queries.report import marked_sheet
from territory.queries.roll import RollExamined, district_box, examine_roll, report_sheet

__all__ = [
    "AreaCount",
    "AreasExamined",
    "RollExamined",
    "area_counts",
    "area_names",
    "areas",
    "areas_geojson",
    "day_kind",
    "district_box",
    "examine_areas",
    "examine_roll",
    "fault_rows",
    "households",
    "kept_upload",
    "loaded_years",
    "marked_sheet",
    "own_import",
    "refusal",
    "report_sheet",
    "season_at",
    "stored_import",
    "told",
]
