"""What is written down of a resident's request, and what becomes of it."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import people
from hazards.enums import Mode
from hazards.forms.sites import MINUTES
from hazards.queries import request_categories
from territory.queries import areas
from territory.rules import Scope, scope_of

_SHORT = forms.Textarea(attrs={"rows": 2})


class RequestForm(forms.Form):
    """One request. Of a household of the roll nobody types name and number: they are taken from there, unseen."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    check_made = forms.UUIDField(widget=forms.HiddenInput, required=False)
    household = forms.IntegerField(widget=forms.HiddenInput, required=False)
    area_code = forms.ChoiceField(label=_("Grid"))
    what = forms.CharField(label=_("What is asked for"), max_length=300, widget=_SHORT)
    category = forms.ChoiceField(label=_("Category"))
    mode = forms.ChoiceField(
        label=_("How it is settled"), choices=Mode, widget=forms.RadioSelect, initial=Mode.DEADLINE
    )
    outcome = forms.CharField(
        label=_("What was done on the spot"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    who = forms.CharField(label=_("Who makes the request"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("Telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    place = forms.CharField(label=_("Place"), max_length=160, required=False)

    def __init__(self, *args: Any, scope: Scope, of_household: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if of_household:
            del self.fields["who"], self.fields["phone"]
        self.fields["area_code"].choices = [  # type: ignore[attr-defined]
            (area.code, area.name) for area in areas(scope, "grid")
        ]
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            (one.name, one.name) for one in request_categories()
        ]
        self.initial.setdefault("uuid", uuid.uuid4())
        self.initial.setdefault("mode", Mode.DEADLINE)

    def given(self) -> dict[str, Any]:
        """As the action takes it. What was settled at somebody's door was said to that person."""
        named = ("uuid", "area_code", "what", "category", "mode", "outcome", "who", "phone", "place")
        given = {name: self.cleaned_data[name] for name in named if name in self.cleaned_data}
        return given | {"spoken": given["mode"] == Mode.ON_SPOT}


class GiveForm(forms.Form):
    """Who settles it, by when."""

    handler = forms.TypedChoiceField(label=_("Who settles it"), coerce=int)
    due_at = forms.DateTimeField(
        label=_("To be settled by"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES),
        help_text=_("Left empty, the days of the category."),
    )
    note = forms.CharField(label=_("Note, or why it is to be done again"), max_length=200, required=False)

    def __init__(self, *args: Any, area_code: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near = people(scope_of(area_code), now=now)
        street = people(scope_of(area_code[:9]), now=now)
        found = list(dict.fromkeys([*near, *street[:200]]))
        self.people = {person.pk: person for person in found}
        self.fields["handler"].choices = [(pk, person.name) for pk, person in self.people.items()]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> User:
        """Whoever was chosen."""
        return self.people[self.cleaned_data["handler"]]


class CloseRequestForm(forms.Form):
    """What whoever asked says of it."""

    words = forms.CharField(
        label=_("What was said on asking back"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
