"""Every door says whom it lets in; a layout test fails when one does not.

Capabilities are strings ("sites.edit"); which role holds which is a table in `accounts.rules`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def public(view: View[P]) -> View[P]:
    """Anybody may open this door: say in the view's docstring why that is safe."""
    view.permission = "public"  # type: ignore[attr-defined]  # the mark that the layout test reads
    return view


def signed_in(view: View[P]) -> View[P]:
    """Whoever has signed in; the view itself limits what is shown to his own things."""
    return _guarded(view, "signed_in")


def requires(capability: str) -> Callable[[View[P]], View[P]]:
    """Only those whose roles hold `capability`; the area they hold it over limits what they see."""

    def guard(view: View[P]) -> View[P]:
        return _guarded(view, capability)

    return guard


def _guarded(view: View[P], capability: str) -> View[P]:
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        user: Any = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if capability != "signed_in" and not user.can(capability):
            raise PermissionDenied(capability)
        return view(request, *args, **kwargs)

    wraps(view)(guarded)
    guarded.permission = capability  # type: ignore[attr-defined]
    return guarded
