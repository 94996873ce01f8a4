"""How a row travels through an account: free text, or a reviewed template with its values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import connection

from messaging import queries, rules
from messaging.models import Broadcast


class Carriage:
    """What the accounts of one pass take. Without an account that wants templates it costs nothing."""

    def __init__(self, of_channels: Mapping[str, Sequence[rules.Account]]) -> None:
        strict = [one.name for each in of_channels.values() for one in each if one.templates_only]
        self._approved = queries.reviewed(strict) if strict else {}
        self._exercises = queries.exercise_purposes() if strict else frozenset()
        self._broadcasts: dict[int, Broadcast] = {}
        self._same: dict[tuple[str, int], rules.Fit | None] = {}  # of broadcasts without personal blanks

    def broadcast(self, number: int) -> Broadcast:
        """A broadcast's words: they never change, unlike its withdrawal."""
        if number not in self._broadcasts:
            self._broadcasts[number] = Broadcast.objects.get(pk=number)
        return self._broadcasts[number]

    def fit(
        self, account: rules.Account, broadcast: Broadcast, text: str, params: Mapping[str, object] | None
    ) -> rules.Fit | None:
        """The template with which a templates-only account takes this text; None when it cannot."""
        key = (account.name, broadcast.pk)
        if params is None and key in self._same:
            return self._same[key]
        approved = [one for one in self._approved.get(account.name, []) if one.kind == account.channel]
        if not broadcast.exercise:
            approved = [one for one in approved if one.purpose not in self._exercises]
        found = rules.carried(
            approved,
            text=text,
            params=params,
            purpose=broadcast.purpose,
            exercises=self._exercises if broadcast.exercise else None,
        )
        if params is None:
            self._same[key] = found
        return found

    def message(
        self, account: rules.Account, broadcast: Broadcast, message: rules.Message, params: Mapping[str, object] | None
    ) -> rules.Message | None:
        """The message as this account takes it; None when it cannot."""
        if not account.templates_only:
            return message
        found = self.fit(account, broadcast, message.text, params)
        if found is None:
            return None
        return replace(message, text=found.text, template=found.template.code, params=found.params)


def note_account(deliveries: Sequence[int], account: rules.Account) -> None:
    """Claimed rows go through another account than the one they were claimed for: there they are asked again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_delivery SET account = %s WHERE id = ANY(%s) AND state = 20",
            [account.name, list(deliveries)],
        )
