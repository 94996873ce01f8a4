"""Signing from afar over HTTP: the call to the signer, the word of mouth of two, the countersignature."""

import json
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.models import User
from alerts import actions, queries
from alerts.models import Notice, OralWord, Signature, SigningCall
from core import clock
from messaging.enums import Channel


class SignerSerializer(serializers.Serializer[Any]):
    """Whom to ask about which version."""

    signer = serializers.PrimaryKeyRelatedField[Any](queryset=User.objects.filter(is_active=True))
    version = serializers.IntegerField()


class AskSerializer(SignerSerializer):
    """The same, and how."""

    channel = serializers.ChoiceField(choices=[Channel.VOICE.value, Channel.SMS.value], default=Channel.VOICE.value)


class WordSerializer(SignerSerializer):
    """The same of a word of mouth: when it was said, and in which words."""

    words = serializers.CharField(max_length=200)
    said_at = serializers.DateTimeField(required=False)


class CallSerializer(serializers.ModelSerializer[SigningCall]):
    """A call to a signer; never what he answered beside yes or no."""

    class Meta:
        model = SigningCall
        fields = ("id", "signer", "channel", "read_out", "households", "asked_at", "ends_at", "outcome", "settled_at")


class OralWordSerializer(serializers.ModelSerializer[OralWord]):
    """A word of mouth as it was recorded."""

    class Meta:
        model = OralWord
        fields = ("id", "signer", "said_at", "words", "recorded_by", "recorded_at", "heard_by", "heard_at")


class SignatureSerializer(serializers.ModelSerializer[Signature]):
    """How a notice was signed."""

    class Meta:
        model = Signature
        fields = ("way", "signer", "at", "pressed_by", "countersigned_at")


class UseSerializer(serializers.Serializer[Any]):
    """Which authorisation is used for which official warning."""

    authorisation = serializers.UUIDField()
    warning = serializers.UUIDField()


class AimSerializer(serializers.Serializer[Any]):
    """Whom a draft is for inside its areas: a GeoJSON polygon, a site by its code with metres, must-reach only."""

    version = serializers.IntegerField()
    polygon = serializers.JSONField(required=False)
    site = serializers.CharField(max_length=32, required=False, allow_blank=True, default="")
    radius_m = serializers.IntegerField(min_value=0, required=False, default=0)
    only_must_reach = serializers.BooleanField(required=False, default=False)


SIGNING_CAPABILITIES = {
    "aim": "notices.draft",
    "issue_authorised": "notices.draft",
    "ask": "notices.draft",
    "word": "notices.draft",
    "confirm_word": "notices.draft",
    "countersign": "notices.approve",
}


class SigningViews(GenericViewSet[Notice]):
    """What the notices' own door adds for signing without the signer's hand on the page."""

    @property
    def person(self) -> Any:
        """Who asks; the permission has let him in."""
        return self.request.user

    @extend_schema(request=AskSerializer, responses={201: CallSerializer})
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, uuid: str) -> Response:
        """回拨签发: rings the signer or writes to him; his key and code sign."""
        given = AskSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        call = actions.ask_signature(
            notice=self.get_object(),
            version=values["version"],
            signer=values["signer"],
            channel=Channel(values["channel"]),
            by=self.person,
            now=clock.now(),
        )
        return Response(CallSerializer(call).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=WordSerializer, responses={201: OralWordSerializer})
    @action(detail=True, methods=["post"])
    def word(self, request: Request, uuid: str) -> Response:
        """口头签发: recorded by the first of two people on duty."""
        given = WordSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        word = actions.record_word(
            notice=self.get_object(),
            version=values["version"],
            signer=values["signer"],
            words=values["words"],
            said_at=values.get("said_at"),
            by=self.person,
            now=clock.now(),
        )
        return Response(OralWordSerializer(word).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=UseSerializer)
    @action(detail=False, methods=["post"], url_path="issue-authorised")
    def issue_authorised(self, request: Request) -> Response:
        """授权签发: the text that was signed ahead goes out for a warning in force."""
        given = UseSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        scope = self.person.scope
        notice = actions.issue_authorised(
            authorisation=get_object_or_404(queries.authorisations(scope), uuid=given.validated_data["authorisation"]),
            warning=get_object_or_404(queries.warnings(scope), uuid=given.validated_data["warning"]),
            by=self.person,
            now=clock.now(),
        )
        return Response(self.get_serializer(notice).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AimSerializer)
    @action(detail=True, methods=["post"])
    def aim(self, request: Request, uuid: str) -> Response:
        """Narrows a draft inside its areas; with nothing of it, everybody there again. An edit like any other."""
        given = AimSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values, row = given.validated_data, self.get_object()
        sites = {site.code: site for site in queries.sites_to_aim_at(row)}
        if values["site"] and values["site"] not in sites:
            raise Http404
        notice = actions.aim(
            notice=row,
            version=values["version"],
            drawn=json.dumps(values["polygon"]) if values.get("polygon") else "",
            site=sites.get(values["site"]),
            radius_m=values["radius_m"],
            only_must_reach=values["only_must_reach"],
            by=self.person,
            now=clock.now(),
        )
        return Response(self.get_serializer(notice).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path=r"word/(?P<pk>\d+)/confirm")
    def confirm_word(self, request: Request, uuid: str, pk: str) -> Response:
        """The second of the two: this issues the notice."""
        word = get_object_or_404(OralWord, notice=self.get_object(), pk=int(pk))
        notice = actions.confirm_word(word=word, by=self.person, now=clock.now())
        return Response(self.get_serializer(notice).data)

    @extend_schema(request=None, responses=SignatureSerializer)
    @action(detail=True, methods=["post"])
    def countersign(self, request: Request, uuid: str) -> Response:
        """补签: by the signer himself."""
        row = actions.countersign(notice=self.get_object(), by=self.person, now=clock.now())
        return Response(SignatureSerializer(row).data)
