"""What providers review and what their templates carry: borders and refusals, no database."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging import rules

DUTY = rules.Reviewed("one", "sms", "SMS_1", "duty", "zh-hans", "防汛任务：{title}，限 {due} 前完成。")
NOTICE = rules.Reviewed("one", "sms", "SMS_2", "notice", "zh-hans", "{headline}。{measures}。请勿靠近积水。")
DRILL = rules.Reviewed("one", "sms", "SMS_3", "drill", "zh-hans", "【演练】{title}，限 {due}。")


@pytest.mark.parametrize(
    ("text", "kind", "fault"),
    [
        ("防汛任务：{title}。", "sms", ""),
        ("  ", "sms", "template_empty"),
        ("{title}", "sms", "template_all_variable"),
        ("{title}。{due}！", "sms", "template_all_variable"),
        ("任务{title}、{title}", "sms", "template_blank_twice"),
        ("任务{title}{due}", "sms", "template_blanks_touch"),
        ("任务{a}，{b}，{c}", "sms", ""),
        ("任务{a}，{b}，{c}", "voice", "template_voice_blanks"),
        ("任务{a}，{b}", "voice", ""),
        ("【演练】任务", "voice", "template_voice_brackets"),
        ("【演练】任务", "sms", ""),
        ("汛" * 500, "sms", ""),
        ("汛" * 501, "sms", "template_too_long"),
    ],
)
def test_what_no_provider_would_review_is_not_filed(text: str, kind: str, fault: str) -> None:
    assert rules.fault_of_text(text, kind) == fault


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("汛" * 35, ""),
        ("汛" * 36, "value_too_long"),
        ("", "value_empty"),
        ("  ", "value_empty"),
        ("见 https://a.cn/t/1", "value_link"),
        ("见 weidong.gov.cn/t", "value_link"),
        ("见 10.1.2.3/t", "value_link"),
        ("水深 1.5 米", ""),
        ("07-19 23:05", ""),
    ],
)
def test_a_value_is_short_and_no_link(value: str, fault: str) -> None:
    assert rules.fault_of_value(value) == fault


def carried(template: rules.Reviewed, text: str, **given: object) -> rules.Fit | None:
    facts: dict[str, object] = {"params": None, "purpose": None, "exercises": None}
    return rules.carried([template], text=text, **{**facts, **given})  # type: ignore[arg-type]


def test_a_text_that_keeps_to_the_template_is_carried_by_its_values() -> None:
    found = carried(NOTICE, "红色提示。远离河道。请勿靠近积水。")
    assert found is not None
    assert found.params == {"headline": "红色提示", "measures": "远离河道"}
    assert found.text == "红色提示。远离河道。请勿靠近积水。"


@pytest.mark.parametrize(("length", "carries"), [(35, True), (36, False)])
def test_the_thirty_sixth_character_does_not_fit(length: int, carries: bool) -> None:
    text = f"红色提示。{'汛' * length}。请勿靠近积水。"
    assert (carried(NOTICE, text) is not None) is carries
    assert carried(replace(NOTICE, limits={"measures": 36}), text) is not None


def test_words_of_a_person_are_never_replaced() -> None:
    assert carried(NOTICE, "红色提示。远离河道。不要下地库！", purpose="notice") is None
    assert carried(NOTICE, "红色提示。见 a.cn/x。请勿靠近积水。") is None, "a link in a blank"


PARAMS = {"title": "叫应", "due": "23:05", "link": "https://a.cn/t/1"}


def test_our_own_words_give_way_to_the_reviewed_wording_of_the_same_purpose() -> None:
    found = carried(DUTY, "防汛任务：叫应。链接 https://a.cn/t/1", params=PARAMS, purpose="duty")
    assert found is not None
    assert found.params == {"title": "叫应", "due": "23:05"}
    assert found.text == "防汛任务：叫应，限 23:05 前完成。"
    assert carried(DUTY, "防汛任务：叫应。", params=PARAMS, purpose="reminder") is None
    assert carried(DUTY, "防汛任务：叫应。", params=PARAMS) is None
    assert carried(DUTY, "防汛任务：叫应。", params={"title": "叫应"}, purpose="duty") is None, "a blank without value"


def test_a_title_too_long_for_the_template_is_cut_and_says_so() -> None:
    found = carried(DUTY, "…", params=PARAMS | {"title": "汛" * 36}, purpose="duty")
    assert found is not None
    assert found.params["title"] == "汛" * 34 + "…"


def test_the_provider_is_told_its_own_names() -> None:
    found = carried(replace(DUTY, names={"title": "code1"}), "…", params=PARAMS, purpose="duty")
    assert found is not None
    assert found.params == {"code1": "叫应", "due": "23:05"}


def test_an_exercise_goes_out_as_an_exercise_only() -> None:
    exercises = frozenset({"drill"})
    assert carried(DUTY, "…", params=PARAMS, purpose="duty", exercises=exercises) is None
    assert carried(DRILL, "…", params=PARAMS, purpose="duty", exercises=exercises) is not None
    assert carried(DRILL, "…", params=PARAMS, exercises=exercises) is None, "of no declared purpose"


@given(st.text("汛。a{", min_size=1, max_size=35), st.text("汛。a{", min_size=1, max_size=35))
def test_a_text_made_of_a_template_is_carried_as_it_is(headline: str, measures: str) -> None:
    text = f"{headline}。{measures}。请勿靠近积水。"
    found = carried(NOTICE, text)
    assert found is not None
    assert found.text == text


def test_many_blanks_and_a_text_that_nearly_fits_cost_no_time() -> None:
    template = replace(NOTICE, text="".join(f"汛{{b{n}}}" for n in range(12)) + "完")
    assert carried(template, "汛" * 400) is None


@pytest.mark.parametrize(
    ("length", "cut"), [(0, 0), (70, 0), (71, 1), (73, 3), (134, 64), (135, 1), (201, 67), (202, 1)]
)
def test_how_many_characters_less_save_one_part(length: int, cut: int) -> None:
    assert rules.cut_for_one_less("汛" * length) == cut
    if cut:
        assert rules.sms_parts("汛" * (length - cut)) == rules.sms_parts("汛" * length) - 1
        assert rules.sms_parts("汛" * (length - cut + 1)) == rules.sms_parts("汛" * length)


def test_a_template_is_counted_with_its_longest_values() -> None:
    template = replace(DUTY, text="汛" * 25 + "{title}", limits={})
    assert rules.parts_at_most(template, "卫东防汛二号") == 1  # 8 with its brackets, 25, 35: 68
    assert rules.parts_at_most(template, "卫东防汛指挥部处") == 1, "70"
    assert rules.parts_at_most(template, "卫东防汛指挥部处一") == 2, "71"


@pytest.mark.parametrize(
    ("messages", "parts", "pace", "minutes"),
    [(0, 2, 100, 0), (1, 1, 100, 1), (100_000, 2, 100, 34), (6_000, 1, 100, 1), (6_001, 1, 100, 2), (5, 1, 0, 0)],
)
def test_minutes_at_the_accounts_pace(messages: int, parts: int, pace: float, minutes: int) -> None:
    assert rules.minutes_for(messages, parts, pace) == minutes


@pytest.mark.parametrize(
    ("text", "kind", "marked"),
    [
        ("【演练】任务", "sms", True),
        ("演练：任务", "sms", False),
        ("演练。任务", "voice", True),
        ("Exercise. Duty", "voice", True),
        ("任务，演练", "voice", False),
    ],
)
def test_a_channel_says_exercise_in_its_own_way(text: str, kind: str, marked: bool) -> None:
    assert rules.is_marked(text, kind) is marked
