"""Which advice the warnings in force call for."""

from collections.abc import Iterable

from alerts.models import Notice
from alerts.queries import InForceWarning
from alerts.rules.cap import known_kind
from residents.enums import ADVICE, Advice


def advice_for(notices: Iterable[Notice], official: Iterable[InForceWarning]) -> list[Advice]:
    """What to do about each hazard that a notice or an official warning in force is about, each once."""
    kinds = {row.kind for row in notices}
    named = [known_kind(row.warning.event, row.warning.event_code) for row in official]
    kinds |= {kind.value for kind in named if kind}
    return [one for kind, one in ADVICE.items() if kind in kinds]
