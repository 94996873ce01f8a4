"""Signing in by a phone's token, which outlives the session: for sending, and for fetching one's own lists."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from core import clock
from field import queries
from field.enums import DEVICE_ENDED

KEYWORD = b"device"


class DeviceEnded(AuthenticationFailed):
    """The token has run out, was revoked, or was never ours."""

    default_code = "device_ended"
    default_detail = DEVICE_ENDED


class DeviceAuthentication(BaseAuthentication):
    """`Authorization: Device <token>`, at the doors that say `takes_devices` and nowhere else."""

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        """The phone's person and the phone; None where no such token was sent or the door takes none."""
        words = get_authorization_header(request).split()
        view: Any = request.parser_context.get("view") if request.parser_context else None
        if len(words) != 2 or words[0].lower() != KEYWORD or not getattr(view, "takes_devices", False):
            return None
        device = queries.device_of(words[1].decode("latin-1"))
        if device is None or device.revoked_at or device.expires_at <= clock.now() or not device.user.is_active:
            raise DeviceEnded
        return device.user, device


class DeviceScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself, untyped there
    """How the schema names it."""

    target_class = "field.api.device.DeviceAuthentication"
    name = "deviceAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A header with a prefix of its own."""
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Device <token>"}
