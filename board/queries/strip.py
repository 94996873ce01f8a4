"""The board in words: its first sentence, and the readiness strip of peace or of war."""

from dataclasses import dataclass

from django.apps import apps
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from board.queries.situation import Situation, percent
from command.rules import roman, tone
from messaging.enums import Channel
from messaging.queries import gaps_in_words

# Roman numerals are misread from six metres and over the telephone: the word stands beside them.
LEVEL_WORDS = {
    1: gettext_noop("response of the first level"),
    2: gettext_noop("response of the second level"),
    3: gettext_noop("response of the third level"),
    4: gettext_noop("response of the fourth level"),
}


@dataclass(frozen=True)
class Tile:
    """One figure with its denominator, what is wrong with it, and the rows behind it."""

    label: str
    figure: str
    note: str
    tone: str
    url: str


@dataclass(frozen=True)
class Banner:
    """应急状态: the level in words or the notice that made it, since when, and its page."""

    words: str
    tone: str
    since: object
    url: str


def banner(shown: Situation) -> Banner | None:
    """What stands above the strip in war; None in peace."""
    if not shown.is_war:
        return None
    if shown.response is not None:
        figures = {"level": roman(shown.response.level), "words": _(LEVEL_WORDS[shown.response.level])}
        words = _("State of emergency, level %(level)s (%(words)s)") % figures
        url = reverse("command:response", args=[shown.response.uuid])
        return Banner(words, tone(shown.response.level), shown.level_since, url)
    worst = shown.in_force[0].notice
    words = _("State of emergency, %(level)s notice in force") % {"level": worst.get_level_display()}
    return Banner(words, "danger", worst.issued_at, reverse("alerts:notice", args=[worst.uuid]))


def question(shown: Situation) -> str:
    """The first sentence: who may die now, then what is owed; in peace, then what is not ready."""
    parts = [*_in_danger(shown), *_owed(shown)] if shown.is_war else [*_in_danger(shown), *_owed(shown), *_ready(shown)]
    if not _in_danger(shown):
        calm = (
            _("nobody asks for help, every must-reach household has answered")
            if shown.is_war
            else ""
            if _owed(shown)
            else _("nothing is late")
        )
        parts = [calm, *parts] if calm else parts
    sentence = _("; ").join(parts)
    return _("%(sentence)s.") % {"sentence": sentence[:1].upper() + sentence[1:]}


def _in_danger(shown: Situation) -> list[str]:
    parts, helping = [], shown.helping
    if helping.open:
        words = ngettext("%(count)s call for help", "%(count)s calls for help", helping.open) % {"count": helping.open}
        if helping.without_helper:
            words += _(", %(alone)s without a helper") % {"alone": helping.without_helper}
        parts.append(words)
    if shown.danger.uncontrolled:
        count = shown.danger.uncontrolled
        parts.append(
            ngettext("%(count)s danger not under control", "%(count)s dangers not under control", count)
            % {"count": count}
        )
    if shown.must_open:
        parts.append(
            ngettext(
                "%(count)s household that must be reached has not answered",
                "%(count)s households that must be reached have not answered",
                shown.must_open,
            )
            % {"count": f"{shown.must_open:,}"}
        )
    return parts


def _owed(shown: Situation) -> list[str]:
    parts = []
    if shown.is_war and shown.silent:
        parts.append(_("%(silent)s of %(called)s called have not answered") % _calls(shown))
    if shown.to_sign:
        count = len(shown.to_sign)
        parts.append(ngettext("%(count)s paper to sign", "%(count)s papers to sign", count) % {"count": count})
    if shown.late_count:
        count = shown.late_count
        parts.append(ngettext("%(count)s duty is late", "%(count)s duties are late", count) % {"count": count})
    return parts


def _ready(shown: Situation) -> list[str]:
    parts = []
    short = shown.manned.required - shown.manned.effective
    if short:
        parts.append(
            ngettext("%(count)s person missing on duty", "%(count)s people missing on duty", short) % {"count": short}
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
    return parts


def _calls(shown: Situation) -> dict[str, int]:
    return {"silent": shown.silent, "called": shown.called}


def strip(shown: Situation) -> list[Tile]:
    """The tiles from left to right; none is green that is not known, and the first six fit a phone."""
    if shown.is_war:
        tiles = [_help(shown), _closed(shown), _dangers(shown), _called(shown), _must(shown), _to_sign(shown)]
        workers = [_workers(shown)] if shown.faulty or shown.stopped else []
        return [*tiles, _late(shown), *workers, *_feeds(shown), *_accounts(shown)]
    households = [_must(shown), _ordinary(shown)] if shown.coverage else [_must(shown)]
    return [
        _posts(shown), _round(shown), _stores(shown), households[0], _late(shown), _to_sign(shown),
        *households[1:], _workers(shown), *_feeds(shown), *_accounts(shown),
        *([_texts(shown)] if shown.unready_texts else []),
    ]  # fmt: skip


def share(part: int, whole: int) -> str:
    """98/105: no figure without its denominator."""
    return f"{part:,}/{whole:,}"


def _posts(shown: Situation) -> Tile:
    label, url, manned = _("In post"), reverse("dutyroster:home"), shown.manned
    if not manned.required:
        return Tile(label, "—", _("nobody is required: set up the posts"), "unknown", url)
    missing, absent = manned.required - manned.effective, manned.effective - manned.in_post
    notes = []
    if missing:
        notes.append(_("%(count)s missing") % {"count": missing})
    if absent > 0:
        notes.append(_("%(count)s not checked in") % {"count": absent})
    tone_ = "danger" if missing else "late" if absent > 0 else "ok"
    return Tile(label, share(manned.in_post, manned.required), " · ".join(notes) or _("all there"), tone_, url)


def _round(shown: Situation) -> Tile:
    label, counted = _("Re-inspection"), shown.counted
    if shown.round is None:
        return Tile(label, "—", _("no open round"), "unknown", reverse("hazards:rounds"))
    if counted.late:
        tone_, note = "danger", _("%(late)s late") % {"late": counted.late}
    elif counted.is_whole:
        tone_, note = "ok", _("all verified")
    else:
        tone_, note = "working", _("%(missing)s not seen") % {"missing": counted.missing}
    if counted.waiting:
        note += " · " + _("%(waiting)s to verify") % {"waiting": counted.waiting}
    url = reverse("hazards:round", args=[shown.round.pk])
    return Tile(label, share(counted.done, counted.required), note, tone_, url)


def _stores(shown: Situation) -> Tile:
    label, url, stores = _("Stores ready"), reverse("supplies:readiness"), shown.stores
    if stores is None or not stores.total:
        return Tile(label, "—", _("no quota is set"), "unknown", url)
    notes = []
    if stores.not_ready:
        notes.append(_("%(count)s not ready") % {"count": stores.not_ready})
    if stores.unknown:
        notes.append(_("%(count)s not proven") % {"count": stores.unknown})
    tone_ = "danger" if stores.not_ready else "unknown" if stores.unknown else "ok"
    return Tile(label, share(stores.ready, stores.total), " · ".join(notes) or _("all ready"), tone_, url)


def _must(shown: Situation) -> Tile:
    label = _("Must-reach households answered")
    if shown.newest is None or not shown.must_total:
        words = _("no notice in force") if shown.newest is None else _("none in the area of the notice")
        return Tile(label, "—", words, "off", reverse("alerts:notices"))
    note = _("%(count)s not answered") % {"count": f"{shown.must_open:,}"} if shown.must_open else _("all of them")
    url = reverse("alerts:notice", args=[shown.newest.uuid])
    figure = share(shown.must_answered, shown.must_total)
    if shown.must_open:
        note = f"{shown.must_percent} · {note}"
    return Tile(label, figure, note, "danger" if shown.must_open else "ok", url)


def _ordinary(shown: Situation) -> Tile:
    assert shown.newest is not None  # noqa: S101  (asked for by the caller)
    delivered, total = shown.ordinary_delivered, shown.ordinary_total
    note = _("%(percent)s · %(count)s not delivered") % {
        "percent": percent(delivered, total),
        "count": f"{shown.ordinary_open:,}",
    }
    url = reverse("alerts:notice", args=[shown.newest.uuid])
    if not shown.ordinary_open:
        note = _("all of them")
    tone_ = "late" if shown.ordinary_open else "ok"
    return Tile(_("Ordinary households delivered"), share(delivered, total), note, tone_, url)


def _help(shown: Situation) -> Tile:
    helping, url = shown.helping, reverse("command:help")
    if not helping.open:
        return Tile(_("Calls for help"), "0", _("nobody asks for help"), "ok", url)
    alone = share(helping.without_helper, helping.open)
    if helping.without_helper:
        return Tile(
            _("Calls for help"), str(helping.open), _("%(share)s without a helper") % {"share": alone}, "danger", url
        )
    unspoken = share(helping.unspoken, helping.open)
    note = _("%(share)s not spoken with") % {"share": unspoken} if helping.unspoken else _("all have a helper")
    return Tile(_("Calls for help"), str(helping.open), note, "late", url)


def _closed(shown: Situation) -> Tile:
    notes = []
    if shown.unticked:
        notes.append(_("missing: %(parties)s") % {"parties": _(", ").join(shown.unticked)})
    if shown.underground.total:
        left = share(shown.underground.not_empty, shown.underground.total)
        notes.append(_("underground not empty %(share)s") % {"share": left})
    if shown.others_closed:
        notes.append(_("%(count)s other places") % {"count": shown.others_closed})
    if shown.slow:
        notes.append(_("%(count)s with water") % {"count": shown.slow})
    figure = share(shown.underpasses_closed, shown.underpasses)
    shut = shown.underpasses_closed + shown.others_closed
    tone_ = "danger" if shut else "late" if shown.slow else "ok"
    words = " · ".join(notes) or (_("underpasses closed") if shut else _("no underpass closed"))
    return Tile(_("Roads closed"), figure, words, tone_, reverse("command:closures"))


def _dangers(shown: Situation) -> Tile:
    found, url = shown.danger, reverse("command:dangers")
    if not found.open:
        return Tile(_("Dangers open"), "0", _("none reported"), "ok", url)
    notes = [_("%(share)s not under control") % {"share": share(found.uncontrolled, found.open)}]
    if found.new:
        notes.append(_("%(count)s not acknowledged") % {"count": found.new})
    tone_ = "danger" if found.uncontrolled else "working"
    note = " · ".join(notes) if found.uncontrolled else _("all under control")
    return Tile(_("Dangers open"), str(found.open), note, tone_, url)


def _called(shown: Situation) -> Tile:
    label = _("Call-out answered")
    if shown.calls is None:
        return Tile(label, "—", _("nobody was called out"), "unknown", reverse("command:home"))
    url = reverse("command:call_out", args=[shown.calls.call_out.uuid])
    note = _("%(count)s not answered") % {"count": shown.silent} if shown.silent else _("all of them")
    tone_ = "danger" if shown.calls.silent else "working" if shown.silent else "ok"
    return Tile(label, share(shown.answered, shown.called), note, tone_, url)


def _to_sign(shown: Situation) -> Tile:
    count = len(shown.to_sign)
    note = _("papers wait for a signature") if count else _("nothing waits for a signature")
    url = shown.to_sign[0].url if count == 1 else reverse("alerts:notices") + "?tab=waiting"
    return Tile(_("To sign"), str(count), note, "late" if count else "ok", url)


def _late(shown: Situation) -> Tile:
    is_open = shown.duties.get("open", 0)
    note = _("of %(open)s open duties") % {"open": f"{is_open:,}"}
    tone_ = "danger" if shown.late_count else "ok"
    return Tile(
        _("Late duties"),
        share(shown.late_count, is_open),
        note,
        tone_,
        reverse("assignments:mine") + "?tab=area&state=late",
    )


def _workers(shown: Situation) -> Tile:
    label, url = _("Workers and clocks"), reverse("readyz")
    if shown.faulty:
        names = " ".join(str(Channel(channel).label) for channel in shown.faulty)
        return Tile(label, "—", _("%(channels)s cannot send") % {"channels": names}, "danger", url)
    if not shown.working:
        return Tile(label, "—", _("no sign of life yet"), "unknown", url)
    figure = share(shown.working - len(shown.stopped), shown.working)
    if shown.stopped:
        return Tile(label, figure, _("standing still: %(names)s") % {"names": _works(shown.stopped)}, "danger", url)
    return Tile(label, figure, _("all at work"), "ok", url)


def _feeds(shown: Situation) -> list[Tile]:
    """Feeds of official warnings that are silent or were not understood: a tile only where there is one."""
    silent = [line.feed.name for line in shown.ailing_feeds if line.is_stale]
    refused = sum(line.refused for line in shown.ailing_feeds)
    if not silent and not refused:
        return []
    figure = _("%(count)s silent") % {"count": len(silent)} if silent else _("%(count)s refused") % {"count": refused}
    told = "、".join(silent)
    if refused:
        told = "；".join(filter(None, [told, _("%(count)s messages not taken in: read them") % {"count": refused}]))
    return [Tile(_("Feeds of warnings"), figure, told, "danger", reverse("alerts:feeds"))]


def _accounts(shown: Situation) -> list[Tile]:
    """Accounts whose last self-test failed: a tile only where there is one."""
    failing = shown.failing_accounts
    if not failing:
        return []
    row, why = failing[0]
    words = _("%(account)s: %(why)s") % {"account": row.account, "why": why}
    figure = _("%(count)s failing") % {"count": len(failing)}
    return [Tile(_("Self-tests of accounts"), figure, words, "late", reverse("messaging:accounts"))]


def _texts(shown: Situation) -> Tile:
    """汛前: what is not approved in spring cannot be sent at 23:05. Never in war, and quiet in peace."""
    count = len(shown.unready_texts)
    figure = _("%(count)s lacking") % {"count": count}
    return Tile(
        _("Texts before the season"),
        figure,
        gaps_in_words(shown.unready_texts),
        "unknown",
        reverse("messaging:templates"),
    )


def _works(ticks: list[str]) -> str:
    """Whose work stands still, in the words of the menu; the page of the workers names each clock itself."""
    known = {app.label: str(app.verbose_name) for app in apps.get_app_configs()}
    return " ".join(dict.fromkeys(known.get(name.partition(".")[0], name) for name in ticks))
