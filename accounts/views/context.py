"""What every page's frame wants to know about the reader."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts import queries
from accounts.models import User


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The menu of the desk and the bar of the phone for whoever has signed in; nothing for others."""
    user = getattr(request, "user", None)
    filing = {"filing_number": settings.FILING_NUMBER}
    if not isinstance(user, User):
        return {**filing, "feedback_url": ""}
    return {
        **filing,
        "feedback_url": reverse("accounts:feedback"),
        "navigation": queries.navigation(user, request.path),
        "phone_navigation": queries.phone_navigation(user, request.path),
    }
