"""Where a household lives, said once."""

import pytest

from territory.rules import door


@pytest.mark.parametrize(
    ("address", "building", "unit", "room", "words"),
    [
        ("花园社区1号楼", "1号楼", "1单元", "301", "花园社区1号楼 1单元 301"),
        ("花园社区 1 号楼", "1号楼", "1单元", "301", "花园社区 1 号楼 1单元 301"),
        ("花园社区1号楼1单元301", "1号楼", "1单元", "301", "花园社区1号楼1单元301"),
        ("东安路8号", "1号楼", "", "301", "东安路8号 1号楼 301"),
        ("花园社区11号楼", "1号楼", "", "301", "花园社区11号楼 1号楼 301"),
        ("", "3号院", "", "2", "3号院 2"),
        ("东安路8号", "", "", "", "东安路8号"),
    ],
)
def test_what_the_address_ends_with_is_not_said_again(
    address: str, building: str, unit: str, room: str, words: str
) -> None:
    assert door(address, building, unit, room) == words
