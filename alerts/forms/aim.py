"""Whom a notice is for inside its areas, as somebody draws and picks it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hazards.models import HazardSite


class AimForm(forms.Form):
    """A polygon that the map writes, a site with metres around it, a tick. All of it may stay empty."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    polygon = forms.CharField(required=False, widget=forms.HiddenInput)
    site = forms.ChoiceField(label=_("Around a site"), required=False)
    radius_m = forms.IntegerField(label=_("Metres around it"), min_value=0, required=False, initial=300)
    only_must_reach = forms.BooleanField(label=_("Must-reach households only"), required=False)

    def __init__(self, *args: Any, sites: Sequence[HazardSite], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites = {site.code: site for site in sites}
        field = self.fields["site"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("none")), *((site.code, site.name) for site in sites)]

    @property
    def chosen(self) -> HazardSite | None:
        """The site, of a valid form."""
        return self.sites.get(self.cleaned_data["site"])
