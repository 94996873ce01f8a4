"""Texts to one person that no list shows, as they are filed with providers: sign-in codes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from messaging.queries.register import said
from messaging.rules import Purpose

SIGN_IN_CODE = "sign_in_code"


def purposes() -> list[Purpose]:
    """Accounts asks for it by a resolver and must not know messaging, so it is declared here.

    An activation's link is of one person: no provider takes it, and people without it sign in by code.
    """
    return [
        Purpose(
            SIGN_IN_CODE,
            _("Sign-in code"),
            said(gettext_noop("Sign-in code %(code)s, good for 10 minutes. Never tell it to anybody."), code="{code}"),
            in_storm_set=True,
        )
    ]
