"""All accounts of the gateway under one roof: their addresses, their counts together, the phones they share."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from heapq import merge
from itertools import count
from typing import Any

import aiohttp

from .behaviour import Behaviour
from .contract import MAX_TEXT, Refusal, full_number, is_number
from .ledger import Kept, Ledger, Reply
from .service import Gateway, Identity
from .voice import Call

MOST_ACCOUNTS = 32
NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Exchange:
    """The accounts by name; the first is the default one, at the gateway's own address."""

    def __init__(self, identity: Identity, behaviour: Behaviour, names: tuple[str, ...] = ()) -> None:
        self._identity = identity
        self._behaviour = behaviour
        self._places = count()
        self._posting: asyncio.TaskGroup | None = None
        self._session: aiohttp.ClientSession | None = None
        self.accounts: dict[str, Gateway] = {}
        for name in (identity.name, *names):
            self._open(name)

    @property
    def default(self) -> Gateway:
        """The account that needs no name."""
        return self.accounts[self._identity.name]

    def account(self, name: str) -> Gateway:
        """Return an account ("" is the default one); raise `Refusal` 404 when it was never opened."""
        found = self.accounts.get(name) if name else self.default
        if found is None:
            known = ", ".join(self.accounts)
            raise Refusal(
                404, "unknown_account", f'No account of this name; known are: {known}. POST /control {{"account": …}}.'
            )
        return found

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Let every account report, also those that are opened later, until cancelled."""
        async with asyncio.TaskGroup() as posting:
            self._posting, self._session = posting, session
            for gateway in self.accounts.values():
                posting.create_task(gateway.run(session))
            await asyncio.Event().wait()

    def stop(self) -> None:
        """Let every waiting call go."""
        for gateway in self.accounts.values():
            gateway.stop()

    def reset(self) -> None:
        """Forget what every account has taken and counted."""
        for gateway in self.accounts.values():
            gateway.reset()

    def control(self, name: str, values: dict[str, Any]) -> Behaviour:
        """Change an account, open it first when it is new; `mark` without an account marks all of them.

        Besides the options of `Behaviour` there are `account`, `secret` (of a new account or a known one) and `mark`.
        """
        values = dict(values)
        name = self._text(values, "account", name)
        mark, secret = values.pop("mark", False), self._text(values, "secret", "")
        if not isinstance(mark, bool):
            raise Refusal(400, "bad_option", "mark must be true or false.")
        if name and name not in self.accounts:
            self._behaviour.changed(values)
            self._open(name)
        gateway = self.account(name)
        behaviour = gateway.control(values) if values else gateway.behaviour
        if secret:
            gateway.identity = replace(gateway.identity, sms_secret=secret.encode())
        if mark:
            for each in [gateway] if name else self.accounts.values():
                each.mark()
        return behaviour

    @staticmethod
    def _text(values: dict[str, Any], name: str, default: str) -> str:
        value = values.pop(name, default)
        if not isinstance(value, str):
            raise Refusal(400, "bad_option", f"{name} must be text.")
        return value

    def _open(self, name: str) -> None:
        if not NAME.fullmatch(name):
            raise Refusal(400, "bad_account", "An account's name is 1 to 40 letters, digits, - or _.")
        if len(self.accounts) >= MOST_ACCOUNTS:
            raise Refusal(400, "too_many_accounts", f"At most {MOST_ACCOUNTS} accounts.")
        gateway = Gateway(replace(self._identity, name=name), self._behaviour, self._places)
        self.accounts[name] = gateway
        if self._posting and self._session:
            self._posting.create_task(gateway.run(self._session))

    # -- the phones, which know nothing of accounts ------------------------------------------------------------------

    @property
    def version(self) -> int:
        """Grows with everything a page could show."""
        return sum(gateway.version for gateway in self.accounts.values())

    def advance(self) -> None:
        """Let everything happen at the phones that is due by now."""
        for gateway in self.accounts.values():
            gateway.advance()

    def newest(self, to: str = "") -> Iterator[tuple[Ledger, Kept]]:
        """Walk the kept messages of all accounts, newest first, of one phone or of all."""
        books = [_with_book(gateway.ledger, to) for gateway in self.accounts.values()]
        return merge(*books, key=lambda found: found[1].place, reverse=True)

    def find(self, number: str) -> dict[str, object] | None:
        """Return a message by its id from whichever account took it first."""
        for gateway in self.accounts.values():
            if found := gateway.ledger.find(number):
                return found
        return None

    def answer(self, number: str, text: object) -> Reply:
        """Let a phone answer the newest message it got; raise `Refusal` 400 for a bad number or text."""
        number = self._phone(number)
        if not isinstance(text, str) or not 0 < len(text.strip()) <= MAX_TEXT:
            raise Refusal(400, "bad_text", f'"text" must be 1 to {MAX_TEXT} characters.')
        newest = next(self.newest(number), None)
        gateway = self.accounts[newest[0].account] if newest else self.default
        return gateway.answer(number, text.strip())

    def act(self, number: str, values: Mapping[str, object]) -> Call:
        """Let a hand answer, press a key, hang up or decline at a phone; raise `Refusal` when it does not ring."""
        number, do, key = self._phone(number), values.get("do"), values.get("key", "")
        if not isinstance(do, str) or not isinstance(key, str):
            raise Refusal(400, "bad_act", '"do" and "key" must be text.')
        self.advance()
        ringing = (gateway for gateway in self.accounts.values() if gateway.lines.at(number))
        return next(ringing, self.default).act(number, do, key)

    @staticmethod
    def _phone(number: str) -> str:
        number = full_number(number)
        if not is_number(number):
            raise Refusal(400, "bad_number", "The number must be a +86 mobile or landline.")
        return number

    # -- counts ------------------------------------------------------------------------------------------------------

    def stats(self) -> dict[str, Any]:
        """Return the sums of all accounts, and each account's own under `accounts`."""
        each = {name: gateway.stats() for name, gateway in self.accounts.items()}
        own = [{name: value for name, value in stats.items() if name not in _APART} for stats in each.values()]
        first = each[self._identity.name]
        return _together(own) | {name: first[name] for name in _APART} | {"accounts": each}


def _with_book(ledger: Ledger, to: str) -> Iterator[tuple[Ledger, Kept]]:
    return ((ledger, message) for message in ledger.newest(to))


_APART = ("gateway", "since", "marked", "resets", "accepted_after")
"""What cannot be added up: without an account it is the default one's."""


def _together(books: list[dict[str, Any]]) -> dict[str, Any]:
    """Add up counts of the same shape; of texts the first that is not empty."""
    found: dict[str, Any] = {}
    for name in dict.fromkeys(name for book in books for name in book):
        values = [book[name] for book in books if name in book]
        if isinstance(values[0], dict):
            found[name] = _together(values)
        elif isinstance(values[0], str):
            found[name] = next(filter(None, values), "")
        else:
            found[name] = sum(values)
    return found
