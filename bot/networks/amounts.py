"""Amounts as people write them anywhere: which number is meant, or which two it may be.

Nothing is guessed: a text with two numbers, a unit word such as "k" or 万, or a broken grouping is no amount.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

LONGEST_AMOUNT_TEXT = 200
MOST_WHOLE_DIGITS = 18
MOST_FRACTION_DIGITS = 24

_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000\t]")
_APOSTROPHES = re.compile("(?<=\\d)['’‘`´\u066c\u02bc](?=\\d)")
_EAST_ASIAN_POINT = re.compile("(?<=\\d)[。｡・](?=\\d)")
_MINUS = re.compile("[\u2010-\u2015\u2212\ufe63\uff0d]")
# "ERC-20", "TRC20", "BEP 20": a number inside a name, not an amount.
_STANDARD = re.compile(r"(?<![^\W\d_])(?:erc|trc|bep|brc|spl|arc|hrc|kip|layer)[\s_-]?\d+", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.,'+-])[-+]?(?:\d[\d.,']*(?: \d{3}(?!\d)[.,\d]*)*|[.,]\d+)")
_UNIT_WORDS = (
    "k|m|mm|mn|mio|mrd|mil|b|bn|tn|tsd|lakh|crore|rb|jt|ribu|juta|bin|milyon|nghìn|ngàn|triệu|tỷ|mille|tausend"
    "|thousand|millions?|billions?|millones|milhões|тыс|тысяч|тысячи|млн|млрд"
)
_UNIT_LETTERS = "[%‰十百千万萬億亿兆십백천만억]|ألف|آلاف|مليون|लाख|करोड़|हज़ार|พัน|หมื่น|แสน|ล้าน"
_UNIT_AFTER = re.compile(rf"\s?(?:{unicodedata.normalize('NFKC', _UNIT_LETTERS)}|(?:{_UNIT_WORDS})\b)", re.IGNORECASE)
_LETTERS_AFTER = re.compile(r"[^\W\d_]*(?![\w])")

_WESTERN_GROUPS = r"\d{1,3}(?:S\d{3})+"
_INDIAN_GROUPS = r"\d{1,2}(?:S\d{2})+S\d{3}"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """One separator before three digits: the text may group thousands or mark the fraction."""

    grouped: Decimal
    fractional: Decimal


def parse_amount(text: str, decimal: str | None = None) -> Decimal | Ambiguous | None:
    """Return the one positive amount the text names, both readings when it is ambiguous, or None.

    `decimal` is the decimal separator of the requester's language, "." or ","; it settles "1,500" and nothing else.
    """
    if len(text) > LONGEST_AMOUNT_TEXT:
        return None
    plain = _plain(text)
    arabic_point = "\u066b" in plain
    if arabic_point:
        plain, decimal = plain.replace(",", "'").replace(".", "'").replace("\u066b", "."), "."
    number = _only_number(_STANDARD.sub(" ", plain))
    return _read(number, decimal) if number else None


def _plain(text: str) -> str:
    """Bring digits, spaces, minus signs and separators of every script to their ASCII form."""
    text = unicodedata.normalize("NFKC", _EAST_ASIAN_POINT.sub(".", text))
    text = _MINUS.sub("-", _SPACES.sub(" ", text))
    digits = (str(unicodedata.decimal(letter, letter)) for letter in text)
    return _APOSTROPHES.sub("'", "".join(digits)).strip()


def _only_number(text: str) -> str | None:
    """Return the number when the text has exactly one and nothing beside it changes its value."""
    numbers = list(_NUMBER.finditer(text))
    if len(numbers) != 1 or any(letter.isdecimal() for letter in _NUMBER.sub("", text)):
        return None
    after = text[numbers[0].end() :]
    if _UNIT_AFTER.match(after) or not _LETTERS_AFTER.match(after):
        return None
    number = numbers[0][0].rstrip(".,'")
    return None if number.startswith("-") else number.lstrip("+")


def _read(number: str, decimal: str | None) -> Decimal | Ambiguous | None:
    single = re.fullmatch(r"(\d{1,3})([.,])(\d{3})", number)
    if single and not number.startswith("0"):
        whole, separator, rest = single.groups()
        readings = Ambiguous(grouped=Decimal(whole + rest), fractional=Decimal(f"{whole}.{rest}"))
        if decimal not in {".", ","}:
            return readings
        return readings.fractional if separator == decimal else readings.grouped
    return _sensible(_unambiguous(number))


def _unambiguous(number: str) -> str | None:
    """Return the number with a point as its only separator, or None when its grouping is broken."""
    if re.fullmatch(r"\d+", number):
        return number
    fraction = re.fullmatch(r"(\d*)[.,](\d+)", number)
    if fraction:
        return f"{fraction[1] or '0'}.{fraction[2]}"
    for group, point in (("[ ']", "[.,]"), (",", r"\."), (r"\.", ",")):
        for groups in (_WESTERN_GROUPS, _INDIAN_GROUPS):
            written = re.fullmatch(rf"({groups.replace('S', group)})(?:{point}(\d+))?", number)
            if written:
                whole = re.sub(r"\D", "", written[1])
                return f"{whole}.{written[2]}" if written[2] else whole
    return None


def _sensible(number: str | None) -> Decimal | None:
    if number is None:
        return None
    whole, _, fraction = number.partition(".")
    if len(whole.lstrip("0")) > MOST_WHOLE_DIGITS or len(fraction) > MOST_FRACTION_DIGITS:
        return None
    return Decimal(number) or None
