"""Sound and WebM: walked from the first page or frame to the last, so that nothing else hides in or behind them."""

import struct

from bot.screening.verdict import Damaged

_CODECS = (b"\x01vorbis", b"OpusHead", b"Speex   ", b"\x7fFLAC")
# ISO 11172-3 2.4.2.3 and ISO 13818-3: kbit/s of Layer III by index, for MPEG 1 and for MPEG 2 and 2.5.
_RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HERTZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_FEWEST_FRAMES = 3

_EBML, _SEGMENT, _DOCTYPE = 0x1A45DFA3, 0x18538067, 0x4282


def check_ogg(content: bytes) -> None:
    """RFC 3533: pages to the very end, the first of which names a codec for sound."""
    at = 0
    while at < len(content):
        magic, version, segments = struct.unpack_from("<4sB21xB", content, at)
        table = content[at + 27 : at + 27 + segments]
        body = at + 27 + segments
        if magic != b"OggS" or version or len(table) != segments:
            raise Damaged("no page")
        if at == 0 and not content[body:].startswith(_CODECS):
            raise Damaged("no sound")
        at = body + sum(table)
    if at != len(content):
        raise Damaged("cut off")


def check_mp3(content: bytes) -> None:
    """Frames of Layer III from the first to the last, between the usual labels."""
    at = _after_label(content)
    end = len(content) - (128 if content[-128:-125] == b"TAG" else 0)
    frames = 0
    while at + 4 <= end:
        at += _frame(content, at)
        frames += 1
    if frames < _FEWEST_FRAMES or at - end > _LARGEST_FRAME:
        raise Damaged("no music in it")


_LARGEST_FRAME = 1441


def _after_label(content: bytes) -> int:
    """https://id3.org/id3v2.4.0-structure section 3.1: four times seven bits of length."""
    at = 0
    if content[:3] == b"ID3":
        a, b, c, d = struct.unpack_from(">4B", content, 6)
        at = 10 + (a << 21 | b << 14 | c << 7 | d)
    while at < len(content) and content[at] == 0:
        at += 1
    return at


def _frame(content: bytes, at: int) -> int:
    """The length of the frame there."""
    first, second, third = content[at], content[at + 1], content[at + 2]
    version, layer = second >> 3 & 3, second >> 1 & 3
    rate, hertz = third >> 4, third >> 2 & 3
    if first != 0xFF or second & 0xE0 != 0xE0 or layer != 1 or version == 1 or not 0 < rate < 15 or hertz == 3:
        raise Damaged("no frame")
    bits = (_RATES_1 if version == 3 else _RATES_2)[rate] * 1000
    return (144 if version == 3 else 72) * bits // _HERTZ[version][hertz] + (third >> 1 & 1)


def check_webm(content: bytes) -> None:
    """RFC 8794: a header that says webm, then one segment that reaches to the end."""
    number, at = _number(content, 0, keep=True)
    size, at = _number(content, at)
    header = content[at : at + size]
    if number != _EBML or _doctype(header) != b"webm":
        raise Damaged("another kind of container")
    number, at = _number(content, at + size, keep=True)
    length_at = at
    size, at = _number(content, at)
    is_endless = size == (1 << 7 * (at - length_at)) - 1
    if number != _SEGMENT or not (is_endless or at + size == len(content)):
        raise Damaged("more or less than one segment")


def _doctype(header: bytes) -> bytes:
    at = 0
    while at < len(header):
        number, at = _number(header, at, keep=True)
        size, at = _number(header, at)
        if number == _DOCTYPE:
            return header[at : at + size].rstrip(b"\0")
        at += size
    return b""


def _number(content: bytes, at: int, *, keep: bool = False) -> tuple[int, int]:
    """A number of one to eight bytes and where it ends; an id keeps the bit that tells its length."""
    length = 9 - content[at].bit_length()
    if length > 8 or at + length > len(content):
        raise Damaged("no number")
    value = int.from_bytes(content[at : at + length], "big")
    return (value if keep else value & ~(1 << 7 * length)), at + length
