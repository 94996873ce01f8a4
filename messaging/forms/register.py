"""Filing a text with a provider, its decision, the test on a telephone."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from messaging.enums import RegisterObjection, ReviewState
from messaging.rules import LONGEST_VALUE

_LINE = re.compile(r"(\w+)\s*=\s*(\d{1,3})(?:\s+(\S+))?")


class FilingForm(forms.Form):
    """The text as it is filed. Blanks that nothing is written about hold 35 characters."""

    text = forms.CharField(
        label=_("Text without the signature"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Blanks in braces, as {title}: they keep their names, the provider's are written below."),
    )
    limits = forms.CharField(
        label=_("Blanks: most characters, name at the provider"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line: title=35 code1. Without a line a blank holds 35 and keeps its name."),
    )

    def clean_limits(self) -> tuple[dict[str, int], dict[str, str]]:
        """Limits and the provider's names, by blank."""
        limits, names = {}, {}
        for line in filter(None, map(str.strip, self.cleaned_data["limits"].splitlines())):
            found = _LINE.fullmatch(line)
            if found is None:
                raise forms.ValidationError(RegisterObjection.LIMITS.label)
            blank, most, name = found.groups()
            limits[blank] = int(most)
            if name:
                names[blank] = name
        return limits, names


def limits_in_words(named: list[str], limits: dict[str, int], names: dict[str, str]) -> str:
    """Limits and names as the form takes them."""
    return "\n".join(f"{name}={limits.get(name, LONGEST_VALUE)} {names.get(name, '')}".strip() for name in named)


class DecisionForm(forms.Form):
    """What the provider decided."""

    code = forms.CharField(label=_("Code at the provider"), max_length=40, required=False)
    reason = forms.CharField(label=_("What the provider said, where it refused"), max_length=200, required=False)


class PhoneForm(forms.Form):
    """The telephone of a test."""

    phone = forms.CharField(
        label=_("Mobile number of a colleague"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


class SignatureForm(forms.Form):
    """Where the registration of a signature stands."""

    text = forms.CharField(label=_("Signature, without brackets"), max_length=30)
    state = forms.ChoiceField(label=_("State"), choices=ReviewState.choices)
    reason = forms.CharField(label=_("What the provider said, where it refused"), max_length=200, required=False)
