"""What the phone's outbox speaks with. Nothing but our own receipt means stored."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.permission import holds
from core.api.problems import problem
from core.rules import Refused
from field import actions, queries
from field.actions.kind import Differs
from field.api.serializers import DeviceIn, ReceiptOut
from field.enums import DEVICE_ENDED
from field.forms import RecordIn
from field.models import DeviceToken, SealedRecord

# What a record speaks of has left for good: sending it again is in vain, and the phone says why.
GONE = {"site_retired", "household_left_roll", "conflict.withdrawn", "conflict_finding_settled"}


class RecordsView(APIView):
    """POST a sealed record: 201 the first time, 200 the same again, 409 with both versions, 410 what has gone."""

    permission_classes = [holds("assignments.act", write="assignments.act")]
    takes_devices = True

    @extend_schema(request=RecordIn, responses={201: ReceiptOut, 200: ReceiptOut})
    def post(self, request: Request) -> Response:
        """The receipt names the photographs that are still to be sent, and the server's time."""
        user: Any = request.user
        now = clock.now()
        sealed = RecordIn(data=request.data).sealed(sent_at=_time(request.headers.get("X-Device-Time", "")))
        try:
            taken = actions.take_in(sealed=sealed, by=user, now=now)
        except Refused as refused:
            return _refusal(refused, given=sealed.content(by=user.pk))
        return Response(_receipt(taken.record, now), status=201 if taken.is_new else 200)


class RecordView(APIView):
    """One's own record as it stands: the receipt again."""

    permission_classes = [holds("assignments.act")]
    takes_devices = True

    @extend_schema(responses=ReceiptOut)
    def get(self, request: Request, uuid: UUID) -> Response:
        """Which photographs are still missing."""
        record = get_object_or_404(SealedRecord, client_uuid=uuid, by=request.user.pk)
        return Response(_receipt(record, clock.now()))


class PackView(APIView):
    """Everything that a phone needs without network: one's sites and checklists, doors, duties, the map's lines."""

    permission_classes = [holds("assignments.act")]
    takes_devices = True

    @extend_schema(responses={200: dict})
    def get(self, request: Request) -> Response:
        """The pack of this moment."""
        user: Any = request.user
        return Response(queries.offline_pack(user, now=clock.now()))


class DevicesView(APIView):
    """POST: this phone's token, readable this once. DELETE: it ends (sent with itself)."""

    permission_classes = [holds("assignments.act", write="assignments.act")]
    takes_devices = True

    @extend_schema(request=DeviceIn, responses={201: dict})
    def post(self, request: Request) -> Response:
        """A new token for a phone; asking with a phone's own token gives none."""
        if isinstance(request.auth, DeviceToken):
            return problem(403, "device_ended", DEVICE_ENDED)
        user: Any = request.user
        given = DeviceIn(data=request.data)
        given.is_valid(raise_exception=True)
        token, device = actions.issue_device(user=user, label=given.validated_data["phone"], now=clock.now())
        return Response({"token": token, "expires_at": device.expires_at, "person": user.pk}, status=201)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Whoever signs out takes his phone's permission with him."""
        user: Any = request.user
        token = request.headers.get("Authorization", "").partition(" ")[2]
        actions.end_device(token=token, user=user, now=clock.now())
        return Response(status=204)


def _receipt(record: SealedRecord, now: datetime) -> dict[str, Any]:
    return dict(ReceiptOut(record).data) | {"server_time": now.isoformat()}


def _refusal(refused: Refused, *, given: dict[str, Any]) -> Response:
    status = 410 if refused.code in GONE else 409 if refused.code.startswith("conflict") else 400
    answer = problem(status, refused.code, refused, field=refused.field)
    if isinstance(refused, Differs):
        answer.data |= {"stored": refused.stored, "given": given}
    return answer


def _time(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo else None
