"""What people fill in about presence, roll calls, handovers and the log."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dutyroster.enums import AttendanceFault, LogKind
from dutyroster.models import DutyPost
from dutyroster.queries import LogFilter
from dutyroster.rules.attendance import ANSWER_MINUTES
from territory.queries import area_names, areas
from territory.rules import Scope

MINUTES = "%Y-%m-%dT%H:%M"


def _when(label: Any, **options: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES), **options
    )


def _places(scope: Scope) -> list[tuple[str, str]]:
    """The district and its sub-districts, as far as they lie in the scope."""
    found = [(area.code, area.name) for area in areas(scope) if len(area.code) in (6, 9)]
    return sorted(found, key=lambda one: (len(one[0]), one[0]))


def _with_place(posts: QuerySet[DutyPost]) -> Callable[[DutyPost], str]:
    """How a choice of posts names them: every sub-district has one of the same name."""
    places = area_names({post.area_code for post in posts})
    return lambda post: f"{post.name} · {places.get(post.area_code, post.area_code)}"


class CheckForm(forms.Form):
    """When somebody came, if not just now."""

    occurred_at = _when(_("When, if not just now"), required=False)


class RollCallForm(forms.Form):
    """Between which moments the roll is called, and how long people have to answer."""

    area_code = forms.ChoiceField(label=_("Area"))
    window_from = _when(_("Not before"))
    window_until = _when(_("Not after"))
    answer_minutes = forms.IntegerField(
        label=_("Minutes to answer"), min_value=ANSWER_MINUTES[0], max_value=ANSWER_MINUTES[1], initial=5
    )
    posts = forms.ModelMultipleChoiceField(
        label=_("Only these posts"),
        queryset=DutyPost.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave all empty to call everybody on duty."),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = _places(scope)  # type: ignore[attr-defined]
        posts = DutyPost.objects.in_scope(scope).filter(retired_at__isnull=True).order_by("area_code", "order", "pk")
        self.fields["posts"].queryset = posts  # type: ignore[attr-defined]
        self.fields["posts"].label_from_instance = _with_place(posts)  # type: ignore[attr-defined]


class JudgeForm(forms.Form):
    """What a person finds about a silence."""

    note = forms.CharField(label=_("What you found out"), max_length=200)


class HandoverForm(forms.Form):
    """Which post, from whom, to whom."""

    post = forms.ModelChoiceField(label=_("Post"), queryset=DutyPost.objects.none())
    outgoing = forms.ModelChoiceField(label=_("Hands over"), queryset=User.objects.none())
    incoming = forms.ModelChoiceField(label=_("Takes over"), queryset=User.objects.none())
    summary = forms.CharField(
        label=_("What matters"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=2000
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = DutyPost.objects.in_scope(scope).filter(retired_at__isnull=True).order_by("area_code", "order", "pk")
        people = User.objects.filter(is_active=True, post_memberships__post__in=posts).distinct().order_by("name", "pk")
        for name, rows in (("post", posts), ("outgoing", people), ("incoming", people)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["post"].label_from_instance = _with_place(posts)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Two people."""
        given = super().clean() or self.cleaned_data
        if given.get("outgoing") and given.get("outgoing") == given.get("incoming"):
            self.add_error("incoming", AttendanceFault.SAME_PERSON.label)
        return given


class NoteForm(forms.Form):
    """快记: one box, everything else may stay empty. The hidden number makes a second press the same note."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(label=_("What happened"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)
    kind = forms.ChoiceField(label=_("Kind"), choices=LogKind, initial=LogKind.NOTE)
    wants_follow_up = forms.BooleanField(label=_("To be handed on"), required=False)
    caller_name = forms.CharField(label=_("Caller"), max_length=40, required=False)
    caller_phone = forms.CharField(
        label=_("Caller's telephone"), max_length=20, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    area_code = forms.ChoiceField(label=_("Area"), required=False)
    occurred_at = _when(_("When, if not just now"), required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = _places(scope)
        self.fields["area_code"].choices = places  # type: ignore[attr-defined]
        self.initial.setdefault("client_uuid", uuid.uuid4())
        if places:
            self.initial.setdefault("area_code", places[0][0])

    def given(self) -> dict[str, Any]:
        """As the action takes it."""
        found = dict(self.cleaned_data)
        found["area_code"] = found["area_code"] or self.initial.get("area_code", settings.DISTRICT_CODE)
        return found


class CorrectionForm(forms.Form):
    """The right words for an entry that is wrong."""

    text = forms.CharField(label=_("What really happened"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)


class FollowUpForm(forms.Form):
    """Told the leader, or settled."""

    note = forms.CharField(label=_("What was said or done"), max_length=500)


class LogFilterForm(forms.Form):
    """The filters of the log, as they stand in the address."""

    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *LogKind.choices])
    words = forms.CharField(label=_("Words"), required=False, max_length=60)
    open = forms.BooleanField(label=_("Not handed on yet"), required=False)

    def filters(self) -> LogFilter:
        """The filters that were understood."""
        self.is_valid()
        return LogFilter(**{name: value for name, value in self.cleaned_data.items() if value})
