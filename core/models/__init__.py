"""Base models, and the few tables with no domain word."""

from core.models.base import APPEND_ONLY, Stamped
from core.models.destruction import Destruction
from core.models.media import Media
from core.models.tick import Tick

__all__ = ["APPEND_ONLY", "Destruction", "Media", "Stamped", "Tick"]
