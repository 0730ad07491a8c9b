"""Notes that makers of pictures and films leave in them do not go on, and nothing that is shown is touched."""

import struct

import pytest

from bot.screening import Accepted, judge
from tests.samples import (
    GIF_IMAGE,
    GIF_LOOP,
    GIF_START,
    JFIF,
    JPEG_PROFILE,
    PLACE,
    chunk,
    film,
    gif,
    heic,
    jpeg,
    png,
    tiff,
    webp,
    zipped,
)

TOLD = chunk(b"tEXt", b"Comment\0" + PLACE), chunk(b"eXIf", tiff()), chunk(b"tIME", bytes(7))
SHOWN = chunk(b"gAMA", struct.pack(">I", 45455))


def cleaned(content: bytes) -> bytes:
    verdict = judge(content)
    assert isinstance(verdict, Accepted)
    return verdict.content


@pytest.mark.parametrize(
    "content", [jpeg(), png(*TOLD), webp(), gif(), film(), heic()], ids=["jpeg", "png", "webp", "gif", "film", "heic"]
)
def test_where_it_was_taken_is_gone(content: bytes) -> None:
    assert PLACE in content
    assert PLACE not in cleaned(content)


def test_what_a_jpeg_shows_stays_as_it_is() -> None:
    clean = cleaned(jpeg())

    assert clean == jpeg(notes=False)
    assert JFIF in clean
    assert JPEG_PROFILE in clean


def test_what_a_png_shows_stays_as_it_is() -> None:
    assert cleaned(png(SHOWN, *TOLD)) == png(SHOWN)


def test_what_a_gif_shows_stays_as_it_is() -> None:
    assert cleaned(gif()) == GIF_START + GIF_LOOP + GIF_IMAGE + b";"


def test_a_webp_no_longer_promises_notes() -> None:
    clean = cleaned(webp())

    assert b"EXIF" not in clean
    assert clean[20] == 0
    assert struct.unpack_from("<I", clean, 4) == (len(clean) - 8,)


@pytest.mark.parametrize("turned", range(2, 9))
@pytest.mark.parametrize("make", [jpeg, lambda turned: png(chunk(b"eXIf", tiff(turned))), webp])
def test_a_turned_picture_stays_turned(make: object, turned: int) -> None:
    clean = cleaned(make(turned))  # type: ignore[operator]

    assert struct.pack(">HHIHH", 0x0112, 3, 1, turned, 0) in clean
    assert PLACE not in clean
    assert cleaned(clean) == clean


@pytest.mark.parametrize("make", [jpeg, png])
def test_what_is_behind_a_picture_is_left_behind(make: object) -> None:
    hidden = zipped(evil_exe=b"MZ")

    assert cleaned(make(behind=hidden)) == cleaned(make())  # type: ignore[operator]


@pytest.mark.parametrize("content", [film(), heic()], ids=["film", "heic"])
def test_boxes_keep_their_places(content: bytes) -> None:
    """Tables inside point across the whole file."""
    clean = cleaned(content)

    assert len(clean) == len(content)
    assert cleaned(clean) == clean


def test_what_a_heic_shows_stays() -> None:
    assert b"picture" + bytes(len(PLACE)) in cleaned(heic())


def test_a_gif_may_end_without_saying_so() -> None:
    assert cleaned(gif()[:-1]) == cleaned(gif())
