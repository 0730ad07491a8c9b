"""The operator's server that is asked about accounts, over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.codes import is_from_the_bot

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class FakeExchange:
    """Answers with `answer`; `asked` is every body that was rightly signed, `unsigned` counts the others."""

    secret: bytes
    answer: Answer
    asked: list[dict[str, Any]] = field(default_factory=list)
    unsigned: int = 0
    url: str = ""
    is_ours: Callable[[bytes, str, bytes], bool] = is_from_the_bot

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if not self.is_ours(self.secret, request.headers["Support-Signature"], body):
            self.unsigned += 1
            return web.Response(status=401)
        self.asked.append(json.loads(body))
        return await self.answer(request)


def saying(answer: object, status: int = 200) -> Answer:
    """The same answer to everybody."""

    async def say(_: web.Request) -> web.StreamResponse:
        return web.json_response(answer, status=status)

    return say


def silent(until: asyncio.Event) -> Answer:
    """Nothing before that moment."""

    async def wait(_: web.Request) -> web.StreamResponse:
        await until.wait()
        return web.json_response({})

    return wait


@asynccontextmanager
async def serving(
    secret: bytes, answer: Answer, is_ours: Callable[[bytes, str, bytes], bool] = is_from_the_bot
) -> AsyncIterator[FakeExchange]:
    exchange = FakeExchange(secret, answer, is_ours=is_ours)
    application = web.Application()
    application.router.add_post("/account", exchange._handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    exchange.url = f"http://127.0.0.1:{runner.addresses[0][1]}/account"
    try:
        yield exchange
    finally:
        await runner.cleanup()
