"""What people are told about duties, as it is filed with providers: without a link of one person."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from assignments.enums import (
    ASKED,
    CALLED,
    CALLED_FOR,
    GAP,
    GIVEN,
    MISSING,
    REMINDED,
    SENT_BACK,
    SUPPORT,
    TOLD,
    UNVERIFIED,
    WITHDRAWN,
)
from assignments.models import Assignment
from assignments.queries.duties import kind
from assignments.rules import PLAIN, Option, heard
from messaging.queries import said
from messaging.rules import EXERCISE_MARK, Purpose

ASSIGNED = "duty_assigned"
_KEYS = {
    GIVEN: ASSIGNED,
    REMINDED: "duty_reminder",
    TOLD: "duty_superior",
    SENT_BACK: "duty_sent_back",
    SUPPORT: "duty_support",
    WITHDRAWN: "duty_withdrawn",
    UNVERIFIED: "duty_unverified",
    ASKED: "duty_deputy",
    CALLED: "duty_reminder",
    CALLED_FOR: "duty_deputy",
    GAP: "duty_gap",
    MISSING: "people_out_of_reach",
}


def purposes() -> list[Purpose]:
    """The texts about duties. The platform's address stands fixed in them: no provider takes a link in a blank."""
    return [*_of_duties(), *_of_ladders()]


def _of_ladders() -> list[Purpose]:
    url = settings.PUBLIC_URL + reverse("assignments:mine")
    return [
        Purpose(
            "duty_deputy",
            _("The deputy is asked"),
            said(
                gettext_noop("{who} does not answer: {title}, due {due}. Please answer in his place: %(url)s"), url=url
            ),
            spoken=_with_plain_keys(CALLED_FOR),
        ),
        Purpose(
            "duty_unverified",
            _("A reported duty that nobody verifies"),
            said(
                gettext_noop("Reported and not verified yet: {title} ({who}), due {due}. Please see to it: %(url)s"),
                url=url,
            ),
        ),
        Purpose(
            "duty_gap",
            _("Nobody could be told of a duty"),
            said(
                gettext_noop(
                    "Nobody could be told of {title} ({who}), due {due}: one step is empty. See to it: %(url)s"
                ),
                url=url,
            ),
        ),
        Purpose(
            "people_out_of_reach",
            _("People who cannot be reached"),
            said(
                gettext_noop(
                    "{count} people who are counted on cannot be reached: {names}. Correct their numbers: %(url)s"
                ),
                url=settings.PUBLIC_URL + reverse("accounts:people"),
            ),
        ),
    ]


def _of_duties() -> list[Purpose]:
    url = settings.PUBLIC_URL + reverse("assignments:mine")
    return [
        Purpose(
            ASSIGNED,
            _("Duty assigned"),
            said(gettext_noop("Flood duty: {title}. Due {due}. {answer}: %(url)s"), url=url),
            in_storm_set=True,
        ),
        Purpose(
            "duty_reminder",
            _("Reminder of a duty"),
            said(gettext_noop("Reminder: {title}. Was due {due}. Please act now: %(url)s"), url=url),
            in_storm_set=True,
            spoken=_with_plain_keys(CALLED),
        ),
        Purpose(
            "duty_superior",
            _("A duty passed on to the superior"),
            said(gettext_noop("Not answered: {title} ({who}), due {due}. Please see to it: %(url)s"), url=url),
        ),
        Purpose(
            "duty_sent_back",
            _("Duty sent back"),
            said(gettext_noop("Flood duty sent back: {title}. Please do it again. Due {due}: %(url)s"), url=url),
        ),
        Purpose(
            "duty_support",
            _("Support wanted"),
            said(gettext_noop("Support wanted: {who}, {title}. See to it now: %(url)s"), url=url),
        ),
        Purpose("duty_withdrawn", _("Duty withdrawn"), said(WITHDRAWN)),
        Purpose(
            "duty_exercise",
            _("Exercise: duty or call-out"),
            said(
                gettext_noop("%(mark)s{title}. Due {due}. Nothing real: answer in your duties: %(url)s"),
                url=url,
                mark=EXERCISE_MARK,
            ),
            in_storm_set=True,
            spoken=said(gettext_noop("Exercise. {title}. Please answer by {due}. This is not real.")),
            is_exercise=True,
        ),
    ]


def with_keys(text: str, options: Sequence[Option]) -> str:
    """What a call says, with the keys of its answers behind it; unchanged without any."""
    if not options:
        return text
    keys = [gettext("%(meaning)s: press %(key)s") % {"meaning": gettext(one.label), "key": one.key} for one in options]
    return gettext("%(text)s %(keys)s.") % {"text": text, "keys": gettext(", ").join(keys)}


def _with_plain_keys(message: str) -> dict[str, str]:
    """A spoken text as it is filed: the keys of the answers that every kind of duty takes."""
    texts = said(message)
    for language in texts:
        with translation.override(language):
            texts[language] = with_keys(texts[language], heard(PLAIN, is_waiting=True))
    return texts


def purpose_of(text: str, duties: Sequence[Assignment] = ()) -> str | None:
    """Which declared text a message id is, for these duties: their kind may have one of its own for being given."""
    key = _KEYS.get(text)
    own = {kind(duty.kind).purpose for duty in duties} if key == ASSIGNED else set()
    return own.pop() or key if len(own) == 1 else key
