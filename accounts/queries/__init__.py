"""Who is who, who works where, and what the menu shows."""

from accounts.queries.menu import NavItem, home, navigation, phone_navigation
from accounts.queries.people import (
    area_choices,
    area_names,
    link_owner,
    one_worker_per_grid,
    people,
    role_names,
    waiting_for_activation,
    workers_of,
)
from accounts.queries.reach import Missing, unreachable

__all__ = [
    "Missing",
    "NavItem",
    "area_choices",
    "area_names",
    "home",
    "link_owner",
    "navigation",
    "one_worker_per_grid",
    "people",
    "phone_navigation",
    "role_names",
    "unreachable",
    "waiting_for_activation",
    "workers_of",
]
