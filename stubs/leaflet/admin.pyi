from typing import Any, TypeVar

from django.contrib.admin import ModelAdmin
from django.db.models import Model

M = TypeVar("M", bound=Model)

class LeafletGeoAdmin(ModelAdmin[M]):
    settings_overrides: dict[str, Any]
