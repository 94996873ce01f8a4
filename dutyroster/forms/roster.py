"""What people fill in about posts, leave, plans and single shifts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from accounts.queries import area_choices
from dutyroster.actions import MemberGiven, PostGiven
from dutyroster.enums import Presence
from dutyroster.models import DutyPost, PostMember
from dutyroster.queries import eligible, named
from territory.enums import DayKind
from territory.rules import Scope

MINUTES = "%Y-%m-%dT%H:%M"
STAFF = (
    ("staff_workday", DayKind.WORKDAY, None, _("People on a workday")),
    ("staff_weekend", DayKind.WEEKEND, None, _("People on a weekend")),
    ("staff_holiday", DayKind.HOLIDAY, None, _("People on a statutory holiday")),
)
LEVELS = (
    ("staff_level_4", 4, _("People while level IV is in force")),
    ("staff_level_3", 3, _("People while level III is in force")),
    ("staff_level_2", 2, _("People while level II is in force")),
    ("staff_level_1", 1, _("People while level I is in force")),
)


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def _when(label: Any, **options: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES), **options
    )


def _number(label: Any, *, most: int, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, **options)


class PostForm(forms.Form):
    """A post: where, whose work, when the shift changes, how many people on which day."""

    area_code = forms.ChoiceField(label=_("Area"))
    name = forms.CharField(label=_("Name of the post"), max_length=40)
    role = forms.ChoiceField(label=_("Whose work it is"), choices=Role)
    presence = forms.ChoiceField(label=_("Presence"), choices=Presence)
    phone = forms.CharField(label=_("Duty telephone"), max_length=20, required=False)
    starts_at = forms.TimeField(
        label=_("Change of shift"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    shift_hours = forms.TypedChoiceField(
        label=_("Length of a shift"), coerce=int, choices=[(24, _("24 hours")), (12, _("12 hours")), (8, _("8 hours"))]
    )
    rest_hours = _number(_("Hours of rest between two shifts"), most=168)
    late_minutes = _number(_("Late after how many minutes"), most=120)
    order = _number(_("Place in the table"), most=99)

    def __init__(self, *args: Any, scope: Scope, post: DutyPost | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = _initial(post)
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = area_choices(scope)  # type: ignore[attr-defined]
        for name, _kind, _level, label in STAFF:
            self.fields[name] = _number(label, most=20)
        for name, _level, label in LEVELS:
            self.fields[name] = _number(
                label, most=20, required=False, help_text=_("Empty: as usual, or as at the next milder level.")
            )

    def given(self) -> PostGiven:
        """The post as the action takes it."""
        data = self.cleaned_data
        staff: dict[tuple[str, int | None], int] = {(kind.value, level): data[name] for name, kind, level, _l in STAFF}
        for name, level, _label in LEVELS:
            if data[name] is not None:
                staff |= {(kind.value, level): data[name] for _n, kind, _none, _l in STAFF}
        return PostGiven(
            staff=staff,
            **{
                name: data[name]
                for name in (
                    "area_code", "name", "role", "presence", "phone", "starts_at", "shift_hours", "rest_hours",
                    "late_minutes", "order",
                )
            },
        )  # fmt: skip


def _initial(post: DutyPost | None) -> dict[str, Any]:
    if post is None:
        usual = {"starts_at": "08:00", "shift_hours": 24, "rest_hours": 24, "late_minutes": 15, "order": 1}
        return usual | {"role": Role.DUTY_OFFICER, **{name: 1 for name, *_rest in STAFF}}
    known = {(row.day_kind, row.response_level): row.staff for row in post.requirements.all()}
    fields = ("area_code", "name", "role", "presence", "phone", "starts_at", "shift_hours", "rest_hours")
    return (
        {name: getattr(post, name) for name in (*fields, "late_minutes", "order")}
        | {name: known.get((kind, level), 1) for name, kind, level, _label in STAFF}
        | {name: known.get((DayKind.WORKDAY, level)) for name, level, _label in LEVELS}
    )


class MembersForm(forms.Form):
    """Who takes turns at a post: a number for the place in the turns, empty for nobody; deputies are ticked."""

    def __init__(self, *args: Any, post: DutyPost, scope: Scope, members: Sequence[PostMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {member.person_id: member for member in members}
        people = {person.pk: person for person in eligible(scope, post.area_code)}
        people |= {member.person_id: member.person for member in members}
        self.people = sorted(
            people.values(), key=lambda one: (known[one.pk].order if one.pk in known else 999, one.name, one.pk)
        )
        for person in self.people:
            member = known.get(person.pk)
            self.fields[f"turn_{person.pk}"] = forms.IntegerField(
                label=person.name, min_value=1, max_value=999, required=False, initial=member.order if member else None
            )
            self.fields[f"deputy_{person.pk}"] = forms.BooleanField(
                label=_("Deputy"), required=False, initial=bool(member and member.is_deputy)
            )

    def rows(self) -> list[tuple[User, forms.BoundField, forms.BoundField]]:
        """One row a person: his place in the turns, and whether he only steps in."""
        return [(one, self[f"turn_{one.pk}"], self[f"deputy_{one.pk}"]) for one in self.people]

    def given(self) -> list[MemberGiven]:
        """The members in the order of their turns."""
        data = self.cleaned_data
        named = [one for one in self.people if data[f"turn_{one.pk}"]]
        named.sort(key=lambda one: (data[f"turn_{one.pk}"], one.name))
        return [MemberGiven(one, data[f"deputy_{one.pk}"]) for one in named]


class LeaveForm(forms.Form):
    """Days on which somebody is away."""

    person = forms.ModelChoiceField(label=_("Who is away"), queryset=User.objects.none())
    first_day = _day(_("First day"))
    last_day = _day(_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=100, required=False)

    def __init__(self, *args: Any, user: User, scope: Scope, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"person": user, "first_day": today, "last_day": today}
        super().__init__(*args, **kwargs)
        members = PostMember.objects.filter(post__in=DutyPost.objects.in_scope(scope)).values("person_id")
        people = User.objects.filter(pk__in=members, is_active=True) | User.objects.filter(pk=user.pk)
        self.fields["person"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """Which posts are planned for which days."""

    area_code = forms.ChoiceField(label=_("Area"))
    first_day = _day(_("First day"))
    last_day = _day(_("Last day"), help_text=_("At most 92 days. Who is on duty now finishes the shift."))
    posts = forms.TypedMultipleChoiceField(
        label=_("Posts"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Leave all empty to plan every post of the area."),
    )

    def __init__(self, *args: Any, scope: Scope, today: date, **kwargs: Any) -> None:
        start = today + timedelta(days=1)
        kwargs.setdefault("initial", {"first_day": start, "last_day": start + timedelta(days=29)})
        super().__init__(*args, **kwargs)
        self.own = DutyPost.objects.in_scope(scope).filter(retired_at__isnull=True)
        self.fields["area_code"].choices = area_choices(scope)  # type: ignore[attr-defined]
        choices = [(post.pk, name) for post, name in named(self.own.order_by("area_code", "order", "pk"))]
        self.fields["posts"].choices = choices  # type: ignore[attr-defined]

    def posts_meant(self) -> list[DutyPost]:
        """Those ticked, else all that stand at the chosen area itself."""
        ticked = self.cleaned_data["posts"]
        meant = self.own.filter(pk__in=ticked) if ticked else self.own.filter(area_code=self.cleaned_data["area_code"])
        return list(meant.order_by("order", "pk"))


class ShiftForm(forms.Form):
    """Who takes over a shift, and why."""

    person = forms.ModelChoiceField(label=_("Who takes over"), queryset=User.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = User.objects.filter(pk__in=[one.pk for one in people])
        self.fields["person"].queryset = chosen.order_by("name", "pk")  # type: ignore[attr-defined]


class AddForm(ShiftForm):
    """Who is put on a post besides, from when until when."""

    start = _when(_("From"))
    end = _when(_("Until"))

    field_order = ("person", "start", "end", "reason")

    def __init__(self, *args: Any, start: datetime, end: datetime, **kwargs: Any) -> None:
        super().__init__(*args, initial={"start": start, "end": end}, **kwargs)
        self.fields["person"].label = _("Who is put on duty")
