"""Filters and tags of the visual language; the components in templates/components/ stand on them.

Every moment is shown as “14:05 (8 分钟前)” inside a `<time>` that static/js/moments.js keeps true.
"""

import re
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from core import clock as core_clock

register = template.Library()

# A state is told by tone, shape and word; a tone without a shape of its own would vanish in print. The tones are
# progress in general; which state of a duty, site or road has which tone is said by the app that owns the state.
TONES = ("ok", "working", "waiting", "late", "danger", "unknown", "off", "exercise")
# Outlines on a 16 × 16 field that stay apart at 12 px and in one colour. Marks on maps: static/icons/marks.svg.
SHAPES = {
    "ok": '<circle cx="8" cy="8" r="7"/><path class="in" d="M4.5 8.2l2.4 2.5 4.6-5.2"/>',
    "working": '<circle class="out" cx="8" cy="8" r="6"/><path d="M8 2a6 6 0 0 1 0 12z"/>',
    "waiting": '<circle class="out" cx="8" cy="8" r="6"/>',
    "late": '<path d="M8 1l7.4 13.5H.6z"/><path class="in" d="M8 6v4M8 12v.4"/>',
    "danger": '<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/><path class="in" d="M8 4v5M8 11.6v.4"/>',
    "unknown": '<circle class="out dashed" cx="8" cy="8" r="6"/>'
    '<path class="line thin" d="M6 6.3a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.2M8 11.4v.2"/>',
    "off": '<circle class="out" cx="8" cy="8" r="6"/><path class="line" d="M3.8 12.2l8.4-8.4"/>',
    "exercise": '<path d="M8 .8L15.2 8 8 15.2.8 8z"/>',
    "barred": '<circle cx="8" cy="8" r="7"/><path class="in wide" d="M4 8h8"/>',
    "cross": '<path class="line wide" d="M3 3l10 10M13 3L3 13"/>',
    "arrow": '<path class="line" d="M2 8h11M9 3.5L13.5 8 9 12.5"/>',
    "disc": '<circle cx="8" cy="8" r="7"/>',
    "star": '<path d="M8 .8l2.2 4.8 5.2.6-3.9 3.5 1.1 5.2L8 12.3 3.4 14.9l1.1-5.2L.6 6.2l5.2-.6z"/>',
}
CONTROL_CLASSES: list[tuple[type, str]] = [
    (CheckboxInput, "form-check-input"),
    (CheckboxSelectMultiple, "form-choices"),
    (RadioSelect, "form-choices"),
    (Select, "form-select"),
    (FileInput, "form-control"),
]


@register.filter
def stamp(at: datetime | None) -> str:
    """The moment alone, local: “14:05” today, “7月19日 14:05” this year, with the year otherwise; “—” for None."""
    if at is None:
        return "—"
    local, today = timezone.localtime(at), timezone.localtime(core_clock.now())
    if local.date() == today.date():
        return local.strftime("%H:%M")
    # Translators: a date format of Django; Chinese writes n月j日 H:i
    return date_format(local, gettext("j M H:i") if local.year == today.year else gettext("j M Y H:i"))


@register.filter
def moment(at: datetime | None) -> SafeString:
    """“14:05 (8 分钟前)” as a `<time>` that keeps itself true; “—” for None."""
    if at is None:
        return mark_safe('<span class="none">—</span>')
    return format_html(
        '<time datetime="{}" data-moment>{} <span class="age">({})</span></time>',
        at.isoformat(timespec="seconds"),
        stamp(at),
        ago(at),
    )


@register.filter
def ago(at: datetime) -> str:
    """“8 分钟前”, “6 分钟后”, “刚刚” within a minute."""
    apart = core_clock.now() - at
    if abs(apart) < timedelta(minutes=1):
        return gettext("just now")
    if apart > timedelta(0):
        return gettext("%(duration)s ago") % {"duration": duration(apart)}
    return gettext("in %(duration)s") % {"duration": duration(-apart)}


@register.filter
def duration(span: timedelta | float | None) -> str:
    """A timedelta or seconds as “45 秒”, “8 分钟”, “1 小时 35 分钟”, “3 天”: two units at most; “—” for None."""
    if span is None:
        return "—"
    seconds = int(span.total_seconds() if isinstance(span, timedelta) else span)
    if seconds < 60:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = seconds // 60
    if minutes < 60:
        return _minutes(minutes)
    hours = minutes // 60
    if hours < 24:
        whole = ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
        return f"{whole} {_minutes(minutes % 60)}" if minutes % 60 else whole
    return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}


def _minutes(count: int) -> str:
    return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}


@register.filter
def masked(number: str) -> str:
    """A telephone number with its middle hidden: 138****0021; short ones keep their last two digits."""
    text = str(number).removeprefix("+86")
    if len(text) >= 11:
        return f"{text[:-8]}****{text[-4:]}"
    return "*" * max(len(text) - 2, 0) + text[-2:]


@register.filter
def dial(number: str) -> str:
    """A telephone number as people read it aloud: 138 0000 0021 without +86; others (landlines, 110) unchanged."""
    text = str(number).removeprefix("+86")
    if re.fullmatch(r"1\d{10}", text):
        return f"{text[:3]} {text[3:7]} {text[7:]}"
    return text


@register.filter
def grouped(count: int) -> str:
    """“20,000”, as `share` writes it; what is no number stays as it is."""
    return f"{count:,}" if isinstance(count, int) else str(count)


@register.filter
def state_class(tone: str) -> str:
    """The classes of a state badge. A tone nobody declared looks unknown, never ok."""
    return f"state state-{tone if tone in TONES else 'unknown'}"


@register.filter
def share(count: int, total: int) -> str:
    """“98/105”: no figure without its denominator."""
    return f"{count:,}/{total:,}"


@register.filter
def percent(count: int, total: int) -> str:
    """“93.3 %”, rounded down so that 100 % means all; “—” of nothing."""
    return f"{count * 1000 // total / 10:.1f} %" if total else "—"


@register.filter
def warning_words(colour: str, kind: str) -> str:
    """“暴雨红色预警”; without a kind “红色预警”."""
    words = {
        "blue": gettext("%(kind)s blue warning"),
        "yellow": gettext("%(kind)s yellow warning"),
        "orange": gettext("%(kind)s orange warning"),
        "red": gettext("%(kind)s red warning"),
    }
    return (words[colour] % {"kind": kind}).strip()


@register.filter
def warning_shape(colour: str) -> str:
    """The shape that says the colour to whoever cannot see it: disc, triangle, diamond, octagon."""
    return {"blue": "disc", "yellow": "late", "orange": "exercise", "red": "danger"}[colour]


@register.simple_tag
def shape(name: str) -> SafeString:
    """The inline outline of a tone or one of `SHAPES`; decoration, because its word always stands beside it."""
    body = SHAPES.get(name, SHAPES["unknown"])
    return mark_safe(  # noqa: S308  (constants of this module)
        f'<svg class="shape" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">{body}</svg>'
    )


@register.simple_tag
def badge(tone: str, label: str) -> SafeString:
    """`components/state.html` for the rows of a long list, where an include costs more than all the rest of its row."""
    return format_html('<span class="{}">{}{}</span>', state_class(tone), shape(tone), label)


@register.simple_tag
def mark(name: str, tone: str) -> SafeString:
    """A mark as the map draws it, for legends: the shape says the kind, colour and inner sign say the state."""
    return format_html(
        '<svg class="map-mark tone-{}" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">'
        '<use href="{href}#{}"/><use class="sign" href="{href}#sign-{}"/></svg>',
        tone,
        name,
        tone,
        href=static("icons/marks.svg"),
    )


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An inline Tabler icon that takes the colour of its text; give `label` where no word stands beside it.

    Only icons listed under "vendor" in package.json exist; an unknown one leaves an empty square of the same size.
    """
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" {}>{}</svg>',
        voice,
        _paths(name),
    )


@cache
def _paths(name: str) -> SafeString:
    found = finders.find(f"vendor/@tabler/icons/icons/outline/{name}.svg")
    if not isinstance(found, str):
        return mark_safe("")
    # Tabler's outlines are paths only; the first one, with a stroke of its own, is an invisible frame.
    paths = re.findall(r'<path d="([^"]+)"', Path(found).read_text())
    return format_html_join("", '<path d="{}"/>', ((path,) for path in paths))


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's widget with the class its kind wants, marked when it has errors."""
    widget = field.field.widget
    kind = next((name for base, name in CONTROL_CLASSES if isinstance(widget, base)), "form-control")
    given = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": " ".join(filter(None, [given, kind, "is-invalid" if field.errors else ""]))})


@register.filter
def is_tick(field: BoundField) -> bool:
    """True for a single checkbox, whose label stands after it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.inclusion_tag("components/clock.html")
def clock(issued: datetime, due: datetime, done: datetime | None = None) -> dict[str, Any]:
    """The bar of a duty from issued to due, now (or done) marked; over time it is full, red and says by how much."""
    now = core_clock.now()
    until = done or now
    whole = max((due - issued).total_seconds(), 1)
    part = min(max((until - issued).total_seconds() / whole, 0), 1)
    late = until > due
    if late and done:
        words = gettext("Done, %(duration)s over time") % {"duration": duration(until - due)}
    elif late:
        words = gettext("Overdue by %(duration)s") % {"duration": duration(until - due)}
    elif done:
        words = gettext("In time")
    else:
        words = gettext("%(duration)s left") % {"duration": duration(due - until)}
    return {
        "issued": issued,
        "due": due,
        "done": done,
        "part": round(part * 100),
        "tone": ("late" if late else "ok") if done else "danger" if late else "late" if part >= 0.75 else "working",
        "words": words,
    }
