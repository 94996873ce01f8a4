"""What people type about official warnings."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alerts.actions.receive import Entry
from alerts.enums import Decision, NoticeLevel
from alerts.forms.notices import MINUTES
from alerts.models import ReceivedWarning


class PasteForm(forms.Form):
    """A text of a weather station, as it stands in a chat group or on a fax."""

    text = forms.CharField(
        label=_("Paste the text of the warning"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class UploadForm(forms.Form):
    """A warning as a file."""

    file = forms.FileField(label=_("File of the warning (XML)"), max_length=200)


class WarningForm(forms.Form):
    """A warning read elsewhere: who says so, its number, what, how grave, when, where, its words."""

    issuer = forms.CharField(label=_("Issuer"), max_length=60)
    number = forms.CharField(
        label=_("Number"), max_length=60, required=False, help_text=_("As it stands on the paper; empty: we give one.")
    )
    event = forms.CharField(label=_("Event"), max_length=30)
    level = forms.TypedChoiceField(label=_("Colour"), choices=NoticeLevel, coerce=int)
    is_lifting = forms.BooleanField(label=_("It lifts the warning chosen below"), required=False)
    refers_to = forms.ModelChoiceField(
        label=_("Updates or lifts"), queryset=ReceivedWarning.objects.none(), required=False, to_field_name="uuid"
    )
    sent = forms.DateTimeField(label=_("Issued at"), widget=MINUTES)
    starts_at = forms.DateTimeField(label=_("Starts"), widget=MINUTES)
    expires_at = forms.DateTimeField(label=_("Ends"), widget=MINUTES)
    areas = forms.MultipleChoiceField(label=_("Areas"), widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(label=_("Text"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, areas: Mapping[str, str], before: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = areas
        choices, earlier = self.fields["areas"], self.fields["refers_to"]
        if isinstance(choices, forms.MultipleChoiceField):
            choices.choices = list(areas.items())
        if isinstance(earlier, forms.ModelChoiceField):
            earlier.queryset = before

    def clean(self) -> dict[str, Any]:
        """What lifts names what it lifts."""
        given = super().clean() or self.cleaned_data
        if given.get("is_lifting") and not given.get("refers_to"):
            self.add_error("refers_to", _("Choose the warning that is lifted."))
        return given

    def entry(self) -> Entry:
        """What was typed, of a valid form."""
        given = self.cleaned_data
        return Entry(
            issuer=given["issuer"],
            number=given["number"],
            event=given["event"],
            level=given["level"],
            sent=given["sent"],
            starts_at=given["starts_at"],
            expires_at=given["expires_at"],
            area_codes=tuple(given["areas"]),
            area_name="、".join(self.names[code] for code in given["areas"]),
            text=given["text"],
            refers_to=given["refers_to"],
            is_lifting=given["is_lifting"],
        )


class ConsultationForm(forms.Form):
    """The minutes of 会商."""

    held_at = forms.DateTimeField(
        label=_("Decided at"), widget=MINUTES, required=False, help_text=_("Left empty, it is now.")
    )
    attendees = forms.CharField(label=_("Who took part"), max_length=300)
    conclusion = forms.CharField(label=_("Conclusion"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    decision = forms.ChoiceField(label=_("Decision"), choices=Decision)
