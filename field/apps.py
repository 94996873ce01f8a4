from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FieldConfig(AppConfig):
    name = "field"
    verbose_name = _("Field work")

    def ready(self) -> None:
        from field import receivers  # noqa: F401  (the one lazy import: models must exist first)
