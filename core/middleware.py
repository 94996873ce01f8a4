"""When the database is away, a sentence instead of a stack trace; and the language a person has chosen."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

logger = logging.getLogger(__name__)


class DatabaseAwayMiddleware:
    """Answers 503 with what to do while PostgreSQL restarts. Nothing was stored, so pressing again is safe."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        logger.error("database away: %s", exception)
        if request.path.startswith("/api/"):
            body = (
                '{"status":503,"code":"database_away","title":"数据库暂时无法连接，本次操作没有保存，请稍后重试。",'
                '"title_en":"The database is away for a moment; nothing was stored. Please try again."}'
            )
            return HttpResponse(body, status=503, content_type="application/problem+json", headers={"Retry-After": "5"})
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "5"})


class LanguageByChoice:
    """The platform's language unless the person's cookie says otherwise.

    What a browser asks for is not heard: many a duty room's browser is English, its reader is not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
