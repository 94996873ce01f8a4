"""The text that a leader reads aloud: at most 200 characters, every figure that of the strip."""

from django.utils import timezone
from django.utils.translation import gettext as _

from board.queries.situation import Situation
from board.queries.strip import share
from command.rules import roman

MOST = 200


def to_read_aloud(shown: Situation) -> str:
    """The situation in one breath. What comes last is left out first where it would grow too long."""
    parts = [_head(shown), *(_war(shown) if shown.is_war else _peace(shown))]
    while len(parts) > 1 and len(_joined(parts)) > MOST:
        parts.pop()
    return _joined(parts)


def _joined(parts: list[str]) -> str:
    return _("%(sentence)s.") % {"sentence": _("; ").join(parts)}


def _head(shown: Situation) -> str:
    at = timezone.localtime(shown.as_of).strftime("%H:%M")
    if not shown.is_war:
        return _("As of %(at)s, ordinary watch") % {"at": at}
    if shown.response is None:
        worst = shown.in_force[0].notice.get_level_display()
        return _("As of %(at)s, %(level)s notice in force") % {"at": at, "level": worst}
    since = timezone.localtime(shown.level_since).strftime("%H:%M")
    level = roman(shown.response.level)
    return _("As of %(at)s, response level %(level)s since %(since)s") % {"at": at, "level": level, "since": since}


def _war(shown: Situation) -> list[str]:
    helping, danger = shown.helping, shown.danger
    words = [
        _("calls for help %(open)s, without helper %(alone)s")
        % {"open": helping.open, "alone": helping.without_helper},
        _("underpasses closed %(share)s") % {"share": share(shown.underpasses_closed, shown.underpasses)},
        _("dangers %(open)s, not under control %(left)s") % {"open": danger.open, "left": danger.uncontrolled},
    ]
    if shown.calls:
        words.append(
            _("call-out answered %(share)s, not answered %(silent)s")
            % {"share": share(shown.answered, shown.called), "silent": shown.silent}
        )
    return [*words, *_households(shown), *_owed(shown)]


def _peace(shown: Situation) -> list[str]:
    manned, stores = shown.manned, shown.stores
    words = [_("in post %(share)s") % {"share": share(manned.in_post, manned.required)}]
    if shown.round:
        counted = shown.counted
        words.append(
            _("re-inspected %(share)s, late %(late)s")
            % {"share": share(counted.done, counted.required), "late": counted.late}
        )
    if stores and stores.total:
        words.append(_("stores ready %(share)s") % {"share": share(stores.ready, stores.total)})
    return [*words, *_households(shown), *_owed(shown)]


def _households(shown: Situation) -> list[str]:
    if not shown.must_total:
        return []
    figures = {"percent": shown.must_percent, "open": f"{shown.must_open:,}"}
    return [_("must-reach households answered %(percent)s, not answered %(open)s") % figures]


def _owed(shown: Situation) -> list[str]:
    late = share(shown.late_count, shown.duties.get("open", 0))
    return [
        _("to sign %(count)s") % {"count": len(shown.to_sign)},
        _("duties late %(share)s") % {"share": late},
    ]
