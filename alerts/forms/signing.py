"""What people type about signing: a code of their own, whom to ask and how, a word of mouth, an authorisation."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from alerts.enums import NoticeKind, NoticeLevel
from alerts.forms.notices import MINUTES
from alerts.rules import Content
from messaging.enums import Channel

DIGITS = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "6"}
WAYS = ((Channel.VOICE.value, _("by telephone call")), (Channel.SMS.value, _("by SMS")))


class CodeForm(forms.Form):
    """A signer's own code, typed twice."""

    password = forms.CharField(
        label=_("Sign-in password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(label=_("New signing code, six digits"), widget=forms.PasswordInput(attrs=DIGITS))
    again = forms.CharField(label=_("The same once more"), widget=forms.PasswordInput(attrs=DIGITS))


class SignerForm(forms.Form):
    """Whom the platform asks, and how; `version` is what the asker has read."""

    signer = forms.TypedChoiceField(label=_("Signer"), coerce=int)
    channel = forms.ChoiceField(label=pgettext_lazy("call-back", "How"), choices=WAYS, initial=Channel.VOICE)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, signers: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["signer"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(person.pk, person.name) for person in signers]
        self.people = {person.pk: person for person in signers}

    @property
    def person(self) -> User:
        """Who was chosen, of a valid form."""
        return self.people[self.cleaned_data["signer"]]


class WordForm(SignerForm):
    """口头签发 as the first of two people writes it down."""

    said_at = forms.DateTimeField(label=_("Said at"), widget=MINUTES)
    words = forms.CharField(
        label=_("How, and in which words"),
        max_length=200,
        help_text=_("For example: by telephone to the duty room, agreed to send it to the whole district."),
    )
    channel = None  # type: ignore[assignment]  # Django's way to leave out a field of the form above


class AuthorisationForm(forms.Form):
    """The text of an authorisation, its trigger, area and days."""

    kind = forms.ChoiceField(label=_("Kind"), choices=NoticeKind)
    level = forms.TypedChoiceField(label=_("Level of the official warning"), choices=NoticeLevel, coerce=int)
    event_code = forms.CharField(
        label=_("Event code"),
        max_length=40,
        required=False,
        help_text=_("Of the official warning, for example 11B03. Left empty: every warning of this kind."),
    )
    area_code = forms.ChoiceField(label=_("Area"))
    headline = forms.CharField(label=_("Headline"), max_length=60)
    caution = forms.CharField(label=_("What to beware of"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    measures = forms.CharField(label=_("What to do"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    issuer = forms.CharField(label=_("Issuer"), max_length=60)
    lasts_hours = forms.IntegerField(label=_("Holds (h)"), min_value=1, max_value=24, initial=6)
    valid_from = forms.DateTimeField(label=_("Valid from"), widget=MINUTES)
    valid_until = forms.DateTimeField(label=_("Valid until"), widget=MINUTES)

    def __init__(self, *args: Any, areas: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area_code"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(areas.items())

    def content(self) -> Content:
        """The words, of a valid form."""
        given = self.cleaned_data
        return Content(
            kind=given["kind"],
            level=given["level"],
            headline=given["headline"],
            starts_at=None,
            expires_at=None,
            caution=given["caution"],
            measures=given["measures"],
            issuer=given["issuer"],
        )
