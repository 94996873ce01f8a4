from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HazardsConfig(AppConfig):
    name = "hazards"
    verbose_name = _("Hazard sites")

    def ready(self) -> None:
        from hazards import receivers  # noqa: F401  (the one lazy import: models must exist first)
