"""An application that was never given the Message Content intent: what the bot hears all the same."""

import discord
import pytest
from structlog.testing import capture_logs

from bot.events import HIDDEN, StaffWrote
from tests.unit.platforms.discord.runs import Runs


@pytest.fixture(autouse=True)
def not_granted(runs: Runs) -> None:
    runs.server.gateway.grants_content = False


async def test_refused_the_intent_it_connects_without_it_and_reads_direct_messages(runs: Runs) -> None:
    with capture_logs() as logged:
        async with runs.running():
            await runs.server.user("Aiko").sends("my deposit is missing")
            await runs.until(lambda: runs.texts == ["my deposit is missing"])
            (session,) = runs.server.gateway.sessions.values()

    assert not session.intents & discord.Intents(message_content=True).value
    (line,) = [line for line in logged if line["event"] == "discord_message_content_off"]
    assert "(Bot, Message Content Intent)" in line["to_have_it"]


async def test_in_a_thread_it_reads_what_mentions_it_answers_it_and_what_is_typed_as_a_command(runs: Runs) -> None:
    ann = runs.server.user("Ann", is_staff=True)
    async with runs.running():
        world = runs.server.world
        card = world.post(world.open_thread(world.desk, world.bot, "#7"), world.bot, "The card")
        await ann.writes_in(card.channel, "are you still there?")
        await ann.writes_in(card.channel, "nobody can read this", reply_to=card)
        await ann.writes_in(card.channel, f"<@{world.bot.id}> it has arrived")
        await ann.writes_in(card.channel, "and was credited", reply_to=card, pings=True)
        await ann.runs("note", card.channel, text="checked twice")
        await runs.until(lambda: len(runs.events) == 4)

    said = [(event.text, event.unreadable) for event in runs.events if isinstance(event, StaffWrote)]
    assert said == [("", HIDDEN), ("it has arrived", ""), ("and was credited", ""), ("/note checked twice", "")]
