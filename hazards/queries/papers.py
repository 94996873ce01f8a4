"""The papers of a finding, filled in from Word files that a clerk can edit."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from core.actions import photo_file
from core.models import Media
from hazards.enums import Grade, Paper
from hazards.models import Finding, PaperTemplate
from hazards.queries.findings import photos_of
from territory.queries import area_names

OWN = Path(__file__).resolve().parents[1] / "data"
SHOWN_PHOTOS = 2


def paper_words() -> list[tuple[str, str]]:
    """The blanks that a template may hold, each with what stands there."""
    return [
        ("number", _("number of the finding")),
        ("site", _("name of the site")),
        ("code", _("site code")),
        ("address", _("address of the site")),
        ("area", _("sub-district")),
        ("what", _("what is wrong")),
        ("grade", _("grade")),
        ("found", _("found on, by whom")),
        ("fixer", _("who mends it")),
        ("due", _("to be mended by")),
        ("measure", _("interim measure, kept up by")),
        ("supervisor", _("supervising leader")),
        ("done", _("what was done, when, by whom")),
        ("checked", _("how it was checked, when, by whom")),
        ("deferred", _("deferrals, with approver")),
        ("today", _("today")),
        ("before", _("photos before")),
        ("after", _("photos after")),
    ]


def template_row(paper: str) -> PaperTemplate | None:
    """The district's own template of a paper; None while the one that comes with the platform is used."""
    return PaperTemplate.objects.filter(paper=paper).defer("content").select_related("uploaded_by").first()


def template_bytes(paper: str) -> bytes:
    """The Word file that a paper is made of."""
    row = PaperTemplate.objects.filter(paper=paper).first()
    return bytes(row.content) if row else (OWN / f"{Paper(paper).value}.docx").read_bytes()


def filled_paper(finding: Finding, paper: str, *, now: datetime) -> bytes:
    """整改通知单 or 销号单 as docx, in the district's language."""
    with translation.override(settings.LANGUAGE_CODE):
        return filled(template_bytes(paper), _facts(finding, now), photos_of(finding))


def filled(content: bytes, facts: dict[str, str], photos: dict[str, list[Media]]) -> bytes:
    """A template with its blanks filled. Raises what the libraries raise for a file that cannot be filled.

    Templates come from users: the sandbox lets them name facts, and reach nothing else.
    """
    template = DocxTemplate(BytesIO(content))
    given: dict[str, Any] = dict(facts)
    for phase in ("before", "after"):
        given[phase] = _pictures(template, photos.get(phase, []))
    template.render(given, SandboxedEnvironment(undefined=StrictUndefined, autoescape=True), autoescape=True)
    stream = BytesIO()
    template.save(stream)
    return stream.getvalue()


def _pictures(template: DocxTemplate, photos: list[Media]) -> list[InlineImage]:
    ready = [photo for photo in photos if photo.state == Media.State.READY and photo_file(photo, "full").exists()]
    return [InlineImage(template, str(photo_file(photo, "full")), width=Mm(70)) for photo in ready[:SHOWN_PHOTOS]]


def _facts(finding: Finding, now: datetime) -> dict[str, str]:
    def on(at: datetime | None) -> str:
        return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""

    def said(*parts: object) -> str:
        return "，".join(str(part) for part in parts if part)

    names = area_names({finding.area_code[:9]})
    return {
        "number": finding.number,
        "site": finding.site.name,
        "code": finding.site.code,
        "address": finding.site.address,
        "area": names.get(finding.area_code[:9], finding.area_code),
        "what": finding.what,
        "grade": str(Grade(finding.grade).label),
        "found": said(on(finding.found_at), finding.found_by.name),
        "fixer": finding.fixer_name,
        "due": on(finding.due_at),
        "measure": said(finding.measure, finding.measure_by, on(finding.measure_at)),
        "supervisor": finding.supervisor,
        "done": said(finding.fixed_words, on(finding.fixed_at), finding.fixer_name),
        "checked": said(
            finding.closed_words, on(finding.closed_at), finding.closed_by.name if finding.closed_by else ""
        ),
        "deferred": "；".join(
            said(on(each.new_due), each.reason, each.measure, each.approved_by.name)
            for each in finding.deferrals.select_related("approved_by")
        ),
        "today": timezone.localtime(now).strftime("%Y-%m-%d"),
    }


def sample_facts() -> dict[str, str]:
    """Something in every blank, to try a template with."""
    return {name: words for name, words in paper_words() if name not in ("before", "after")}
