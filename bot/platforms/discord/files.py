"""Files both ways: what the bot uploads, and what people sent it. Bytes pass through here and are never kept."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from io import BytesIO

import aiohttp
import discord

from bot.model import Attachment
from bot.platforms.discord.errors import REFUSED, TOO_LARGE, outcomes
from bot.platforms.discord.interactions import Upload
from bot.ports import FetchFile, NeverDelivered, TryLater

MEGABYTE = 1024 * 1024
# What a server without boosts, and every direct message, takes.
UPLOAD_LIMIT = 10 * MEGABYTE
# People with a subscription may send half a gigabyte; no platform takes that from a bot.
DOWNLOAD_LIMIT = 100 * MEGABYTE
_PIECE = 64 * 1024
_LONGEST_NAME = 100
_PATIENCE = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=30)


@asynccontextmanager
async def opened(
    attachments: Sequence[Attachment], fetch: FetchFile, limit: int
) -> AsyncIterator[list[discord.File]]:
    """The files ready to be sent while the block runs; too large ones are refused before they are fetched."""
    for attachment in attachments:
        _check(attachment.size, limit)
    async with AsyncExitStack() as stack:
        files = []
        for attachment in attachments:
            path = await stack.enter_async_context(fetch(attachment))
            _check((await asyncio.to_thread(path.stat)).st_size, limit)
            file = await asyncio.to_thread(discord.File, path, filename=_name(attachment.name))
            stack.callback(file.close)
            files.append(file)
        yield files


async def fetched(uploads: Sequence[Upload]) -> list[discord.File]:
    """Files that came with a form, ready to be posted where they can be found again."""
    for upload in uploads:
        _check(upload.size, UPLOAD_LIMIT)
    files = []
    for upload in uploads:
        content = b"".join([piece async for piece in _read(upload.url)])
        _check(len(content), UPLOAD_LIMIT)
        files.append(discord.File(BytesIO(content), filename=_name(upload.name)))
    return files


async def download(client: discord.Client, attachment: Attachment) -> AsyncIterator[bytes]:
    """The bytes in pieces; the message is read again, since its old links have expired."""
    file = await _found(client, attachment)
    _check(file.size, DOWNLOAD_LIMIT)
    async for piece in _read(file.url):
        yield piece


async def _read(url: str) -> AsyncIterator[bytes]:
    with outcomes():
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session, session.get(url) as response:
            if response.status >= 500 or response.status == 429:
                raise TryLater(f"the file server answered {response.status}")
            if response.status != 200:
                raise NeverDelivered(REFUSED, f"the file server answered {response.status}")
            async for piece in response.content.iter_chunked(_PIECE):
                yield piece


async def _found(client: discord.Client, attachment: Attachment) -> discord.Attachment:
    channel_id, message_id, file_id = map(int, attachment.handle.split("/"))
    with outcomes():
        try:
            message = await client.get_partial_messageable(channel_id).fetch_message(message_id)
        except discord.NotFound as error:
            # The chat that the file was to go to is still there: "chat_gone" would mislead.
            raise NeverDelivered(REFUSED, "the message with the file is no longer there") from error
    forwarded = [file for snapshot in message.message_snapshots for file in snapshot.attachments]
    for file in (*message.attachments, *forwarded):
        if file.id == file_id:
            return file
    raise NeverDelivered(REFUSED, "the file is no longer there")


def _name(told: str) -> str:
    """A name that is only a name: no folders, no control characters."""
    name = "".join(letter for letter in told if letter.isprintable() and letter not in '\\/:"<>|*?')
    return name.strip(". ")[-_LONGEST_NAME:] or "file"


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise NeverDelivered(TOO_LARGE, f"{size} bytes where {limit} are allowed", limit=limit)
