"""Finds secrets that a label gives away: "my password is …", "private key: …". Keeps and logs nothing.

Speaking about a secret is not telling it: "I forgot my password" and "code 1006 error" must come through.
"""

import re
from collections.abc import Iterator, Sequence

from bot.understanding import secret_labels as labels
from bot.understanding.secret_kinds import SecretKind, Span

# How much of the message before is read: "my password is" in one message, "hunter2" in the next.
_LEAD_CHARACTERS = 80
# A label without "is" leads into the next message only where it stands alone: "sms code".
_LABEL_ALONE = 12

_AFTER = (
    rf"(?P<said>(?:(?:\s{{1,3}}(?:is|was|es|e|est|ist|la|adalah)|は|是)?(?P<join>{labels.JOIN}))"
    rf"|(?P<copula>{labels.COPULA}))"
)
_QUOTED = r"[\"'“‘「『«`](?P<quoted>[^\"'”’」』»`⟦⟧\n]{3,64})[\"'”’」』»`]"
_PASSWORD = re.compile(
    labels.PASSWORD
    + r"[\"']?"
    + labels.FILLER
    + _AFTER
    + rf"(?:{_QUOTED}|(?P<value>[!-~а-яё\u0600-\u06ff]{{3,128}}))"
)
_PASSWORD_BESIDE = re.compile(
    rf"(?P<label>{labels.PASSWORD})(?:\s{{1,3}}|\s{{0,3}}[\"'“‘「『`])(?P<value>[!-~]{{6,24}})(?![!-~])"
)
_POLITE_END = re.compile(r"\s{0,2}(?:$|[\n。、,.!?;)]|です|だ|でし|になり|としてい|입니다|이에요|예요|and |but )")
_ENGLISH_IS = re.compile(r"\s*(?:is|was|'s)\s*")
_ASCII_IS = re.compile(r"[\s!-~]+")
_INNER_SIGN = re.compile(r"(?=.*[a-zа-яё])(?:.*[@#$%^&*_+=~|\\]|.+!.)", re.DOTALL)
_CAPITAL_INSIDE = re.compile(r"[a-z]+[A-Z]+[a-z]|[a-z]{2,}[A-Z]")
_NETWORK = re.compile(rf"{labels.NETWORK_WORDS}(?![a-z0-9])")

_DIGITS = (
    rf"(?<!\d)(?P<value>(?:[a-z]-)?\d{{3}}[ \-]\d{{3}}|\d{{4}}[ \-]\d{{4}}|(?:[a-z]-)?\d{{4,8}})"
    rf"(?!\d|[.,:/\-]\d)(?!{labels.UNIT})"
)
_CODE_DIGITS = re.compile(labels.CODE + labels.FILLER + rf"(?:{_AFTER}|\s{{0,3}})[\[(]?" + _DIGITS)
_CODE_LETTERS = re.compile(
    labels.CODE
    + labels.FILLER
    + _AFTER
    + r"(?P<value>(?=[a-z\-]{0,12}\d)[a-z0-9]{4,10}(?:-[a-z0-9]{4,8}){0,3})(?![!-~])"
)
_CODE_REVERSED = re.compile(
    rf"(?<![\da-z.,:/#\-])(?P<value>(?:g-)?\d{{4,8}}){labels.COPULA}"
    rf"(?:(?:my|your|the|mi|su|meu|seu|mon|votre|mein|ihr|私の|我的|您的|мой|ваш) ?(?:\w{{1,15}} )?)?{labels.CODE}"
)
_CODE_BARE = re.compile(labels.BARE_CODE + _AFTER + rf"(?P<value>\d{{6,8}})(?!\d|[.,:/\-]\d)(?!{labels.UNIT})")
_CARD_CODE = re.compile(
    r"(?<![a-z0-9])(?:cvv2?|cvc2?)" + rf"(?:{_AFTER}|\s{{0,3}})" + r"(?P<value>\d{3,4})(?![\d.,])"
)
_SETUP_KEY = re.compile(
    labels.SETUP_KEY + rf"(?:{_AFTER}|\s{{1,3}})" + r"(?P<value>[a-z2-7]{4}(?:[ \-]?[a-z2-7]{4}){3,12})(?![0-9a-z])"
)

_KEY_VALUE = r"(?<![0-9a-z])(?P<value>(?:0x)?[0-9a-f]{60,68}|(?:0x)?[0-9a-f]{124,132}|[1-9a-z]{86,89})(?![0-9a-z])"
_WALLET_KEY = re.compile(
    labels.WALLET_KEY
    + rf"(?P<between>(?:\s?\([^()⟦⟧]{{1,30}}\))?{labels.KEY_FILLER}(?:{_AFTER}|[\s\"'`(]{{0,3}}))[\"'`]?"
    + _KEY_VALUE
)
_WALLET_KEY_REVERSED = re.compile(
    rf"{_KEY_VALUE}(?P<between>{labels.COPULA})(?:(?:my|the|mi|minha|ma|mein|私の|我的|мой)\s{{0,2}})?"
    rf"(?:\w{{1,12}} )?{labels.WALLET_KEY}"
)
_KEY_TOLD = re.compile(labels.WALLET_KEY + labels.FILLER + _AFTER + r"(?P<value>[0-9a-z+/=_\-]{24,200})(?![0-9a-z])")
_API_SECRET = re.compile(
    labels.API_SECRET
    + r"[\"']?"
    + labels.FILLER
    + rf"(?:{_AFTER}|\s{{1,3}})"
    + r"[\"'`]?(?P<value>[0-9a-z+/=_.\-]{16,256})(?![0-9a-z])"
)
_ADDRESS = re.compile(r"0x[0-9a-f]{40}|https?.*")
_TRANSACTIONS = re.compile(labels.ABOUT_TRANSACTIONS)
_NEGATED = re.compile(labels.NEGATED)
_UNIT = re.compile(labels.UNIT)
_SOME_DIGIT = re.compile(r"\d")
_LONG_VALUE = re.compile(r"[0-9a-z+/=_\-]{16}")


def find_labelled(text: str, before: Sequence[str] = ()) -> Iterator[Span]:
    """Yield every secret in `text` that its label gives away; the label may end the message before."""
    lead = f"{before[-1][-_LEAD_CHARACTERS:]}\n" if before else ""
    written = lead + text
    plain = labels.level(written)
    for match, group, kind in _matches(written, plain):
        start, end = match.span(group)
        if start >= len(lead) and (match.start() >= len(lead) or _leads_on(match, plain)):
            yield Span(start - len(lead), end - len(lead), kind)


def _leads_on(match: re.Match[str], plain: str) -> bool:
    told = match.groupdict().get("said") is not None or match.start() <= _LABEL_ALONE
    return told and not _NEGATED.search(plain, 0, match.start())


def _matches(written: str, plain: str) -> Iterator[tuple[re.Match[str], str, SecretKind]]:
    if any(stem in plain for stem in labels.KEY_STEMS):
        yield from _keys(written, plain)
    if _SOME_DIGIT.search(plain) and any(stem in plain for stem in labels.CODE_STEMS):
        yield from _codes(written, plain)
    if any(stem in plain for stem in labels.PASSWORD_STEMS):
        yield from _passwords(written, plain)


def _keys(written: str, plain: str) -> Iterator[tuple[re.Match[str], str, SecretKind]]:
    for match in _SETUP_KEY.finditer(plain):
        value = _original(written, match)
        if value.isupper() or any(map(str.isdecimal, value)):
            yield match, "value", SecretKind.CODE
    if not _LONG_VALUE.search(plain):
        return
    for pattern in (_WALLET_KEY, _WALLET_KEY_REVERSED):
        for match in pattern.finditer(plain):
            if not _TRANSACTIONS.search(match["between"]):
                yield match, "value", SecretKind.PRIVATE_KEY
    access: set[int] = set()
    for pattern, kind in ((_API_SECRET, SecretKind.API_SECRET), (_KEY_TOLD, SecretKind.PRIVATE_KEY)):
        for match in pattern.finditer(plain):
            # "Secret key" can open an account or a wallet; what is no wallet key by its form opens an account.
            told = match.start("value") not in access
            if told and _is_mixed(match["value"]) and not _ADDRESS.fullmatch(match["value"]):
                access.add(match.start("value"))
                yield match, "value", kind


def _codes(written: str, plain: str) -> Iterator[tuple[re.Match[str], str, SecretKind]]:
    for pattern in (_CODE_DIGITS, _CODE_REVERSED, _CODE_BARE, _CARD_CODE):
        for match in pattern.finditer(plain):
            yield match, "value", SecretKind.CODE
    for match in _CODE_LETTERS.finditer(plain):
        value = _original(written, match)
        if _is_mixed(value) and not _NETWORK.match(match["value"]):
            yield match, "value", SecretKind.CODE


def _passwords(written: str, plain: str) -> Iterator[tuple[re.Match[str], str, SecretKind]]:
    for match in _PASSWORD.finditer(plain):
        group = "quoted" if match["quoted"] else "value"
        if _is_password(written, plain, match, group):
            yield match, group, SecretKind.PASSWORD
    for match in _PASSWORD_BESIDE.finditer(plain):
        beside = match["label"] != "pass" and not _NEGATED.search(plain, max(0, match.start() - 40), match.start())
        if beside and _is_mixed(match["value"]) and not _is_name(match["value"]):
            yield match, "value", SecretKind.PASSWORD


def _original(written: str, match: re.Match[str], group: str = "value") -> str:
    return written[slice(*match.span(group))]


def _is_mixed(value: str) -> bool:
    return any(map(str.isalpha, value)) and any(map(str.isdecimal, value))


def _is_name(value: str) -> bool:
    return bool(_NETWORK.match(value) or _ADDRESS.match(value) or "⟦" in value)


def _is_password(written: str, plain: str, match: re.Match[str], group: str) -> bool:
    value, told = match[group].rstrip(".,;:!?)'\"`"), _original(written, match, group)
    if len(value) < 3 or _is_name(value):
        return False
    if value.isdecimal():
        return len(value) >= 4 and not _UNIT.match(plain, match.end(group))
    if _is_mixed(value) or _INNER_SIGN.match(value) or _CAPITAL_INSIDE.search(told):
        return True
    if all(word in labels.TALK for word in re.split(r"[^\w'/]+", value) if word):
        return False
    return _is_plain_word_told(plain, match, group)


def _is_plain_word_told(plain: str, match: re.Match[str], group: str) -> bool:
    """Say whether a word without digits or signs is given as the password, not said about it."""
    if not any(map(str.isalpha, match[group])):
        return False
    if group == "quoted":
        return match["join"] is not None or " " not in match["quoted"]
    if not _POLITE_END.match(plain, match.end()):
        return False
    if match["join"] is not None:
        return True
    if not match[group].isascii() or len(match[group]) < 4:
        return False
    if _ENGLISH_IS.fullmatch(match["copula"]):
        return not match[group].rstrip(".,;:!?)").endswith(labels.ENGLISH_TALK_ENDINGS)
    return not _ASCII_IS.fullmatch(match["copula"])
