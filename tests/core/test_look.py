"""What values look like on every screen."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation

from core.templatetags import look

NIGHT = datetime(2026, 7, 19, 15, 12, tzinfo=UTC)  # 23:12 in Shanghai
TEMPLATES = sorted(Path(settings.BASE_DIR / "templates").rglob("*.html"))


@pytest.fixture(autouse=True)
def at_night() -> Iterator[None]:
    """23:12 on the night, read in English so that no catalogue is needed."""
    with time_machine.travel(NIGHT, tick=False), translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (NIGHT, "23:12"),
        (NIGHT - timedelta(hours=23, minutes=11), "00:01"),  # the local day began at 16:00 UTC
        (NIGHT - timedelta(hours=23, minutes=13), "18 Jul 23:59"),
        (NIGHT - timedelta(days=365), "19 Jul 2025 23:12"),
        (None, "—"),
    ],
)
def test_a_moment_is_as_long_as_it_must_be(at: datetime | None, shown: str) -> None:
    assert look.stamp(at) == shown


def test_the_duty_officer_reads_the_age_beside_the_time() -> None:
    shown = look.moment(NIGHT - timedelta(minutes=8))
    assert "23:04 " in shown
    assert "(8 minutes ago)" in shown
    assert 'datetime="2026-07-19T15:04:00+00:00"' in shown


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (45, "45 seconds"),
        (60, "1 minute"),
        (timedelta(minutes=95, seconds=59), "1 hour 35 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(days=3, hours=23), "3 days"),
        (None, "—"),
    ],
)
def test_durations_have_two_units_at_most(span: timedelta | float | None, words: str) -> None:
    assert look.duration(span) == words


@pytest.mark.parametrize(
    ("minutes", "done", "tone", "words"),
    [
        (10, None, "working", "20 minutes left"),
        (25, None, "late", "5 minutes left"),
        (42, None, "danger", "Overdue by 12 minutes"),
        (42, 20, "ok", "In time"),
        (42, 34, "late", "Done, 4 minutes over time"),
    ],
)
def test_the_clock_of_a_duty_says_what_is_left_or_by_how_much_it_is_over(
    minutes: int, done: int | None, tone: str, words: str
) -> None:
    issued = NIGHT - timedelta(minutes=minutes)
    facts = look.clock(issued, issued + timedelta(minutes=30), issued + timedelta(minutes=done) if done else None)
    assert (facts["tone"], facts["words"]) == (tone, words)
    assert 0 <= facts["part"] <= 100


@pytest.mark.parametrize(("number", "shown"), [("13800000021", "138****0021"), ("2900021", "*****21"), ("1", "1")])
def test_a_telephone_number_keeps_its_ends(number: str, shown: str) -> None:
    assert look.masked(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613800000021", "138 0000 0021"),
        ("13800000021", "138 0000 0021"),
        ("0375-2900021", "0375-2900021"),
        ("110", "110"),
    ],
)
def test_a_telephone_number_is_written_as_it_is_read_aloud(number: str, shown: str) -> None:
    assert look.dial(number) == shown


def test_all_but_one_household_is_not_a_hundred_percent() -> None:
    assert look.percent(19_999, 20_000) == "99.9 %"
    assert look.percent(20_000, 20_000) == "100.0 %"
    assert look.percent(0, 0) == "—"


def test_a_tone_nobody_declared_looks_unknown_and_never_ok() -> None:
    assert look.state_class("fine") == "state state-unknown"


def test_every_tone_has_a_shape_and_every_warning_colour_its_own() -> None:
    assert set(look.TONES) <= set(look.SHAPES)
    shapes = {look.warning_shape(colour) for colour in ("blue", "yellow", "orange", "red")}
    assert len(shapes) == 4
    assert shapes <= set(look.SHAPES)


def test_what_a_person_wrote_is_escaped_in_a_badge() -> None:
    badge = render_to_string("components/state.html", {"tone": "late", "label": "<b>漏</b>"})
    assert "&lt;b&gt;" in badge


def test_every_icon_a_template_names_is_copied_by_set_up() -> None:
    listed = {
        Path(name).stem
        for name in json.loads((settings.BASE_DIR / "package.json").read_text())["vendor"]["@tabler/icons"]
    }
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    assert named <= listed


def test_every_static_file_a_template_names_exists() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r"{% static '([^'{]+)'", path.read_text())}
    assert [name for name in sorted(named) if finders.find(name) is None] == []


def test_no_template_carries_an_inline_style_or_handler() -> None:
    # The content security policy blocks both without a word.
    found = [
        path.name
        for path in TEMPLATES
        if re.search(r"""\s(style|on[a-z]+)=["']|<style|<script(?![^>]*\ssrc=)""", path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize("page", ["400.html", "403.html", "404.html", "500.html", "503.html"])
def test_an_error_page_needs_no_database_and_no_request(page: str) -> None:
    # No database fixture here: a query would fail the test.
    assert "119" in render_to_string(page)


@pytest.mark.parametrize("name", ["moment", "stamp"])
def test_a_missing_moment_is_a_dash(name: str) -> None:
    assert "—" in Template(f"{{% load look %}}{{{{ at|{name} }}}}").render(Context({"at": None}))
