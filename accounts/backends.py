"""Signing in by name or by phone number, with a password."""

from typing import Any

from django.contrib.auth.backends import ModelBackend


class NameOrPhoneBackend(ModelBackend):
    """Takes the sign-in name or the telephone number."""
