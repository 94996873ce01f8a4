"""Writing an order or a call-out."""

import re
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import people
from command.actions import Receiver
from command.enums import ResponseLevel
from command.queries import Choice
from territory.rules import Scope

IN_MINUTES = [
    (15, _("within 15 minutes")),
    (30, _("within 30 minutes")),
    (60, _("within 1 hour")),
    (120, _("within 2 hours")),
    (360, _("within 6 hours")),
    (1440, _("within 24 hours")),
]


class OrderForm(forms.Form):
    """One order: what, to whom, by when. People are ticked; outsiders are written as “name phone”, one a line."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    ref = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    title = forms.CharField(label=_("Title"), max_length=100)
    text = forms.CharField(
        label=_("What is to be done"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What, where, how much, whom to ask there."),
    )  # fmt: skip
    receivers = forms.MultipleChoiceField(label=_("Receivers"), required=False, widget=forms.CheckboxSelectMultiple)
    found = forms.CharField(
        label=_("Further people, by name or phone"),
        required=False,
        max_length=400,
        help_text=_("Separated by commas: grid workers and site keepers are found this way."),
    )
    outside = forms.CharField(
        label=_("Others without account"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: name and mobile number. They get a task link."),
    )
    due_minutes = forms.TypedChoiceField(label=_("Done by"), choices=IN_MINUTES, coerce=int, initial=60)

    def __init__(self, *args: Any, choices: Sequence[Choice], scope: Scope, now: datetime, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {"client_uuid": uuid.uuid4()} | kwargs["initial"]
        super().__init__(*args, **kwargs)
        self.scope, self.now = scope, now
        self.choices = {str(choice.person.pk): choice for choice in choices}
        self.fields["receivers"].choices = [(key, choice.person.name) for key, choice in self.choices.items()]  # type: ignore[attr-defined]

    @property
    def groups(self) -> list[tuple[str, list[tuple[Choice, bool]]]]:
        """The choices by role, each with whether it is ticked."""
        ticked = {str(value) for value in self["receivers"].value() or ()}
        found: dict[str, list[tuple[Choice, bool]]] = {}
        for key, choice in self.choices.items():
            found.setdefault(choice.role, []).append((choice, key in ticked))
        return list(found.items())

    def clean_found(self) -> list[User]:
        """The people named, each exactly one."""
        words = [word.strip() for word in re.split(r"[,，、;；\n]+", self.cleaned_data["found"]) if word.strip()]
        return [self._one(word) for word in words[:20]]

    def _one(self, words: str) -> User:
        matching = list(people(self.scope, now=self.now, words=words)[:3])
        exact = [person for person in matching if person.name == words] or matching
        if len(exact) != 1:
            raise ValidationError(
                _("Nobody is found by “%(words)s”: give the full name or the phone number.")
                if not exact
                else _("Several people are found by “%(words)s”: give the phone number."),
                params={"words": words},
            )
        return exact[0]

    def clean_outside(self) -> list[Receiver]:
        """Names and numbers, one a line."""
        return [_outsider(line) for line in self.cleaned_data["outside"].splitlines() if line.strip()]

    def everybody(self) -> list[Receiver]:
        """Everybody, in the order of the form."""
        given = self.cleaned_data
        ticked = [self.choices[key] for key in given["receivers"]]
        people_named = [Receiver(person=person) for person in given["found"]]
        return [
            *(Receiver(person=one.person, area_code=one.area_code) for one in ticked),
            *people_named,
            *given["outside"],
        ]

    @property
    def due_at(self) -> datetime:
        """By when."""
        return self.now + timedelta(minutes=self.cleaned_data["due_minutes"])


def _outsider(line: str) -> Receiver:
    found = re.search(r"\+?\d[\d\- ]{6,}\d", line)
    number = found.group(0) if found else ""
    name = line.replace(number, "").strip(" ,，、:：\t") if number else line.strip()
    return Receiver(phone=number, name=name[:40])


class CallForm(forms.Form):
    """What is said to everybody who is called."""

    text = forms.CharField(label=_("What is said"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    level = forms.TypedChoiceField(
        label=_("Call list of"),
        choices=[("", _("Everybody, 5 minutes")), *ResponseLevel.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    area_code = forms.CharField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """A sentence that says why."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
