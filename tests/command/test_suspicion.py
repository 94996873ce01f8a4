"""Which pasted words speak of a danger, without a database."""

import pytest

from command.rules.suspicion import Suspicion, suspected

PLACES = ["新华路下穿桥", "湛河西段河堤", "建设路地下车库", "建设路涵洞"]


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ("新华路下穿桥积水快到膝盖了", "waterlogging", "新华路下穿桥"),
        ("新华路桥底下水深半米", "waterlogging", "新华路下穿桥"),
        ("湛河西段河堤有管涌", "piping", "湛河西段河堤"),
        ("建设路涵洞有车被困", "trapped", "建设路涵洞"),
        ("建设路地下车库漏电，物业说的", "power_cut", "建设路地下车库"),
        ("我家老人困在屋里出不来", "trapped", ""),
    ],
)
def test_a_registered_place_and_a_danger_word_are_offered(text: str, kind: str, place: str) -> None:
    assert suspected(text, PLACES) == Suspicion(kind, place, kind == "trapped")


@pytest.mark.parametrize(
    "text",
    [
        "新华路下穿桥没有积水", "新华路下穿桥积水已退", "无人被困", "新华路下穿桥正常", "东风路积水", "建设路积水",
        "【演练】新华路下穿桥积水", "请注意新华路下穿桥积水", "收到", "",
    ],
)  # fmt: skip
def test_what_is_denied_rehearsed_or_nowhere_is_not(text: str) -> None:
    assert suspected(text, PLACES) is None
