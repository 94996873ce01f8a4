"""Who asks, and how a refusal is told."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest

from accounts.models import User
from core.rules import Refused


def who(request: HttpRequest) -> User:
    """The person signed in; the permission mark lets nobody else in."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


def tried(request: HttpRequest, act: Callable[[], object], done: str) -> bool:
    """Acts and says so, or says why not."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


def put(form: forms.Form, refusal: Refused) -> None:
    """A refusal as the error of the field at fault, or of the whole form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
