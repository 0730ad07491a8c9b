"""The words this package shares: families of chains, verdicts, and text made ready for checking.

Everything here takes what a stranger typed, of any length and in any script, and never raises because of it.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Any

LONGEST_TEXT = 4_096

# Zero-width characters, bidirectional marks and the soft hyphen ride along when people copy from a wallet.
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_WRAPPING = " \"'`´‘’“”«»„<>()[]{}「」『』【】*~|"
_TRAILING = ".,;:!?。、｡…" + _WRAPPING


class Family(StrEnum):
    """Chains whose addresses and TXIDs are written alike."""

    BITCOIN = "bitcoin"
    LITECOIN = "litecoin"
    DOGECOIN = "dogecoin"
    BITCOIN_CASH = "bitcoin_cash"
    EVM = "evm"
    TRON = "tron"
    SOLANA = "solana"
    RIPPLE = "ripple"
    STELLAR = "stellar"
    TON = "ton"
    CARDANO = "cardano"
    POLKADOT = "polkadot"
    COSMOS = "cosmos"
    ALGORAND = "algorand"
    NEAR = "near"
    APTOS = "aptos"
    SUI = "sui"


class AddressCheck(StrEnum):
    """What can be said of an address without asking its chain."""

    VALID = "valid"
    UNCHECKED = "unchecked"
    BAD_CHECKSUM = "bad_checksum"
    WRONG_SHAPE = "wrong_shape"


def clean(text: str) -> str:
    """Return the text in compatibility form, without invisible characters, wrapping quotes and trailing dots."""
    shown = unicodedata.normalize("NFKC", _UNSEEN.sub("", text[:LONGEST_TEXT]))[:LONGEST_TEXT]
    return _CONTROL.sub(" ", shown).lstrip(_WRAPPING).rstrip(_TRAILING)


def library() -> Any:
    """Return bip_utils, which takes half a second to import and is needed only once a text has the right shape."""
    import bip_utils

    return bip_utils
