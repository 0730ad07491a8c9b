"""Somebody else's text as Discord shows it exactly as typed, and long texts in parts. No Markdown of ours in here.

Lengths are counted in UTF-16 units: Discord counts whole characters, so what fits here fits there.
"""

import re
from collections.abc import Iterator

# Discord reads a link up to the next blank, backslashes included: an escape in it would be shown, and one at its
# end would leave what it protects alive. So an address either needs no escapes or does not become a link. The
# blanks are those that Discord's regular expressions and ours have in common.
_ADDRESS = re.compile(r"\b\w+://[^ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*")
_HARMLESS = re.compile(r"https?://\w(?!.*(?:~~|__))[\w.~:/?#@!$&'()+,;=%-]+")
_MARK = re.compile(r"[\\*_~|`\[\]<]|@(?=everyone|here)")
_BLOCK_MARK = re.compile(r"^([^\S\n]*)([#>+=-])", re.MULTILINE)
_SMALL_PRINT = re.compile(r"^([^\S\n]*\\-)#", re.MULTILINE)
_NUMBER = re.compile(r"^([^\S\n]*\d+)([.)])", re.MULTILINE)
# Where a long text may be cut, best first: between paragraphs, lines, sentences, words.
_CUTS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[.!?…]+[\"')\]»”’]*\s|[。！？｡]+[」』）]*"),
    re.compile(r"\s"),
)
# A cut earlier than this share of the room would leave a tiny part behind.
_EARLIEST = 0.4


def escape(text: str) -> str:
    """The text so that Discord shows it as typed: nothing formats, mentions, hides or links by markup."""
    return escape_line_starts(escape_marks(text))


def escape_marks(text: str) -> str:
    """Makes harmless what means something anywhere in a line."""
    pieces, end = [], 0
    for found in _ADDRESS.finditer(text):
        address = found[0]
        if not _HARMLESS.fullmatch(address):
            address = _MARK.sub(r"\\\g<0>", address).replace("://", r"\://")
        pieces += [_MARK.sub(r"\\\g<0>", text[end : found.start()]), address]
        end = found.end()
    return "".join([*pieces, _MARK.sub(r"\\\g<0>", text[end:])])


def escape_line_starts(text: str) -> str:
    """Makes harmless what means something at the start of a line: headings, quotes, lists, small print."""
    return _NUMBER.sub(r"\1\\\2", _SMALL_PRINT.sub(r"\1\\#", _BLOCK_MARK.sub(r"\1\\\2", text)))


def length(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def whole(text: str) -> str:
    """The text without halves of characters, which some JSON lets through and no connection carries."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\r\n", "\n")


def escaped_parts(text: str, limit: int, first: int | None = None) -> Iterator[str]:
    """The escaped text in parts of at most `limit` units (the first of at most `first`), cut where a reader
    would pause; nothing but blanks gets lost."""
    room, rest = first if first is not None else limit, text.strip()
    while rest:
        end = _cut(rest, room)
        yield escape(rest[:end].rstrip())
        rest, room = rest[end:].lstrip(), limit


def _cut(text: str, room: int) -> int:
    last = _longest(text, room)
    if last == len(text):
        return last
    for pattern in _CUTS:
        ends = [found.end() for found in pattern.finditer(text[:last]) if found.end() > last * _EARLIEST]
        # Shorter text can need more escapes, when the cut makes a link too short to be one.
        if ends and length(escape(text[: ends[-1]].rstrip())) <= room:
            return ends[-1]
    return last


def _longest(text: str, room: int) -> int:
    """How many characters fit, at least one."""
    low, high = 1, min(len(text), room)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(escape(text[:middle])) <= room else (low, middle - 1)
    return low
