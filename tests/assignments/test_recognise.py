"""Who said what in a pasted chat, without a database."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignments.enums import Doubt
from assignments.rules import PLAIN, Heard, Reading, Receiver, Sense, Verdict, answers_of, recognised, understood
from tests.assignments.chats import FORTY_LINES

NOW = datetime(2026, 7, 19, 23, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
CALLED = NOW - timedelta(minutes=20)
PEOPLE = [
    Receiver(number, name, place, CALLED)
    for number, (name, place) in enumerate(
        [
            ("张三", "东安路街道"),
            ("李四", "优越路街道"),
            ("王芳", "东安路街道"),
            ("王芳芳", "东安路街道"),
            ("王芳", "优越路街道"),
            ("赵六", "建设路街道"),
            ("刘建国", "住房和城乡建设局"),
            ("孙丽", "公安分局"),
            ("周涛", "东安路街道"),
            ("吴敏", "优越路街道"),
            ("郑凯", "建设路街道"),
            ("冯雪", "五一路街道"),
        ],
        start=1,
    )
]


def read(text: str) -> Reading:
    return recognised(text, PEOPLE, PLAIN, now=NOW)


def said(reading: Reading) -> dict[str, str]:
    names = {each.number: f"{each.name}{each.number}" for each in PEOPLE}
    return {names[number]: option.key for number, (option, _) in answers_of(reading, PLAIN).items()}


def only(text: str) -> Heard:
    return next(line for line in read(text).lines if line.text)


def test_forty_lines_of_a_group_are_recognised_unsure_or_nothing() -> None:
    reading = read(FORTY_LINES)
    assert len(reading.lines) == len([row for row in FORTY_LINES.splitlines() if row.strip()]) >= 40
    assert said(reading) == {
        "张三1": "1", "李四2": "1", "王芳5": "1", "王芳芳4": "1", "周涛9": "2", "郑凯11": "1", "刘建国7": "1",
        "冯雪12": "1",
    }  # fmt: skip
    doubts = [(line.speaker, line.doubt, line.likely) for line in reading.of(Verdict.UNSURE)]
    assert doubts == [
        ("王芳", Doubt.NAMESAKES, (3, 5)),
        ("王芳芳芳", Doubt.WHO, (4,)),
        ("风雨同舟", Doubt.WHO, ()),
        ("孙丽主任", Doubt.NEGATIVE, (8,)),
        ("吴敏", Doubt.CONTRADICTS, (10,)),
        ("吴敏", Doubt.CONTRADICTS, (10,)),
    ]
    assert reading.missing == (3, 6)
    at = {line.receiver: line.at for line in reading.of(Verdict.RECOGNISED)}
    assert at[1] == datetime(2026, 7, 19, 23, 2, tzinfo=NOW.tzinfo)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1", "1"), ("１", "1"), ("1。", "1"), ("回复1", "1"), ("【2】", "2"), ("收到", "1"), ("收到！！", "1"),
        ("OK", "1"),
        ("👌", "1"), ("收到[OK]", "1"), ("好的", "1"), ("到", "1"), ("已到岗3人", "1"), ("收到，几点到？", "1"),
        ("需支援", "2"), ("收到，需要支援", "2"), ("桥头缺人手", "2"), ("收到，不需要支援", "1"),
        ("做不了", "3"), ("人在外地，来不了", "3"), ("不能到岗", "3"), ("不在岗", "3"),
        ("已到场", "4"), ("收到，已到现场", "4"), ("5", "5"), ("已完成封控", "5"),
    ],
)  # fmt: skip
def test_words_that_are_an_answer(text: str, key: str) -> None:
    meaning = understood(text, PLAIN)
    assert meaning.option is not None
    assert (meaning.sense, meaning.option.key) == (Sense.ANSWER, key)


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("收不到", Sense.NEGATIVE), ("没收到", Sense.NEGATIVE), ("还没有收到", Sense.NEGATIVE),
        ("未到岗", Sense.NEGATIVE),
        ("没到", Sense.NEGATIVE), ("短信打不开", Sense.NEGATIVE),
        ("几点到？", Sense.QUESTION), ("收到没", Sense.QUESTION), ("收到了吗", Sense.QUESTION),
        ("谁没收到", Sense.QUESTION),
        ("收到请回复", Sense.REQUEST), ("@所有人 收到", Sense.REQUEST), ("请各街道到岗", Sense.REQUEST),
        ("收到，来不了", Sense.UNCLEAR), ("收到，但没到岗", Sense.UNCLEAR), ("1、2", Sense.UNCLEAR),
        ("9", Sense.UNCLEAR),
        ("水深3米", Sense.UNCLEAR), ("你好", Sense.UNCLEAR), ("去支援三号桥", Sense.UNCLEAR), ("book", Sense.UNCLEAR),
    ],
)  # fmt: skip
def test_words_that_are_none(text: str, sense: Sense) -> None:
    assert understood(text, PLAIN) == type(understood("", PLAIN))(sense)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("张三: 收到", 1), ("张三：收到", 1), ("张三 收到", 1), ("张三已到岗", 1), ("1. 张三 已到岗", 1),
        ("#接龙\n1. 张三", 1), ("2、东安路 张三 收到", 1),
        ("东安路街道张三：收到", 1), ("张三主任：收到", 1), ("张三13900000001：收到", 1), ("🌊张三🌊：收到", 1),
        ("[23:05] 张三: 1", 1),
        ("23:05 张三: 收到", 1), ("张三 2026-07-19 23:05:11\n收到", 1), ("张三 昨天 23:05\n收到", None),
        ("王芳（优越路）: 收到", 5), ("优越路街道-王芳：收到", 5), ("王芳：收到", None), ("王芳芳：收到", 4),
        ("王芳芳芳：收到", None),
        ("小张：收到", None), ("防汛办：收到", None), ("李四：张三已到岗", None), ("张三\n收到", None),
    ],
)  # fmt: skip
def test_whose_line_it_is(line: str, number: int | None) -> None:
    found = [each.receiver for each in read(line).of(Verdict.RECOGNISED)]
    assert found == ([number] if number else [])


def test_a_nickname_leaves_the_choice_to_a_person() -> None:
    assert only("小张：收到").likely == (1,)
    assert only("李四：张三已到岗").likely[0] == 1
    assert only("王芳：收到").likely == (3, 5)


def test_an_unknown_speaker_below_another_ones_name_never_answers_for_him() -> None:
    reading = read("张三 23:05\n大雨\n风雨同舟: 收到\n")
    assert not reading.of(Verdict.RECOGNISED)


def test_whoever_signs_a_chain_with_words_is_taken_at_his_words() -> None:
    assert said(read("#接龙\n1. 冯雪 来不了\n2. 建设路 郑凯")) == {"冯雪12": "3", "郑凯11": "1"}


def test_what_was_said_before_the_call_is_a_doubt() -> None:
    assert only("张三 22:10\n收到").doubt is Doubt.EARLIER


def test_a_time_without_a_day_is_the_last_such() -> None:
    late = recognised("张三 23:50\n收到", PEOPLE, PLAIN, now=NOW.replace(hour=0, minute=10) + timedelta(days=1))
    assert late.of(Verdict.RECOGNISED)[0].at == NOW.replace(hour=23, minute=50)


MORE = ["张三: 收到", "王芳: 3", "收到", "几点？", "李四 23:09", "5. 周涛"]
ROWS = st.sampled_from([row for row in FORTY_LINES.splitlines() if row] + MORE)


@given(st.lists(ROWS, max_size=30), st.lists(st.integers(0, 30), max_size=5))
@settings(deadline=None, max_examples=150)
def test_every_line_has_one_verdict_and_blank_lines_change_nothing(rows: list[str], blanks: list[int]) -> None:
    reading = read("\n".join(rows))
    assert sum(len(reading.of(verdict)) for verdict in Verdict) == len(rows)
    assert all((line.receiver is not None) == (line.verdict == Verdict.RECOGNISED) for line in reading.lines)
    answered = set(answers_of(reading, PLAIN))
    assert answered == {line.receiver for line in reading.of(Verdict.RECOGNISED)}
    assert not answered & set(reading.missing)
    spaced = list(rows)
    for blank in blanks:
        spaced.insert(min(blank, len(spaced)), "  ")
    assert read("\n".join(spaced)) == reading


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=200)
def test_no_text_breaks_the_reading(text: str) -> None:
    reading = read(text)
    assert not {line.receiver for line in reading.of(Verdict.RECOGNISED)} & set(reading.missing)
