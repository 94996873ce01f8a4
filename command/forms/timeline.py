"""Narrowing the timeline, and adding a line by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from command.enums import EntryKind


class TimelineFilter(forms.Form):
    """The filters as they stand in the address; what is not understood does not narrow."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *EntryKind.choices])
    day = forms.DateField(label=_("On the day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def filters(self) -> dict[str, Any]:
        """The filters that were understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class NoteForm(forms.Form):
    """A line on the timeline."""

    text = forms.CharField(label=_("Note"), max_length=300)
