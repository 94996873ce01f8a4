"""What the command centre looks at."""

from board.queries.aloud import to_read_aloud
from board.queries.desk import Desk, desk, desk_question
from board.queries.late import LateLine
from board.queries.layers import extent, layers, legend
from board.queries.signing import ToSign
from board.queries.situation import InForce, Situation, situation
from board.queries.strip import Banner, Tile, banner, question, strip

__all__ = [
    "Banner",
    "Desk",
    "InForce",
    "LateLine",
    "Situation",
    "Tile",
    "ToSign",
    "banner",
    "desk",
    "desk_question",
    "extent",
    "layers",
    "legend",
    "question",
    "situation",
    "strip",
    "to_read_aloud",
]
