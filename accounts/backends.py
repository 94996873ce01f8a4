"""Signing in by name or by phone number, with a password."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q
from django.http import HttpRequest

from accounts.models import User
from accounts.rules import mobile_of


class NameOrPhoneBackend(ModelBackend):
    """Takes the sign-in name or the telephone number in any usual writing."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """The active person whose password this is. An unknown name costs one hashing too, as a known one does."""
        if not username or password is None:
            return None
        phone = mobile_of(username)
        found = list(User.objects.filter(Q(phone=phone) if phone else Q(username=username.strip())))
        if not found:
            User().set_password(password)
            return None
        user = found[0]
        return user if user.check_password(password) and self.user_can_authenticate(user) else None
