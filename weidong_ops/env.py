"""Reads settings from the environment, and says what to set when one is missing."""

from django.core.exceptions import ImproperlyConfigured
from environs import Env

env = Env()


def required(name: str, *, example: str) -> str:
    """The value of `name`; without it start-up stops with a sentence that says what to set.

    Raises ImproperlyConfigured, in Chinese and English, naming the setting and an example.
    """
    value: str = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(
            f"缺少设置 {name}，请在环境变量或 .env 中设置，例如 {name}={example}（说明见 .env.example）。"
            f" Setting {name} is missing: set it in the environment, for example {name}={example} (see .env.example)."
        )
    return value
