"""Official warnings over HTTP."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from alerts import actions, queries
from alerts.actions import WarningRefused
from alerts.enums import WarningSource
from alerts.models import ReceivedWarning
from core import clock
from core.api.permission import holds
from core.api.problems import problem, say


class XmlAsItCame(BaseParser):
    """The body's bytes, untouched: they are kept as proof."""

    media_type = "application/xml"

    def parse(  # type: ignore[override]  # a body need not be a form
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> bytes:
        """All of it; Django's own limit of a body holds."""
        return bytes(stream.read())


class TextXml(XmlAsItCame):
    """The same under its older name."""

    media_type = "text/xml"


class CapXml(XmlAsItCame):
    """The same under the name of CAP."""

    media_type = "application/cap+xml"


class WarningSerializer(serializers.ModelSerializer[ReceivedWarning]):
    """A received warning as others read it."""

    state = serializers.SerializerMethodField()
    advice = serializers.SerializerMethodField()

    class Meta:
        model = ReceivedWarning
        fields = (
            "uuid",
            "identifier",
            "sender",
            "sent",
            "dialect",
            "source",
            "status",
            "msg_type",
            "issuer",
            "event",
            "event_code",
            "level",
            "headline",
            "description",
            "instruction",
            "area_name",
            "area_code",
            "starts_at",
            "expires_at",
            "received_at",
            "sha256",
            "state",
            "advice",
            "exercise",
        )
        extra_kwargs: ClassVar[dict[str, dict[str, Any]]] = {"status": {"label": "CAP status"}}

    def get_state(self, row: ReceivedWarning) -> str:
        """How it stands now, in words."""
        known = hasattr(row, "is_followed")  # one that was just taken in is asked about by itself
        state = queries.state_of(row, clock.now()) if known else queries.warning_state(row, clock.now())
        return str(state.label)

    def get_advice(self, row: ReceivedWarning) -> list[str]:
        """What is odd about it, in words."""
        return queries.said(row.findings)


class WarningViews(ListModelMixin, RetrieveModelMixin, GenericViewSet[ReceivedWarning]):
    """Official warnings received: those that concern one's areas; taking one in as XML."""

    serializer_class = WarningSerializer
    permission_classes = [holds("notices.view", import_cap="warnings.receive")]
    lookup_field = "uuid"
    lookup_value_converter = "uuid"
    queryset = ReceivedWarning.objects.none()

    def get_queryset(self) -> QuerySet[ReceivedWarning]:
        user: Any = self.request.user
        return queries.with_state(queries.warnings(user.scope))

    @extend_schema(
        request={"application/xml": OpenApiTypes.BINARY}, responses={200: WarningSerializer, 201: WarningSerializer}
    )
    @action(detail=False, methods=["post"], url_path="import-cap", parser_classes=[XmlAsItCame, TextXml, CapXml])
    def import_cap(self, request: Request) -> Response:
        """A message of CAP 1.2 or the national format: 201 new, 200 there already, 400 with every fault."""
        user: Any = request.user
        data = request.data if isinstance(request.data, bytes) else b""
        try:
            received = actions.receive_warning(data=data, source=WarningSource.API, by=user, now=clock.now())
        except WarningRefused as refused:
            errors = [
                {"field": "", "code": one.fault.value, "detail": say(one, "zh-hans"), "detail_en": say(one, "en")}
                for one in refused.findings
            ]
            return problem(status.HTTP_400_BAD_REQUEST, refused.code, refused, errors=errors)
        answer = status.HTTP_201_CREATED if received.is_new else status.HTTP_200_OK
        return Response(WarningSerializer(received.warning).data, status=answer)
