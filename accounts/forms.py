"""What people type about themselves and about each other."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role

MOST_BYTES = 5 * 1024 * 1024


class SignInForm(forms.Form):
    """Name or phone, and password."""

    username = forms.CharField(
        label=_("Sign-in name or phone"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class FeedbackForm(forms.Form):
    """What somebody wants to tell, and the page he came from."""

    text = forms.CharField(
        label=_("What you want to tell us"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    page = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput())


def _phone_field(**attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel-national", **attrs})
    return forms.CharField(label=_("Mobile number"), max_length=20, widget=widget)


class CodeRequestForm(forms.Form):
    """Where the code goes."""

    phone = _phone_field()


class CodeForm(forms.Form):
    """The six digits that came by SMS."""

    phone = forms.CharField(max_length=20, widget=forms.HiddenInput())
    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=10,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9 ]*", "data-focus": ""}
        ),
    )


def _new_password(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class NewPasswordForm(forms.Form):
    """One's own password, twice."""

    password = _new_password(_("New password"), _("At least 10 characters, not only digits, not your name."))
    again = _new_password(_("New password once more"))

    def clean(self) -> dict[str, Any]:
        """Both must agree."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("again") is not None and given.get("password") != given.get("again"):
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        return given


class ChangePasswordForm(NewPasswordForm):
    """The present password and the new one; who never had one leaves the first out."""

    old = forms.CharField(
        label=_("Present password"),
        required=False,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["old", "password", "again"]


class SheetForm(forms.Form):
    """The list as the office keeps it."""

    file = forms.FileField(
        label=_("List of people (xlsx or csv)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )

    def clean_file(self) -> Any:
        """Not larger than a list of a district can be."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Remove pictures, or split it."))
        return file


class PersonForm(forms.Form):
    """A person with one role."""

    name = forms.CharField(label=_("Name"), max_length=40)
    phone = _phone_field()
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.GRID_WORKER)
    area_code = forms.CharField(
        label=_("Area code"), max_length=15, help_text=_("6 digits district, 9 sub-district, 12 community, 15 grid.")
    )


class SuccessorForm(forms.Form):
    """Who takes over."""

    name = forms.CharField(label=_("Name of the successor"), max_length=40)
    phone = _phone_field()
