"""What the command centre looks at."""

from board.queries.layers import EXTENT, layers, legend
from board.queries.situation import InForce, Lateness, Situation, situation
from board.queries.strip import Tile, question, strip

__all__ = [
    "EXTENT",
    "InForce",
    "Lateness",
    "Situation",
    "Tile",
    "layers",
    "legend",
    "question",
    "situation",
    "strip",
]
