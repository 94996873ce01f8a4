"""What a call-out says, as it is filed with providers, and whether one can be sent."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from assignments.enums import GIVEN
from command.rules import CALL_OUT
from core.rules import Refused
from messaging.enums import Channel
from messaging.queries import refusal, said
from messaging.rules import Purpose


def purposes() -> list[Purpose]:
    """The text of a call-out, for a message and for a call."""
    url = settings.PUBLIC_URL + reverse("assignments:mine")
    return [
        Purpose(
            CALL_OUT.purpose,
            _("Call-out"),
            said(gettext_noop("{title}. Answer by {due}, flood duty room. {answer}: %(url)s"), url=url),
            in_storm_set=True,
            spoken=said(gettext_noop("This is the flood duty room. {title}. Please answer by {due}.")),
        )
    ]


def call_out_refusal(title: str, *, is_exercise: bool = False) -> Refused | None:
    """Why no provider would take a call-out just now; None when it can be sent. Asked before the button is pressed."""
    params = {"title": title, "due": "00:00", "answer": "1", "link": settings.PUBLIC_URL}
    return refusal(Channel.SMS, CALL_OUT.purpose, GIVEN, params=params, exercise=is_exercise)
