"""What is passed on and what is held, by content alone."""

import random
import struct

import pytest

from bot.screening import Accepted, Held, Hold, judge
from tests.samples import PDF, film, gif, heic, jpeg, mp3, ogg, png, webm, webp, zipped

ALLOWED = {
    "image/jpeg": jpeg(),
    "image/png": png(),
    "image/gif": gif(),
    "image/webp": webp(),
    "image/heic": heic(),
    "application/pdf": PDF,
    "video/mp4": film(),
    "video/quicktime": film(b"qt  "),
    "audio/mp4": film(b"M4A "),
    "video/webm": webm(),
    "audio/ogg": ogg(),
    "audio/mpeg": mp3(),
    "text/plain": b"The deposit <b>has</b> not arrived.\r\n\tTXID 0xabc\n",
}


def why(content: bytes) -> Hold | None:
    verdict = judge(content)
    return verdict.why if isinstance(verdict, Held) else None


@pytest.mark.parametrize(("content_type", "content"), ALLOWED.items(), ids=list(ALLOWED))
def test_what_people_need_is_passed_on_as_what_it_is(content_type: str, content: bytes) -> None:
    verdict = judge(content)

    assert isinstance(verdict, Accepted)
    assert verdict.content_type == content_type


@pytest.mark.parametrize(
    "text", ["入金が反映されません".encode(code) for code in ("utf-8", "utf-8-sig", "utf-16", "cp932")]
)
def test_text_in_the_usual_encodings(text: bytes) -> None:
    assert isinstance(judge(text), Accepted)


REFUSED = [
    (Hold.ARCHIVE, zipped(a_txt=b"a")),
    (Hold.ARCHIVE, b"Rar!\x1a\x07\x01\0"),
    (Hold.ARCHIVE, b"7z\xbc\xaf\x27\x1c"),
    (Hold.ARCHIVE, b"\x1f\x8b\x08"),
    (Hold.ARCHIVE, b"a.txt".ljust(257, b"\0") + b"ustar\x0000"),
    (Hold.PROGRAM, b"MZ\x90\0"),
    (Hold.PROGRAM, b"\x7fELF\x02"),
    (Hold.PROGRAM, b"#!/bin/sh\nrm -rf /\n"),
    (Hold.PROGRAM, b"L\0\0\0\x01\x14\x02\0\0\0"),
    (Hold.PROGRAM, zipped(**{"META-INF/MANIFEST.MF": b"", "a.class": b""})),
    (Hold.MACRO, zipped(**{"[Content_Types].xml": b"", "word/vbaProject.bin": b""})),
    (Hold.MACRO, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    (Hold.UNKNOWN, zipped(**{"[Content_Types].xml": b"", "word/document.xml": b""})),
    (Hold.ACTIVE, b"<!doctype html><script>alert(1)</script>"),
    (Hold.ACTIVE, b"\xef\xbb\xbf <svg onload=alert(1)>"),
    (Hold.ACTIVE, "<html>".encode("utf-16")),
    (Hold.ACTIVE, b"hello\n<script src=x></script>"),
    (Hold.ACTIVE, b"{\\rtf1 \\object"),
    (Hold.ACTIVE, PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript >>")),
    (Hold.ACTIVE, PDF.replace(b"/Catalog", b"/Catalog /AA << /S /L#61unch >>")),
    (Hold.ACTIVE, PDF.replace(b"/Catalog", b"/Names << /EmbeddedFiles 2 0 R >>")),
    (Hold.MIXED, film()[:-14] + struct.pack(">I", 8 + len(zipped(a=b""))) + b"mdat" + zipped(a=b"")),
    (Hold.DAMAGED, b""),
    (Hold.DAMAGED, PDF + zipped(a=b"")),
    (Hold.DAMAGED, PDF + b"MZ" + bytes(50)),
    (Hold.DAMAGED, film() + b"MZ" + bytes(50)),
    (Hold.DAMAGED, ogg() + b"MZ"),
    (Hold.DAMAGED, mp3() + zipped(a=b"")),
    (Hold.DAMAGED, webm() + b"MZ"),
    (Hold.DAMAGED, webm(b"matroska")),
    (Hold.DAMAGED, ogg(b"\x80theora")),
    (Hold.DAMAGED, b"\xff\xd8\xff\xe0<script>"),
    (Hold.DAMAGED, png()[:-20]),
    (Hold.DAMAGED, png().replace(b"IDAT", b"IDAX")),
    (Hold.DAMAGED, jpeg()[:-40]),
    (Hold.UNKNOWN, b"\0\1\2\3 something"),
    (Hold.UNKNOWN, b"plain\x1b[2Jtext"),
    (Hold.UNKNOWN, film(b"crx ")),
]


@pytest.mark.parametrize(("expected", "content"), REFUSED)
def test_what_is_held_and_why(expected: Hold, content: bytes) -> None:
    assert why(content) is expected


def test_what_is_unknown_is_named_as_far_as_possible() -> None:
    verdict = judge(b"II*\0" + bytes(100))

    assert verdict == Held(Hold.UNKNOWN, "image/tiff")


@pytest.mark.parametrize("content", ALLOWED.values(), ids=list(ALLOWED))
def test_no_damage_whatever_breaks_the_judge(content: bytes) -> None:
    """Bytes changed, taken out and cut off at random: there is always a verdict."""
    chance = random.Random(7)
    for _ in range(400):
        bent = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(bent))
            bent[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 4))
        assert judge(bytes(bent[: chance.randint(0, len(bent))])) is not None
