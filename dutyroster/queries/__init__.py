"""Who is on duty, who is there, and what was written down."""

from dutyroster.queries.log import LogFilter, entries, log, log_page, log_sheet, open_entries

__all__ = [
    "LogFilter",
    "entries",
    "log",
    "log_page",
    "log_sheet",
    "open_entries",
]
