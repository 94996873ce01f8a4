"""Permissions of the API, the same capabilities as the screens'."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class Closed(BasePermission):
    """The default: a door that names no permission stays shut."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class SignedIn(BasePermission):
    """Whoever has signed in; the view limits what is shown to his own things."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user and request.user.is_authenticated)


def holds(read: str, *, write: str = "", **by_action: str) -> type[BasePermission]:
    """A permission class: `read` for safe methods, `write` for the others, or by name of the viewset's action.

    An unsafe method with neither `write` nor its own action name stays shut.
    """

    class Holds(BasePermission):
        capabilities = {"read": read, "write": write, **by_action}

        def has_permission(self, request: Request, view: Any) -> bool:
            user: Any = request.user
            if not user or not user.is_authenticated:
                return False
            action = getattr(view, "action", None) or ""
            safe = request.method in ("GET", "HEAD", "OPTIONS")
            capability = by_action.get(action) or (read if safe else write)
            return bool(capability) and user.can(capability)

    return Holds
