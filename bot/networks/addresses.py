"""Is this an address, of which chains, and is its checksum right? Formats only: nobody is asked whether it exists.

A cheap pattern decides the kind first, so ordinary talk never loads the decoders.
"""

import re
from dataclasses import dataclass

from bot.networks import decoders
from bot.networks.decoders import Decoder
from bot.networks.formats import AddressCheck, Family, clean

_PLAUSIBLE = frozenset({AddressCheck.VALID, AddressCheck.UNCHECKED})
_SCHEMES = (
    "bitcoin|bitcoincash|litecoin|dogecoin|ethereum|tron|solana|ripple|xrpl|stellar|ton|cardano|web\\+cardano"
    "|polkadot|cosmos|algorand|near|aptos|sui"
)
_PAYMENT_LINK = re.compile(rf"(?:{_SCHEMES}):(?://(?:transfer/)?)?([^?@&]+)(?:[?@&].*)?", re.IGNORECASE)
_CANDIDATE = re.compile(r"[0-9A-Za-z][0-9A-Za-z:_.+/=-]{7,}")
_BARE_HEX = re.compile(r"[0-9a-fA-F]{64}")
_INSIDE = re.compile(r"[/:=]+")


@dataclass(frozen=True, slots=True)
class _Kind:
    shape: re.Pattern[str]
    check: Decoder


def _kind(shape: str, check: Decoder, flags: int = 0) -> _Kind:
    return _Kind(re.compile(shape, flags | re.ASCII), check)


# The shapes take any letter or digit where the alphabet has fewer: `0` for `o` is a typo to be told, not nonsense.
_KINDS: dict[Family, tuple[_Kind, ...]] = {
    Family.BITCOIN: (
        _kind(r"[13][0-9A-Za-z]{25,34}", decoders.base58check(0x00, 0x05)),
        _kind(r"bc1[0-9a-z]{32,72}", decoders.segwit("bc"), re.IGNORECASE),
    ),
    Family.LITECOIN: (
        _kind(r"[LM3][0-9A-Za-z]{25,34}", decoders.base58check(0x30, 0x32, 0x05)),
        _kind(r"ltc1[0-9a-z]{32,72}", decoders.segwit("ltc"), re.IGNORECASE),
    ),
    Family.DOGECOIN: (_kind(r"[DA9][0-9A-Za-z]{25,34}", decoders.base58check(0x1E, 0x16)),),
    Family.BITCOIN_CASH: (
        _kind(r"(?:bitcoincash:)?[qpzr][0-9a-z]{38,64}", decoders.cash_address, re.IGNORECASE),
        _kind(r"[13][0-9A-Za-z]{25,34}", decoders.base58check(0x00, 0x05)),
    ),
    Family.EVM: (_kind(r"0[xX][0-9a-fA-F]{40}", decoders.evm),),
    Family.TRON: (_kind(r"T[0-9A-Za-z]{32,34}", decoders.base58check(0x41)),),
    Family.SOLANA: (_kind(r"[1-9A-HJ-NP-Za-km-z]{32,44}", decoders.solana),),
    Family.RIPPLE: (
        _kind(r"r[0-9A-Za-z]{24,34}", decoders.base58check(0x00, alphabet="RIPPLE")),
        _kind(r"X[0-9A-Za-z]{45,47}", decoders.x_address),
    ),
    Family.STELLAR: (_kind(r"G[0-9A-Z]{55}|M[0-9A-Z]{68}", decoders.strkey),),
    Family.TON: (
        _kind(r"[EU][Qf][0-9A-Za-z+/_-]{46}", decoders.ton),
        _kind(r"(?:0|-1):[0-9a-fA-F]{64}", decoders.without_checksum),
    ),
    Family.CARDANO: (
        _kind(r"addr1[0-9a-z]{48,108}", decoders.shelley, re.IGNORECASE),
        _kind(r"(?:Ae2|DdzFF)[0-9A-Za-z]{50,110}", decoders.byron),
    ),
    Family.POLKADOT: (_kind(r"1[0-9A-Za-z]{45,48}", decoders.polkadot),),
    Family.COSMOS: (_kind(r"cosmos1[0-9a-z]{36,62}", decoders.cosmos, re.IGNORECASE),),
    Family.ALGORAND: (_kind(r"[0-9A-Z]{58}", decoders.algorand),),
    Family.NEAR: (
        _kind(r"(?=.{5,64}\Z)[0-9a-z]+(?:[-_.][0-9a-z]+)*\.(?:near|tg)", decoders.without_checksum),
        _kind(r"[0-9a-f]{64}", decoders.without_checksum),
    ),
    Family.APTOS: (_kind(r"0x[0-9a-fA-F]{60,64}", decoders.without_checksum),),
    Family.SUI: (_kind(r"0x[0-9a-fA-F]{64}", decoders.without_checksum),),
}


def check_address(family: str, text: str) -> AddressCheck:
    """Say how far the text can be trusted as an address of this family; a payment link counts as its address."""
    return _check(Family(family), _without_link(clean(text)))


def families_of_address(text: str) -> frozenset[str]:
    """Return every family in which the text is an address whose checksum is right or does not exist."""
    return _families(_without_link(clean(text)))


def extract_address(text: str) -> str | None:
    """Return the first address named in a sentence or a link, as it was written, or None.

    Bare 64 hex digits are left alone: they may be a NEAR account, but a TXID, a block or a key far more often.
    """
    for match in _CANDIDATE.finditer(clean(text)):
        candidate: str = match[0].rstrip(".:/")
        # A dotted part of a link is a host, not a NEAR account.
        parts = [part for part in _INSIDE.split(candidate) if "." not in part]
        for address in (candidate, *parts):
            if not _BARE_HEX.fullmatch(address) and _families(address):
                return address
    return None


def _without_link(address: str) -> str:
    link = _PAYMENT_LINK.fullmatch(address)
    return link[1] if link else address


def _families(address: str) -> frozenset[str]:
    return frozenset(family for family in Family if _check(family, address) in _PLAUSIBLE)


def _check(family: Family, address: str) -> AddressCheck:
    kind = next((kind for kind in _KINDS[family] if kind.shape.fullmatch(address)), None)
    return kind.check(address) if kind else AddressCheck.WRONG_SHAPE
