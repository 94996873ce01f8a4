"""The menu: only pages that exist, only those that the person may open."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.rules import BOARD, DESK, MenuEntry, phone_bar
from core import clock


@dataclass(frozen=True)
class NavItem:
    """One entry as the shells draw it; `main` is the one big button at the foot of a phone."""

    label: str
    url: str
    icon: str
    current: bool
    main: bool = False


def navigation(user: User, path: str) -> list[NavItem]:
    """The menu of a desk for this person, the entry of `path` marked. No SQL beyond his roles, read once."""
    return _items(DESK, user, path)


def phone_navigation(user: User, path: str) -> list[NavItem]:
    """The bar at the foot of a phone: up to four entries, by the person's first role."""
    return _items(phone_bar(held.role for held in user.roles_at(clock.now())), user, path)


def home(user: User) -> str:
    """Where the person starts after signing in: the map for whoever may see it, else the first page of his phone."""
    bar = phone_navigation(user, "")
    return resolve_url(settings.LOGIN_REDIRECT_URL) if user.can(BOARD.capability) or not bar else bar[0].url


def _items(entries: Iterable[MenuEntry], user: User, path: str) -> list[NavItem]:
    held = user.capabilities
    items = []
    for entry in entries:
        url = _address(entry)
        if url and (not entry.capability or entry.capability in held):
            current = path == url or any(path.startswith(below) for below in entry.below)
            items.append(NavItem(str(entry.label.label), url, entry.icon, current, entry.main))
    return items


def _address(entry: MenuEntry) -> str:
    """The page of an entry; for a danger, until its page is there, the telephone of the duty room; else nothing."""
    try:
        return reverse(entry.route)
    except NoReverseMatch:
        phone = getattr(settings, "DUTY_PHONE", "")
        return f"tel:{phone}" if entry.main and phone else ""
