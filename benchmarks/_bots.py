"""The processes that are measured: the whole bot, and the bare library doing the same relay with nothing around it.

Started by the scripts beside this file, with what to talk to in the environment; each runs until it is stopped.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr
from telegram import Bot
from telegram.request import BaseRequest, HTTPXRequest

from bot.app import Parts, running
from bot.config import Discord, Telegram, load
from bot.delivery import LIMITS
from bot.logs import set_up
from bot.metrics import exposition
from bot.model import ChatRef, PlatformName
from bot.platforms.discord import DiscordPlatform
from bot.platforms.telegram import TelegramPlatform
from bot.platforms.telegram.requests import AiohttpRequest
from bot.ports import Platform
from bot.staffing import StaffChats

_NAMES = ("TOKEN", "URL", "GROUP", "GATEWAY", "GUILD", "ROLE")
TOKEN, URL, GROUP, GATEWAY, GUILD, ROLE = (os.environ.get(f"BENCH_{name}", "") for name in _NAMES)

Build = Callable[[Parts], list[Platform]]


def on_telegram(parts: Parts) -> list[Platform]:
    telegram = Telegram(token=SecretStr(TOKEN), staff_chat=GROUP, api_base_url=URL)
    return [TelegramPlatform(telegram, parts.store, parts.clock)]


def on_discord(parts: Parts) -> list[Platform]:
    settings = Discord(
        token=SecretStr(TOKEN),
        guild=GUILD,
        staff_channel=GROUP,
        staff_role=ROLE,
        api_base_url=URL,
        gateway_url=GATEWAY,
    )
    return [DiscordPlatform(settings, parts.store, parts.clock, lambda command: {"en": f"What {command} does"})]


async def product(build: Build, platform: PlatformName, *, has_limits: bool) -> None:
    """The bot as `run` composes it, on one platform alone."""
    settings = load(None, {name: value for name, value in os.environ.items() if name.startswith("BOT_")})
    limits = LIMITS if has_limits else {}
    async with running(settings, build, StaffChats(ChatRef(platform, GROUP)), limits) as bot:
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


class BareClient(discord.Client):
    """The same on Discord, both ways."""

    def __init__(self) -> None:
        intents = discord.Intents.none()
        intents.guilds = intents.messages = intents.message_content = True
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none())
        self._threads: dict[int, discord.Thread] = {}
        self._people: dict[int, discord.User | discord.Member] = {}

    async def on_message(self, message: discord.Message) -> None:
        if message.author == self.user:
            return
        if message.channel.id in self._people:
            await self._people[message.channel.id].send(message.content)
        elif message.author.id in self._threads:
            await self._threads[message.author.id].send(message.content)
        elif isinstance(message.channel, discord.DMChannel):
            await self._open(message)

    async def _open(self, message: discord.Message) -> None:
        forum = self.get_channel(int(GROUP))
        assert isinstance(forum, discord.ForumChannel)
        thread = (await forum.create_thread(name=message.author.display_name, content=message.content)).thread
        self._threads[message.author.id], self._people[thread.id] = thread, message.author


async def bare_discord() -> None:
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = URL, yarl.URL(GATEWAY)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    async with BareClient() as client:
        await client.start(TOKEN)


def main(what: str) -> None:
    match what:
        case "free" | "limited" | "discord":
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
                # Every line is made and scrubbed as in a running bot, and written to nowhere.
                set_up("info", "console", (TOKEN,), nowhere)
                if what == "discord":
                    asyncio.run(product(on_discord, PlatformName.DISCORD, has_limits=False))
                else:
                    asyncio.run(product(on_telegram, PlatformName.TELEGRAM, has_limits=what == "limited"))
        case "discord.py":
            asyncio.run(bare_discord())
        case "httpx":
            asyncio.run(bare(HTTPXRequest(64), HTTPXRequest(2)))
        case "aiohttp":
            asyncio.run(bare(AiohttpRequest(), AiohttpRequest(2)))
        case _:
            raise SystemExit(f"There is no bot {what!r}.")


if __name__ == "__main__":
    main(sys.argv[1])
