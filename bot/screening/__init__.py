"""Files by their content: what may be passed on, without its maker's notes, and what is held; bytes in, verdict out.

Names and announced types decide nothing. What is on the list is walked from its first byte to its last, so that it
is that and nothing else; everything that is not on the list is held.
"""

import re
import struct

import puremagic

from bot.screening.boxes import clean_boxes
from bot.screening.documents import check_pdf, is_active, text_of
from bot.screening.names import safe_name, shown_name
from bot.screening.pictures import clean_gif, clean_jpeg, clean_png, clean_webp
from bot.screening.refused import has_archive_behind, refused
from bot.screening.streams import check_mp3, check_ogg, check_webm
from bot.screening.verdict import SHOWN_PICTURES, Accepted, Damaged, Held, Hold, Verdict

__all__ = ["SHOWN_PICTURES", "Accepted", "Held", "Hold", "Verdict", "judge", "safe_name", "shown_name"]

_PICTURES = {
    re.compile(rb"\xff\xd8\xff"): (clean_jpeg, "image/jpeg", (".jpg", ".jpeg")),
    re.compile(rb"\x89PNG\r\n\x1a\n"): (clean_png, "image/png", (".png",)),
    re.compile(rb"GIF8[79]a"): (clean_gif, "image/gif", (".gif",)),
    re.compile(rb"RIFF....WEBP", re.DOTALL): (clean_webp, "image/webp", (".webp",)),
}
# https://mp4ra.org/registered-types/brands
_BRANDS = {
    b"qt  ": ("video/quicktime", (".mov", ".qt")),
    b"M4A ": ("audio/mp4", (".m4a",)),
    b"M4B ": ("audio/mp4", (".m4a", ".m4b")),
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"heis"), ("image/heic", (".heic", ".heif"))),
    **dict.fromkeys((b"mif1", b"msf1"), ("image/heif", (".heif", ".heic"))),
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ", b"MSNV", b"mmp4"),
        ("video/mp4", (".mp4", ".m4v")),
    ),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6"), ("video/3gpp", (".3gp",))),
}
_STREAMS = {
    re.compile(rb"OggS"): (check_ogg, "audio/ogg", (".ogg", ".oga", ".opus")),
    re.compile(rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"): (check_mp3, "audio/mpeg", (".mp3",)),
    re.compile(rb"\x1a\x45\xdf\xa3"): (check_webm, "video/webm", (".webm",)),
}
_TEXT_SUFFIXES = (".txt", ".log", ".json", ".md")


def judge(content: bytes) -> Verdict:
    """What is to happen to a file with this content, whatever it is called."""
    if not content:
        return Held(Hold.DAMAGED)
    try:
        return refused(content) or _picture(content) or _other(content)
    except (Damaged, struct.error, IndexError):
        return Held(Hold.DAMAGED, _guessed(content))


def _picture(content: bytes) -> Accepted | None:
    for magic, (clean, content_type, suffixes) in _PICTURES.items():
        if magic.match(content):
            return Accepted(content_type, suffixes, clean(content))
    return None


def _other(content: bytes) -> Verdict:
    verdict = _boxed(content) or _stream(content) or _document(content)
    if isinstance(verdict, Accepted) and has_archive_behind(content):
        return Held(Hold.MIXED, verdict.content_type)
    return verdict


def _boxed(content: bytes) -> Verdict | None:
    if content[4:8] != b"ftyp":
        return None
    known = _BRANDS.get(content[8:12])
    return Accepted(*known, clean_boxes(content)) if known else Held(Hold.UNKNOWN, _guessed(content))


def _stream(content: bytes) -> Verdict | None:
    for magic, (check, content_type, suffixes) in _STREAMS.items():
        if magic.match(content):
            check(content)
            return Accepted(content_type, suffixes, content)
    return None


def _document(content: bytes) -> Verdict:
    if content.startswith(b"%PDF-"):
        pdf = "application/pdf"
        return Accepted(pdf, (".pdf",), content) if check_pdf(content) else Held(Hold.ACTIVE, pdf)
    text = text_of(content)
    if text is None:
        return Held(Hold.UNKNOWN, _guessed(content))
    return Held(Hold.ACTIVE, "text/html") if is_active(text) else Accepted("text/plain", _TEXT_SUFFIXES, content)


def _guessed(content: bytes) -> str:
    """What it seems to be, for people; nothing is decided by it, since a few bytes are all it goes by."""
    try:
        return puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError):
        return ""
