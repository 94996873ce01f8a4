"""One press on an entry of the log: a call for help, a danger, told to the leader, or settled."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from command.actions.danger import danger_from_note
from command.actions.help import help_from_note
from command.enums.dangers import DangerKind
from command.queries.place import site_names
from command.rules.suspicion import suspected
from dutyroster import actions as log
from dutyroster import queries as dutyroster
from dutyroster.enums import FollowUp
from dutyroster.models import LogEntry

NEEDED = {
    FollowUp.HELP: "help.handle",
    FollowUp.DANGER: "dangers.handle",
    FollowUp.LEADER: "log.write",
    FollowUp.DONE: "log.write",
}


def hand_on(*, entry: LogEntry, kind: FollowUp, by: User, now: datetime) -> None:
    """What becomes of an entry, without another word typed; pressed twice it becomes the same thing once."""
    if not by.scope_for(NEEDED[kind]).covers(entry.area_code):
        raise PermissionDenied(NEEDED[kind])
    if kind == FollowUp.HELP:
        help_from_note(entry=entry, by=by, now=now)
    elif kind == FollowUp.DANGER:
        seen = suspected(entry.text, site_names(by.scope))
        what = seen.kind if seen else DangerKind.OTHER.value
        danger_from_note(entry=entry, by=by, now=now, kind=what, place=entry.place or (seen.place if seen else ""))
    elif not entry.follow_ups.filter(kind=kind).exists():
        with translation.override(settings.LANGUAGE_CODE):
            words = _told(entry, by, now) if kind == FollowUp.LEADER else _("Settled at the duty desk")
        log.follow_up(entry=entry, kind=kind, ref="", url="", note=words, by=by, now=now)


def _told(entry: LogEntry, by: User, now: datetime) -> str:
    """Who of those who lead was told: those on duty over the area."""
    names = " ".join(person.name for person in dutyroster.leaders(entry.area_code, now, besides=by.pk))
    return _("Told: %(names)s") % {"names": names or "—"}
