"""Pictures built anew from the parts that show something: no place, no camera, no thumbnail, nothing behind the end.

Lossless: the picture's own bytes are copied, never decoded. What is not built as its format says is Damaged.
"""

import re
import struct
import zlib

from bot.screening.tiff import orientation_only
from bot.screening.verdict import Damaged

# ITU-T T.81 B.1.1.3; E0 is JFIF, E2 may be a colour profile, EE says how colours are coded.
_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP = range(0xE0, 0xF0)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_EXIF = b"Exif\0\0"

_PNG = b"\x89PNG\r\n\x1a\n"
# https://www.w3.org/TR/png-3/#4Concepts.FormatTypes: what takes part in showing; the rest is text, times and notes.
_PNG_SHOWN = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD hIST pHYs sPLT acTL fcTL fdAT mDCV cLLI".split()
)

# https://developers.google.com/speed/webp/docs/riff_container
_WEBP_SHOWN = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_EXIF_FLAG, _WEBP_XMP_FLAG = 0x08, 0x04

_GIF_LOOP = b"\x0bNETSCAPE2.0"


def clean_jpeg(content: bytes) -> bytes:
    """A JPEG without notes; its colour profile and its orientation stay."""
    kept, notes, at, has_frame = [content[:2]], b"", 2, False
    while True:
        marker, start = _jpeg_marker(content, at)
        if marker == _EOI:
            if not has_frame:
                raise Damaged("no picture in it")
            break
        (size,) = struct.unpack_from(">H", content, start)
        body = content[start + 2 : start + size]
        if size < 2 or len(body) != size - 2:
            raise Damaged("cut off")
        at = start + size
        if marker == 0xE1 and body.startswith(_EXIF) and not notes:
            notes = orientation_only(body[len(_EXIF) :])
        if _is_shown(marker, body):
            kept.append(bytes((0xFF, marker)) + content[start:at])
        has_frame = has_frame or marker in _FRAMES
        if marker == _SOS:
            scan = _NEXT_MARKER.search(content, at)
            if scan is None:
                raise Damaged("cut off")
            kept.append(content[at : scan.start()])
            at = scan.start()
    if notes:
        kept.insert(1, b"\xff\xe1" + struct.pack(">H", len(_EXIF) + len(notes) + 2) + _EXIF + notes)
    return b"".join((*kept, b"\xff\xd9"))


def _jpeg_marker(content: bytes, at: int) -> tuple[int, int]:
    """The marker at a place and where its segment begins; any number of FF may stand before it."""
    if content[at : at + 1] != b"\xff":
        raise Damaged("no marker")
    while content[at : at + 1] == b"\xff":
        at += 1
    marker = content[at]
    if marker in (0x00, 0x01, _SOI) or 0xD0 <= marker <= 0xD7:
        raise Damaged("a marker where none belongs")
    return marker, at + 1


def _is_shown(marker: int, body: bytes) -> bool:
    if marker == 0xE2:
        return body.startswith(b"ICC_PROFILE\0")
    if marker in _APP:
        return (marker == 0xE0 and body.startswith(b"JFIF\0")) or (marker == 0xEE and body.startswith(b"Adobe"))
    return marker != _COM


def clean_png(content: bytes) -> bytes:
    """A PNG without texts, times and notes; a picture that is turned stays turned."""
    kept, at, first = [_PNG], len(_PNG), True
    while True:
        size, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + size
        (check,) = struct.unpack_from(">I", content, end - 4)
        if first is not (kind == b"IHDR") or zlib.crc32(content[at + 4 : end - 4]) != check:
            raise Damaged("not as it was written")
        if kind in _PNG_SHOWN:
            kept.append(content[at:end])
        elif kind == b"eXIf" and (notes := orientation_only(content[at + 8 : end - 4])):
            kept.append(_png_chunk(b"eXIf", notes))
        at, first = end, False
        if kind == b"IEND":
            return b"".join(kept)


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def clean_webp(content: bytes) -> bytes:
    """A WebP without Exif and XMP; the orientation stays."""
    (size,) = struct.unpack_from("<I", content, 4)
    end = 8 + size
    if end > len(content):
        raise Damaged("cut off")
    kept: list[bytes] = []
    at = 12
    while at < end:
        kind, length = struct.unpack_from("<4sI", content, at)
        after = at + 8 + length + length % 2
        if after > end:
            raise Damaged("cut off")
        if kind in _WEBP_SHOWN:
            kept.append(content[at:after])
        elif kind == b"EXIF" and (notes := orientation_only(content[at + 8 : after].removeprefix(_EXIF))):
            kept.append(b"EXIF" + struct.pack("<I", len(notes)) + notes)
        at = after
    if not kept or kept[0][:4] not in (b"VP8 ", b"VP8L", b"VP8X"):
        raise Damaged("no picture in it")
    if kept[0][:4] == b"VP8X":
        kept[0] = _flagged(kept[0], has_notes=any(part[:4] == b"EXIF" for part in kept))
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _flagged(header: bytes, *, has_notes: bool) -> bytes:
    flags = header[8] & ~(_WEBP_EXIF_FLAG | _WEBP_XMP_FLAG) | (_WEBP_EXIF_FLAG if has_notes else 0)
    return header[:8] + bytes((flags,)) + header[9:]


def clean_gif(content: bytes) -> bytes:
    """A GIF without comments and foreign extensions; it moves as before."""
    at = 13 + _table(content[10])
    kept = [content[:at]]
    while content[at : at + 1] not in (b";", b""):  # Some end without saying so.
        start = at
        is_image = content[at] == 0x2C
        if is_image:
            at += 10 + _table(content[at + 9]) + 1
        elif content[at] == 0x21:
            at += 2
        else:
            raise Damaged("no such block")
        label, first = content[start + 1], content[at : at + 12]
        while content[at]:
            at += content[at] + 1
        at += 1
        if is_image or label == 0xF9 or (label == 0xFF and first == _GIF_LOOP):
            kept.append(content[start:at])
    return b"".join((*kept, b";"))


def _table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
