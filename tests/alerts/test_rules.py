"""Notices: decisions that need no database."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from alerts.enums import Choice, Element, Reach
from alerts.rules import (
    REACHED,
    Content,
    Facts,
    answer_token,
    audience_of,
    best_answer,
    common_area,
    composed_text,
    missing_elements,
    next_state,
    parsed_reply,
    reach,
    step_of,
)
from tests.alerts.situations import WHOLE
from tests.casts import NIGHT


def test_a_whole_notice_misses_nothing() -> None:
    assert missing_elements(WHOLE) == ()


@pytest.mark.parametrize(
    ("content", "element"),
    [
        (replace(WHOLE, kind="meteor"), Element.KIND),
        (replace(WHOLE, level=None), Element.LEVEL),
        (replace(WHOLE, level=5), Element.LEVEL),
        (replace(WHOLE, affected_area="  "), Element.AREA),
        (replace(WHOLE, caution=""), Element.CAUTION),
        (replace(WHOLE, measures=""), Element.MEASURES),
        (replace(WHOLE, issuer=""), Element.ISSUER),
        (replace(WHOLE, expires_at=NIGHT - timedelta(minutes=1)), Element.TIME),
    ],
)
def test_each_missing_element_is_named_alone(content: Content, element: Element) -> None:
    assert missing_elements(content) == (element,)


def test_without_a_start_the_time_cannot_be_told_either() -> None:
    assert missing_elements(replace(WHOLE, starts_at=None)) == (Element.START, Element.TIME)


def test_an_empty_notice_misses_all_eight() -> None:
    assert missing_elements(Content("", None, "", None, None)) == tuple(Element)


def test_every_combination_of_facts_has_one_state_and_help_hides_behind_nothing() -> None:
    for answer, rest in product(["", *Choice.values], product([False, True], repeat=6)):
        facts = Facts(answer, *rest)
        state = reach(facts)
        assert state in Reach
        if answer == Choice.NEED_HELP and not facts.help_closed:
            assert state == Reach.NEED_HELP
        if facts.arrived or facts.visited or facts.answer:
            assert state in REACHED
        if state == Reach.PENDING:
            assert facts.open
            assert not facts.waited


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (Facts(), Reach.UNREACHED),
        (Facts(open=True), Reach.PENDING),
        (Facts(open=True, waited=True), Reach.UNREACHED),
        (Facts(open=True, waited=True, closed=True), Reach.CLOSED_UNREACHABLE),
        (Facts(waited=True, arrived=True, closed=True), Reach.DELIVERED),
        (Facts(arrived=True, visited=True), Reach.VISITED),
        (Facts(visited=True, answer="safe"), Reach.ANSWERED),
        (Facts(answer="need_help", visited=True, arrived=True), Reach.NEED_HELP),
        (Facts(answer="need_help", help_closed=True), Reach.ANSWERED),
    ],
)
def test_the_first_state_that_holds_counts(facts: Facts, state: Reach) -> None:
    assert reach(facts) == state


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("1", Choice.SAFE),
        (" １ ", Choice.SAFE),
        ("1。", Choice.SAFE),
        ("2", Choice.AWAY),
        ("３", Choice.NEED_HELP),
        ("求救", Choice.NEED_HELP),
        ("1 救命", Choice.NEED_HELP),
        ("11", None),
        ("13", None),
        ("TD", None),
        ("谢谢", None),
        ("", None),
        ("١", None),
    ],
)
def test_replies_are_read_as_people_type_them(text: str, choice: Choice | None) -> None:
    assert parsed_reply(text) == choice


def test_a_cry_for_help_outlives_later_answers() -> None:
    assert best_answer("need_help", "safe") == "need_help"
    assert best_answer("safe", "need_help") == "need_help"
    assert best_answer("safe", "away") == "away"


def test_a_token_opens_one_household_only() -> None:
    token = answer_token(4711, secret="s")
    assert len(token.partition("-")[2]) == 22
    assert audience_of(token, secret="s") == 4711
    assert audience_of(token, secret="other") is None
    assert audience_of(token.replace("3mv", "3mw", 1), secret="s") is None
    for nonsense in ("", "-", "é" * 25, "0" * 13 + token, token + "x"):
        assert audience_of(nonsense, secret="s") is None


@pytest.mark.parametrize(
    ("codes", "shared"),
    [
        (["410403001001"], "410403001001"),
        (["410403001001", "410403001002"], "410403001"),
        (["410403001", "410403002001"], "410403"),
        (["410403", "410403001"], "410403"),
        (["410403", "410404"], ""),
        ([], ""),
    ],
)
def test_a_notice_lies_where_all_its_areas_lie(codes: list[str], shared: str) -> None:
    assert common_area(codes) == shared


@pytest.mark.parametrize(
    ("verb", "state", "after"),
    [
        ("submit", "draft", "submitted"),
        ("send_back", "submitted", "draft"),
        ("approve", "submitted", "issued"),
        ("withdraw", "issued", "withdrawn"),
        ("discard", "draft", "discarded"),
        ("approve", "draft", None),
        ("approve", "issued", None),
        ("submit", "issued", None),
        ("withdraw", "submitted", None),
        ("discard", "submitted", None),
    ],
)
def test_a_notice_goes_one_way(verb: str, state: str, after: str | None) -> None:
    assert next_state(verb, state) == after


def test_figures_of_the_signing_screen() -> None:
    assert [step_of(done, 100) for done in (0, 59, 60, 80, 90, 97, 98, 100)] == [1, 1, 2, 3, 4, 4, 5, 5]
    assert step_of(0, 0) == 5


def test_a_text_is_made_of_what_was_written() -> None:
    assert composed_text(replace(WHOLE, sms_text="")).startswith("今夜有大暴雨，请勿前往低洼处。请留在室内")
    assert len(composed_text(replace(WHOLE, measures="雨" * 400))) == 300
