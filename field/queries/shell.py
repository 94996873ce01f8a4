"""The files without which the page that works offline would not open, and the version they are together."""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

SHELL_FILES = (
    "css/tokens.css",
    "css/components.css",
    "css/phone.css",
    "css/map.css",
    "css/hazards.css",
    "css/dangers.css",
    "css/field.css",
    "leaflet/leaflet.css",
    "leaflet/leaflet.js",
    "icons/mark.svg",
    "icons/marks.svg",
    "django_htmx/htmx-2.min.js",
    "js/moments.js",
    "js/clocks.js",
    "js/hold.js",
    "js/copy.js",
    "js/drafts.js",
    "js/leaving.js",
    "js/sheet.js",
    "js/menus.js",
    "js/fold.js",
    "js/field_rules.js",
    "js/field_store.js",
    "js/field_outbox.js",
    "js/field_photo.js",
    "js/field_page.js",
    "js/field_checklist.js",
    "js/field_reports.js",
    "js/field_visits.js",
    "js/field_work.js",
)


@cache
def shell_version() -> str:
    """Changes whenever one of the files does, so that a phone fetches them anew."""
    digest = hashlib.sha256()
    for name in SHELL_FILES:
        found = finders.find(name)
        digest.update(f"{name}:".encode() + (Path(str(found)).read_bytes() if found else b""))
    return digest.hexdigest()[:16]
