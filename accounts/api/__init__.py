"""People, masked, and the logged look behind the mask."""

from accounts.api.people import PeopleView
from accounts.api.reveals import RevealView

__all__ = ["PeopleView", "RevealView"]
