"""Quantities in templates."""

from decimal import Decimal

from django import template

from supplies.rules import printed
from supplies.rules.readiness import STANDING_TONES, Found

register = template.Library()


@register.filter
def quantity(value: Decimal | None) -> str:
    """“20,000” without empty decimals; “—” for None."""
    if value is None:
        return "—"
    whole, point, rest = printed(abs(value)).partition(".")
    return f"{'−' if value < 0 else ''}{int(whole):,}{point}{rest}"


@register.filter
def signed(value: Decimal | None) -> str:
    """A difference with its sign: +2, −1, 0."""
    return f"+{quantity(value)}" if value is not None and value > 0 else quantity(value)


@register.filter
def standing_tone(found: Found) -> str:
    """The colour and shape of a part of readiness."""
    return STANDING_TONES[found.standing]


@register.filter
def plain_quantity(value: Decimal) -> str:
    """As it is typed: without grouping."""
    return printed(value)
