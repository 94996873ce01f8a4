"""What may be answered to a duty, and what people's words mean. Text in, option or doubt out; every door alike."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assignments.enums import Verb


@dataclass(frozen=True)
class Option:
    """One answer that a kind of duty takes: the key pressed or sent, the verb it stands for, what people say for it.

    `label` is an English message id. `words` are said in place of the key; one of a single sign counts only when
    nothing else is said. Whoever wants support has answered, and somebody must see to him.
    """

    key: str
    verb: Verb
    label: str
    words: tuple[str, ...]
    wants_support: bool = False


GOT_IT = Option(
    "1",
    Verb.ACKNOWLEDGE,
    "Got it",
    (
        "收到", "明白", "知道了", "知悉", "好的", "好嘞", "好", "行", "嗯", "是", "到", "在", "ok", "👌",
        "已到", "到了", "到岗", "在岗", "上岗", "到位", "在位", "已签收", "马上到", "马上去", "这就去", "在路上",
    ),
)  # fmt: skip
SUPPORT = Option(
    "2",
    Verb.ACKNOWLEDGE,
    "Support wanted",
    (
        "需支援", "需要支援", "请求支援", "要支援", "求支援", "急需支援", "需增援", "需要增援", "请求增援", "需要帮助",
        "人手不够", "人手不足", "缺人手", "缺人",
    ),
    wants_support=True,
)  # fmt: skip
CANNOT = Option(
    "3",
    Verb.DECLINE,
    "Cannot do it",
    (
        "做不了", "做不到", "办不了", "来不了", "到不了", "去不了", "赶不到", "赶不回", "回不来", "回不去",
        "不能到岗", "无法到岗", "不能到", "无法到", "不在岗", "不在本地", "在外地", "请假", "出差",
    ),
)  # fmt: skip
ON_THE_SPOT = Option(
    "4", Verb.START, "On the spot", ("已到场", "已到现场", "到场", "到现场", "在现场", "抵达", "到点位")
)
FINISHED = Option(
    "5",
    Verb.REPORT,
    "Finished",
    ("完成", "办结", "办完", "处置完", "处理完", "已处置", "已处理", "搞定", "弄好了"),
)
PLAIN = (GOT_IT, SUPPORT, CANNOT, ON_THE_SPOT, FINISHED)


class Sense(StrEnum):
    """What a text is: an answer, or which doubt keeps it from being one."""

    ANSWER = "answer"
    QUESTION = "question"
    NEGATIVE = "negative"
    REQUEST = "request"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Meaning:
    """What a text was understood to say; `option` is None unless it is an answer."""

    sense: Sense
    option: Option | None = None


def offered(options: Sequence[Option], *, has_page: bool) -> tuple[Option, ...]:
    """The options of a duty: work that has a page of its own is reported there, with its proof."""
    return tuple(option for option in options if not (has_page and option.verb == Verb.REPORT))


def heard(options: Sequence[Option], *, is_waiting: bool) -> tuple[Option, ...]:
    """The options whose keys a call names: a person keeps few of them in his head.

    `is_waiting`: nobody has acknowledged the duty yet, and that is what the call is for; else it asks how far it is.
    """
    asked = (Verb.ACKNOWLEDGE, Verb.DECLINE) if is_waiting else (Verb.START, Verb.REPORT)
    return tuple(option for option in options if option.verb in asked)


def option_with(key: str, options: Iterable[Option]) -> Option | None:
    """The option of that key."""
    return next((option for option in options if option.key == key), None)


def plain(text: str) -> str:
    """A text as rules compare it: one width of signs, small letters, no control signs."""
    shown = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign for sign in shown if unicodedata.category(sign) not in ("Cf", "Cs")).strip()


# "收到请回复" is the organiser calling for answers, and no answer himself.
_REQUEST = re.compile(r"回复|回一下|接龙|@所有人|@全体|请各|请大家|各位|各单位|务必|收到的|未收到的|没收到的")
_QUESTION = re.compile(
    r"[?]|[吗么呢]$|几点|什么时候|啥时候|多久|哪[里儿个些]|在哪|怎么|为什么|为啥|谁|多少|"
    r"是不是|有没有|要不要|能不能|可不可以|是否|[了到岗位]没有?$|[了到岗位]不$"
)
_CLAUSE = re.compile(r"[^,，。.!！;；、?？~～\s]+[?？]?")
_KEY = re.compile(r"^(?:我?回复?|按|选|答)?[\[(【]?([0-9])[\])】]?$")
_NEGATED = re.compile(r"(?:没有?|未|尚未|不|别|勿|无法|不能|没能|未能|没法|不用|无需|不必|谁都?没)(?:再|能|都|全|曾)?$")
_UNDONE = ("不了", "不到", "不上")
_DENIAL = re.compile(r"^(?:我|还|都|尚|也)*(?:没|未|不)(?:有|到|在|行|去|收|能)|收不到|接不到|看不到|打不开|没信号")


def understood(text: str, options: Sequence[Option]) -> Meaning:
    """What somebody says. Only what is said once and without contradiction is an answer.

    Clause by clause: a question beside an answer does not spoil it, a negation does. Whoever wants support has also
    got it, whoever is done too; whoever cannot has said nothing else.
    """
    shown = plain(text)
    clauses = _CLAUSE.findall(re.sub(r"\[([^\]\s]{1,4})\]", r" \1 ", shown))
    if _REQUEST.search(shown) and not any(_KEY.match(clause) for clause in clauses):
        return Meaning(Sense.REQUEST)
    said: set[str] = set()
    keys: set[str] = set()
    denied = asked = False
    for clause in clauses:
        if key := _KEY.match(clause):
            keys.add(key[1])
        elif _QUESTION.search(clause):
            asked = True
        else:
            found, negated = _words_in(clause, options)
            said, denied = said | found, denied or negated
    return _judged(said, keys, options, denied=denied, asked=asked)


def _judged(said: set[str], keys: set[str], options: Sequence[Option], *, denied: bool, asked: bool) -> Meaning:
    hit = [option for option in options if option.key in said | keys]
    if len(keys) > 1 or keys - {option.key for option in options}:
        return Meaning(Sense.UNCLEAR)
    if not hit:
        return Meaning(Sense.NEGATIVE if denied else Sense.QUESTION if asked else Sense.UNCLEAR)
    option = strongest(hit)
    return Meaning(Sense.UNCLEAR) if denied or option is None else Meaning(Sense.ANSWER, option)


def strongest(options: Iterable[Option]) -> Option | None:
    """The one answer that several of one person come to; None where they contradict each other."""
    hit = {option.key: option for option in options}
    against = [option for option in hit.values() if option.verb == Verb.DECLINE]
    support = [option for option in hit.values() if option.wants_support]
    done = [option for option in hit.values() if option.verb == Verb.REPORT]
    there = [option for option in hit.values() if option.verb == Verb.START]
    if against:
        return against[0] if len(hit) == 1 else None
    if support and done:
        return None
    return next(iter([*support, *done, *there, *hit.values()]), None)


def _words_in(clause: str, options: Sequence[Option]) -> tuple[set[str], bool]:
    """The keys of the options that a clause speaks of, and whether it denies one of them."""
    owner = {plain(word): option for option in options for word in option.words}
    if clause in owner:
        return {owner[clause].key}, False
    longest = sorted((word for word in owner if len(word) > 1 or not word.isalnum()), key=len, reverse=True)
    if not longest:
        return set(), False
    found: set[str] = set()
    denied = False
    for match in re.finditer("|".join(map(re.escape, longest)), clause):
        option = owner[match[0]]
        if match[0].isascii() and clause.strip("!") != match[0]:
            continue  # "ok" inside another word
        if _NEGATED.search(clause[: match.start()]) or clause[match.end() :].startswith(_UNDONE):
            denied = denied or not option.wants_support
        else:
            found.add(option.key)
    return found, denied or (not found and bool(_DENIAL.search(clause)))
