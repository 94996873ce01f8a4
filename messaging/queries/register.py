"""Which texts the providers have approved, what carries a message, and what is missing before the season."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.rules import Refused
from messaging import rules
from messaging.channels import fault_of
from messaging.enums import Reviewable, ReviewState
from messaging.models import ProviderSignature, ProviderTemplate
from messaging.queries.accounts import accounts, known_accounts

WANTED = 2  # accounts of a channel on which the storm set is to be approved: one may be away that night


def purposes() -> dict[str, rules.Purpose]:
    """Everything the platform says, declared by the apps above, by key."""
    declared: list[Callable[[], Sequence[rules.Purpose]]] = [import_string(path) for path in settings.MESSAGE_PURPOSES]
    return {one.key: one for each in declared for one in each()}


def said(message: str, **fixed: str) -> dict[str, str]:
    """A message id in every language of the platform, its %-placeholders filled: what a purpose declares."""
    texts = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts[language] = gettext(message) % fixed if fixed else gettext(message)
    return texts


def reviewed(names: Sequence[str]) -> dict[str, list[rules.Reviewed]]:
    """The approved texts of these accounts, those in the district's language first. Two statements.

    None of an account whose registered signatures are all still waiting or refused: the provider takes nothing then.
    """
    states: dict[str, set[str]] = {}
    for account, state in ProviderSignature.objects.filter(account__in=names).values_list("account", "state"):
        states.setdefault(account, set()).add(state)
    found: dict[str, list[rules.Reviewed]] = {name: [] for name in names}
    for row in ProviderTemplate.objects.filter(account__in=names, state=ReviewState.APPROVED).order_by("pk"):
        if ReviewState.APPROVED in states.get(row.account, {ReviewState.APPROVED}):
            found[row.account].append(reviewed_text(row))
    for texts in found.values():
        texts.sort(key=lambda one: one.language != settings.LANGUAGE_CODE)
    return found


def reviewed_text(row: ProviderTemplate) -> rules.Reviewed:
    """A row of the register as the rules read it."""
    return rules.Reviewed(
        row.account, row.kind, row.code, row.purpose, row.language, row.text, limits=row.limits, names=row.names
    )


def exercise_purposes() -> frozenset[str]:
    """The keys of what is said in exercises only."""
    return frozenset(key for key, one in purposes().items() if one.is_exercise)


@dataclass(frozen=True)
class Offer:
    """What a text may be made of: the approved templates in the accounts' order, and whether words may be free too."""

    templates: tuple[rules.Reviewed, ...]
    takes_free_text: bool


def offer(channel: str, purpose: str | None, *, exercise: bool = False) -> Offer:
    """The approved templates for a purpose (in an exercise: for any of its own). Four statements.

    Words are free where no account that works insists on reviewed texts, or where the channel has none at all.
    """
    usable = [account for account in accounts(channel) if not fault_of(account)]
    strict = channel in Reviewable.values and bool(usable) and all(account.templates_only for account in usable)
    wanted = exercise_purposes() if exercise else {purpose}
    by_account = reviewed([account.name for account in usable])
    found = [one for account in usable for one in by_account[account.name]]
    return Offer(tuple(one for one in found if one.kind == channel and one.purpose in wanted), not strict)


def refusal(
    channel: str,
    purpose: str | None,
    text: str,
    *,
    params: Mapping[str, object] | None = None,
    exercise: bool = False,
    of_channel: Sequence[rules.Account] | None = None,
) -> Refused | None:
    """Why no account of a channel could send this text as it is drafted, to be raised or shown; None when one can.

    `text` with its blanks, unmarked; `params` are one recipient's. Nothing is refused where an account takes free text,
    nor where the channel has no account at all: that is another refusal.
    """
    of_channel = accounts(channel) if of_channel is None else of_channel  # whoever has read them hands them in
    usable = [account for account in of_channel if not fault_of(account)]
    if channel not in Reviewable.values or not usable or not all(account.templates_only for account in usable):
        return None
    by_account = reviewed([account.name for account in usable])
    words = rules.Template(rules.marked(text) if exercise else text).filled(params)
    exercises = exercise_purposes()
    for account in usable:
        texts = [one for one in by_account[account.name] if one.kind == channel]
        if not exercise:
            texts = [one for one in texts if one.purpose not in exercises]
        if rules.carried(texts, text=words, params=params, purpose=purpose, exercises=exercises if exercise else None):
            return None
    return _refused(usable, by_account, channel, purpose, exercises if exercise else frozenset())


def _refused(
    usable: Sequence[rules.Account],
    by_account: Mapping[str, Sequence[rules.Reviewed]],
    channel: str,
    purpose: str | None,
    exercises: frozenset[str],
) -> Refused:
    declared = purposes().get(purpose or "")
    wanted = exercises or {purpose}
    near = [
        one for account in usable for one in by_account[account.name] if one.kind == channel and one.purpose in wanted
    ]
    params: dict[str, object] = {
        "purpose": _("exercise") if exercises else declared.label if declared else _("this text"),
        "accounts": "、".join(account.name for account in usable),
    }
    if near:
        return Refused(
            "template_required",
            _(
                "The provider takes reviewed texts only, and these words do not fit the one for “%(purpose)s”: "
                "“%(text)s”. Keep to it, each blank at most %(most)s characters and without a link."
            ),
            field="text",
            params={
                **params,
                "text": near[0].text,
                "most": min((near[0].limit(name) for name in rules.blanks(near[0].text)), default=0),
            },
        )
    return Refused(
        "template_required",
        _(
            "The provider takes reviewed texts only, and none for “%(purpose)s” is approved (%(accounts)s): "
            "have it approved under Reviewed texts, or set up an account that takes free text."
        ),
        field="text",
        params=params,
    )


@dataclass(frozen=True)
class Gap:
    """One thing that is missing before the season. `what`: "account", "signature" or "template"."""

    channel: str
    what: str
    purpose: rules.Purpose | None
    accounts: tuple[str, ...]

    @property
    def words(self) -> str:
        """What is missing, in a few words."""
        channel, names = Reviewable(self.channel).label, "、".join(self.accounts)
        if self.what == "account":
            return gettext("%(channel)s: a second account is missing") % {"channel": channel}
        if self.what == "signature":
            return gettext("%(channel)s: the signature is not approved (%(accounts)s)") % {
                "channel": channel,
                "accounts": names,
            }
        assert self.purpose is not None  # noqa: S101  (of this kind every gap has one)
        return gettext("%(channel)s: “%(purpose)s” is not approved (%(accounts)s)") % {
            "channel": channel,
            "purpose": self.purpose.label,
            "accounts": names,
        }


def season_gaps(known: Mapping[str, Sequence[rules.Account]] | None = None) -> list[Gap]:
    """What is missing so that the storm set can be sent over two accounts of each channel in use. Two statements, and
    three where `known_accounts` were not read already.
    """
    known = known_accounts() if known is None else known
    used = {kind: [one for one in known[kind] if not one.off][:WANTED] for kind in Reviewable.values}
    names = [account.name for each in used.values() for account in each]
    language = settings.LANGUAGE_CODE
    approved = set(
        ProviderTemplate.objects.filter(account__in=names, state=ReviewState.APPROVED, language=language).values_list(
            "kind", "account", "purpose"
        )
    )
    signatures = set(
        ProviderSignature.objects.filter(account__in=names, state=ReviewState.APPROVED).values_list("account", "text")
    )
    storm_set = [one for one in purposes().values() if one.in_storm_set]
    gaps: list[Gap] = []
    for kind, of_kind in used.items():
        if not of_kind:
            continue
        if len(of_kind) < WANTED:
            gaps.append(Gap(kind, "account", None, ()))
        unsigned = [one.name for one in of_kind if one.signature and (one.name, one.signature) not in signatures]
        if kind == Reviewable.SMS and unsigned:
            gaps.append(Gap(kind, "signature", None, tuple(unsigned)))
        for purpose in storm_set:
            lacking = [one.name for one in of_kind if (kind, one.name, purpose.key) not in approved]
            if lacking and purpose.texts_of(kind):
                gaps.append(Gap(kind, "template", purpose, tuple(lacking)))
    return gaps


def gaps_in_words(gaps: Sequence[Gap]) -> str:
    """The gaps summed up for a tile, by channel: “SMS: 3 texts, a second account”."""
    said_of = []
    for kind in Reviewable:
        texts = sum(gap.channel == kind and gap.what == "template" for gap in gaps)
        words = [ngettext("%(count)s text", "%(count)s texts", texts) % {"count": texts}] if texts else []
        if any(gap.channel == kind and gap.what == "signature" for gap in gaps):
            words.append(gettext("the signature"))
        if any(gap.channel == kind and gap.what == "account" for gap in gaps):
            words.append(gettext("a second account"))
        if words:
            said_of.append(f"{kind.label} {gettext(', ').join(words)}")
    return " · ".join(said_of)


@dataclass(frozen=True)
class Cell:
    """One text of the matrix: its row of the register, or none yet."""

    account: str
    language: str
    language_name: str
    row: ProviderTemplate | None

    @property
    def state(self) -> ReviewState:
        """How far it has come."""
        return ReviewState(self.row.state) if self.row else ReviewState.NOT_FILED


@dataclass(frozen=True)
class Line:
    """One purpose of the matrix with a list of languages for each account."""

    purpose: rules.Purpose
    cells: list[list[Cell]]


def matrix(kind: str) -> tuple[list[rules.Account], list[Line]]:
    """The accounts of a kind of channel, and each purpose with what stands where. The storm set first."""
    found = accounts(kind)
    rows: dict[tuple[Any, ...], ProviderTemplate] = {
        (row.account, row.purpose, row.language): row for row in ProviderTemplate.objects.filter(kind=kind)
    }
    lines = [
        Line(
            one,
            [
                [
                    Cell(account.name, code, str(name), rows.get((account.name, one.key, code)))
                    for code, name in settings.LANGUAGES
                ]
                for account in found
            ],
        )
        for one in sorted(purposes().values(), key=lambda one: not one.in_storm_set)
        if one.texts_of(kind)
    ]
    return found, lines
