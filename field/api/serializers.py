"""The shapes that a phone gets, and how it asks for its token. Times are ISO 8601 with zone."""

from typing import Any

from rest_framework import serializers

from core.api.problems import say
from field import queries
from field.enums import News, RecordKind
from field.models import SealedRecord


class ReceiptOut(serializers.Serializer[SealedRecord]):
    """Our own receipt: it, and no other answer, means that the record is stored."""

    client_uuid = serializers.UUIDField(read_only=True)
    kind = serializers.ChoiceField(choices=RecordKind.choices, read_only=True)
    state = serializers.SerializerMethodField()
    missing = serializers.JSONField(source="missing_photos", read_only=True)
    recorded_at = serializers.DateTimeField(read_only=True)
    flags = serializers.JSONField(read_only=True)
    distance_m = serializers.FloatField(read_only=True, allow_null=True)
    refusal = serializers.SerializerMethodField()
    news = serializers.SerializerMethodField()

    def get_state(self, record: SealedRecord) -> str:
        """`incomplete` until every listed photograph has arrived."""
        return "complete" if record.is_complete else "incomplete"

    def get_refusal(self, record: SealedRecord) -> str:
        """Why it could not be done; empty where the phone has nothing left to do: the news say what becomes of it."""
        return "" if record.news.get("code") == News.KEPT else record.refusal

    def get_news(self, record: SealedRecord) -> dict[str, Any] | None:
        """What else stands there: its code, the sentence in both languages, the version beside this one."""
        told = queries.news_of(record)
        if told is None:
            return None
        said = {"title": say(told, "zh-hans"), "title_en": say(told, "en")}
        return {"code": record.news["code"], **said, "stored": record.news.get("stored")}


class DeviceIn(serializers.Serializer[Any]):
    """A phone that asks for its token."""

    phone = serializers.CharField(required=False, allow_blank=True, max_length=80, default="")
