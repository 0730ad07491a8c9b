"""Files made of boxes (ISO 14496-12: MP4, MOV, M4A, HEIC): every box must fit, and where it was taken is wiped out.

Offsets inside such files point across the whole file, so nothing is removed: what tells too much is made empty.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from bot.screening.verdict import Damaged

_HOLDERS = (b"moov", b"trak")
_TELLING = (b"udta", b"meta")
_NOTES = (b"Exif", b"mime")


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    body: int
    end: int


def clean_boxes(content: bytes) -> bytes:
    """The same file of the same length with its notes made empty."""
    whole = bytearray(content)
    boxes = list(_boxes(whole, 0, len(whole)))
    kinds = [box.kind for box in boxes]
    if kinds[0] != b"ftyp" or not {b"moov", b"meta"} & set(kinds):
        raise Damaged("nothing to show in it")
    for box in boxes:
        if box.kind == b"meta":
            _wipe_items(whole, box)
        elif box.kind == b"moov":
            _wipe_telling(whole, box)
        elif box.kind in (b"udta", b"uuid"):
            _empty(whole, box)
    return bytes(whole)


def _boxes(whole: bytearray, at: int, end: int) -> Iterator[_Box]:
    while at < end:
        size, kind = struct.unpack_from(">I4s", whole, at)
        body = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", whole, body)
            body += 8
        elif size == 0 and kind == b"mdat" and end == len(whole):
            size = end - at
        if at + size > end or at + size < body or not _is_kind(kind):
            raise Damaged("a box does not fit")
        yield _Box(kind, at, body, at + size)
        at += size


def _is_kind(kind: bytes) -> bool:
    return all(0x20 <= letter < 0x7F or letter == 0xA9 for letter in kind)


def _wipe_telling(whole: bytearray, holder: _Box) -> None:
    for box in list(_boxes(whole, holder.body, holder.end)):
        if box.kind in _TELLING:
            _empty(whole, box)
        elif box.kind in _HOLDERS:
            _wipe_telling(whole, box)


def _empty(whole: bytearray, box: _Box) -> None:
    whole[box.start + 4 : box.start + 8] = b"free"
    whole[box.body : box.end] = bytes(box.end - box.body)


def _wipe_items(whole: bytearray, meta: _Box) -> None:
    """Exif and XMP of a HEIC picture are items; which way up it is stands elsewhere, as a property."""
    parts = {box.kind: box for box in _boxes(whole, meta.body + 4, meta.end)}
    if b"iinf" not in parts or b"iloc" not in parts:
        return
    notes = frozenset(_notes(whole, parts[b"iinf"]))
    idat = parts.get(b"idat")
    for item, method, start, length in _places(whole, parts[b"iloc"]):
        if item not in notes:
            continue
        if method == 1 and idat:
            start += idat.body
        elif method:
            raise Damaged("notes in an unusual place")
        if not length or start + length > len(whole):
            raise Damaged("notes outside the file")
        whole[start : start + length] = bytes(length)


def _notes(whole: bytearray, iinf: _Box) -> Iterator[int]:
    """The numbers of the items that are notes."""
    at = iinf.body + (6 if whole[iinf.body] == 0 else 8)
    for box in _boxes(whole, at, iinf.end):
        layout = {2: ">HH4s", 3: ">IH4s"}.get(whole[box.body])
        if layout is None:
            raise Damaged("an unknown version")
        number, _, kind = struct.unpack_from(layout, whole, box.body + 4)
        if kind in _NOTES:
            yield number


def _places(whole: bytearray, iloc: _Box) -> Iterator[tuple[int, int, int, int]]:
    """Item, how its place is counted, start and length, for every piece of every item."""
    version = whole[iloc.body]
    offset_size, length_size = divmod(whole[iloc.body + 4], 16)
    base_size, index_size = divmod(whole[iloc.body + 5], 16)
    reader = _Reader(whole, iloc.body + 6, iloc.end)
    wide = 4 if version == 2 else 2
    for _ in range(reader.take(wide)):
        item = reader.take(wide)
        method = reader.take(2) & 15 if version else 0
        reader.take(2)
        base = reader.take(base_size)
        for _ in range(reader.take(2)):
            if version:
                reader.take(index_size)
            start = base + reader.take(offset_size)
            yield item, method, start, reader.take(length_size)


class _Reader:
    def __init__(self, whole: bytearray, at: int, end: int) -> None:
        self._whole, self._at, self._end = whole, at, end

    def take(self, size: int) -> int:
        start, self._at = self._at, self._at + size
        if self._at > self._end:
            raise Damaged("cut off")
        return int.from_bytes(self._whole[start : self._at], "big")
