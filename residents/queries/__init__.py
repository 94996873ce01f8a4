"""What the public pages join."""

from residents.queries.advice import advice_for
from residents.queries.sketch import Sketch, sketch

__all__ = ["Sketch", "advice_for", "sketch"]
