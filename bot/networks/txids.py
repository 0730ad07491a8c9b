"""Is this a transaction id, of which chains, and where is it in a pasted link or sentence?

A TXID has no checksum: a right shape says only that it is worth looking up.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import unquote

from bot.networks.formats import Family, clean, library

_HEX = re.compile(r"[0-9a-fA-F]{64}")
_PREFIXED_HEX = re.compile(r"0x[0-9a-fA-F]{64}")
_SIGNATURE = re.compile(r"[1-9A-HJ-NP-Za-km-z]{64,88}")
_DIGEST = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
_BASE32 = re.compile(r"[A-Z2-7]{52}")
_BASE64 = re.compile(r"[0-9A-Za-z+/_-]{43}=?")
_BYTES_OF = {_SIGNATURE: 64, _DIGEST: 32}

_FORMS: dict[Family, tuple[re.Pattern[str], ...]] = {
    Family.BITCOIN: (_HEX,),
    Family.LITECOIN: (_HEX,),
    Family.DOGECOIN: (_HEX,),
    Family.BITCOIN_CASH: (_HEX,),
    Family.EVM: (_PREFIXED_HEX,),
    Family.TRON: (_HEX,),
    Family.SOLANA: (_SIGNATURE,),
    Family.RIPPLE: (_HEX,),
    Family.STELLAR: (_HEX,),
    Family.TON: (_HEX, _BASE64),
    Family.CARDANO: (_HEX,),
    Family.POLKADOT: (_PREFIXED_HEX,),
    Family.COSMOS: (_HEX,),
    Family.ALGORAND: (_BASE32,),
    Family.NEAR: (_DIGEST,),
    Family.APTOS: (_PREFIXED_HEX,),
    Family.SUI: (_DIGEST,),
}
# Forms that are nothing else; a digest is also how Solana writes addresses, base64 is also a word or a key.
_CERTAIN = (_PREFIXED_HEX, _HEX, _SIGNATURE, _BASE32)

# ASCII on both sides: Japanese and Chinese follow a link without a space.
_LINK = re.compile(
    r"(?:https?://|(?<![\w.@-])(?:[\w-]{1,63}\.){1,5}[a-z]{2,12}/)[!#-;=?-~]+", re.IGNORECASE | re.ASCII
)
_BETWEEN = re.compile(r"[/#?&=:,;()]+")
_WORD = re.compile(r"[0-9A-Za-z]+")
_BASE64_WORD = re.compile(r"(?<![0-9A-Za-z+/_-])[0-9A-Za-z+/_-]{43}=?(?![0-9A-Za-z+/_=-])")
_BEFORE_TXID = re.compile(
    r"(?:tx|txn|trans|transaction)s?|tx_?(?:id|hash|block)|transaction_hash|hash|extrinsic|digest|signature"
)
# An address or a block has the form of a TXID on some chain; "0" and "-1" begin TON's raw addresses.
_BEFORE_OTHERS = re.compile(
    r"(?:account|addr|address|block|coin|contract|nft|object|package|pool|token|validator|wallet)(?:e?s)?|checkpoint|epoch|0|-1"
)
_RAW_TON_ADDRESS = re.compile(r"(?<!\w)(?:0|-1):[0-9a-fA-F]{64}")


def check_txid(family: str, text: str) -> bool:
    """Tell whether the text has the shape of a TXID of this family."""
    return _is_of(Family(family), clean(text))


def families_of_txid(text: str) -> frozenset[str]:
    """Return every family in which the text has the shape of a TXID."""
    txid = clean(text)
    return frozenset(family for family in Family if _is_of(family, txid))


def extract_txid(text: str, family: str | None = None) -> str | None:
    """Take the TXID out of an explorer link or a sentence, as it was written; None when there is none.

    The forms that are also addresses elsewhere (NEAR, Sui) are taken from a transaction page's link, or anywhere
    when the family is known.
    """
    shown = clean(text)
    links = _LINK.findall(shown)
    words = _RAW_TON_ADDRESS.sub(" ", _LINK.sub(" ", shown))
    found = (*(_from_link(link, family) for link in links), _from_words(words, family))
    return next((txid for txid in found if txid), None)


def _from_link(link: str, family: str | None) -> str | None:
    segments = [clean(unquote(segment)) for segment in _BETWEEN.split(link)]
    for before, segment in pairwise(segments):
        place = before.lower()
        if _BEFORE_OTHERS.fullmatch(place):
            continue
        if (_BEFORE_TXID.fullmatch(place) and families_of_txid(segment)) or _is_txid(segment, family):
            return segment
    return None


def _from_words(text: str, family: str | None) -> str | None:
    return next((word for word in _words(text, family) if _is_txid(word, family)), None)


def _words(text: str, family: str | None) -> Iterator[str]:
    yield from _WORD.findall(text)
    if family == Family.TON:
        yield from _BASE64_WORD.findall(text)


def _is_txid(word: str, family: str | None) -> bool:
    if any(_has_form(form, word) for form in _CERTAIN):
        return True
    return family is not None and _is_of(Family(family), word)


def _is_of(family: Family, txid: str) -> bool:
    return any(_has_form(form, txid) for form in _FORMS[family])


def _has_form(form: re.Pattern[str], txid: str) -> bool:
    if not form.fullmatch(txid):
        return False
    size = _BYTES_OF.get(form)
    return size is None or len(library().Base58Decoder.Decode(txid)) == size
