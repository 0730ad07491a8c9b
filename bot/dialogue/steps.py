"""Reads the answer to one step of a checklist: accepted, refused with the reason, or "I don't know"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from unicodedata import normalize

from bot.actions import Text, literal
from bot.knowledge.schema import MISSING, Knowledge, Step, StepKind
from bot.networks.addresses import check_address, extract_address, families_of_address
from bot.networks.amounts import Ambiguous, parse_amount
from bot.networks.formats import AddressCheck, clean
from bot.networks.memos import MemoCheck, check_memo
from bot.networks.names import find_assets, find_networks
from bot.networks.shapes import Shape, kind_of
from bot.networks.txids import check_txid, extract_txid

LONGEST_TEXT_ANSWER = 300
DECIMAL_COMMA = frozenset({"de", "es", "fr", "id", "pt-BR", "ru", "tr", "vi"})
"""Languages in which "1,5" is one and a half (CLDR); "1,500" is then read that way too."""

_TICKER = re.compile(r"(?=[0-9]*[A-Za-z])[A-Za-z0-9]{2,10}")
# "5万円", "10k USDT": how people write money. It is kept as written, since the number itself is left to people.
_ROUND_AMOUNT = re.compile(
    r"[^\W\d]{0,4}[$€£¥]?\s?\d[\d.,]{0,20}\s?(?:[km]\b|万|萬|千|百万|億)\s?[^\W\d]{0,10}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Accepted:
    value: str


@dataclass(frozen=True, slots=True)
class Refused:
    """`why` explains what is wrong and what is wanted."""

    why: Text


Reading = Accepted | Refused


def read_answer(step: Step, text: str, answers: Mapping[str, str], knowledge: Knowledge, language: str) -> Reading:
    """What the typed text says to the step, given the answers so far."""
    network = knowledge.networks.get(answers.get("network", ""))
    family = network.family if network else None
    match step.kind:
        case StepKind.CHOICE:
            return Accepted(text) if text in step.options else Refused(Text("refused.choice"))
        case StepKind.ASSET:
            return _asset(text, knowledge)
        case StepKind.NETWORK:
            return _network(text, knowledge)
        case StepKind.TXID:
            return _txid(text, family)
        case StepKind.ADDRESS:
            return _address(text, family, network.name if network else "")
        case StepKind.AMOUNT:
            return _amount(text, "," if language in DECIMAL_COMMA else ".")
        case StepKind.MEMO:
            return _memo(text, family)
        case StepKind.TEXT:
            return _text(text)


def _asset(text: str, knowledge: Knowledge) -> Reading:
    assets = {asset.id: asset.aliases for asset in knowledge.assets.values()}
    networks = {network.id: network.aliases for network in knowledge.networks.values()}
    if text in assets:
        return Accepted(text)
    found = find_assets(text, assets, networks)
    if len(found) == 1:
        return Accepted(found[0])
    if not found and _TICKER.fullmatch(text.strip()):
        return Accepted(text.strip().upper())
    return Refused(Text("refused.several" if found else "refused.asset"))


def _network(text: str, knowledge: Knowledge) -> Reading:
    networks = {network.id: network.aliases for network in knowledge.networks.values()}
    if text in networks:
        return Accepted(text)
    found = find_networks(text, networks)
    if len(found) == 1:
        return Accepted(found[0])
    return Refused(Text("refused.several" if found else "refused.network"))


def _txid(text: str, family: str | None) -> Reading:
    txid = extract_txid(text, family)
    if txid and (family is None or check_txid(family, txid)):
        return Accepted(txid)
    match Shape.TXID if txid else kind_of(text, family):
        case Shape.TXID:
            return Refused(Text("refused.txid_other_network"))
        case Shape.ADDRESS:
            return Refused(Text("refused.txid_is_address"))
        case Shape.EMAIL | Shape.NUMBER:
            return Refused(Text("refused.txid_is_number"))
        case Shape.URL | Shape.OTHER:
            return Refused(Text("refused.txid"))


def _address(text: str, family: str | None, network: str) -> Reading:
    address = extract_address(text) or text.strip()
    if family is None:
        return Accepted(address) if families_of_address(address) else _no_address(text, family)
    match check_address(family, address):
        case AddressCheck.VALID | AddressCheck.UNCHECKED:
            return Accepted(address)
        case AddressCheck.BAD_CHECKSUM:
            return Refused(Text("refused.address_typo"))
        case AddressCheck.WRONG_SHAPE if families_of_address(address):
            return Refused(Text("refused.address_other_network", {"network": literal(network)}))
        case AddressCheck.WRONG_SHAPE:
            return _no_address(text, family)


def _no_address(text: str, family: str | None) -> Refused:
    is_txid = kind_of(text, family) is Shape.TXID
    return Refused(Text("refused.address_is_txid" if is_txid else "refused.address"))


def _amount(text: str, decimal: str) -> Reading:
    amount = parse_amount(text, decimal)
    written = normalize("NFKC", text[:LONGEST_TEXT_ANSWER]).strip()
    if (amount is None and not _ROUND_AMOUNT.fullmatch(written)) or isinstance(amount, Ambiguous):
        return Refused(Text("refused.amount"))
    return Accepted(written)


def _memo(text: str, family: str | None) -> Reading:
    memo = clean(text)[:LONGEST_TEXT_ANSWER]
    match check_memo(family, memo) if family else MemoCheck.NOT_USED:
        case MemoCheck.VALID | MemoCheck.NOT_USED:
            return _text(memo, Text("refused.memo"))
        case MemoCheck.NOT_A_NUMBER:
            return Refused(Text("refused.memo_number"))
        case MemoCheck.SOMETHING_ELSE:
            return Refused(Text("refused.memo_something_else"))
        case MemoCheck.EMPTY | MemoCheck.TOO_LARGE | MemoCheck.TOO_LONG:
            return Refused(Text("refused.memo"))


def _text(text: str, refused: Text | None = None) -> Reading:
    """Any words; "missing" itself is kept apart from the sign for "nothing was given"."""
    cut = text.strip()[:LONGEST_TEXT_ANSWER]
    if not any(letter.isalnum() for letter in cut):
        return Refused(refused or Text("refused.empty"))
    return Accepted(f"“{cut}”" if cut == MISSING else cut)
