"""Faults of a sheet as people read them, in both languages."""

from collections.abc import Iterable
from typing import Any

from django.utils import translation

from core.rules import Refused
from territory.rules import CellFault, SheetUnreadable

LANGUAGES = {"sentence": "zh-hans", "sentence_en": "en"}


def told(fault: CellFault) -> str:
    """The sentence of one fault in the language in force."""
    return str(fault.fault.label) % {"value": fault.value, **fault.params}


def fault_rows(faults: Iterable[CellFault]) -> list[dict[str, Any]]:
    """{row, column, value, code, sentence, sentence_en} of each fault."""
    return [
        {"row": fault.row, "column": fault.column, "value": fault.value, "code": fault.fault.value}
        | {key: said(fault, language) for key, language in LANGUAGES.items()}
        for fault in faults
    ]


def said(fault: CellFault, language: str) -> str:
    """The sentence of one fault in one language."""
    with translation.override(language):
        return told(fault)


def refusal(error: SheetUnreadable) -> Refused:
    """The refusal of a whole file."""
    return Refused(error.fault.value, error.fault.label, field="file", params={"value": error.value})
