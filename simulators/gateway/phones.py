"""The phones as the page shows them: the newest messages and answers, grouped by number, and whose telephone rings."""

from .exchange import Exchange
from .ledger import Kept, Ledger, Reply, is_exercise, moment
from .voice import Call

MOST_PHONES = 60
MOST_BUBBLES = 20


def _bubble(ledger: Ledger, item: Kept | Reply) -> dict[str, object]:
    """One bubble: a message that came in, or an answer that went out."""
    if isinstance(item, Reply):
        return {"side": "out", "key": f"r{item.at}", "text": item.text, "at": moment(item.at)}
    status, code = ledger.state(item)
    return {
        "side": "in",
        "key": f"m{item.place}",
        "account": ledger.account,
        "text": item.text,
        "kind": item.kind,
        "lane": item.lane,
        "status": status,
        "code": code,
        "exercise": is_exercise(item.text),
        "at": moment(item.at),
    }


def _call(account: str, call: Call) -> dict[str, object]:
    """A call that rings or talks; its words are heard only after answering."""
    return {
        "account": account,
        "id": call.id,
        "state": call.state,
        "since": moment(call.since),
        "until": moment(call.until),
        "exercise": is_exercise(call.text),
        "text": call.text if call.state == "talking" else "",
    }


def phones(exchange: Exchange, wanted: str = "", most: int = MOST_PHONES) -> dict[str, object]:
    """Return up to `most` phones: those that ring, then last active first, each with its newest bubbles in order.

    `wanted` keeps the phones whose number or one of whose texts contains it. `more` counts phones left out.
    """
    exchange.advance()
    items: list[tuple[Ledger, Kept | Reply]] = []
    ringing: dict[str, dict[str, object]] = {}
    for name, gateway in exchange.accounts.items():
        items += [(gateway.ledger, item) for item in gateway.ledger.kept]
        items += [(gateway.ledger, item) for item in gateway.ledger.replies]
        ringing |= {call.to: _call(name, call) for call in gateway.lines.live()}
    items.sort(key=lambda found: found[1].at, reverse=True)
    newest: dict[str, list[tuple[Ledger, Kept | Reply]]] = {number: [] for number in ringing}
    matching: set[str] = {number for number in ringing if not wanted or wanted in number}
    for ledger, item in items:
        number = item.to if isinstance(item, Kept) else item.number
        if number in ringing and isinstance(item, Kept) and item.id == ringing[number]["id"]:
            continue  # it is not on the phone before it was heard
        bubbles = newest.setdefault(number, [])
        if not wanted or wanted in number or wanted in item.text:
            matching.add(number)
        if len(bubbles) < MOST_BUBBLES:
            bubbles.append((ledger, item))
    numbers = [number for number in newest if number in matching]
    return {
        "version": exchange.version,
        "phones": [
            {
                "number": number,
                "call": ringing.get(number),
                "bubbles": [_bubble(*found) for found in reversed(newest[number])],
            }
            for number in numbers[:most]
        ],
        "more": max(0, len(numbers) - most),
    }
