"""`support-bot doctor`: what is well and what is to be mended, by the real libraries against the fake servers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from discord.http import Route
from telegram import Bot

from bot.changes import SetAside
from bot.config import Settings, load
from bot.model import ChatRef, Content, PlatformName
from bot.operations.doctor import examine
from bot.outbox import QueueDelivery
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.store import open_store
from tests.servers.bot_api import FakeBotApi
from tests.servers.discord_socket import FakeDiscord, running_discord

GROUP = -1_001_500_000_001
MIKA = 5_300_000_002


@pytest.fixture
async def telegram() -> AsyncIterator[FakeBotApi]:
    server = await FakeBotApi.start()
    yield server
    await server.stop()


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    kept = Route.BASE
    async with running_discord() as server:
        yield server
    Route.BASE = kept


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def settings_of(folder: Path, cache: Path, **more: str) -> Settings:
    values = {"BOT_STORE__PATH": str(folder / "s.sqlite3"), "BOT_STORE__CACHE": str(cache), "BOT_WEB__PORT": "0"}
    return load(None, {**values, **more})


def on_telegram(server: FakeBotApi, token: str = "") -> dict[str, str]:
    return {
        "BOT_TELEGRAM__TOKEN": token or server.token,
        "BOT_TELEGRAM__API_BASE_URL": server.url,
        "BOT_TELEGRAM__STAFF_CHAT": str(GROUP),
    }


def on_discord(server: FakeDiscord) -> dict[str, str]:
    return {
        "BOT_DISCORD__TOKEN": server.token,
        "BOT_DISCORD__API_BASE_URL": f"{server.url}/api/v10",
        "BOT_DISCORD__GUILD": str(server.world.guild_id),
        "BOT_DISCORD__STAFF_CHANNEL": str(server.world.desk.id),
    }


async def unwell(settings: Settings) -> dict[str, str]:
    return {finding.subject: finding.told async for finding in examine(settings) if not finding.is_ok}


async def test_a_set_up_that_works_is_well_in_every_line(
    tmp_path: Path, cache: Path, telegram: FakeBotApi, discord: FakeDiscord
) -> None:
    telegram.forum_group(GROUP, "Desk", members=[], admins=[telegram.user(MIKA, "Mika")])
    await (await open_store(tmp_path / "s.sqlite3")).close()
    both = {**on_telegram(telegram), **on_discord(discord), "BOT_DESK__PLATFORM": "telegram"}
    findings = [finding async for finding in examine(settings_of(tmp_path, cache, **both))]

    assert [finding.told for finding in findings if not finding.is_ok] == []
    assert {finding.subject for finding in findings} >= {
        "knowledge base", "disk", "store", "events", "deliveries", "telegram token", "telegram updates",
        "telegram staff chat", "telegram topics", "telegram hearing", "telegram rights", "discord token",
        "discord message content", "discord staff channel", "discord permissions",
        "discord tags",
        "discord threads",
    }  # fmt: skip
    assert not any(telegram.token in finding.told or discord.token in finding.told for finding in findings)
    assert telegram.calls_of("getUpdates") == []


async def test_without_the_message_content_intent_it_says_what_works_and_how_to_have_more(
    tmp_path: Path, cache: Path, discord: FakeDiscord
) -> None:
    discord.gateway.grants_content = False
    findings = [finding async for finding in examine(settings_of(tmp_path, cache, **on_discord(discord)))]

    (intent,) = [finding for finding in findings if finding.subject == "discord message content"]
    assert intent.is_ok
    assert intent.told.startswith("off: staff press [Reply]")
    assert "(Bot, Message Content Intent)" in intent.told


async def test_what_becomes_of_tags_is_told(tmp_path: Path, cache: Path, discord: FakeDiscord) -> None:
    settings = settings_of(tmp_path, cache, **on_discord(discord))

    async def told() -> str:
        (tags,) = [one async for one in examine(settings) if one.subject == "discord tags"]
        assert tags.is_ok
        return tags.told

    assert await told() == "0 of 20; those that tickets lack are made in #desk"
    discord.world.bot.roles = []
    assert "to have the others made, give the bot Manage Channels in #desk" in await told()
    plain = {"moderated": False, "emoji_id": None, "emoji_name": None}
    discord.world.desk.offered = [{"id": str(n), "name": f"tag {n}"} | plain for n in range(1, 21)]
    assert (await told()).startswith("20, as many as there may be")


async def test_threads_that_are_nearly_used_up_are_told(tmp_path: Path, cache: Path, discord: FakeDiscord) -> None:
    world = discord.world
    for number in range(950):
        world.open_thread(world.lobby, world.bot, f"talk {number}")

    found = await unwell(settings_of(tmp_path, cache, **on_discord(discord)))

    assert found == {
        "discord threads": "950 of 1,000 are active in the server; beyond that tickets wait: close solved ones,"
        " and let other threads be archived earlier"
    }


async def test_without_anything_it_says_what_comes_first(tmp_path: Path, cache: Path) -> None:
    found = await unwell(settings_of(tmp_path, cache))
    assert found == {"settings": "Tickets would reach nobody: set telegram.staff_chat or discord.staff_channel."}


async def test_a_refused_token_is_said_without_showing_it(tmp_path: Path, cache: Path, telegram: FakeBotApi) -> None:
    token = "6123456789:AAwrongwrongwrongwrongwrongwrongwrong"
    found = await unwell(settings_of(tmp_path, cache, **on_telegram(telegram, token)))
    assert "BOT_TELEGRAM__TOKEN" in found["telegram token"]
    assert token not in str(found)


async def test_a_staff_chat_without_the_bot_is_told(tmp_path: Path, cache: Path, telegram: FakeBotApi) -> None:
    found = await unwell(settings_of(tmp_path, cache, **on_telegram(telegram)))
    assert "add it to that group" in found["telegram staff chat"]


async def test_every_staff_chat_is_looked_at_and_the_setting_to_be_mended_is_named(
    tmp_path: Path, cache: Path, telegram: FakeBotApi
) -> None:
    mika = telegram.user(MIKA, "Mika")
    telegram.forum_group(GROUP, "Desk", members=[], admins=[mika])
    values = {**on_telegram(telegram), "BOT_TEAMS": f"{{security: {{telegram_chat: {GROUP - 1}}}}}"}

    found = await unwell(settings_of(tmp_path, cache, **values))

    assert "telegram staff chat" not in found
    assert found["telegram staff chat of teams.security.telegram_chat"].endswith(
        "add it to that group, or correct teams.security.telegram_chat"
    )


async def test_a_platform_that_cannot_be_reached_is_told(tmp_path: Path, cache: Path) -> None:
    nowhere = {"BOT_TELEGRAM__TOKEN": "6123456789:AAwrongwrongwrongwrongwrongwrongwrong"}
    nowhere |= {"BOT_TELEGRAM__API_BASE_URL": "http://127.0.0.1:9", "BOT_TELEGRAM__STAFF_CHAT": str(GROUP)}
    found = await unwell(settings_of(tmp_path, cache, **nowhere))
    assert "telegram.api_base_url" in found["telegram"]


async def test_events_set_aside_and_deliveries_that_do_not_get_away_are_told(tmp_path: Path, cache: Path) -> None:
    store = await open_store(tmp_path / "s.sqlite3")
    row = Outgoing(
        id=1, kind=DeliveryKind.SEND, chat=ChatRef(PlatformName.TELEGRAM, "1"), priority=Priority.REQUESTER,
        due_at=1, message_id=1, content=Content(text="words"),
    )  # fmt: skip
    aside = SetAside(id=1, platform="telegram", key="k", error_id="e", text="secret words", at=1)
    await store.commit((QueueDelivery(row), aside))
    await store.close()

    found = await unwell(settings_of(tmp_path, cache))
    assert "support-bot retry" in found["events"]
    assert found["deliveries"].startswith("1 waiting, 0 not delivered; the oldest has waited for")
    assert "words" not in str(found)


async def test_our_own_webhook_is_well_and_its_last_error_is_told(
    tmp_path: Path, cache: Path, telegram: FakeBotApi
) -> None:
    mika = telegram.user(MIKA, "Mika")
    telegram.forum_group(GROUP, "Desk", members=[], admins=[mika])
    url = "http://127.0.0.1:9/telegram"
    settings = settings_of(tmp_path, cache, **on_telegram(telegram), BOT_TELEGRAM__WEBHOOK_URL=url)
    async with Bot(telegram.token, base_url=telegram.base_url) as bot:
        await bot.set_webhook(url)
        assert "telegram updates" not in await unwell(settings)
        await mika.sends("hello")
        while not (await bot.get_webhook_info()).last_error_message:
            pass
        assert "Connection refused" in (await unwell(settings))["telegram updates"]
        await bot.set_webhook("http://127.0.0.1:9/other")
        assert "another program" in (await unwell(settings))["telegram updates"]


async def test_a_group_that_became_a_supergroup_is_told_with_its_new_number(
    tmp_path: Path, cache: Path, telegram: FakeBotApi
) -> None:
    mika = telegram.user(MIKA, "Mika")
    await mika.upgrades(telegram.group(-42, admins=[mika]), GROUP)
    values = {**on_telegram(telegram), "BOT_TELEGRAM__STAFF_CHAT": "-42"}

    found = await unwell(settings_of(tmp_path, cache, **values))

    assert found["telegram staff chat"].endswith(f"set telegram.staff_chat to {GROUP}, its new number")
