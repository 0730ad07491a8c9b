"""The processes that are measured: the whole bot, and the bare library doing the same relay with nothing around it.

Started by the scripts beside this file, with what to talk to in the environment; each runs until it is stopped.
"""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr
from telegram import Bot
from telegram.request import BaseRequest, HTTPXRequest

from bot.app import Parts, running
from bot.config import Telegram, load
from bot.delivery import LIMITS
from bot.logs import set_up
from bot.metrics import exposition
from bot.model import ChatRef, PlatformName
from bot.platforms.telegram import TelegramPlatform
from bot.platforms.telegram.requests import AiohttpRequest
from bot.ports import Platform

TOKEN, URL, GROUP = (os.environ.get(f"BENCH_{name}", "") for name in ("TOKEN", "URL", "GROUP"))


async def product(*, has_limits: bool) -> None:
    """The bot as `run` composes it, on Telegram alone."""

    def build(parts: Parts) -> list[Platform]:
        telegram = Telegram(token=SecretStr(TOKEN), staff_chat=GROUP, api_base_url=URL)
        return [TelegramPlatform(telegram, parts.store, parts.clock)]

    settings = load(None, {name: value for name, value in os.environ.items() if name.startswith("BOT_")})
    limits = LIMITS if has_limits else {}
    async with running(settings, build, ChatRef(PlatformName.TELEGRAM, GROUP), limits) as bot:
        ending = asyncio.current_task()
        assert ending
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.cancel)
        with suppress(asyncio.CancelledError):
            await bot.ended
    settings.store.path.with_name("metrics").write_text(exposition())


async def bare(request: BaseRequest, updates: BaseRequest) -> None:
    """A topic for everybody who writes, and each text passed on into it, one after the other."""
    topics: dict[int, int] = {}
    offset = None
    async with Bot(TOKEN, base_url=f"{URL}/bot", request=request, get_updates_request=updates) as bot:
        while True:
            for update in await bot.get_updates(offset=offset, timeout=50):
                offset = update.update_id + 1
                message = update.message
                if message is None or message.text is None or message.chat.type != "private":
                    continue
                if message.chat.id not in topics:
                    topic = await bot.create_forum_topic(GROUP, message.chat.full_name or "?")
                    topics[message.chat.id] = topic.message_thread_id
                await bot.send_message(GROUP, message.text, message_thread_id=topics[message.chat.id])


def main(what: str) -> None:
    match what:
        case "free" | "limited":
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
                # Every line is made and scrubbed as in a running bot, and written to nowhere.
                set_up("info", "console", (TOKEN,), nowhere)
                asyncio.run(product(has_limits=what == "limited"))
        case "httpx":
            asyncio.run(bare(HTTPXRequest(64), HTTPXRequest(2)))
        case "aiohttp":
            asyncio.run(bare(AiohttpRequest(), AiohttpRequest(2)))
        case _:
            raise SystemExit(f"There is no bot {what!r}.")


if __name__ == "__main__":
    main(sys.argv[1])
