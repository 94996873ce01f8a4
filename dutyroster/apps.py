from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutyrosterConfig(AppConfig):
    name = "dutyroster"
    verbose_name = _("Duty roster")

    def ready(self) -> None:
        from dutyroster import receivers  # noqa: F401  (the one lazy import: models must exist first)
