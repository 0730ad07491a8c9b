"""What a page posts, checked: everything in it is hostile until it has passed through here."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import NoReturn

from aiohttp import BodyPartReader, web

from bot.model import Agent, Attachment
from bot.platforms.web.files import Files, TooLarge
from bot.platforms.web.identity import AGENTS

LONGEST_TEXT = 4000
LONGEST_FIELD = 16 * 1024
LONGEST_BUTTON = 64
LARGEST_ID = 2**63 - 1
MOST_FIELDS = 20
MOST_FILES = 10

_NONCE = re.compile(r"[A-Za-z0-9-]{8,64}")


def refuse(status: type[web.HTTPError], reason: str) -> NoReturn:
    """Answer with an error that the page can put into words: `reason` ends the key of a label."""
    raise status(text=json.dumps({"error": reason}), content_type="application/json")


@dataclass(frozen=True, slots=True)
class Form:
    """The posted fields by name, and the files in order."""

    fields: dict[str, str]
    files: tuple[Attachment, ...] = field(default=())

    @property
    def nonce(self) -> str:
        """The page's own id of what it posts: the same again when it had to try again."""
        value = self.fields.get("id", "")
        if not _NONCE.fullmatch(value):
            refuse(web.HTTPBadRequest, "bad_request")
        return value

    @property
    def text(self) -> str:
        return self.fields.get("text", "").strip()

    @property
    def language(self) -> str:
        return self.fields.get("language", "")

    @property
    def thread(self) -> str:
        return self.fields.get("thread", "")

    @property
    def pressed(self) -> str:
        """What the pressed button carries; whether there ever was such a button is for the core to find out."""
        value = self.fields.get("data", "")
        if not 0 < len(value) <= LONGEST_BUTTON:
            refuse(web.HTTPBadRequest, "bad_request")
        return value

    @property
    def agent(self) -> Agent:
        agent = AGENTS.get(self.fields.get("agent", ""))
        if agent is None:
            refuse(web.HTTPForbidden, "bad_request")
        return agent


async def read_message(request: web.Request, files: Files) -> Form:
    """A posted message: refused when it is empty or too long, has too many files or one that is too large."""
    if not request.content_type.startswith("multipart/"):
        refuse(web.HTTPUnsupportedMediaType, "bad_request")
    try:
        form = await _read_parts(request, files)
    except ValueError:
        refuse(web.HTTPBadRequest, "bad_request")
    except TooLarge:
        refuse(_TooLargeError, "too_large")
    if len(form.text) > LONGEST_TEXT:
        refuse(_TooLargeError, "too_long")
    if not form.text and not form.files:
        refuse(web.HTTPBadRequest, "bad_request")
    return form


async def read_fields(request: web.Request) -> Form:
    """A posted JSON object of short texts."""
    if request.content_type != "application/json":
        refuse(web.HTTPUnsupportedMediaType, "bad_request")
    try:
        posted = await request.json()
    except ValueError:
        refuse(web.HTTPBadRequest, "bad_request")
    if not isinstance(posted, dict) or not all(isinstance(value, str) for value in posted.values()):
        refuse(web.HTTPBadRequest, "bad_request")
    return Form(posted)


def number(text: str | None) -> int | None:
    """An id or a count as a page writes it; None for anything else."""
    if not text or len(text) > 19 or not (text.isascii() and text.isdecimal()):
        return None
    return min(int(text), LARGEST_ID)


class _TooLargeError(web.HTTPError):
    """aiohttp's own class for this status wants to say how large, in its own words."""

    status_code = 413


async def _read_parts(request: web.Request, files: Files) -> Form:
    fields: dict[str, str] = {}
    attachments: list[Attachment] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name or len(fields) >= MOST_FIELDS:
            raise ValueError("an unusual form")
        if part.filename is None:
            fields[part.name] = await _read_text(part)
        elif len(attachments) >= MOST_FILES:
            refuse(_TooLargeError, "too_many_files")
        else:
            name = part.filename.replace("%22", '"')  # Browsers write it so, and nothing else of a name.
            attachments.append(await files.add(name, _pieces(part)))
    return Form(fields, tuple(attachments))


async def _read_text(part: BodyPartReader) -> str:
    value = bytearray()
    async for piece in _pieces(part):
        value += piece
        if len(value) > LONGEST_FIELD:
            refuse(_TooLargeError, "too_long")
    return value.decode("utf-8").replace("\r\n", "\n")


async def _pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk(64 * 1024):
        yield piece
