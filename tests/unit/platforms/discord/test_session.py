"""A start asks first for what the last run's session missed: the only way to hear of people nobody knows yet."""

import pytest

from bot.events import MessageDeleted, PlatformEvent
from bot.platforms.discord.session import CURSOR
from tests.unit.platforms.discord.runs import Runs


@pytest.mark.parametrize("killed", [False, True])
async def test_the_first_words_of_a_newcomer_while_nothing_ran_are_handled(runs: Runs, killed: bool) -> None:
    async with runs.running(killed=killed):
        await runs.until(lambda: CURSOR in runs.kept.cursors)
    await runs.server.user("Aiko").sends("my deposit is missing")
    await runs.server.user("Ben").sends("mine too")

    async with runs.running():
        assert sorted(runs.texts) == ["mine too", "my deposit is missing"]

    assert runs.server.gateway.resumed == 1


async def test_a_session_that_discord_has_forgotten_is_followed_by_a_new_one_and_the_catch_up(runs: Runs) -> None:
    aiko = runs.server.user("Aiko")
    async with runs.running():
        await aiko.sends("before")
        await runs.until(lambda: runs.texts == ["before"])
    runs.kept.chats = [event.chat for event in runs.events]
    runs.server.gateway.refuses_resume = True
    await aiko.sends("meanwhile")

    async with runs.running():
        assert runs.texts == ["before", "meanwhile"]

    assert (runs.server.gateway.resumed, runs.server.gateway.identified) == (0, 2)


async def test_what_was_taken_back_meanwhile_is_told(runs: Runs) -> None:
    aiko = runs.server.user("Aiko")
    async with runs.running():
        sent = await aiko.sends("my secret")
        await runs.until(lambda: runs.events)
    await aiko.deletes(sent)

    async with runs.running():
        assert [event.message.message_id for event in runs.events if isinstance(event, MessageDeleted)] == [
            str(sent.id)
        ]


async def test_the_first_words_of_a_newcomer_between_the_last_session_and_the_next_are_handled(runs: Runs) -> None:
    """After what the last session missed has come, before the new one begins: neither would be asked for it."""
    async with runs.running():
        await runs.until(lambda: CURSOR in runs.kept.cursors)
    newcomer = runs.server.user("Aiko")

    async def between() -> None:
        await newcomer.sends("my deposit is missing")

    runs.server.gateway.before_ready = between
    async with runs.running():
        await runs.until(lambda: runs.texts == ["my deposit is missing"])


async def test_only_channels_that_may_be_older_than_the_session_are_read(runs: Runs) -> None:
    async with runs.running():
        for name in ("Aiko", "Ben", "Chie"):
            await runs.server.user(name).sends(f"I am {name}")
        await runs.until(lambda: len(runs.texts) == 3)

    assert len(runs.server.calls_of("get_messages")) == 1


async def test_what_was_replayed_and_fails_is_read_again(runs: Runs) -> None:
    async with runs.running():
        await runs.until(lambda: CURSOR in runs.kept.cursors)
    await runs.server.user("Aiko").sends("hello")
    failing = ["hello"]
    handled = runs._handle

    async def handle(event: PlatformEvent) -> None:
        if failing:
            failing.pop()
            raise OSError("no space left on device")
        await handled(event)

    runs._handle = handle  # type: ignore[method-assign]
    async with runs.running():
        await runs.until(lambda: runs.texts == ["hello"])

    assert failing == []


async def test_a_lost_session_is_caught_up_while_running(runs: Runs) -> None:
    aiko = runs.server.user("Aiko")
    async with runs.running():
        await aiko.sends("before")
        await runs.until(lambda: runs.texts == ["before"])
        runs.kept.chats = [event.chat for event in runs.events]
        runs.server.gateway.refuses_resume = True
        runs.server.gateway.cut()
        await aiko.sends("meanwhile")
        await runs.until(lambda: runs.texts == ["before", "meanwhile"])
