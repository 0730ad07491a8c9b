"""Trying the bot out, with no token and a store of its own: on a page, or in the terminal."""

import asyncio
import sys
import webbrowser
from functools import partial
from pathlib import Path

from bot.app import Bot, Parts, running, serve_web
from bot.config import Settings
from bot.model import PlatformName
from bot.operations.labels import labels_of
from bot.ports import Platform
from bot.staffing import StaffChats
from bot.understanding.redaction import mask


async def run_demo(settings: Settings, store_path: Path, port: int, *, open_browser: bool) -> None:
    """Serve the page with both sides of the desk until cancelled; says its address on standard output."""
    from bot.platforms.web import WebPlatform
    from bot.store.room import SqlRoom
    from bot.web.server import page_routes

    def build(parts: Parts) -> list[Platform]:
        knowledge = parts.learned.knowledge
        room = SqlRoom(parts.store.engine, parts.clock)
        folder = store_path.with_suffix(".files")
        languages = {code: language.name for code, language in knowledge.languages.items()}
        labels = partial(labels_of, knowledge, "page.")
        return [
            WebPlatform(room=room, clock=parts.clock, folder=folder, mask=_masked, texts=labels, languages=languages)
        ]

    settings = _elsewhere(settings, store_path)
    async with running(settings, build, StaffChats(WebPlatform.staff_chat)) as bot:
        page = bot.platforms[PlatformName.WEB]
        assert isinstance(page, WebPlatform)
        server = await serve_web(settings, bot, [*page_routes(), *page.routes()], port)
        try:
            print(f"The demo is open at {server.url} (Ctrl-C ends it)", flush=True)
            if open_browser:
                await asyncio.to_thread(webbrowser.open, server.url)
            await bot.ended
        finally:
            await server.close()


async def run_chat(settings: Settings, store_path: Path) -> None:
    """Talk in this terminal until the input ends, then let everything under way come to its end."""
    from bot.platforms.console import ConsolePlatform, read_lines
    from bot.store.room import SqlRoom

    started: list[Bot] = []

    def build(parts: Parts) -> list[Platform]:
        labels = partial(labels_of, parts.learned.knowledge, "console.")
        console = ConsolePlatform(
            room=SqlRoom(parts.store.engine, parts.clock),
            clock=parts.clock,
            texts=labels,
            language=settings.support.default_language,
            lines=read_lines(),
            output=sys.stdout,
            settled=lambda: started[0].courier.settled(),
        )
        return [console]

    async with running(_elsewhere(settings, store_path), build, StaffChats(ConsolePlatform.staff_chat)) as bot:
        started.append(bot)
        await bot.ended


def _elsewhere(settings: Settings, store_path: Path) -> Settings:
    """The same settings with a store of its own, so that trying things out never touches the real one."""
    store = settings.store.model_copy(update={"path": store_path, "url": None})
    return settings.model_copy(update={"store": store})


def _masked(text: str) -> str:
    return mask(text).text
