"""Finds secrets that show by their form alone: wallet keys, access tokens, cards. Keeps and logs nothing.

Every pattern is bounded or starts only at the beginning of a run, so hostile text costs linear time. A
transaction id (64 hex digits; 87-88 base58 letters on Solana) has the shape of some keys and is never
taken for one here.
"""

import re
from collections.abc import Iterator
from hashlib import sha256

from bot.understanding.secret_kinds import SecretKind, Span

_BASE58 = "[1-9A-HJ-NP-Za-km-z]"
_BITCOIN_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE_ALPHABET = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_LONG_WORD = re.compile(r"[0-9A-Za-z_\-]{20}")
_WALLET_KEY = re.compile(
    rf"(?<![0-9A-Za-z])(?:"
    rf"5[HJK]{_BASE58}{{49}}|[KL]{_BASE58}{{51}}"  # Bitcoin, the form exported by wallets
    r"|(?:[xyztuv]prv|[YZUV]prv|Ltpv|Mtpv|dgpv)[0-9A-Za-z]{80,120}"  # extended keys
    r"|S[A-D][A-Z2-7]{54}"  # Stellar
    rf"|sEd{_BASE58}{{28}}"  # XRP
    rf"|edsk{_BASE58}{{50,94}}|ed25519:{_BASE58}{{86,88}}"  # Tezos, NEAR
    r"|(?:suiprivkey1|nsec1|xprv1|ed25519e?_sk1)[02-9a-z]{50,200}"
    r"|PVT_[A-Z0-9]{2}_[0-9A-Za-z]{48,52}|AGE-SECRET-KEY-1[0-9A-Z]{50,60}"
    r")(?![0-9A-Za-z])"
)
_CHECKED_KEY = re.compile(rf"(?<![0-9A-Za-z])(?:{_BASE58}{{51,52}}|s{_BASE58}{{28}})(?![0-9A-Za-z])")
_KEY_NUMBERS = re.compile(
    r"\[\s{0,3}(?:\d{1,3}\s{0,3},\s{0,3}){31}(?:(?:\d{1,3}\s{0,3},\s{0,3}){32})?\d{1,3}\s{0,3}\]"
)
_BLOCK_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_BLOCK_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_TOKEN = re.compile(
    r"(?<![0-9A-Za-z_\-])(?:"
    r"(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{10,200}|whsec_[0-9A-Za-z+/=]{20,200}"
    r"|sk-[0-9A-Za-z_\-]{20,250}|gh[pousr]_[0-9A-Za-z]{30,255}|github_pat_[0-9A-Za-z_]{30,255}"
    r"|glpat-[0-9A-Za-z_\-]{20,64}"
    r"|xox[abeoprs]-[0-9A-Za-z\-]{10,250}|AIza[0-9A-Za-z_\-]{35}|AKIA[0-9A-Z]{16}"
    r"|\d{6,12}:[0-9A-Za-z_\-]{35}"  # Telegram bot
    r"|[MNO][0-9A-Za-z_\-]{23,27}\.[0-9A-Za-z_\-]{6}\.[0-9A-Za-z_\-]{27,45}|mfa\.[0-9A-Za-z_\-]{60,100}"  # Discord
    r"|eyJ[0-9A-Za-z_\-]{10,2000}\.eyJ[0-9A-Za-z_\-]{10,4000}\.[0-9A-Za-z_\-]{10,2000}"  # JSON web token
    r")(?![0-9A-Za-z_\-])"
)
_ACCOUNT_CODE = re.compile(r"(?<![0-9A-Za-z_\-])v_[0-9A-Za-z_\-]{39,62}(?![0-9A-Za-z_\-])")
_WEBHOOK = re.compile(r"/api/(?:v\d{1,2}/)?webhooks/\d{15,22}/(?P<value>[0-9A-Za-z_\-]{40,100})")
_BEARER = re.compile(r"(?i)\bbearer\s{1,3}(?P<value>[0-9a-z._~+/=\-]{20,4000})")
_URL_PASSWORD = re.compile(r"[a-zA-Z]://[^\s/@:⟦⟧]{1,64}:(?P<value>[^\s/@⟦⟧]{1,128})@")
_SETUP_URI = re.compile(r"otpauth(?:-migration)?://[^\s⟦⟧]{1,1000}")

_GAP = r"[ \u00a0.\-\u2013]{1,3}"
_CARD = re.compile(
    rf"(?<![\dA-Za-z_.,#+@/\-])(?:\d{{4}}(?:{_GAP}\d{{4}}){{3}}(?P<tail>{_GAP}\d{{3}}(?!\d))?"
    rf"|\d{{4}}{_GAP}\d{{6}}{_GAP}\d{{4,5}}|\d{{13,19}})(?![\dA-Za-z_\-]|[.,]\d)"
)
_CARD_NUMBERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}"
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12,15}|(?:30[0-5]\d|3[689]\d\d)(?:\d{10}"
    r"|\d{12})"
    r"|62\d{14,17}|220[0-4]\d{12,15}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{9,15}"
)
_CARD_NAMED = re.compile(r"(?i)card|カード|卡|카드|карт|tarjeta|cart[aã]o|kart|carte|thẻ|بطاقة|visa|master")
_NO_CARD_BEFORE = re.compile(
    r"(?i)(?:(?:order|uid|user|account|acct|ticket|tx|txid|hash|ref|reference|id|tag|memo|pedido|orden"
    r"|cuenta|conta|pesanan"
    r"|commande|compte|bestellung|konto|заказ\w?|сч[её]т\w?|hesap|sipariş)[\s:=#.\-はが是为は은는]{0,3}(?:(?:id|no"
    r"|number|nr|is|was)[\s:=#.]{0,3}){0,2}"
    r"|(?:注文|口座|番号|アカウント|タグ|メモ|订单|訂單|单号|單號|账号|帳號|주문|계좌|번호|طلب"
    r"|حساب)[^\d]{0,4}"
    r"|[$¥€£₿]\s?|[A-Z]{2}\d{2}(?: \d{4}){0,4} )$"
)
_UNIT_AFTER = re.compile(
    r"(?i)\s?(?:[a-z]{0,2}usd[tc]?|btc|eth|trx|bnb|sol|xrp|doge|shib|pepe|sats?|wei|gwei|jpy|eur|円|枚)\b"
)


def find_shapes(text: str) -> Iterator[Span]:
    """Yield every wallet key, access token and card number that its form gives away."""
    if _LONG_WORD.search(text):
        yield from (Span(*match.span(), SecretKind.PRIVATE_KEY) for match in _WALLET_KEY.finditer(text))
        yield from (Span(*m.span(), SecretKind.PRIVATE_KEY) for m in _CHECKED_KEY.finditer(text) if _is_key(m[0]))
        yield from (Span(*match.span(), SecretKind.API_SECRET) for match in _TOKEN.finditer(text))
        yield from (Span(*match.span(), SecretKind.CODE) for match in _ACCOUNT_CODE.finditer(text))
        for pattern in (_WEBHOOK, _BEARER):
            yield from (Span(*match.span("value"), SecretKind.API_SECRET) for match in pattern.finditer(text))
    if "[" in text:
        yield from (Span(*match.span(), SecretKind.PRIVATE_KEY) for match in _KEY_NUMBERS.finditer(text))
    if "-----BEGIN" in text:
        yield from _key_blocks(text)
    if "://" in text:
        yield from (Span(*match.span("value"), SecretKind.PASSWORD) for match in _URL_PASSWORD.finditer(text))
        yield from (Span(*match.span(), SecretKind.CODE) for match in _SETUP_URI.finditer(text))
    yield from _cards(text)


def _key_blocks(text: str) -> Iterator[Span]:
    place = 0
    while begin := _BLOCK_BEGIN.search(text, place):
        end = _BLOCK_END.search(text, begin.end())
        # A block whose end was cut off is secret to the end of the message.
        place = end.end() if end else len(text)
        yield Span(begin.start(), place, SecretKind.PRIVATE_KEY)


def _is_key(word: str) -> bool:
    """Say whether a base58 word carries a right checksum and the length of a private key, on any"
    " chain."""
    if word[0] == "s" and len(word) == 29:
        return _payload_length(word, _RIPPLE_ALPHABET, 21) == 17
    return _payload_length(word, _BITCOIN_ALPHABET, 38) == 34 or _payload_length(word, _BITCOIN_ALPHABET, 37) == 33


def _payload_length(word: str, alphabet: str, size: int) -> int:
    number = 0
    for char in word:
        number = number * 58 + alphabet.index(char)
    if number.bit_length() > size * 8:
        return 0
    payload, check = (raw := number.to_bytes(size, "big"))[:-4], raw[-4:]
    return len(payload) if sha256(sha256(payload).digest()).digest()[:4] == check else 0


def _cards(text: str) -> Iterator[Span]:
    for match in _CARD.finditer(text):
        start, end = match.span()
        if match["tail"] and not _is_card_number(match[0]):
            end = match.start("tail")  # a security code written behind a number of sixteen digits
        if _is_card_number(text[start:end]) and _may_be_card(text, start, end):
            yield Span(start, match.end(), SecretKind.CARD)


def _may_be_card(text: str, start: int, end: int) -> bool:
    lead = text[max(0, start - 40) : start]
    return bool(_CARD_NAMED.search(lead)) or not (_NO_CARD_BEFORE.search(lead) or _UNIT_AFTER.match(text, end))


def _is_card_number(written: str) -> bool:
    digits = [int(char) for char in written if char.isdecimal()]
    if not _CARD_NUMBERS.fullmatch("".join(map(str, digits))):
        return False
    doubled = sum(digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2])
    return (doubled + sum(digits[::-2])) % 10 == 0
