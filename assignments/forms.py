"""What people type about duties."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import area_choices
from assignments import queries
from assignments.enums import AppraisalObjection, Objection, State, Verb
from assignments.models import Assignment
from assignments.rules import FIGURES, HEAVIEST, HIGHEST, LOWEST, Scheme
from assignments.rules.recognise import LONGEST
from territory.rules import Scope

MINUTES = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ListForm(forms.Form):
    """What the list is narrowed to."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)

    def __init__(self, *args: Any, scope: Scope, closed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(name, queries.label_of(name)) for name in queries.kinds()]
        states = [(state.value, state.label) for state in State if (state in CLOSED_STATES) == closed]
        late = [] if closed else [("late", _("Overdue"))]
        self._choices("kind", kinds)
        self._choices("state", [*late, *states])
        self._choices("area", list(area_choices(scope)))
        self.closed = closed

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("All")), *choices]

    def filters(self) -> queries.Filters:
        """The filters; what makes no sense narrows nothing."""
        given = self.cleaned_data if self.is_valid() else {}
        return queries.Filters(
            kind=given.get("kind", ""),
            area_code=given.get("area", ""),
            state=given.get("state", ""),
            closed=self.closed,
        )


CLOSED_STATES = (State.VERIFIED, State.CANCELLED)


class WordForm(forms.Form):
    """What a person says about a duty; the button pressed is one of its answers, or a verb."""

    verb = forms.ChoiceField(choices=Verb, widget=forms.HiddenInput, required=False)
    option = forms.CharField(max_length=4, widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Needed for “Cannot do it” and “Send back”."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    occurred_at = forms.DateTimeField(
        label=_("Happened at"), help_text=_("Leave empty for now."), required=False, widget=MINUTES
    )
    photo = forms.FileField(label=_("Photo"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"}))

    def clean(self) -> dict[str, Any]:
        """A button was pressed: a form sent without one says nothing."""
        if not self.cleaned_data.get("verb") and not self.cleaned_data.get("option"):
            raise forms.ValidationError(Objection.NO_OPTION.label)
        return self.cleaned_data

    @property
    def verb_chosen(self) -> Verb:
        """The verb of the button that was pressed."""
        return Verb(self.cleaned_data["verb"])

    @property
    def photo_bytes(self) -> bytes:
        """The photograph as sent; empty without one."""
        photo = self.cleaned_data["photo"]
        return bytes(photo.read()) if photo else b""


class BehalfForm(forms.Form):
    """代录: what somebody said on the telephone, recorded by his supervisor."""

    option = forms.ChoiceField(label=_("What he said"), widget=forms.RadioSelect)
    on_behalf_of = forms.CharField(label=_("Who said it"), max_length=60)
    occurred_at = forms.DateTimeField(
        label=_("Happened at"), help_text=_("Leave empty for now."), required=False, widget=MINUTES
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, choices: Iterable[queries.Choice] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "behalf_%s"
        field = self.fields["option"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(choice.key, f"{choice.key} {choice.label}") for choice in choices]


class ManyForm(forms.Form):
    """代录 of several people: one answer for each who has said something, one time for all of them."""

    occurred_at = forms.DateTimeField(
        label=_("Happened at"), help_text=_("Leave empty for now."), required=False, widget=MINUTES
    )

    def __init__(self, *args: Any, duties: Sequence[Assignment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duties = duties
        self.rows = [(duty, queries.choices(queries.options_for([duty]))) for duty in duties]

    @property
    def given(self) -> list[tuple[Assignment, str]]:
        """Who answers what; whoever is not touched says nothing."""
        found = ((duty, self.data.get(f"answer-{duty.pk}", "")) for duty in self.duties)
        return [(duty, key) for duty, key in found if key]

    def clean(self) -> dict[str, Any]:
        """At least one answer."""
        if not self.given:
            raise forms.ValidationError(_("Choose an answer for at least one person."))
        return self.cleaned_data


class PasteForm(forms.Form):
    """A chat as it was copied."""

    text = forms.CharField(
        label=_("Copied chat"),
        help_text=_("Names with their words, 接龙, with or without times: as the group shows it."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12}),
    )


class SuccessorForm(forms.Form):
    """Who takes over."""

    to = forms.TypedChoiceField(label=_("Hand over to"), coerce=int)
    all_open = forms.BooleanField(label=_("With all open duties of the present person"), required=False)
    note = forms.CharField(label=_("Reason"), max_length=500, required=False)

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "successor_%s"
        self.people = {person.pk: person for person in people}
        field = self.fields["to"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "—"), *((pk, person.name) for pk, person in self.people.items())]

    @property
    def successor(self) -> User:
        """The person chosen."""
        return self.people[self.cleaned_data["to"]]


BUTTONS = {
    Verb.ACKNOWLEDGE: _("Got it"),
    Verb.START: _("On the spot"),
    Verb.REPORT: _("Finished"),
    Verb.DECLINE: _("Cannot do it"),
    Verb.VERIFY: _("Accept the work"),
    Verb.SEND_BACK: _("Send back"),
    Verb.CANCEL: _("Withdraw"),
}


class MonthForm(forms.Form):
    """Which month of which sub-district is drawn up."""

    month = forms.DateField(
        label=_("Month"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )
    area = forms.ChoiceField(label=_("Sub-district"))

    def __init__(self, *args: Any, areas: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        if isinstance(field, forms.ChoiceField):
            field.choices = areas


class PointsForm(forms.Form):
    """The points of each figure and the two borders; a field for each figure is added by name."""

    reward_from = forms.IntegerField(label=_("Excellent from"), min_value=1, max_value=HIGHEST)
    reward_inclusive = forms.BooleanField(label=_("The number itself is excellent"), required=False)
    fail_below = forms.IntegerField(label=_("Not passed below"), min_value=LOWEST, max_value=HIGHEST - 1)
    fail_inclusive = forms.BooleanField(label=_("The number itself is not passed"), required=False)

    def __init__(self, *args: Any, labels: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIGURES:
            self.fields[f"points_{name}"] = forms.IntegerField(
                label=labels[name], min_value=-HEAVIEST, max_value=HEAVIEST
            )

    @property
    def scheme(self) -> Scheme:
        """What was typed."""
        given = self.cleaned_data
        return Scheme(
            {name: given[f"points_{name}"] for name in FIGURES},
            given["reward_from"],
            given["reward_inclusive"],
            given["fail_below"],
            given["fail_inclusive"],
        )


class ScoreForm(forms.Form):
    """Another score, and why."""

    score = forms.IntegerField(label=_("New score"), min_value=LOWEST, max_value=HIGHEST)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class AppealAnswerForm(forms.Form):
    """What the sub-district answers to an appeal; a new score only where it is upheld."""

    upheld = forms.TypedChoiceField(
        label=_("Answer"),
        choices=[("yes", _("Upheld: the score changes")), ("no", _("Refused: the score stands"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    score = forms.IntegerField(label=_("New score, where upheld"), min_value=LOWEST, max_value=HIGHEST, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        """Upheld without a score would change nothing."""
        if self.cleaned_data.get("upheld") and self.cleaned_data.get("score") is None and "score" not in self.errors:
            self.add_error("score", AppraisalObjection.OUT_OF_BOUNDS.label)
        return self.cleaned_data


class AppealForm(forms.Form):
    """Why a person thinks that his score is wrong."""

    words = forms.CharField(label=_("What is wrong"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))
