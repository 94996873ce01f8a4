"""Where a household lives, in words."""


def door(address: str, building: str, unit: str, room: str) -> str:
    """The address with what leads to the door: building, stairway, room.

    Many rolls write the building (some the whole door) into the address already: what it ends with is not said again.
    """
    parts = [part.strip() for part in (building, unit, room) if part.strip()]
    plain = _squeezed(address)
    for count in range(len(parts), 0, -1):
        ending = _squeezed("".join(parts[:count]))
        before = plain.removesuffix(ending)
        # 11号楼 ends with 1号楼 and is another building.
        if before != plain and not (before[-1:].isdigit() and ending[0].isdigit()):
            parts = parts[count:]
            break
    return " ".join(part for part in (address.strip(), *parts) if part)


def _squeezed(words: str) -> str:
    return "".join(words.split())
