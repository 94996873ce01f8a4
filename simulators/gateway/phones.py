"""The phones as the page shows them: the newest messages and answers, grouped by number."""

from .ledger import Kept, Ledger, Reply, is_exercise, moment

MOST_PHONES = 60
MOST_BUBBLES = 20


def _bubble(item: Kept | Reply) -> dict[str, object]:
    """One bubble: a message that came in, or an answer that went out."""
    if isinstance(item, Reply):
        return {"side": "out", "key": f"r{item.at}", "text": item.text, "at": moment(item.at)}
    return {
        "side": "in",
        "key": f"m{item.seq}",
        "text": item.text,
        "kind": item.kind,
        "lane": item.lane,
        "status": item.status,
        "exercise": is_exercise(item.text),
        "at": moment(item.at),
    }


def phones(ledger: Ledger, wanted: str = "", most: int = MOST_PHONES) -> dict[str, object]:
    """Return up to `most` phones, last active first, each with its newest bubbles, oldest of them on top.

    `wanted` keeps the phones whose number or one of whose texts contains it. `more` counts phones left out.
    """
    items: list[Kept | Reply] = [*ledger.kept, *ledger.replies]
    items.sort(key=lambda item: item.at, reverse=True)
    newest: dict[str, list[Kept | Reply]] = {}
    matching: set[str] = set()
    for item in items:
        number = item.to if isinstance(item, Kept) else item.number
        bubbles = newest.setdefault(number, [])
        if not wanted or wanted in number or wanted in item.text:
            matching.add(number)
        if len(bubbles) < MOST_BUBBLES:
            bubbles.append(item)
    numbers = [number for number in newest if number in matching]
    return {
        "version": ledger.version,
        "phones": [
            {"number": number, "bubbles": [_bubble(item) for item in reversed(newest[number])]}
            for number in numbers[:most]
        ],
        "more": max(0, len(numbers) - most),
    }
