"""Answers to buttons and slash commands: through the interaction while it lives, as a message afterwards."""

import pytest

from bot.model import Button, MessageRef
from bot.outgoing import DeliveryKind
from bot.platforms.discord.interactions import FRESH_FOR, Token
from bot.platforms.discord.waiting import PATIENCE_SECONDS
from tests.unit.platforms.discord.world import World, plain

CHOICES = plain("Which coin?", buttons=((Button("BTC", "v1.a.1.0"),),))


async def test_the_answer_takes_the_place_of_thinking(world: World) -> None:
    result = await world.requester.slash("status")

    receipt = await world.send("All is well", interaction=world.event.interaction)

    assert result.response is not None
    assert (result.response.content, result.followups) == ("All is well", [])
    assert receipt.messages == (MessageRef(world.dm, str(result.response.id)),)


async def test_a_pressed_button_is_answered_below(world: World) -> None:
    await world.send(CHOICES)
    await world.requester.click(world.requester.dm_channel.last_message, label="BTC")

    await world.send(CHOICES, interaction=world.event.interaction)

    assert world.shown() == ["Which coin?", "Which coin?"]
    await world.requester.click(world.requester.dm_channel.last_message, label="BTC")
    assert len(world.events) == 2


async def test_staff_are_answered_in_a_whisper(world: World) -> None:
    await world.open_ticket()
    result = await world.agent.slash(world.thread(), "canned")

    await world.send("word " * 500, world.desk_thread(), interaction=world.event.interaction)

    assert result.response is not None
    (rest,) = result.followups
    assert (result.response.ephemeral, rest.ephemeral) == (True, True)


async def test_a_restart_does_not_break_an_answer(world: World) -> None:
    result = await world.requester.slash("status")
    await world.reconnect()

    await world.send("Still here", interaction=world.event.interaction)

    assert result.response is not None
    assert result.response.content == "Still here"


async def test_after_14_minutes_the_answer_is_an_ordinary_message(world: World) -> None:
    await world.requester.slash("status")
    await world.env.advance_time(FRESH_FOR / 1_000_000)
    before = len(world.env.http_requests)

    await world.send("Late", interaction=world.event.interaction)

    assert [r.path for r in world.env.http_requests[before:]] == [f"/channels/{world.dm.chat_id}/messages"]
    assert "Late" in world.shown()


@pytest.mark.parametrize(("status", "code"), [(404, 10015), (404, 10062), (401, 50027), (404, 10008)])
async def test_an_interaction_that_ended_early_costs_no_answer(world: World, status: int, code: int) -> None:
    await world.requester.slash("status")
    world.env.inject_error("POST", "/webhooks/*", status=status, code=code)

    await world.send("Anyway", interaction=world.event.interaction)

    assert "Anyway" in world.shown()


class TestSaidAloud:
    """Discord shows a slash command to nobody else, so what an agent says by one is said for all."""

    async def test_words_of_an_agent_are_a_message_that_can_carry_a_mark(self, world: World) -> None:
        await world.open_ticket()
        result = await world.agent.slash(world.thread(), "note", text="careful, <@1> @everyone")
        event = world.event
        await world.deliver(DeliveryKind.REACT, event.chat, target=event.message, reaction="📝")

        said = world.thread().last_message
        assert said.content == "**Ann** · /note\ncareful, <@1> @everyone"
        assert (str(said.id), event.interaction) == (event.message.message_id, "")
        assert [str(mark.emoji) for mark in said.reactions] == ["📝"]
        assert world.sent("/callback")["data"]["allowed_mentions"] == {"parse": []}
        assert result.response is not None
        assert not result.response.ephemeral

    async def test_words_of_anybody_else_are_not(self, world: World) -> None:
        await world.open_ticket()
        result = await world.visitor.slash(world.thread(), "reply", text="I am staff")

        assert (result.deferred, result.ephemeral) == (True, True)
        assert world.said_in_thread() == ["The card"]

    async def test_what_could_not_be_said_still_counts(self, world: World) -> None:
        await world.open_ticket()
        world.env.inject_error("POST", "/interactions/*", status=503)
        await world.agent.slash(world.thread(), "reply", text="it has arrived")
        event = world.event
        await world.deliver(DeliveryKind.REACT, event.chat, target=event.message, reaction="✅")

        assert (event.text, event.interaction) == ("/reply it has arrived", "")


class TestWaiting:
    """While a slash command waits for its answer, Discord shows "is thinking…" under it."""

    async def test_a_command_that_is_answered_elsewhere_does_not_think_for_good(self, world: World) -> None:
        await world.requester.slash("human")

        await world.send("Your ticket is #7")
        await world.env.advance_time(PATIENCE_SECONDS)

        assert len(_taken_away(world)) == 1
        assert world.shown() == ["Your ticket is #7"]

    async def test_an_answer_is_not_taken_away(self, world: World) -> None:
        await world.requester.slash("status")

        await world.send("All is well", interaction=world.event.interaction)
        await world.env.advance_time(PATIENCE_SECONDS)

        assert _taken_away(world) == []
        assert world.shown() == ["All is well"]

    async def test_an_answer_after_that_still_arrives(self, world: World) -> None:
        await world.requester.slash("status")
        await world.env.advance_time(PATIENCE_SECONDS)

        await world.send("Late", interaction=world.event.interaction)

        assert world.shown() == ["Late"]

    async def test_a_pressed_button_shows_no_waiting_and_keeps_its_message(self, world: World) -> None:
        await world.send(CHOICES)

        await world.requester.click(world.requester.dm_channel.last_message, label="BTC")
        await world.env.advance_time(PATIENCE_SECONDS)

        assert _taken_away(world) == []
        assert world.shown() == ["Which coin?"]

    async def test_nothing_is_watched_once_the_connection_is_closed(self, world: World) -> None:
        await world.requester.slash("human")

        await world.env.bot.close()
        await world.env.advance_time(PATIENCE_SECONDS)

        assert _taken_away(world) == []


def _taken_away(world: World) -> list[str]:
    return [r.path for r in world.env.http_requests if r.method == "DELETE" and r.path.endswith("/@original")]


def test_a_token_survives_being_text() -> None:
    token = Token(5, "aW50ZXJhY3Rpb24/x-_y", 1_700_000_000_000_000)

    assert Token.read(str(token)) == token
    assert token.is_fresh(token.created_at + FRESH_FOR - 1)
    assert not token.is_fresh(token.created_at + FRESH_FOR)
