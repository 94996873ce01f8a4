"""What others may read by machine: the district's signed notices as CAP 1.2, and their feed."""

from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from alerts import queries
from alerts.queries.outgoing import Listed
from alerts.rules.cap import cap_time, message_xml, printable
from core import clock
from core.views.permission import public

FRESH_SECONDS = 30
CAP = "application/cap+xml"


def _version(request: HttpRequest) -> str:
    return queries.feed_version(clock.now())


@public
@require_safe
@condition(etag_func=_version)
def feed(request: HttpRequest) -> HttpResponse:
    """The Atom feed. Public: signed notices, written for everybody; drafts and rehearsals never stand here."""
    rows = queries.listed(clock.now())
    own = settings.PUBLIC_URL + reverse("cap_feed:feed")
    updated = cap_time(rows[0].message.sent) if rows else "1970-01-01T00:00:00Z"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">',
        f"  <id>{escape(own)}</id>",
        f"  <title>{escape(_('Flood notices of the district'))}</title>",
        f"  <updated>{updated}</updated>",
        f"  <author><name>{escape(settings.CAP_SENDER)}</name></author>",
        f'  <link rel="self" href={quoteattr(own)}/>',
        *(line for row in rows for line in _entry(row)),
        "</feed>",
        "",
    ]
    answer = HttpResponse("\n".join(lines), content_type="application/atom+xml; charset=utf-8")
    answer["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return answer


def _entry(row: Listed) -> list[str]:
    url = settings.PUBLIC_URL + reverse("cap_feed:message", args=[row.message.identifier])
    return [
        "  <entry>",
        f"    <id>{escape(url)}</id>",
        f"    <title>{escape(printable(row.title))}</title>",
        f"    <updated>{cap_time(row.message.sent)}</updated>",
        f'    <link rel="alternate" type="{CAP}" href={quoteattr(url)}/>',
        f"    <summary>{escape(printable(row.summary))}</summary>",
        "  </entry>",
    ]


@public
@require_safe
def message(request: HttpRequest, identifier: str) -> HttpResponse:
    """One message. Public: signed and written for everybody; anything else is not found."""
    found = queries.outgoing(identifier)
    if found is None:
        raise Http404
    answer = HttpResponse(message_xml(found), content_type=f"{CAP}; charset=utf-8")
    answer["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return answer
