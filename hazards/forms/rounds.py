"""What is filled in when a round is closed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hazards.models import RoundMember

ASKED = 200  # sites with a field of their own


class CloseForm(forms.Form):
    """A reason for every site that is not verified; one sentence may serve for all that are left empty.

    The first `ASKED` have a field of their own, the rest the common reason: a page of a thousand fields is refused.
    """

    common = forms.CharField(
        label=_("Reason for all that are left empty"), max_length=200, required=False, widget=forms.TextInput
    )

    def __init__(self, *args: Any, members: Sequence[RoundMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        for member in members[:ASKED]:
            self.fields[f"reason_{member.site_id}"] = forms.CharField(
                label=f"{member.site.name} ({member.site.code})",
                max_length=200,
                required=False,
                # Whoever took it off the register has said why already.
                initial=member.site.retired_reason,
            )

    def reasons(self) -> dict[str, str]:
        """The reasons by site code."""
        given = self.cleaned_data
        common = given["common"].strip()
        own = {member.site_id: member.site.retired_reason for member in self.members[ASKED:]}
        own |= {member.site_id: given[f"reason_{member.site_id}"] for member in self.members[:ASKED]}
        return {member.site.code: own[member.site_id].strip() or common for member in self.members}

    @property
    def unasked(self) -> int:
        """How many have no field of their own."""
        return max(0, len(self.members) - ASKED)
