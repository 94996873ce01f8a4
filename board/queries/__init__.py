"""What the command centre looks at."""

from board.queries.layers import extent, layers, legend
from board.queries.situation import InForce, Lateness, Situation, situation
from board.queries.strip import Tile, question, strip

__all__ = [
    "InForce",
    "Lateness",
    "Situation",
    "Tile",
    "extent",
    "layers",
    "legend",
    "question",
    "situation",
    "strip",
]
