"""Who asks, and how a refusal is told."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest

from accounts.models import User
from alerts import queries
from alerts.models import Notice
from core.rules import Refused


def who(request: HttpRequest) -> User:
    """The person signed in; the permission mark lets nobody else in."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


def found(request: HttpRequest, uuid: UUID, *, counted: bool = False) -> Notice:
    """The notice, if it concerns the person's areas; `counted`: for a count alone, without the people behind it."""
    try:
        return (queries.counted_notice if counted else queries.notice)(who(request).scope, uuid)
    except Notice.DoesNotExist:
        raise Http404 from None


def tried(request: HttpRequest, act: Callable[[], object], done: str) -> bool:
    """Acts and says so, or says why not."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True
