"""What a drill says to its people, as it is filed with providers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from messaging.queries import said
from messaging.rules import EXERCISE_MARK, Purpose

INJECT = "drill_inject"
INJECT_WORDS = gettext_noop("{words}. Nothing real.")


def purposes() -> list[Purpose]:
    """The message of an inject: its author writes the words, what stands around them is fixed."""
    return [
        Purpose(
            INJECT,
            _("Exercise: message of a drill"),
            {language: EXERCISE_MARK + text for language, text in said(INJECT_WORDS).items()},
            in_storm_set=True,
            is_exercise=True,
        )
    ]
