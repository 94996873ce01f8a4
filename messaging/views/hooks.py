"""Where gateways post receipts and replies."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core import clock
from core.api.problems import say
from core.http import is_signed
from core.rules import Refused
from core.views.permission import public
from messaging import actions, queries
from messaging.models import WebhookBatch

UNSIGNED = Refused(
    "bad_signature",
    _('Send X-Timestamp and X-Signature: sha256=hex(HMAC(secret, timestamp + "." + body)), within 5 minutes.'),
)
UNKNOWN_GATEWAY = Refused("unknown_gateway", _("No gateway of this name posts here: check the address."))


@csrf_exempt
@public
@require_POST
def receipts(request: HttpRequest, gateway: str) -> JsonResponse:
    """What became of messages. Public: the signature is the permission."""
    return _store(request, gateway, WebhookBatch.Kind.RECEIPTS)


@csrf_exempt
@public
@require_POST
def replies(request: HttpRequest, gateway: str) -> JsonResponse:
    """What phones answered. Public: the signature is the permission."""
    return _store(request, gateway, WebhookBatch.Kind.REPLIES)


def _store(request: HttpRequest, gateway: str, kind: WebhookBatch.Kind) -> JsonResponse:
    now, signature = clock.now(), request.headers.get("X-Signature", "")
    stamp = request.headers.get("X-Timestamp", "")
    if not is_signed(settings.WEBHOOK_SECRET, stamp, signature, request.body, now=now.timestamp()):
        return _problem(401, UNSIGNED)
    if not queries.is_gateway(gateway):
        return _problem(404, UNKNOWN_GATEWAY)
    try:
        stored = actions.store_webhook(gateway=gateway, kind=kind, signature=signature, body=request.body, now=now)
    except Refused as refused:
        return _problem(400, refused)
    return JsonResponse({"stored": stored})


def _problem(status: int, refused: Refused) -> JsonResponse:
    body = {"type": "about:blank", "status": status, "code": refused.code}
    body |= {"title": say(refused, "zh-hans"), "title_en": say(refused, "en")}
    if refused.field:
        body["field"] = refused.field
    return JsonResponse(body, status=status, content_type="application/problem+json")
