"""Small files that are really what they say: made here byte by byte, so that a test can bend any part of them."""

import struct
import zipfile
import zlib
from io import BytesIO

PLACE = b"N 35.6586 E 139.7454"
"""Where a photo was taken, as it stands in the notes of the samples."""


def tiff(orientation: int = 1) -> bytes:
    """Notes of a camera with an orientation and, behind it, a place."""
    return b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0) + PLACE


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


JFIF = _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
JPEG_PROFILE = _segment(0xE2, b"ICC_PROFILE\0\1\1profile")


def jpeg(orientation: int = 1, *, notes: bool = True, behind: bytes = b"") -> bytes:
    """One grey square; its notes are Exif, XMP in another segment, Photoshop's, and a comment."""
    shown = [
        _segment(0xDB, b"\0" + bytes(range(1, 65))),
        _segment(0xC0, struct.pack(">BHHB3B", 8, 8, 8, 1, 1, 0x11, 0)),
        _segment(0xC4, b"\0" + bytes((0, 1)) + bytes(14) + b"\0"),
        _segment(0xC4, b"\x10" + bytes((0, 1)) + bytes(14) + b"\0"),
        _segment(0xDA, bytes((1, 1, 0, 0, 63, 0))),
        b"\x3f\xff\0\xff\xd0\x3f",
    ]
    told = [
        _segment(0xE1, b"Exif\0\0" + tiff(orientation)),
        _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE),
        _segment(0xED, b"Photoshop 3.0\0" + PLACE),
        _segment(0xFE, PLACE),
    ]
    return b"".join((b"\xff\xd8", JFIF, *(told if notes else ()), JPEG_PROFILE, *shown, b"\xff\xd9", behind))


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*more: bytes, behind: bytes = b"") -> bytes:
    """One white pixel, and what else is put before it."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixel = chunk(b"IDAT", zlib.compress(b"\0\xff"))
    return b"".join((b"\x89PNG\r\n\x1a\n", header, *more, pixel, chunk(b"IEND", b""), behind))


def _riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def webp(orientation: int = 1) -> bytes:
    """An extended WebP with Exif and XMP."""
    flags = bytes((0x0C, 0, 0, 0)) + bytes(6)
    picture = _riff(b"VP8L", b"\x2f\0\0\0\0\x88\x88\x08")
    body = b"WEBP" + _riff(b"VP8X", flags) + picture + _riff(b"EXIF", tiff(orientation)) + _riff(b"XMP ", PLACE)
    return b"RIFF" + struct.pack("<I", len(body)) + body


GIF_START = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff"
GIF_LOOP = b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0"
GIF_IMAGE = b",\0\0\0\0\1\0\1\0\0\2\2D\1\0"


def gif() -> bytes:
    """One pixel that loops, with a comment."""
    return GIF_START + GIF_LOOP + b"!\xfe" + bytes((len(PLACE),)) + PLACE + b"\0" + GIF_IMAGE + b";"


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of a film."""
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def film(brand: bytes = b"isom") -> bytes:
    """Something like a phone makes: the place stands in the user data of the film and of its track."""
    place = box(b"udta", box(b"\xa9xyz", PLACE))
    return (
        box(b"ftyp", brand, bytes(4))
        + box(b"moov", box(b"mvhd", bytes(100)), box(b"trak", box(b"tkhd", bytes(84)), place), place)
        + box(b"mdat", b"frames")
    )


def heic() -> bytes:
    """A picture and an item of notes, which `iloc` finds in `mdat`."""
    ftyp = box(b"ftyp", b"heic", bytes(4))

    def meta(start: int) -> bytes:
        names = [box(b"infe", b"\2\0\0\0", struct.pack(">HH4s", n, 0, kind), b"\0") for n, kind in ITEMS]
        iinf = box(b"iinf", bytes(4), struct.pack(">H", len(names)), *names)
        places = struct.pack(">HHHII", 1, 0, 1, start, 7) + struct.pack(">HHHII", 2, 0, 1, start + 7, len(PLACE))
        iloc = box(b"iloc", bytes(4), b"\x44\0", struct.pack(">H", 2), places)
        return box(b"meta", bytes(4), iinf, iloc)

    start = len(ftyp) + len(meta(0)) + 8
    return ftyp + meta(start) + box(b"mdat", b"picture", PLACE)


ITEMS = ((1, b"hvc1"), (2, b"Exif"))


def ogg(first: bytes = b"OpusHead\1\1") -> bytes:
    """Two pages."""

    def page(body: bytes) -> bytes:
        return b"OggS" + bytes(22) + bytes((1, len(body))) + body

    return page(first) + page(b"sound")


def mp3(frames: int = 5) -> bytes:
    """Silence at 128 kbit/s behind a label, before another one."""
    frame = b"\xff\xfb\x90\0" + bytes(413)
    return b"ID3\4\0\0\0\0\0\5label" + frame * frames + b"TAG" + bytes(125)


def webm(doctype: bytes = b"webm") -> bytes:
    """A header and a segment of known length."""
    header = b"\x42\x82" + bytes((0x80 | len(doctype),)) + doctype
    return b"\x1a\x45\xdf\xa3" + bytes((0x80 | len(header),)) + header + b"\x18\x53\x80\x67\x85frame"


PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def zipped(**files: bytes) -> bytes:
    """A ZIP archive."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()
