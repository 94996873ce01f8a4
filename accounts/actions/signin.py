"""Codes, activation links, passwords, API tokens."""

import hashlib
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError
from rest_framework.authtoken.models import Token

from accounts.models import ActivationLink, PersonContact, SignInCode, User
from accounts.rules import (
    ACTIVATION_LIFE,
    CODE_LIFE,
    CODE_TRIES,
    WRONG_CODES_PER_ADDRESS,
    CodeState,
    may_send_code,
    mobile_of,
)
from core.audit import act
from core.queries import resolver
from core.rules import SYSTEM, Actor, Refused
from territory.models import ContactPoint

logger = logging.getLogger(__name__)

WRONG_CODE = Refused(
    "signin.code_wrong",
    _("The code is wrong or no longer good. Check the six digits, or have a new code sent."),
    field="code",
)


def request_sign_in_code(*, phone: str, now: datetime) -> None:
    """Sends a six-digit code to the phone if a person has it; says nothing about whether one does.

    Within a minute of the last code, and after ten in a day, nothing is sent, and that is not told either.
    Refuses only what is no mobile number at all.
    """
    number = mobile_of(phone)
    if number is None:
        raise Refused("signin.phone_wrong", _("Enter a mobile number of eleven digits."), field="phone")
    try:
        _send_code(number, now)
    except Refused as refused:
        # Said aloud it would tell whose phone is on the list.
        logger.error("no sign-in code could be sent: %s", refused)


def _send_code(number: str, now: datetime) -> None:
    with act("accounts.code.request", by=SYSTEM):
        user = User.objects.select_for_update().filter(phone=number, is_active=True).first()
        if user is None:
            return
        sent = [CodeState(at) for at in user.sign_in_codes.order_by("-sent_at").values_list("sent_at", flat=True)[:20]]
        if not may_send_code(sent, now=now):
            return
        code = f"{secrets.randbelow(1_000_000):06d}"
        # The newest code is the only good one.
        user.sign_in_codes.filter(used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
        user.sign_in_codes.create(
            code_hash=_code_hash(user, code), sent_at=now, expires_at=now + CODE_LIFE, tries_left=CODE_TRIES
        )
        with translation.override(settings.LANGUAGE_CODE):
            text = gettext("Sign-in code %(code)s, good for 10 minutes. Never tell it to anybody.") % {"code": code}
        resolver("PRIVATE_TEXT")(contact_point=_contact_of(user), text=text, by=SYSTEM, now=now)


def sign_in_with_code(*, phone: str, code: str, address: str, now: datetime) -> User:
    """The person to whose phone this code went. The code is used up; the phone counts as verified from now on.

    Every refusal is the same sentence: neither the phone nor the number of tries left is told.
    """
    if _guessed_too_often(address):
        raise Refused(
            "signin.too_many", _("Too many wrong codes from this network. Wait 15 minutes, or sign in with a password.")
        )
    user = _take_code(mobile_of(phone), code.strip(), now)
    if user is None:
        _count_wrong(address)
        raise WRONG_CODE
    return user


def _take_code(number: str | None, code: str, now: datetime) -> User | None:
    # A wrong try must be counted, so the transaction ends before anything is refused.
    with transaction.atomic():
        newest = (
            SignInCode.objects.select_for_update()
            .filter(
                user__phone=number, user__is_active=True, used_at__isnull=True, expires_at__gt=now, tries_left__gt=0
            )
            .select_related("user")
            .order_by("-sent_at")
            .first()
            if number
            else None
        )
        if newest is None:
            return None
        if not constant_time_compare(newest.code_hash, _code_hash(newest.user, code)):
            newest.tries_left -= 1
            newest.save(update_fields=["tries_left"])
            return None
        newest.used_at = now
        newest.save(update_fields=["used_at"])
        user = newest.user
        user.phone_verified_at = now
        user.activated_at = user.activated_at or now
        user.save(update_fields=["phone_verified_at", "activated_at", "updated_at"])
        return user


def _code_hash(user: User, code: str) -> str:
    return salted_hmac("accounts.sign_in_code", f"{user.pk}:{user.phone}:{code}", algorithm="sha256").hexdigest()


def _guessed_too_often(address: str) -> bool:
    try:
        return int(cache.get(f"wrong-codes:{address}", 0)) >= WRONG_CODES_PER_ADDRESS
    except (RedisError, OSError):
        return False  # each phone has its own five tries in the database, Redis or not


def _count_wrong(address: str) -> None:
    key = f"wrong-codes:{address}"
    try:
        if not cache.add(key, 1, 900):
            cache.incr(key)
    except (RedisError, OSError, ValueError):
        return


def issue_activation(*, users: Sequence[User], by: Actor, now: datetime) -> dict[int, str]:
    """A fresh link path for each person by primary key; older links of theirs no longer open. Two statements."""
    tokens = {user.pk: secrets.token_urlsafe(24) for user in users}
    with act("accounts.activation.issue", by=by):
        ActivationLink.objects.filter(user__in=tokens, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
        ActivationLink.objects.bulk_create(
            ActivationLink(user_id=pk, token_sha256=_token_hash(token), expires_at=now + ACTIVATION_LIFE)
            for pk, token in tokens.items()
        )
    return {pk: reverse("accounts:activate", args=[token]) for pk, token in tokens.items()}


def send_activation(*, users: Sequence[User], by: Actor, now: datetime) -> int:
    """Sends everybody with a phone his activation link; returns how many were sent. Links and texts stand together."""
    reachable = [user for user in users if user.phone and user.is_active]
    contacts = {
        contact.user_id: contact.contact_point
        for contact in PersonContact.objects.filter(user__in=reachable, rank=1).select_related("contact_point")
    }
    if not reachable:
        return 0
    with act("accounts.activation.send", by=by), translation.override(settings.LANGUAGE_CODE):
        links = issue_activation(users=reachable, by=by, now=now)
        text = gettext("{name}, set your password for the flood platform here (good for 7 days): {link}")
        filled = [
            (
                contacts.get(user.pk) or _contact_of(user),
                {"name": user.name, "link": settings.PUBLIC_URL + links[user.pk]},
            )
            for user in reachable
        ]
        resolver("PRIVATE_TEXTS")(text=text, filled=filled, by=by, now=now)
    return len(reachable)


def activate(*, token: str, password: str, now: datetime) -> User:
    """Sets the person's own password by his link, once. The link came by SMS, so the phone counts as verified."""
    # Read before it is used up: a weak password must not cost the link.
    sent = ActivationLink.objects.filter(token_sha256=_token_hash(token))
    link = sent.select_related("user").first()
    if link is None or not link.user.is_active:
        raise _link_spent()
    _refuse_weak(password, link.user)
    user = link.user
    with act("accounts.person.activate", by=user.actor):
        open_link = ActivationLink.objects.filter(pk=link.pk, used_at__isnull=True, expires_at__gt=now)
        if not open_link.update(used_at=now):
            raise _link_spent()
        user.set_password(password)
        user.activated_at = user.activated_at or now
        user.phone_verified_at = user.phone_verified_at or now
        user.save(update_fields=["password", "activated_at", "phone_verified_at", "updated_at"])
    return user


def _link_spent() -> Refused:
    return Refused(
        "activation.spent",
        _("This link was used already or is older than 7 days. Sign in with a code, or ask for a new link."),
    )


def change_password(*, user: User, old: str, new: str) -> None:
    """A new password, when the old one is known; who signed in by code only has no old one to tell."""
    if user.has_usable_password() and not user.check_password(old):
        raise Refused("password.old_wrong", _("The present password is not right."), field="old")
    _refuse_weak(new, user, field="new")
    with act("accounts.password.change", by=user.actor):
        user.set_password(new)
        user.save(update_fields=["password", "updated_at"])


def _refuse_weak(password: str, user: User, *, field: str = "password") -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("password.weak", " ".join(error.messages), field=field) from error


def issue_token(*, user: User, by: Actor) -> str:
    """The API token of a person; a new one replaces the old."""
    with act("accounts.token.issue", by=by):
        Token.objects.filter(user=user).delete()
        return str(Token.objects.create(user=user).key)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _contact_of(user: User) -> ContactPoint:
    point, _made = ContactPoint.objects.get_or_create(kind="mobile", address=str(user.phone))
    return point
