"""What kind of thing was pasted, so that a checklist can say "that is an address, not a transaction id"."""

import re
from enum import StrEnum

from bot.networks.addresses import check_address, extract_address
from bot.networks.formats import AddressCheck, Family, clean
from bot.networks.txids import check_txid, extract_txid


class Shape(StrEnum):
    """The kinds of text that requesters paste into the wrong question."""

    TXID = "txid"
    ADDRESS = "address"
    EMAIL = "email"
    NUMBER = "number"
    URL = "url"
    OTHER = "other"


_NUMBER = re.compile(r"[-+#$€£¥]?\s?\d[\d.,' ]{0,40}\s?[^\W\d_]{0,6}")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_URL = re.compile(r"https?://\S|(?<![\w.])www\.\S|(?<![\w.@-])(?:[\w-]{1,63}\.){1,5}[a-z]{2,12}/", re.IGNORECASE)


def kind_of(text: str, family: str | None = None) -> Shape:
    """Name what the text is or holds; a known family settles forms that are a TXID here and an address there."""
    shown = clean(text)
    if family is not None and (shape := _in_family(shown, family)):
        return shape
    if _NUMBER.fullmatch(shown):
        return Shape.NUMBER
    if extract_txid(shown, family):
        return Shape.TXID
    if _EMAIL.search(shown):
        return Shape.EMAIL
    if extract_address(shown) or _is_mistyped_address(shown):
        return Shape.ADDRESS
    return Shape.URL if _URL.search(shown) else Shape.OTHER


def _in_family(shown: str, family: str) -> Shape | None:
    if check_txid(family, shown):
        return Shape.TXID
    return None if check_address(family, shown) is AddressCheck.WRONG_SHAPE else Shape.ADDRESS


def _is_mistyped_address(shown: str) -> bool:
    return any(check_address(family, shown) is AddressCheck.BAD_CHECKSUM for family in Family)
