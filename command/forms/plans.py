"""Writing a contingency plan."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.queries import people
from command.actions import TaskGiven
from command.enums import Receives, ResponseLevel
from territory.models import ContactPoint
from territory.rules import Scope, is_mobile, normalised_phone


class PlanForm(forms.Form):
    """The head of a plan."""

    title = forms.CharField(label=_("Title"), max_length=120)
    version = forms.CharField(label=_("Version"), max_length=20)
    basis = forms.CharField(label=_("Approved by, document number"), max_length=300, required=False)


class VersionForm(forms.Form):
    """The name of the next version."""

    version = forms.CharField(label=_("New version"), max_length=20)


class RoundForm(forms.Form):
    """A round that a level opens."""

    level = forms.TypedChoiceField(label=_("From level"), choices=ResponseLevel, coerce=int, initial=2)
    title = forms.CharField(label=_("Title of the round"), max_length=60)
    due_hours = forms.IntegerField(label=_("Done within (h)"), min_value=1, max_value=720, initial=24)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_round_%s")  # the form of tasks stands on the same page
        super().__init__(*args, **kwargs)


class TaskForm(forms.Form):
    """One task of a plan."""

    level = forms.TypedChoiceField(label=_("From level"), choices=ResponseLevel, coerce=int, initial=4)
    title = forms.CharField(label=_("What is to be done"), max_length=100)
    body = forms.CharField(label=_("Details"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    receives = forms.ChoiceField(label=_("Given to whom"), choices=Receives)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", "—"), *Role.choices])
    who = forms.CharField(
        label=_("Person, or agency and mobile number"),
        required=False,
        max_length=60,
        help_text=_("For a named person: name or phone. For an agency: its name and mobile number."),
    )
    each_subdistrict = forms.BooleanField(label=_("One for each sub-district"), required=False)
    due_minutes = forms.IntegerField(label=_("Done within (min)"), min_value=1, max_value=10080, initial=60)

    def __init__(self, *args: Any, scope: Scope, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope, self.now = scope, now

    def clean(self) -> dict[str, Any]:
        """The receiver that the kind of receiver asks for."""
        given = super().clean() or self.cleaned_data
        receives, who = given.get("receives"), str(given.get("who") or "").strip()
        given["person"] = given["phone"] = None
        if receives in (Receives.ROLE, Receives.POST) and not given.get("role"):
            self.add_error("role", ValidationError(_("Choose the role.")))
        elif receives == Receives.PERSON:
            found = list(people(self.scope, now=self.now, words=who)[:2]) if who else []
            if len(found) != 1:
                self.add_error("who", ValidationError(_("Give one person's full name or phone number.")))
            else:
                given["person"] = found[0]
        elif receives == Receives.CONTACT:
            name, _space, number = who.rpartition(" ")
            phone = normalised_phone(number)
            if not name or phone is None or not is_mobile(phone):
                self.add_error("who", ValidationError(_("Write the agency's name, a space, its mobile number.")))
            else:
                given["phone"], given["contact_name"] = phone, name
        return given

    def task(self) -> TaskGiven:
        """As the actions take it."""
        given = self.cleaned_data
        point = None
        if given["phone"]:
            point, _made = ContactPoint.objects.get_or_create(kind="mobile", address=given["phone"])
        return TaskGiven(
            level=given["level"],
            title=given["title"],
            body=given["body"],
            receives=given["receives"],
            role=given["role"],
            person=given["person"],
            contact_point=point,
            contact_name=given.get("contact_name", ""),
            each_subdistrict=given["each_subdistrict"],
            due_minutes=given["due_minutes"],
        )
