"""Response levels and plans, orders and call-outs, dangers, help and closed roads, and the timeline of it all."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommandConfig(AppConfig):
    name = "command"
    verbose_name = _("Command")

    def ready(self) -> None:
        from command import receivers  # noqa: F401  (the one lazy import: models must exist first)
