"""A signed notice as the loudspeaker says it, as a chat group takes it, and as it hangs at the door."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from alerts.enums import MessageType, NoticeState
from alerts.models import Notice
from alerts.queries.wording import printed
from alerts.rules.papers import group_words, spoken_seconds, whole_sentence
from messaging.rules import EXERCISE_MARK, marked


@dataclass(frozen=True)
class Papers:
    """The words of one notice. `holds`: it is in force; otherwise nobody should read it out or hang it up."""

    loudspeaker: str
    seconds: int
    group: str
    holds: bool


def papers(row: Notice, now: datetime) -> Papers:
    """Of a signed notice, in the district's language. No statement."""
    with translation.override(settings.LANGUAGE_CODE):
        script = _script(row)
        group = group_words(measures=_first(row), rest=_rest(row))
    if row.exercise:
        group = marked(group) if len(marked(group)) <= 180 else marked(group[: 180 - len(EXERCISE_MARK)])
    holds = row.state == NoticeState.ISSUED and row.expires_at > now
    return Papers(script, spoken_seconds(script), group, holds)


def _script(row: Notice) -> str:
    """Said twice, for whoever hears only the second half; an exercise says so before and after each."""
    body = "\n".join(whole_sentence(part) for part in _spoken(row) if part.strip())
    if row.exercise:
        body = "\n".join((gettext("This is an exercise."), body, gettext("This is an exercise.")))
    return "\n\n".join(
        (
            gettext("Attention please. This is a flood notice of %(issuer)s.") % {"issuer": row.issuer},
            body,
            gettext("Once more."),
            body,
            gettext("End of the announcement. Please tell your neighbours."),
        )
    )


def _spoken(row: Notice) -> tuple[str, ...]:
    if row.message_type == MessageType.ALL_CLEAR:
        head = gettext("The danger is over: %(headline)s") % {"headline": row.headline}
        return (head, row.measures, row.caution)
    if row.message_type == MessageType.CORRECTION:
        corrected = gettext("This corrects what you heard before.")
        return (corrected, row.headline, row.measures, row.caution, _time_said(row))
    return (row.headline, row.measures, row.caution, _time_said(row))


def _time_said(row: Notice) -> str:
    return gettext("From %(start)s to %(end)s, in %(area)s") % {
        "start": _said(row.starts_at),
        "end": _said(row.expires_at),
        "area": row.affected_area,
    }


def _said(at: datetime) -> str:
    """A moment as it is read aloud: day and hour in words, minutes only where there are any."""
    local = timezone.localtime(at)
    # Translators: date formats of Django, as read aloud; Chinese n月j日G时 and n月j日G时i分
    return date_format(local, gettext("j F H:i") if local.minute else gettext("j F, H"))


def _first(row: Notice) -> str:
    return whole_sentence(row.measures)


def _rest(row: Notice) -> str:
    sort = "" if row.message_type == MessageType.ALERT else f"{row.get_message_type_display()}："
    until = gettext("until %(end)s") % {"end": printed(row.expires_at)}
    what = f"{sort}{row.headline}（{row.affected_area}，{until}）"
    return f"{what}\n{row.issuer} {printed(row.issued_at)}\n{settings.PUBLIC_URL}/p/"
