"""What a district notice says, as it is filed with providers, and whether a draft can be sent as it stands."""

from collections.abc import Mapping

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alerts.enums import MessageType, NoticeLevel
from alerts.models import Notice
from alerts.queries.audience import broadcast_text
from alerts.queries.ringing import call_purposes
from core.rules import Refused
from messaging.enums import Channel
from messaging.queries import refusal, said
from messaging.rules import EXERCISE_MARK, Purpose

WITHDRAWN = "notice_withdrawn"
WITHDRAWN_WORDS = gettext_noop("Withdrawn: “%(headline)s” no longer holds. %(issuer)s")
# What a signer hears and reads. Two blanks: providers take no more in a voice text.
SIGN_CALLED = gettext_noop(
    "A flood notice waits for your signature: {headline}. {where}. To agree press 1, then your six digits; to send it"
    " back press 2, then your six digits; then the hash key."
)
SIGN_TEXTED = gettext_noop(
    "A flood notice waits for your signature: {headline}. {where}. Reply 1 and your six digits to agree, 2 and your six"
    " digits to send it back."
)
CODE_ASKED = gettext_noop("You answered about {headline}. Reply with your six digits, else nothing is done.")
SIGN_FAILED = gettext_noop("Your answer about {headline} did nothing: {why}.")
_LEVELS = {
    NoticeLevel.RED: "notice_red",
    NoticeLevel.ORANGE: "notice_orange",
    NoticeLevel.YELLOW: "notice_yellow",
    NoticeLevel.BLUE: "notice_blue",
}
_FOLLOWERS = {MessageType.CORRECTION: "notice_correction", MessageType.ALL_CLEAR: "notice_all_clear"}
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
            _FOLLOWERS[MessageType.CORRECTION],
            pgettext_lazy("notice", "Correction"),
            # Whoever had the wrong text is asked again: the answer to a correction counts like that to a notice.
            {
                language: broadcast_text(text, language)
                for language, text in said(gettext_noop("Correction: {headline}. {measures}. {issuer}")).items()
            },
            in_storm_set=True,
        ),
        Purpose(WITHDRAWN, _("Notice withdrawn"), said(WITHDRAWN_WORDS, **blanks), in_storm_set=True),
        Purpose(
            _FOLLOWERS[MessageType.ALL_CLEAR],
            pgettext_lazy("notice", "All-clear"),
            said(gettext_noop("All clear: {headline} is over. Mind what the water has left. {issuer}")),
            in_storm_set=True,
        ),
        Purpose("signing_asked", _("The signer is asked"), said(SIGN_TEXTED), spoken=said(SIGN_CALLED)),
        Purpose("signing_code", _("The signer's code is asked for"), said(CODE_ASKED)),
        Purpose("signing_failed", _("The signer hears why his answer did nothing"), said(SIGN_FAILED)),
        Purpose(
            "signing_exercise",
            _("Exercise: the signer is asked"),
            {language: EXERCISE_MARK + text for language, text in said(SIGN_TEXTED).items()},
            spoken={language: _drilled(text, language) for language, text in said(SIGN_CALLED).items()},
            is_exercise=True,
        ),
        Purpose(
            "notice_exercise",
            _("Exercise: notice"),
            {language: EXERCISE_MARK + text for language, text in body.items()},
            in_storm_set=True,
            is_exercise=True,
        ),
        *call_purposes(),
    ]


def purpose_of(level: int | None, message_type: str = MessageType.ALERT) -> str | None:
    """The declared text of a correction, of an all-clear, or of a notice of this level."""
    if message_type != MessageType.ALERT:
        return _FOLLOWERS[MessageType(message_type)]
    return _LEVELS.get(NoticeLevel(level)) if level in NoticeLevel.values else None


def purpose_of_call(purpose: str, *, is_exercise: bool = False) -> str:
    """The declared text of a message to a signer; an exercise has one for all."""
    return "signing_exercise" if is_exercise else purpose


def _drilled(text: str, language: str) -> str:
    """A call's text for exercises: providers take no brackets in it."""
    with translation.override(language):
        return gettext("Exercise. %(text)s") % {"text": text}


def sent_text(notice: Notice) -> str:
    """A notice's text as it goes out, without the signature and the mark of an exercise."""
    return written_text(notice.sms_text, notice.message_type, is_composed=notice.is_composed)


def written_text(sms_text: str, message_type: str = MessageType.ALERT, *, is_composed: bool = False) -> str:
    """The same of words: a person's own get how to answer behind them, save an all-clear, which asks for nothing; a
    reviewed text is whole as it stands.
    """
    is_whole = is_composed or message_type == MessageType.ALL_CLEAR
    return sms_text.strip() if is_whole else broadcast_text(sms_text)


def unsendable(notice: Notice) -> Refused | None:
    """Why no provider would take this notice's text; None when it can be sent. Asked again at the signature."""
    purpose = purpose_of(notice.level, notice.message_type)
    return unsendable_text(sent_text(notice), purpose, is_exercise=notice.exercise is not None)


def unsendable_text(text: str, purpose: str | None, *, is_exercise: bool = False) -> Refused | None:
    """The same of a text as it would go out."""
    if not text:
        return None
    found = refusal(Channel.SMS, purpose, text, exercise=is_exercise)
    return found and Refused(found.code, found.message, field="sms_text", params=found.params)


def _notice_texts() -> Mapping[str, str]:
    return {language: broadcast_text(_BODY, language) for language, _name in settings.LANGUAGES}
