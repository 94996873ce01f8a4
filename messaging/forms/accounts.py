"""Switching an account off, and a group robot."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from messaging.enums import Channel


class SwitchForm(forms.Form):
    """Why an account is switched off; `confirmed` stands only where nobody else carries its channel."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    confirmed = forms.BooleanField(label=_("Yes: nothing more is to go out over this channel."), required=False)

    def __init__(self, *args: Any, leaves_nobody: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not leaves_nobody:
            del self.fields["confirmed"]


class RobotForm(forms.Form):
    """A robot of a group. Its address holds its key: it is taken in and never shown again."""

    name = forms.CharField(label=_("Name of the group"), max_length=60)
    channel = forms.ChoiceField(
        label=_("Kind of group"), choices=[(one.value, one.label) for one in (Channel.WECOM, Channel.DINGTALK)]
    )
    area_code = forms.ChoiceField(label=_("Area"))
    url = forms.CharField(
        label=_("Address of the robot"),
        max_length=120,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Copied whole from the group's settings. It is never shown again."),
    )
    secret_name = forms.ChoiceField(
        label=_("Signing key (DingTalk)"),
        required=False,
        help_text=_("The name of the environment variable that holds the key; the key itself stands on no page."),
    )

    def __init__(self, *args: Any, areas: Sequence[tuple[str, str]], is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = list(areas)  # type: ignore[attr-defined]
        names = sorted(settings.GATEWAY_SECRETS)
        self.fields["secret_name"].choices = [("", _("none")), *((name, name) for name in names)]  # type: ignore[attr-defined]
        if is_known:
            del self.fields["channel"]
            self.fields["url"].required = False
            self.fields["url"].help_text = _("Empty: the address stays as it is. It is never shown again.")
