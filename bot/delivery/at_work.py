"""While a file is on its way to a requester, their chat shows that somebody is at it: fetching may take a while.

It is a courtesy: never stored, never tried again, and what goes wrong with it goes wrong quietly.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from bot.model import AttachmentKind, ChatRef
from bot.outgoing import DeliveryKind, Outgoing
from bot.ports import Platform

AFTER_SECONDS = 0.5
"""Most files are there sooner."""
EVERY_SECONDS = 4.5
"""Telegram shows it for five seconds, Discord for ten."""

Pause = Callable[[float], Awaitable[None]]

log = structlog.get_logger()


@asynccontextmanager
async def shown_at_work(platform: Platform, row: Outgoing, pause: Pause = asyncio.sleep) -> AsyncIterator[None]:
    """Show it as long as the block runs, if the row brings files to a requester."""
    if row.kind is not DeliveryKind.SEND or row.in_thread or not row.content or not row.content.attachments:
        yield
        return
    kind = row.content.attachments[0].kind
    showing = asyncio.create_task(_show(platform, row.chat, kind, pause), name="at-work")
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.wait({showing})


async def _show(platform: Platform, chat: ChatRef, kind: AttachmentKind, pause: Pause) -> None:
    await pause(AFTER_SECONDS)
    while True:
        try:
            await platform.show_at_work(chat, kind)
        except Exception as error:
            log.debug("not shown at work", platform=chat.platform, error=type(error).__name__)
        await pause(EVERY_SECONDS)
