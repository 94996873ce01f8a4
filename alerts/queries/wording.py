"""The words of a notice: a person's own, or the reviewed text of its purpose filled from the form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alerts.enums import MessageType, NoticeKind, NoticeLevel, Objection
from alerts.queries.audience import broadcast_text
from alerts.queries.purposes import purpose_of, unsendable_text, written_text
from alerts.rules import Content, Misfit, blank_values, composed_text, misfits
from core.rules import Refused
from messaging import queries as messages
from messaging.enums import Channel
from messaging.rules import EXERCISE_MARK, Reviewed, Template

# Fields as the form calls them, so that a sentence names what the reader sees.
FIELDS = {
    "kind": _("Kind"),
    "level": _("Level"),
    "headline": _("Headline"),
    "starts_at": _("Starts"),
    "expires_at": _("Ends"),
    "affected_area": _("Area affected"),
    "caution": _("What to beware of"),
    "measures": _("What to do"),
    "issuer": _("Issuer"),
}


@dataclass(frozen=True)
class Wording:
    """What a notice would say. `template`: the reviewed text it was made of, None for words of a person or of ours.

    `refusal`: why no provider takes it. `advice`: why it is not the reviewed text although there is one; it goes out as
    free words.
    """

    text: str
    is_composed: bool
    template: Reviewed | None = None
    refusal: Refused | None = None
    advice: Refused | None = None


def wording(content: Content, message_type: str = MessageType.ALERT, *, is_exercise: bool = False) -> Wording:
    """The words of what is being written. Where no SMS text was written, the reviewed text is filled from the fields.

    Whatever is missing still is no fault yet: submitting asks for it.
    """
    purpose = purpose_of(content.level, message_type)
    if content.sms_text.strip():
        text = written_text(content.sms_text, message_type)
        return Wording(text, False, refusal=unsendable_text(text, purpose, is_exercise=is_exercise))
    offer = messages.offer(Channel.SMS, purpose, exercise=is_exercise)
    values = _values(content, message_type, is_exercise)
    faults = [
        (one, [fault for fault in misfits(one, values) if fault.code != "value_empty"]) for one in offer.templates
    ]
    # Filled as far as the fields go; one whose blanks are all there before one that asks for what nobody knows.
    fitting = [one for one, found in faults if not found]
    if fitting:
        return Wording(_filled(fitting[0], values), True, fitting[0])
    objection = _objection(faults[0][1][0]) if faults else None
    ours = _ours(content, message_type, values)
    if offer.takes_free_text:
        return Wording(ours, True, advice=objection)
    return Wording(ours, True, refusal=objection or unsendable_text(ours, purpose, is_exercise=is_exercise))


def reviewed_words(level: int | None, message_type: str, *, is_exercise: bool) -> Sequence[Reviewed]:
    """The reviewed texts that a notice of this level may start from, the one to use first."""
    return messages.offer(Channel.SMS, purpose_of(level, message_type), exercise=is_exercise).templates


def printed(at: datetime | None) -> str:
    """A moment as a text message says it, in the district's language."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    with translation.override(settings.LANGUAGE_CODE):
        return date_format(local, gettext("j M H:i"))


def _values(content: Content, message_type: str, is_exercise: bool) -> dict[str, str]:
    with translation.override(settings.LANGUAGE_CODE):
        values = blank_values(
            content,
            kind=str(NoticeKind(content.kind).label) if content.kind in NoticeKind.values else "",
            level=str(NoticeLevel(content.level).label) if content.level in NoticeLevel.values else "",
            starts=printed(content.starts_at),
            ends=printed(content.expires_at),
        )
        if is_exercise and message_type != MessageType.ALERT and values["headline"]:
            # An exercise has one text for everything: its headline says what this is.
            mark = gettext("%(sort)s: %(headline)s")
            sort = MessageType(message_type).label
            values["headline"] = values["title"] = mark % {"sort": sort, "headline": values["headline"]}
    return values


def _filled(template: Reviewed, values: dict[str, str]) -> str:
    # The mark of an exercise comes back when the message goes out.
    return Template(template.text).filled(values).removeprefix(EXERCISE_MARK)


def _ours(content: Content, message_type: str, values: dict[str, str]) -> str:
    """Our own declared words, for accounts that take free text."""
    if message_type == MessageType.ALERT:
        return broadcast_text(composed_text(content))
    declared = messages.purposes()[purpose_of(content.level, message_type) or ""]
    return Template(declared.texts[settings.LANGUAGE_CODE]).filled(
        {**values, "headline": content.headline.rstrip("。")}
    )


def _objection(fault: Misfit) -> Refused:
    code = {
        "value_too_long": Objection.BLANK_TOO_LONG,
        "value_link": Objection.BLANK_LINK,
        "unknown": Objection.BLANK_UNKNOWN,
    }[fault.code]
    is_field = fault.code != "unknown"
    named = FIELDS.get(fault.field, fault.field)
    params: dict[str, object] = {"field": named, "over": fault.over, "most": fault.most}
    return Refused(code.value, code.label, field=fault.field if is_field else "sms_text", params=params)
