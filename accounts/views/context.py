"""What every page's frame wants to know about the reader."""

from typing import Any

from django.http import HttpRequest

from accounts import queries
from accounts.models import User


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The menu of the desk and the bar of the phone for whoever has signed in; nothing for others."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    return {
        "navigation": queries.navigation(user, request.path),
        "phone_navigation": queries.phone_navigation(user, request.path),
    }
