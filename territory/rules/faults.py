"""What is wrong in one cell of a sheet. The sentence belongs to the app whose sheet it is; the shape is everybody's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Sentence(Protocol):
    """A fault of some app: its stable code, and the sentence that names the mend."""

    @property
    def value(self) -> str:
        """The code."""

    @property
    def label(self) -> object:
        """The sentence, translated when it is printed, with %-placeholders."""


@dataclass(frozen=True)
class CellFault:
    """What is wrong in one cell: the row as the spreadsheet numbers it, our column, the value as it stood.

    `params` fill the sentence's placeholders; `value` always does.
    """

    row: int
    column: str
    value: str
    fault: Sentence
    params: Mapping[str, object] = field(default_factory=dict)
