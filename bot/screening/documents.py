"""PDF and plain text: what may be read, as long as it does nothing by itself."""

import re

from bot.screening.verdict import Damaged

# ISO 32000-1 7.5.5 and 12.6.4: the end of a file, and what starts something or carries another file.
_ENDS = re.compile(rb"%%EOF[\s\x00]*\Z")
_STARTS = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|ImportData|SubmitForm|XFA)(?![A-Za-z])")
_ESCAPED = re.compile(rb"/[A-Za-z#0-9]*#[0-9A-Fa-f]{2}[A-Za-z#0-9]*")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_ACTIVE = re.compile(
    r"\s*(?:<[a-z!?/]|\{\\rtf|%!ps|%pdf|#!|@echo|\[internetshortcut\]|windows registry editor|mime-version:)",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<\s*(?:script|svg|html|iframe|object|embed)\b", re.IGNORECASE)
_LOOKED_AT = 2048
"""Programs that guess a type look at no more than the beginning. https://mimesniff.spec.whatwg.org/#resource-header"""


def check_pdf(content: bytes) -> bool:
    """Whether it does nothing by itself; Damaged when it does not end as it should."""
    if not _ENDS.search(content, max(0, len(content) - _LOOKED_AT)):
        raise Damaged("no end")
    escaped = b"\n".join(_unescaped(name) for name in _ESCAPED.findall(content))
    return not _STARTS.search(content) and not _STARTS.search(escaped)


def _unescaped(name: bytes) -> bytes:
    return _HEX.sub(lambda found: bytes((int(found[1], 16),)), name)


def text_of(content: bytes) -> str | None:
    """The words of a plain text in one of the usual encodings; None when it is something else."""
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    return None


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return ("utf-8-sig", "cp932")


def is_active(text: str) -> bool:
    """Whether a program could take the text for a page, a drawing or a script."""
    return bool(_ACTIVE.match(text) or _MARKUP.search(text, 0, _LOOKED_AT))
