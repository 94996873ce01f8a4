"""The exercise clock as people read it."""

from datetime import timedelta

from django import template

register = template.Library()


@register.filter
def clockface(passed: timedelta) -> str:
    """Exercise time as hours, minutes, seconds: “0:08:05”."""
    seconds = int(passed.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
