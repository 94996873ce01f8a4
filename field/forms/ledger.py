"""How a ledger is narrowed."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from field.enums import LedgerKind
from field.rules import LedgerFilter
from territory.queries import areas
from territory.rules import Scope

LEDGER_STATES = (
    ("open", _("Not closed yet")),
    ("late", _("Late")),
    ("answered", _("To be asked back")),
    ("closed", _("Closed")),
    ("all", _("All")),
)


class LedgerForm(forms.Form):
    """The filters of a ledger, as they stand in the address; what is not understood does not narrow."""

    state = forms.ChoiceField(required=False, choices=LEDGER_STATES)
    kind = forms.ChoiceField(required=False, choices=LedgerKind.choices)
    area_code = forms.ChoiceField(label=_("Area"), required=False)
    first_day = forms.DateField(label=_("Taken in from"), required=False)
    last_day = forms.DateField(label=_("Taken in until"), required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [*areas(scope, "subdistrict"), *areas(scope, "grid")]
        self.fields["area_code"].choices = [("", _("All")), *((area.code, area.name) for area in known)]  # type: ignore[attr-defined]

    def filters(self) -> LedgerFilter:
        """The filters that were understood."""
        self.is_valid()
        given = {name: self.cleaned_data.get(name) for name in ("state", "kind", "area_code")}
        zone, first, last = timezone.get_current_timezone(), *map(self.cleaned_data.get, ("first_day", "last_day"))
        start = datetime(first.year, first.month, first.day, tzinfo=zone) if first else None
        end = datetime(last.year, last.month, last.day, tzinfo=zone) + timedelta(days=1) if last else None
        return LedgerFilter(**{name: value for name, value in given.items() if value}, start=start, end=end)
