"""Errors as RFC 9457 problem details, with one sentence in Chinese and one in English."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from core.rules import Refused

# DRF hands over its sentences already translated, in one language: what people meet most is said anew, with the mend.
MENDS = {
    "required": _("This field is missing: fill it in."),
    "blank": _("This field is empty: fill it in."),
    "null": _("This field is empty: fill it in."),
    "invalid_choice": _("This is none of the allowed values: choose one of them."),
    "max_length": _("This text is too long: shorten it."),
    "parse_error": _("The body cannot be read as JSON: mend it and send it again."),
}


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Returns None for what is not an answer but a fault, which Django then reports."""
    if isinstance(error, Refused):
        return problem(409 if error.code.startswith("conflict") else 400, error.code, error, field=error.field)
    if isinstance(error, Http404):
        error = exceptions.NotFound(_("There is no such thing here, or it lies outside your area."))
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(_("Your role does not allow this."))
    if isinstance(error, exceptions.ValidationError):
        return problem(
            error.status_code, "invalid", _("Please mend the fields named below."), errors=_flat(error.detail)
        )
    if isinstance(error, exceptions.APIException):
        code = str(error.default_code)
        response = problem(error.status_code, code, MENDS.get(code, error.detail))
        if (wait := getattr(error, "wait", None)) is not None:
            response["Retry-After"] = str(int(wait) + 1)
        return response
    return None


def problem(
    code_number: int, code: str, sentence: object, *, field: str = "", errors: list[dict[str, str]] | None = None
) -> Response:
    """A problem document: stable `code`, the sentence in both languages, the path of the field at fault."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "status": code_number,
        "code": code,
        "title": say(sentence, "zh-hans"),
    }
    body["title_en"] = say(sentence, "en")
    if field:
        body["field"] = field
    if errors:
        body["errors"] = errors
    return Response(body, status=code_number, content_type="application/problem+json")


def say(sentence: object, language: str) -> str:
    """A lazily translated sentence in one language."""
    with translation.override(language):
        return str(sentence)


def _flat(detail: Any, path: str = "") -> list[dict[str, str]]:
    if isinstance(detail, dict):
        return [row for key, value in detail.items() for row in _flat(value, f"{path}.{key}" if path else str(key))]
    if isinstance(detail, list):
        return [row for value in detail for row in _flat(value, path)]
    code = getattr(detail, "code", "invalid") or "invalid"
    said = MENDS.get(code, detail)
    return [{"field": path, "code": code, "detail": say(said, "zh-hans"), "detail_en": say(said, "en")}]
