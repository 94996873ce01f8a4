"""Questions about notices, their audience, and the doors to knock at."""

from alerts.queries.audience import (
    AudiencePreview,
    answer_path,
    audience_by_token,
    audience_preview,
    broadcast_text,
    households_by_area,
)
from alerts.queries.coverage import Bar, Coverage, Tally, coverage, coverage_geojson, totals, whole_extent
from alerts.queries.doors import Door, doors, knock_of, knocks
from alerts.queries.lists import (
    calls_for_help,
    household_events,
    line,
    unreached,
    unreached_sheet,
    with_reach,
)
from alerts.queries.notices import (
    ChosenArea,
    being_sent,
    chosen_areas,
    content_of,
    notice,
    notices,
    notices_in_force,
    permitted,
    stage,
    timeline,
)

__all__ = [
    "AudiencePreview",
    "Bar",
    "ChosenArea",
    "Coverage",
    "Door",
    "Tally",
    "answer_path",
    "audience_by_token",
    "audience_preview",
    "being_sent",
    "broadcast_text",
    "calls_for_help",
    "chosen_areas",
    "content_of",
    "coverage",
    "coverage_geojson",
    "doors",
    "household_events",
    "households_by_area",
    "knock_of",
    "knocks",
    "line",
    "notice",
    "notices",
    "notices_in_force",
    "permitted",
    "stage",
    "timeline",
    "totals",
    "unreached",
    "unreached_sheet",
    "whole_extent",
    "with_reach",
]
