"""Notices to every household: drafted, signed by a second person, sent, counted, knocked."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "alerts"
    verbose_name = _("Notices")

    def ready(self) -> None:
        """Connects the receivers."""
        from alerts import receivers  # noqa: F401  (Django wants it here)
