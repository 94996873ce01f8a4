"""The phones as the page shows them: the newest messages and answers, grouped by number."""

from .ledger import Kept, Ledger, Reply, is_exercise, moment

MOST_PHONES = 60
MOST_BUBBLES = 20


def _received(message: Kept) -> dict[str, object]:
    """One bubble from the gateway."""
    return {
        "side": "in",
        "key": f"m{message.seq}",
        "text": message.text,
        "kind": message.kind,
        "lane": message.lane,
        "status": message.status,
        "exercise": is_exercise(message.text),
        "at": moment(message.at),
    }


def _answered(reply: Reply) -> dict[str, object]:
    """One bubble typed on the phone."""
    return {"side": "out", "key": f"r{reply.at}", "text": reply.text, "at": moment(reply.at)}


def phones(ledger: Ledger, wanted: str = "", most: int = MOST_PHONES) -> dict[str, object]:
    """Return up to `most` phones, last active first, each with its newest bubbles, oldest of them on top.

    `wanted` keeps the phones whose number or one of whose texts contains it. `more` counts phones left out.
    """
    items: list[Kept | Reply] = [*ledger.kept, *ledger.replies]
    items.sort(key=lambda item: item.at, reverse=True)
    bubbles: dict[str, list[dict[str, object]]] = {}
    matching: set[str] = set()
    for item in items:
        number = item.to if isinstance(item, Kept) else item.number
        shown = bubbles.setdefault(number, [])
        if not wanted or wanted in number or wanted in item.text:
            matching.add(number)
        if len(shown) < MOST_BUBBLES:
            shown.append(_received(item) if isinstance(item, Kept) else _answered(item))
    numbers = [number for number in bubbles if number in matching]
    return {
        "version": ledger.version,
        "phones": [{"number": number, "bubbles": bubbles[number][::-1]} for number in numbers[:most]],
        "more": max(0, len(numbers) - most),
    }
