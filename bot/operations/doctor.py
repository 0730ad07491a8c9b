"""`support-bot doctor`: the whole set-up looked at before the first customer does, without starting anything.

Every line says what was looked at and how it is, and if it is not well, what to do. Tokens and texts are never shown.
"""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from bot.config import Settings
from bot.model import made_at
from bot.operations.check import check_knowledge
from bot.operations.retention import told
from bot.ports import CheckUp, NeverDelivered, Store, TryLater
from bot.store import StoreError, SystemClock, open_store
from bot.timing import MINUTE

SECONDS = 20.0
"""One platform may take so long to answer everything."""
LEAST_SPACE = 500 * 1024 * 1024
LONG_WAIT_MINUTES = 10


async def examine(settings: Settings) -> AsyncIterator[CheckUp]:
    """Everything that can be looked at from here, in the order in which it has to work."""
    for sentence in settings.unready():
        yield CheckUp("settings", is_ok=False, told=sentence)
    for finding in await asyncio.to_thread(_knowledge, settings):
        yield finding
    yield CheckUp("privacy", is_ok=True, told=told(settings.privacy))
    async for finding in _store(settings):
        yield finding
    if settings.on_call.webhook_url:
        yield await _on_call(settings)
    if settings.telegram.token:
        from bot.platforms.telegram.examining import examine as examine_telegram

        for finding in await _within("telegram", examine_telegram(settings.telegram, settings.telegram_teams())):
            yield finding
    if settings.discord.token:
        from bot.platforms.discord.examining import examine as examine_discord

        for finding in await _within("discord", examine_discord(settings.discord, settings.discord_teams())):
            yield finding


async def _within(subject: str, findings: AsyncIterator[CheckUp]) -> list[CheckUp]:
    """What was found before the time was over; a platform that does not answer is a finding, too."""
    found: list[CheckUp] = []
    try:
        async with asyncio.timeout(SECONDS):
            found += [finding async for finding in findings]
    except TimeoutError:
        told = f"no answer within {SECONDS:.0f} seconds; check the network, the proxy and {subject}.api_base_url"
        found.append(CheckUp(subject, is_ok=False, told=told))
    return found


def _knowledge(settings: Settings) -> list[CheckUp]:
    problems, summary = check_knowledge(settings)
    if not problems:
        return [CheckUp("knowledge base", is_ok=True, told=summary)]
    told = f"{len(problems)} problems; `support-bot check` lists them. The first: {problems[0]}"
    return [CheckUp("knowledge base", is_ok=False, told=told)]


async def _on_call(settings: Settings) -> CheckUp:
    """A call of the kind `test`, so that it is known before somebody is needed whether the service takes them."""
    from bot.platforms.pager import Pager

    on_call = settings.on_call
    assert on_call.webhook_url is not None
    assert on_call.secret is not None
    pager = Pager(on_call.webhook_url, on_call.secret.get_secret_value().encode(), SystemClock())
    try:
        await pager.call(b'{"kind": "test"}')
    except (TryLater, NeverDelivered) as error:
        mend = "check on_call.webhook_url and on_call.secret, and what the service says of it"
        return CheckUp("on call", is_ok=False, told=f"{error}; {mend}")
    return CheckUp("on call", is_ok=True, told="the service has taken a test call")


async def _store(settings: Settings) -> AsyncIterator[CheckUp]:
    url = settings.store.url.get_secret_value() if settings.store.url else ""
    path = settings.store.path
    if not url:
        yield _space(path)
        yield _port(settings)
    if not url and not path.exists():
        yield CheckUp("store", is_ok=True, told=f"{path} does not exist yet and will be made at the first start")
        return
    try:
        store = await open_store(path, url, beside=True)
    except StoreError as error:
        yield CheckUp("store", is_ok=False, told=str(error))
        return
    try:
        yield CheckUp("store", is_ok=True, told=str(path) if not url else "PostgreSQL")
        yield await _set_aside(store)
        yield await _waiting(store)
    finally:
        await store.close()


async def _set_aside(store: Store) -> CheckUp:
    count = len(await store.set_aside())
    if not count:
        return CheckUp("events", is_ok=True, told="nothing is set aside")
    told = f"{count} could not be handled; find the reason in the log by the error's id, then `support-bot retry`"
    return CheckUp("events", is_ok=False, told=told)


async def _waiting(store: Store) -> CheckUp:
    """Many waiting rows are a rush; one that has waited for long is trouble."""
    waiting, oldest, failed = await store.outbox_counts()
    minutes = (SystemClock().now() - made_at(oldest)) // MINUTE if waiting else 0
    told = f"{waiting} waiting, {failed} not delivered"
    if minutes < LONG_WAIT_MINUTES:
        return CheckUp("deliveries", is_ok=True, told=told)
    told += f"; the oldest has waited for {minutes} minutes: is the bot running, and are the lines below in order?"
    return CheckUp("deliveries", is_ok=False, told=told)


def _space(path: Path) -> CheckUp:
    folder = next(one for one in path.absolute().parents if one.exists())
    free = shutil.disk_usage(folder).free
    told = f"{free // (1024 * 1024):,} MB free in {folder}"
    is_ok = free >= LEAST_SPACE
    return CheckUp("disk", is_ok=is_ok, told=told if is_ok else f"{told}; make room, or move store.path")


def _port(settings: Settings) -> CheckUp:
    """Taken by the running bot itself it is as well as free."""
    host, port = settings.web.host, settings.web.port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            told = f"{host}:{port} is taken ({error.strerror}); that is well if the bot is running, else set web.port"
            return CheckUp("web", is_ok=True, told=told)
    return CheckUp("web", is_ok=True, told=f"{host}:{port} is free")
