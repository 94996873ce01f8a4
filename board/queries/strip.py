"""The board in words: its first sentence, and the readiness strip of six tiles."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from board.queries.situation import Situation


@dataclass(frozen=True)
class Tile:
    """One figure with its denominator, what is wrong with it, and the rows behind it."""

    label: str
    figure: str
    note: str
    tone: str
    url: str


def question(shown: Situation) -> str:
    """The first sentence: the worst thing first, then how far the sites are."""
    parts = []
    if shown.needing_help:
        parts.append(
            ngettext("%(count)s household asks for help", "%(count)s households ask for help", shown.needing_help)
            % {"count": shown.needing_help}
        )
    if shown.must_open:
        parts.append(
            ngettext(
                "%(count)s household that must be reached has not answered",
                "%(count)s households that must be reached have not answered",
                shown.must_open,
            )
            % {"count": shown.must_open}
        )
    if shown.late_count:
        parts.append(
            ngettext("%(count)s duty is late", "%(count)s duties are late", shown.late_count)
            % {"count": shown.late_count}
        )
    if shown.round is None:
        parts.append(_("no round of inspection is open"))
    elif shown.counted.is_whole:
        parts.append(_("every site has been re-inspected"))
    else:
        left = shown.counted.required - shown.counted.done
        parts.append(
            ngettext("%(left)s site is not re-inspected", "%(left)s sites are not re-inspected", left) % {"left": left}
        )
    if not (shown.needing_help or shown.must_open or shown.late_count):
        parts.insert(0, _("nothing is late"))
    sentence = _("; ").join(parts)
    return _("%(sentence)s.") % {"sentence": sentence[:1].upper() + sentence[1:]}


def strip(shown: Situation) -> list[Tile]:
    """The tiles from left to right; none is green that is not known."""
    return [_round(shown), *_coverage(shown), _to_sign(shown), _late(shown), _workers(shown)]


def _share(part: int, whole: int) -> str:
    return f"{part:,}/{whole:,}"


def _round(shown: Situation) -> Tile:
    label, counted = _("Re-inspection"), shown.counted
    if shown.round is None:
        return Tile(label, "—", _("no open round"), "unknown", reverse("hazards:rounds"))
    if counted.late:
        tone, note = "danger", _("%(late)s late") % {"late": counted.late}
    elif counted.is_whole:
        tone, note = "ok", _("all verified")
    else:
        tone, note = "working", _("%(missing)s not seen") % {"missing": counted.missing}
    if counted.waiting:
        note += " · " + _("%(waiting)s to verify") % {"waiting": counted.waiting}
    url = reverse("hazards:round", args=[shown.round.pk])
    return Tile(label, _share(counted.done, counted.required), note, tone, url)


def _coverage(shown: Situation) -> list[Tile]:
    if shown.coverage is None or shown.newest is None:
        url = reverse("alerts:notices")
        return [Tile(_("Notice coverage"), "—", _("no notice in force"), "off", url)]
    total, url = shown.coverage.total, reverse("alerts:notice", args=[shown.newest.uuid])
    not_answered = _("%(count)s not answered") % {"count": f"{shown.must_open:,}"}
    percent = total.ordinary_delivered * 1000 // total.ordinary_total / 10 if total.ordinary_total else 100.0
    not_reached = _("%(percent)s %% · %(count)s not reached") % {
        "percent": percent,
        "count": f"{shown.ordinary_open:,}",
    }
    return [
        Tile(
            _("Must-reach households answered"),
            _share(shown.must_answered, total.must_total),
            not_answered if shown.must_open else _("all of them"),
            "danger" if shown.must_open else "ok",
            url,
        ),
        Tile(
            _("Ordinary households reached"),
            _share(total.ordinary_delivered, total.ordinary_total),
            not_reached if shown.ordinary_open else _("all of them"),
            "late" if shown.ordinary_open else "ok",
            url,
        ),
    ]


def _to_sign(shown: Situation) -> Tile:
    note = _("notices wait for a signature") if shown.to_sign else _("nothing to sign")
    return Tile(_("To sign"), str(shown.to_sign), note, "late" if shown.to_sign else "ok", reverse("alerts:notices"))


def _late(shown: Situation) -> Tile:
    is_open = shown.duties.get("open", 0)
    note = _("of %(open)s open duties") % {"open": f"{is_open:,}"}
    tone = "danger" if shown.late_count else "ok"
    return Tile(_("Late duties"), _share(shown.late_count, is_open), note, tone, reverse("assignments:mine"))


def _workers(shown: Situation) -> Tile:
    label, url = _("Workers and clocks"), reverse("readyz")
    if shown.faulty:
        return Tile(label, "—", _("%(channels)s cannot send") % {"channels": " ".join(shown.faulty)}, "danger", url)
    if not shown.working:
        return Tile(label, "—", _("no sign of life yet"), "unknown", url)
    figure = _share(shown.working - len(shown.stopped), shown.working)
    if shown.stopped:
        return Tile(label, figure, _("standing still: %(names)s") % {"names": " ".join(shown.stopped)}, "danger", url)
    return Tile(label, figure, _("all at work"), "ok", url)
