"""What is typed about drills."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from drills.actions import InjectContent
from drills.enums import FindingKind, InjectKind, Receiver
from drills.models import DrillPlan, Inject
from territory.enums import Level
from territory.models import Area

MOST_BYTES = 5 * 1024 * 1024


class SheetForm(forms.Form):
    """The exercise plan as the office keeps it."""

    file = forms.FileField(
        label=_("Exercise plan sheet (xlsx or csv)"), widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"})
    )

    def clean_file(self) -> Any:
        """Not larger than an exercise plan can be."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Remove pictures, or split it."))
        return file


class PlanForm(forms.Form):
    """The head of a plan; objectives one a line."""

    title = forms.CharField(label=_("Title"), max_length=80)
    scenario = forms.CharField(
        label=_("Scenario"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    objectives = forms.CharField(
        label=_("Objectives"),
        required=False,
        max_length=4000,
        help_text=_("One a line: what the drill is to show."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    area_code = forms.ChoiceField(label=_("Area"))

    def __init__(self, *args: Any, areas: list[Area], plan: DrillPlan | None = None, **kwargs: Any) -> None:
        if plan is not None:
            texts = "\n".join(one.text for one in plan.objectives.order_by("order", "pk"))
            kwargs["initial"] = {
                "title": plan.title, "scenario": plan.scenario, "objectives": texts, "area_code": plan.area_code
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = [(area.code, area.name) for area in areas]  # type: ignore[attr-defined]

    def content(self) -> dict[str, Any]:
        """What `save_plan` takes."""
        given = self.cleaned_data
        return {**given, "objectives": given["objectives"].splitlines()}


class InjectForm(forms.Form):
    """One inject."""

    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=999)
    minute = forms.IntegerField(label=_("Minutes after the start"), min_value=0, max_value=48 * 60)
    kind = forms.ChoiceField(label=_("Kind"), choices=InjectKind.choices)
    title = forms.CharField(label=_("What happens"), max_length=80)
    text = forms.CharField(label=_("Text"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    area_code = forms.ChoiceField(label=_("Where"))
    receiver = forms.ChoiceField(label=_("Who gets it"), choices=Receiver.choices)
    role = forms.ChoiceField(label=_("Role"), required=False)
    person = forms.ModelChoiceField(label=_("Person"), required=False, queryset=User.objects.none())
    level = forms.TypedChoiceField(
        label=_("Response level"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "—"), (1, "Ⅰ"), (2, "Ⅱ"), (3, "Ⅲ"), (4, "Ⅳ")],
    )
    expected = forms.CharField(label=_("Expected action"), required=False, max_length=200)
    expect_ack_minutes = forms.IntegerField(
        label=_("Acknowledged within (min)"), required=False, min_value=1, max_value=600
    )
    expect_done_minutes = forms.IntegerField(label=_("Done within (min)"), required=False, min_value=1, max_value=600)
    objective = forms.ChoiceField(label=_("Objective"), required=False)
    needs_controller = forms.BooleanField(label=_("The controller lets it out by hand"), required=False)

    def __init__(
        self,
        *args: Any,
        plan: DrillPlan,
        areas: list[Area],
        people: list[User],
        inject: Inject | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = _initial(plan, inject)
        super().__init__(*args, **kwargs)
        self.plan, self.inject = plan, inject
        self._choices("area_code", [(area.code, area.name) for area in areas])
        self._choices("role", [("", "—"), *Role.choices])
        self._choices("objective", [("", "—"), *((one.text, one.text) for one in plan.objectives.order_by("order"))])
        person = self.fields["person"]
        assert isinstance(person, forms.ModelChoiceField)  # noqa: S101  (declared above)
        person.queryset = User.objects.filter(pk__in=[one.pk for one in people]).order_by("name", "pk")

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What belongs together, and a number of its own; errors stand at the field to be mended."""
        given = super().clean() or {}
        receiver, kind = given.get("receiver"), given.get("kind")
        if receiver in (Receiver.ROLE, Receiver.ON_DUTY) and not given.get("role"):
            self.add_error("role", _("Choose the role that receives it."))
        if receiver == Receiver.PERSON and not given.get("person"):
            self.add_error("person", _("Choose the person who receives it."))
        if receiver == Receiver.NOBODY and kind in (InjectKind.MESSAGE, InjectKind.DUTY):
            self.add_error("receiver", _("A message or duty needs a receiver: choose one."))
        if kind == InjectKind.LEVEL and not given.get("level"):
            self.add_error("level", _("Choose the level of the response."))
        acknowledge, done = given.get("expect_ack_minutes"), given.get("expect_done_minutes")
        if acknowledge and done and done < acknowledge:
            self.add_error("expect_done_minutes", _("Done cannot be expected before acknowledged: enter more minutes."))
        if kind == InjectKind.MESSAGE and (acknowledge or done):
            self.add_error("kind", _("A message asks for no answer: choose duty, or remove the minutes."))
        taken = Inject.objects.filter(plan=self.plan, number=given.get("number") or 0)
        if taken.exclude(pk=self.inject.pk if self.inject else 0).exists():
            self.add_error("number", _("This plan has an inject of this number: give it another."))
        return given

    def content(self) -> InjectContent:
        """What `save_inject` takes: only what belongs to the receiver and the kind."""
        given = dict(self.cleaned_data)
        if given["receiver"] not in (Receiver.ROLE, Receiver.ON_DUTY):
            given["role"] = ""
        if given["receiver"] != Receiver.PERSON:
            given["person"] = None
        return InjectContent(**given)


def _initial(plan: DrillPlan, inject: Inject | None) -> dict[str, Any]:
    if inject is None:
        last = plan.injects.order_by("-number").first()
        return {
            "number": last.number + 1 if last else 1,
            "minute": last.minute + 5 if last else 0,
            "area_code": plan.area_code,
            "kind": InjectKind.DUTY,
            "receiver": Receiver.ROLE,
        }
    names = (
        "number", "minute", "kind", "title", "text", "area_code", "receiver", "role", "person", "level", "expected",
        "expect_ack_minutes", "expect_done_minutes", "needs_controller",
    )  # fmt: skip
    found = {name: getattr(inject, name) for name in names}
    return found | {"objective": inject.objective.text if inject.objective else ""}


class RunForm(forms.Form):
    """Who takes part."""

    workers_of = forms.MultipleChoiceField(
        label=_("Grid workers of"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.ModelMultipleChoiceField(
        label=_("Who takes part"), required=False, queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: list[User], roles: dict[int, str], areas: list[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["people"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101  (declared above)
        field.queryset = User.objects.filter(pk__in=[one.pk for one in people]).order_by("name", "pk")
        self.fields["workers_of"].choices = [  # type: ignore[attr-defined]
            (area.code, area.name) for area in areas if area.level == Level.SUBDISTRICT
        ]
        field.choices = [(one.pk, f"{one.name}（{roles.get(one.pk, '')}）") for one in people]


class FindingForm(forms.Form):
    """What an observer writes down."""

    kind = forms.ChoiceField(label=_("Kind"), choices=FindingKind.choices, initial=FindingKind.MEND)
    text = forms.CharField(label=_("Observation"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    inject = forms.ModelChoiceField(label=_("At inject"), required=False, queryset=Inject.objects.none())

    def __init__(self, *args: Any, plan: DrillPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["inject"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (declared above)
        field.queryset = plan.injects.order_by("number")


class ImproveForm(forms.Form):
    """Who sees to it, by when."""

    assignee = forms.ModelChoiceField(label=_("Who sees to it"), queryset=User.objects.none())
    due_on = forms.DateField(
        label=_("Deadline for it"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assignee"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (declared above)
        field.queryset = User.objects.filter(pk__in=[one.pk for one in people]).order_by("name", "pk")


def in_a_fortnight(now: datetime) -> dict[str, Any]:
    """The usual day for an improvement."""
    return {"due_on": (now + timedelta(days=14)).date()}
