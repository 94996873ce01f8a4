"""What a district notice says, as it is filed with providers, and whether a draft can be sent as it stands."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from alerts.enums import NoticeLevel
from alerts.models import Notice
from alerts.queries.audience import broadcast_text
from core.rules import Refused
from messaging.enums import Channel
from messaging.queries import refusal, said
from messaging.rules import EXERCISE_MARK, Purpose

WITHDRAWN = "notice_withdrawn"
WITHDRAWN_WORDS = gettext_noop("Withdrawn: “%(headline)s” no longer holds. %(issuer)s")
_LEVELS = {
    NoticeLevel.RED: "notice_red",
    NoticeLevel.ORANGE: "notice_orange",
    NoticeLevel.YELLOW: "notice_yellow",
    NoticeLevel.BLUE: "notice_blue",
}
_LABELS = {
    "notice_red": _("Notice, red"),
    "notice_orange": _("Notice, orange"),
    "notice_yellow": _("Notice, yellow"),
    "notice_blue": _("Notice, blue"),
}
# As `composed_text` writes it of the fields; what a person writes freely has to keep to it.
_BODY = "{headline}。{measures}。{issuer}。"


def purposes() -> list[Purpose]:
    """The texts of notices: one a level, what takes one back, what ends it, and an exercise's."""
    body = _notice_texts()
    blanks = {"headline": "{headline}", "issuer": "{issuer}"}
    return [
        *(Purpose(key, _LABELS[key], body, in_storm_set=True) for key in _LEVELS.values()),
        Purpose(
            "notice_correction",
            pgettext_lazy("notice", "Correction"),
            said(gettext_noop("Correction: {headline}. {measures}. {issuer}")),
            in_storm_set=True,
        ),
        Purpose(WITHDRAWN, _("Notice withdrawn"), said(WITHDRAWN_WORDS, **blanks), in_storm_set=True),
        Purpose(
            "notice_all_clear",
            pgettext_lazy("notice", "All-clear"),
            said(gettext_noop("All clear: {headline} is over. Mind what the water has left. {issuer}")),
            in_storm_set=True,
        ),
        Purpose(
            "notice_exercise",
            _("Exercise: notice"),
            {language: EXERCISE_MARK + text for language, text in body.items()},
            in_storm_set=True,
            is_exercise=True,
        ),
    ]


def purpose_of(level: int | None) -> str | None:
    """The declared text of a notice of this level."""
    return _LEVELS.get(NoticeLevel(level)) if level in NoticeLevel.values else None


def unsendable(notice: Notice) -> Refused | None:
    """Why no provider would take this notice's text; None when it can be sent. Asked before the signature."""
    return unsendable_text(notice.sms_text, notice.level, is_exercise=notice.exercise is not None)


def unsendable_text(sms_text: str, level: int | None, *, is_exercise: bool = False) -> Refused | None:
    """The same of a text that is being written."""
    if not sms_text.strip():
        return None
    found = refusal(Channel.SMS, purpose_of(level), broadcast_text(sms_text), exercise=is_exercise)
    return found and Refused(found.code, found.message, field="sms_text", params=found.params)


def _notice_texts() -> Mapping[str, str]:
    return {language: broadcast_text(_BODY, language) for language, _name in settings.LANGUAGES}
