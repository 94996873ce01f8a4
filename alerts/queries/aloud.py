"""A notice in the words of other mouths: read out over the loudspeaker, pasted into a chat group. Free text, no SMS."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from alerts.enums import MessageType
from alerts.models import Notice
from alerts.queries.wording import printed
from messaging.rules import marked, spoken

GROUP_MOST = 180  # characters; a longer text is folded by chat programs and read by nobody


@dataclass(frozen=True)
class Mouths:
    """What is read out, and what is pasted."""

    loudspeaker: str
    group: str


def mouths(row: Notice) -> Mouths:
    """Both texts, marked as an exercise where it is one. The group's begins with what to do."""
    with translation.override(settings.LANGUAGE_CODE):
        words = {
            "sort": "" if row.message_type == MessageType.ALERT else f"{row.get_message_type_display()}：",
            "headline": _bare(row.headline),
            "caution": _bare(row.caution),
            "measures": _bare(row.measures),
            "issuer": _bare(row.issuer),
            "area": row.affected_area,
            "ends": printed(row.expires_at),
        }
        heard = gettext("Attention please. %(sort)s%(headline)s. %(caution)s. %(measures)s. %(issuer)s.") % words
        again = gettext("%(heard)s Once more. %(heard)s") % {"heard": heard}
        pasted = (
            gettext("%(measures)s.\n%(sort)s%(headline)s. %(caution)s.\n%(area)s, until %(ends)s. %(issuer)s") % words
        )
    if row.exercise is not None:
        again, pasted = marked(again), marked(pasted)
    return Mouths(spoken(again), pasted[:GROUP_MOST])


def _bare(words: str) -> str:
    return words.strip().rstrip("。.！!")
