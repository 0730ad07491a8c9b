"""The composition root: the only file that knows every part. Builds them, starts them in order, stops them in order.

Nothing is built or read at import time; adapters are imported by the command that needs them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from bot.clamd import Clamd
from bot.config import Settings
from bot.delivery import LIMITS, MEGABYTE, Courier, Limits, Pacing, Screening, Spell
from bot.internal_events import DueEvent
from bot.metrics import exposition
from bot.model import Made, PlatformName
from bot.operations.check import folders
from bot.operations.heartbeat import Heartbeat
from bot.operations.keeping import end_unanswered, keep_running
from bot.operations.knowledge import Learned, learn
from bot.operations.labels import texts_of
from bot.operations.reload import watch
from bot.operations.retention import Retention
from bot.operations.rules import desks_of, rules_of, where_they_are_now
from bot.ports import Accounts, Platform
from bot.staffing import StaffChats
from bot.store import SqlStore, SystemClock, open_store
from bot.support import Brain, Exports, Support

if TYPE_CHECKING:
    from aiohttp.web import RouteDef

    from bot.web.server import Server


log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parts:
    """What adapters are built from."""

    settings: Settings
    store: SqlStore
    clock: SystemClock
    learned: Learned


@dataclass(frozen=True, slots=True)
class Bot:
    """A running bot; `ended` is done when a platform has come to its end, or has the reason why none can go on."""

    parts: Parts
    support: Support
    courier: Courier
    platforms: Mapping[PlatformName, Platform]
    ended: "asyncio.Future[None]"


BuildPlatforms = Callable[[Parts], Sequence[Platform]]


@asynccontextmanager
async def running(
    settings: Settings,
    build: BuildPlatforms,
    desks: StaffChats,
    limits: Mapping[PlatformName, Limits] = LIMITS,
    clock_above: Callable[[int], SystemClock] = SystemClock,
) -> AsyncIterator[Bot]:
    """Everything started, and everything stopped again however the block ends."""
    learned = await asyncio.to_thread(learn, *folders(settings))
    url = settings.store.url.get_secret_value() if settings.store.url else ""
    store = await open_store(settings.store.path, url)
    try:
        desks = await where_they_are_now(desks, store)
        clock = clock_above(await store.highest_id())
        parts = Parts(settings, store, clock, learned)
        platforms = {platform.name: platform for platform in build(parts)}
        brain = Brain.of(learned.knowledge, learned.index, rules_of(settings, desks))
        async with _running(parts, platforms, brain, Pacing(limits, desks.all)) as bot:
            yield bot
    finally:
        await store.close()


@asynccontextmanager
async def _running(
    parts: Parts, platforms: Mapping[PlatformName, Platform], brain: Brain, pacing: Pacing
) -> AsyncIterator[Bot]:
    async def internal(event: DueEvent) -> None:
        await support.handle_internal(event)

    async def spell(found: Spell) -> None:
        await support.tell_of_spell(found.chat, found.waiting, found.minutes)

    async def scanner_away() -> None:
        await support.tell_of_scanner()

    files = parts.settings.files
    scan = Clamd(files.clamd).scan if files.clamd else None
    made = {Made.EXPORT: Exports(parts.store, lambda: support.brain)}
    screening = Screening(platforms, files.largest_mb * MEGABYTE, scan, scanner_away, made)
    accounts = _accounts(parts)
    courier = Courier(parts.store, parts.clock, platforms, pacing, screening, internal, spell, accounts=accounts)
    support = Support(parts.store, parts.clock, brain, courier.wake)
    bot = Bot(parts, support, courier, platforms, asyncio.get_running_loop().create_future())
    await support.recover()
    tasks = _tasks(bot)
    delivering = asyncio.create_task(courier.run(), name="courier")
    delivering.add_done_callback(lambda task: _fail(bot, task))
    try:
        yield bot
    finally:
        # Deliveries under way come to their end while their platforms are still connected; what comes in meanwhile
        # is stored, and leaves after the next start.
        await _stop([delivering])
        await _stop(tasks)
        bot.ended.cancel()


def _tasks(bot: Bot) -> list["asyncio.Task[None]"]:
    """All that goes on beside the deliveries."""
    parts, support, platforms = bot.parts, bot.support, bot.platforms.values()
    retention = Retention(parts.store, parts.clock, parts.settings.privacy, support)
    tasks = [
        asyncio.create_task(_watch(parts.settings, support), name="knowledge"),
        asyncio.create_task(support.keep_recovering(), name="recovery"),
        asyncio.create_task(retention.run(), name="retention"),
        *([asyncio.create_task(_heartbeat(bot).run(), name="heartbeat")] if parts.settings.heartbeat.url else []),
        asyncio.create_task(end_unanswered(platforms, bot.ended), name="start"),
    ]
    serving = [(platform.name, keep_running(platform, support.handle, bot.ended)) for platform in platforms]
    return [*tasks, *(asyncio.create_task(run, name=name) for name, run in serving)]


def _heartbeat(bot: Bot) -> Heartbeat:
    wanted, desks = bot.parts.settings.heartbeat, bot.support.brain.rules.desks
    limited = tuple(chat for chat in desks.all if LIMITS.get(chat.platform, Limits()).group_per_minute)
    platforms = tuple(bot.platforms.values())
    return Heartbeat(wanted.url or "", wanted.minutes, bot.parts.store, bot.parts.clock, platforms, limited)


def _accounts(parts: Parts) -> Accounts | None:
    """The exchange, where the settings say how to ask it."""
    identity = parts.settings.identity
    if identity.lookup_url is None or identity.secret is None:
        return None
    from bot.account_lookup import AccountLookup

    return AccountLookup(identity.lookup_url, identity.secret.get_secret_value().encode(), parts.clock)


async def _stop(tasks: Sequence["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _fail(bot: Bot, task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) and not bot.ended.done():
        bot.ended.set_exception(error)


async def _watch(settings: Settings, support: Support) -> None:
    def take_up(learned: Learned) -> None:
        support.brain = Brain.of(learned.knowledge, learned.index, support.brain.rules)

    await watch(*folders(settings), take_up)


async def run_bot(settings: Settings) -> None:
    """Serve Telegram and Discord, whichever have a token, until cancelled."""
    for sentence in settings.unready():
        log.warning("not ready", why=sentence)
    async with running(settings, _messengers, desks_of(settings)) as bot:
        server = await serve_web(settings, bot, [*_webhook_routes(bot), *_heartbeat(bot).routes()])
        try:
            log.info("ready", platforms=list(bot.platforms), health=server.url + "healthz")
            await bot.ended
        finally:
            await server.close()


def _messengers(parts: Parts) -> list[Platform]:
    platforms: list[Platform] = []
    words = partial(texts_of, parts.learned.knowledge, first=parts.settings.support.default_language)
    if parts.settings.telegram.token:
        from bot.platforms.telegram import TelegramPlatform

        telegram = TelegramPlatform(
            parts.settings.telegram, parts.store, parts.clock, words=words,
            desk_language=parts.settings.desk.language, team_chats=parts.settings.telegram_teams(),
        )  # fmt: skip
        platforms.append(telegram)
    if parts.settings.discord.token:
        from bot.platforms.discord import DiscordPlatform

        teams = parts.settings.discord_teams()
        platforms.append(
            DiscordPlatform(parts.settings.discord, parts.store, parts.clock, words, team_channels=teams)
        )
    on_call = parts.settings.on_call
    if on_call.webhook_url and on_call.secret:
        from bot.platforms.pager import Pager

        platforms.append(Pager(on_call.webhook_url, on_call.secret.get_secret_value().encode(), parts.clock))
    return platforms


def _webhook_routes(bot: Bot) -> "Sequence[RouteDef]":
    telegram = bot.platforms.get(PlatformName.TELEGRAM)
    if telegram is None:
        return ()
    from bot.platforms.telegram import TelegramPlatform

    assert isinstance(telegram, TelegramPlatform)
    return telegram.routes()


async def serve_web(settings: Settings, bot: Bot, routes: Sequence["RouteDef"], port: int | None = None) -> "Server":
    """The web server with these routes, health and metrics; whoever asks for it closes it."""
    from bot.web.server import serve

    host = urlsplit(settings.telegram.webhook_url or "").hostname
    return await serve(
        settings.web.host,
        settings.web.port if port is None else port,
        routes,
        metrics=exposition,
        is_healthy=lambda: not bot.ended.done(),
        allowed_hosts=[host] if host else (),
    )
