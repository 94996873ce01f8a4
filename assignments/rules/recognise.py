"""Who said what in a chat that somebody pasted: every line is one person's answer, a doubt, or nothing.

Lines come as people copy them: "张三: 收到", a name and a time above the words, numbered 接龙, a place before the name,
quoted lines, emoji, the platform's own remarks. A name is never guessed: what could be two people is a doubt.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from assignments.enums import Doubt
from assignments.rules.answers import Option, Sense, option_with, plain, strongest, understood

LONGEST = 20_000  # signs of one paste: a group's whole night
MOST_LINES = 600


class Verdict(StrEnum):
    """What becomes of a line."""

    RECOGNISED = "recognised"
    UNSURE = "unsure"
    IGNORED = "ignored"


@dataclass(frozen=True)
class Receiver:
    """One person who owes an answer: the duty's number, his name, the name of his area, since when he owes it."""

    number: int
    name: str
    place: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Heard:
    """One line that is not blank. `receiver` is the one who said it; `likely` are those a person may choose from."""

    place: int
    raw: str
    speaker: str = ""
    text: str = ""
    at: datetime | None = None
    verdict: Verdict = Verdict.IGNORED
    doubt: Doubt | None = None
    receiver: int | None = None
    option: str = ""
    likely: tuple[int, ...] = ()
    key: str = ""


@dataclass(frozen=True)
class Reading:
    """A whole paste: its lines in order, and who has said nothing."""

    lines: tuple[Heard, ...]
    missing: tuple[int, ...]

    def of(self, verdict: Verdict) -> list[Heard]:
        """The lines of one verdict, in order."""
        return [line for line in self.lines if line.verdict == verdict]


def recognised(text: str, receivers: Sequence[Receiver], options: Sequence[Option], *, now: datetime) -> Reading:
    """Reads a pasted chat against those who owe an answer. `now` is local: times without a date are the last such.

    Blank lines count for nothing. Several lines of one person are one answer where they agree and doubts where not.
    """
    heard = [_judged(line, receivers, options) for line in _cut(text[:LONGEST], receivers, now)]
    lines = tuple(_agreed(heard, options))
    spoken = {line.receiver for line in lines if line.verdict == Verdict.RECOGNISED}
    doubted = {line.likely[0] for line in lines if line.verdict == Verdict.UNSURE and len(line.likely) == 1}
    return Reading(lines, tuple(each.number for each in receivers if each.number not in spoken | doubted))


def answers_of(reading: Reading, options: Sequence[Option]) -> dict[int, tuple[Option, list[Heard]]]:
    """One answer for each person recognised, with the lines that it stands on."""
    said: dict[int, list[Heard]] = {}
    for line in reading.of(Verdict.RECOGNISED):
        if line.receiver is not None:
            said.setdefault(line.receiver, []).append(line)
    found: dict[int, tuple[Option, list[Heard]]] = {}
    for number, lines in said.items():
        option = strongest(filter(None, (option_with(line.option, options) for line in lines)))
        if option is not None:
            found[number] = (option, lines)
    return found


# --- cutting: who speaks each line, and when -------------------------------------------------------------------------

_TIME = (
    r"(?P<day>(?:\d{4}[-/年.])?\d{1,2}[-/月.]\d{1,2}日?|昨天|前天|今天|(?:星期|周)[一二三四五六日天])?\s*"
    r"(?P<part>凌晨|清晨|早上|上午|中午|下午|傍晚|晚上)?\s*(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?"
)
_TIME_ALONE = re.compile(rf"^[-—\s\[(]*{_TIME}[-—\s\])]*$")
_DAY_ALONE = re.compile(
    r"^[-—\s]*(?:\d{4}[-/年.])?\d{1,2}[-/月.]\d{1,2}日?\s*(?:(?:星期|周)[一二三四五六日天])?[-—\s]*$"
)
_NAME_TIME = re.compile(rf"^(?P<who>\S.{{0,38}}?)[\s(\[]+{_TIME}[)\]]?\s*(?::\s*(?P<text>.*))?$")
_TIME_NAME = re.compile(rf"^[\[(]?{_TIME}[\])]?\s*(?P<rest>\S.*)$")
_NAME_TEXT = re.compile(r"^(?P<who>[^:。,!?「」]{1,30}):(?!//)\s*(?P<text>.*)$")
_NUMBERED = re.compile(r"^\d{1,3}\s*[.、)．]\s*(?P<rest>\D.*)$")
_SYSTEM = re.compile(
    r"撤回了|加入了?群聊|退出了?群聊|移出了?群聊|移出群|邀请.{0,30}加入|修改群名|群公告|拍了拍|以下是新消息|红包|"
    r"开启了|关闭了|^\[?以[上下]是|^引用|语音通话|视频通话"
)
_RULE = re.compile(r"^[-—=_·.*~\s]{3,}$")
_MEDIA = re.compile(r"^\[(?:图片|语音|视频|动画表情|表情|文件|位置|链接|小程序|聊天记录)[^\]]*\]$")
_QUOTED = re.compile(r"^(?:[>「『|]|引用)")


@dataclass
class _Context:
    """Who spoke last, and whether by a line of his own above the words."""

    speaker: str = ""
    at: datetime | None = None
    headed: bool = False
    chain: bool = False
    quoting: bool = False


def _cut(text: str, receivers: Sequence[Receiver], now: datetime) -> Iterable[Heard]:
    context = _Context()
    rows = [row.strip() for row in text.splitlines() if _visible(row)]
    for place, row in enumerate(rows[:MOST_LINES]):
        yield _spoken(Heard(place, row), context, receivers, now)


def _visible(row: str) -> bool:
    return any(not sign.isspace() and unicodedata.category(sign) not in ("Cf", "Cc") for sign in row)


def _spoken(line: Heard, context: _Context, receivers: Sequence[Receiver], now: datetime) -> Heard:
    """The line with its speaker, words and time; the context moves on."""
    shown = unicodedata.normalize("NFKC", line.raw).strip()
    frame = replace(line, doubt=Doubt.FRAME)
    if context.quoting or _QUOTED.match(shown):
        context.quoting = (shown.startswith(("「", "『")) and not shown.endswith(("」", "』"))) or (
            context.quoting and not shown.endswith(("」", "』"))
        )
        return frame
    if _RULE.match(shown) or _DAY_ALONE.match(shown) or _SYSTEM.search(shown):
        return frame
    if alone := _TIME_ALONE.match(shown):
        context.at, context.speaker, context.headed = _moment(alone, now), "", False
        return frame
    if shown.startswith("#") and "接龙" in shown:
        context.chain = True
        return frame
    if (numbered := _NUMBERED.match(shown)) and (told := _named(numbered["rest"], receivers, context)):
        return _filled(line, *told, context.at)
    if (header := _NAME_TIME.match(shown)) and (who := _tidy(header["who"])):
        context.speaker, context.at, context.headed, context.chain = who, _moment(header, now), True, False
        return _words(line, header["text"] or "", context)
    if timed := _TIME_NAME.match(shown):
        context.at = _moment(timed, now)
        shown = timed["rest"]
        if ":" not in shown:
            context.speaker, context.headed = _tidy(shown), True
            return frame
    return _inline(line, shown, context, receivers)


def _inline(line: Heard, shown: str, context: _Context, receivers: Sequence[Receiver]) -> Heard:
    if match := _NAME_TEXT.match(shown):
        who, known = _tidy(match["who"]), any(who_is(match["who"], receivers))
        if known or not context.headed:
            context.speaker, context.headed, context.chain = who, not match["text"], False
            return _words(line, match["text"], context)
        # "地点: 二号桥" below a speaker is his word, "风雨同舟: 收到" is not: no answer of his is made of either.
        return _filled(line, who, match["text"], context.at)
    if not context.speaker and (told := _named(shown, receivers, context)):
        return _filled(line, *told, context.at)
    return _words(line, shown, context)


def _words(line: Heard, text: str, context: _Context) -> Heard:
    text = text.strip()
    if text.startswith(("「", "『")):
        context.quoting = not text.endswith(("」", "』"))
        text = ""
    if not text:
        return replace(line, speaker=context.speaker, doubt=Doubt.FRAME)
    return _filled(line, context.speaker, text, context.at)


def _filled(line: Heard, speaker: str, text: str, at: datetime | None) -> Heard:
    return replace(line, speaker=speaker, text=text.strip(), at=at)


def _named(rest: str, receivers: Sequence[Receiver], context: _Context) -> tuple[str, str] | None:
    """A line that begins with a receiver's name: who, and the words after it. A name alone in a 接龙 has signed."""
    words = rest.split()
    heads = [(" ".join(words[:count]), " ".join(words[count:])) for count in (1, 2)]
    whose = [who_is(who, receivers) for who, _said in heads]
    for certain in (True, False):
        for (who, said), (exact, maybe) in zip(heads, whose, strict=True):
            if (len(exact) == 1 if certain else exact or maybe) and (said or context.chain):
                return who, said or _SIGNED
    starts = [each.name for each in receivers if rest.startswith(each.name)]
    if starts:
        name = max(starts, key=len)
        said = rest[len(name) :].lstrip(" ,、-—:")
        return (name, said or _SIGNED) if said or context.chain else None
    if context.chain and words:
        return words[0], " ".join(words[1:]) or _SIGNED
    return None


_SIGNED = "收到"
_PARTS = {"凌晨": 0, "清晨": 0, "早上": 0, "上午": 0, "中午": 12, "下午": 12, "傍晚": 12, "晚上": 12}
_WEEKDAYS = "一二三四五六日"


def _moment(match: re.Match[str], now: datetime) -> datetime | None:
    """The time of a match, the last such before now; None for a day that no calendar has."""
    hour, minute, day = int(match["hour"]), int(match["minute"]), match["day"] or ""
    if match["part"] and hour < 12:
        hour += _PARTS[match["part"]]
    at = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    numbers = [int(each) for each in re.findall(r"\d+", day)]
    try:
        if len(numbers) == 3:
            return at.replace(year=numbers[0], month=numbers[1], day=numbers[2])
        if len(numbers) == 2:
            at = at.replace(month=numbers[0], day=numbers[1])
            return at if at <= now + timedelta(days=1) else at.replace(year=at.year - 1)
    except ValueError:
        return None
    if day in ("昨天", "前天"):
        return at - timedelta(days=1 if day == "昨天" else 2)
    if day and day != "今天":
        wanted = _WEEKDAYS.index(day[-1].replace("天", "日"))
        return at - timedelta(days=(now.weekday() - wanted) % 7)
    return at if at <= now + timedelta(minutes=2) else at - timedelta(days=1)


# --- who: a speaker's nickname against the receivers -----------------------------------------------------------------

_SPLIT = re.compile(r"[\s\-—–_·•・/|()\[\]【】<>:,.、+&@~#]+")
_PLACE_ENDS = (
    "街道",
    "社区",
    "街",
    "路",
    "局",
    "区",
    "村",
    "镇",
    "办",
    "站",
    "所",
    "队",
    "网格",
    "中心",
    "公司",
    "处",
    "科",
)
_TITLES = (
    "书记", "主任", "局长", "队长", "科长", "站长", "所长", "处长", "专干", "网格员", "同志", "老师", "经理", "师傅",
    "副主任", "副书记", "副局长", "副队长", "哥", "姐", "总", "工",
)  # fmt: skip
_NICKNAME = re.compile(r"^(?:[小老大阿](?P<after>.)|(?P<before>.)(?:{}))$".format("|".join(_TITLES)))


def who_is(speaker: str, receivers: Sequence[Receiver]) -> tuple[list[Receiver], list[Receiver]]:
    """Whose nickname this is: (those it names outright, those it may mean). Exactly one in the first is he."""
    words = [re.sub(r"\d+", "", word) for word in _SPLIT.split(_tidy(speaker))]
    words = [word for word in words if word]
    if not words:
        return [], []
    exact = [each for each in receivers if each.name in words]
    maybe: list[Receiver] = []
    if not exact:
        for word in words:
            sure, near = _inside(word, receivers)
            exact, maybe = exact + sure, maybe + near
    if len(exact) > 1:
        here = [each for each in exact if any(_same_place(word, each.place) for word in words if word != each.name)]
        exact = here if len(here) == 1 else exact
    if not exact and not maybe:
        maybe = [each for word in words for each in receivers if _may_mean(word, each)]
    return _once(exact), _once(maybe)


def _once(found: list[Receiver]) -> list[Receiver]:
    return list({each.number: each for each in found}.values())


def _tidy(speaker: str) -> str:
    """A nickname without emoji and ornaments."""
    shown = unicodedata.normalize("NFKC", speaker)
    return "".join(sign for sign in shown if unicodedata.category(sign) not in ("So", "Sk", "Cf", "Cs", "Mn")).strip(
        " @:"
    )


def _inside(word: str, receivers: Sequence[Receiver]) -> tuple[list[Receiver], list[Receiver]]:
    """Names inside a run of signs. 王芳 inside 王芳芳 is another person until somebody says otherwise."""
    found = [each for each in receivers if len(each.name) > 1 and each.name in word]
    longest = [each for each in found if not any(each.name in o.name and each.name != o.name for o in found)]
    sure = [each for each in longest if _fits(word, each)]
    return sure, [each for each in longest if each not in sure]


def _fits(word: str, receiver: Receiver) -> bool:
    before, _name, after = word.partition(receiver.name)
    place_before = not before or _same_place(before, receiver.place) or before.endswith(_PLACE_ENDS)
    return place_before and (not after or after in _TITLES)


def _same_place(word: str, place: str) -> bool:
    return len(word) > 1 and bool(place) and (word in place or place in word)


def _may_mean(word: str, receiver: Receiver) -> bool:
    if match := _NICKNAME.match(word):
        return receiver.name.startswith(match["after"] or match["before"])
    return _same_place(word, receiver.place)


# --- judging: what each line is --------------------------------------------------------------------------------------


def _judged(line: Heard, receivers: Sequence[Receiver], options: Sequence[Option]) -> Heard:
    if line.doubt is not None:
        return line
    line = replace(line, key=_key(line))
    if _MEDIA.match(line.text):
        return replace(line, doubt=Doubt.TALK)
    exact, maybe = who_is(line.speaker, receivers)
    speaker = exact[0] if len(exact) == 1 else None
    meaning = understood(_without(line.text, speaker), options)
    likely = tuple(each.number for each in (exact or maybe))
    if meaning.sense in (Sense.REQUEST, Sense.QUESTION):
        return replace(line, doubt=Doubt(meaning.sense.value))
    if meaning.sense == Sense.UNCLEAR:
        return replace(line, doubt=Doubt.TALK)
    option = meaning.option.key if meaning.option else ""
    if meaning.sense == Sense.NEGATIVE and not likely:
        return replace(line, doubt=Doubt.TALK)
    doubt = Doubt.NEGATIVE if meaning.sense == Sense.NEGATIVE else _doubt(line, speaker, exact, receivers)
    if doubt is Doubt.OTHERS:
        named = [each.number for each in receivers if each.name in line.text]
        likely = tuple(dict.fromkeys([*named, *likely]))
    if doubt is None and speaker is not None:
        return replace(line, verdict=Verdict.RECOGNISED, receiver=speaker.number, option=option, likely=likely)
    return replace(line, verdict=Verdict.UNSURE, doubt=doubt, option=option, likely=likely)


def _doubt(line: Heard, speaker: Receiver | None, exact: list[Receiver], receivers: Sequence[Receiver]) -> Doubt | None:
    if any(each.name in _without(line.text, speaker) for each in receivers if len(each.name) > 1):
        return Doubt.OTHERS
    if speaker is None:
        return Doubt.NAMESAKES if exact else Doubt.WHO
    if line.at and speaker.since and line.at < speaker.since.replace(second=0, microsecond=0):
        return Doubt.EARLIER
    return None


def _without(text: str, speaker: Receiver | None) -> str:
    return text.replace(speaker.name, " ") if speaker else text


def _agreed(heard: list[Heard], options: Sequence[Option]) -> list[Heard]:
    """Where one person contradicts himself, each of his lines becomes a doubt."""
    said: dict[int, list[Heard]] = {}
    for line in heard:
        owner = line.receiver if line.receiver is not None else line.likely[0] if len(line.likely) == 1 else None
        if owner is not None and (line.verdict == Verdict.RECOGNISED or line.doubt is Doubt.NEGATIVE):
            said.setdefault(owner, []).append(line)
    torn = {
        number
        for number, lines in said.items()
        if any(line.doubt for line in lines)
        or strongest(filter(None, (option_with(line.option, options) for line in lines))) is None
    }
    return [
        replace(line, verdict=Verdict.UNSURE, doubt=Doubt.CONTRADICTS, receiver=None, likely=(line.receiver,))
        if line.receiver in torn and line.receiver is not None
        else line
        for line in heard
    ]


def _key(line: Heard) -> str:
    """The same words of the same speaker at the same time, however often they are pasted."""
    said = "\n".join((plain(line.speaker), plain(line.text), line.at.isoformat() if line.at else ""))
    return hashlib.sha256(said.encode()).hexdigest()[:32]
