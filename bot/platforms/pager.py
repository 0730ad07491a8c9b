"""The operator's paging service, as a platform on which only the bot writes: a call becomes one signed request.

So each call is a row of the outbox: it is tried again, survives a crash and holds up nobody else. docs/operating.md
has the format; nothing that a person wrote is in it.
"""

import asyncio
from collections.abc import AsyncIterator

import aiohttp

from bot.model import Attachment, AttachmentKind, ChatRef, PlatformName
from bot.outgoing import Outgoing
from bot.ports import Clock, Delivery, FetchFile, Handle, NeverDelivered, Receipt, TryLater
from bot.signatures import HEADER, signature
from bot.timing import SECOND

KIND = b"page.v1"
PATIENCE_SECONDS = 10.0
MOST_TRIES = 4
"""Then the staff chat hears of it; the next call is another row."""
_NOBODY_NOW = frozenset({408, 425, 429})


class Pager:
    """See `ports.Platform` for what each method promises."""

    name = PlatformName.PAGER
    has_answered = True
    """A service that is away must not keep the bot from starting."""

    def __init__(self, url: str, secret: bytes, clock: Clock, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        self._patience = patience_seconds

    async def run(self, _handle: Handle) -> None:
        """Nobody writes there."""
        await asyncio.Event().wait()

    async def deliver(self, delivery: Delivery, _fetch: FetchFile) -> Receipt:
        row = delivery.outgoing
        assert row.content is not None
        try:
            await self.call(row.content.text.encode())
        except TryLater as error:
            if row.attempts >= MOST_TRIES:
                raise NeverDelivered("page_refused", str(error)) from error
            raise
        return Receipt()

    async def call(self, body: bytes) -> None:
        """Post a call; TryLater while nobody answers, NeverDelivered when they will not take it."""
        headers = {
            "Content-Type": "application/json",
            HEADER: signature(KIND, self._secret, self._clock.now() // SECOND, body),
        }
        try:
            async with (
                asyncio.timeout(self._patience),
                aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
                session.post(self._url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                status = response.status
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise TryLater(f"the paging service cannot be reached: {type(error).__name__}") from error
        if status in _NOBODY_NOW or status >= 500:
            raise TryLater(f"the paging service answered {status}")
        if not 200 <= status < 300:
            raise NeverDelivered("page_refused", f"the paging service answered {status}")

    async def already_delivered(self, _outgoing: Outgoing) -> Receipt | None:
        """Nobody can know: rather call twice than not at all."""
        return None

    async def show_at_work(self, _chat: ChatRef, _kind: AttachmentKind) -> None:
        """There is nobody to see it."""

    async def open_file(self, _attachment: Attachment) -> AsyncIterator[bytes]:
        """Nobody sends files there."""
        raise NeverDelivered("page_refused", "there are no files on call")
        yield b""
