"""What the bot answers where anybody reads: who mentions it, and nobody else."""

from tests.unit.platforms.discord.world import World, words


async def test_a_channel_is_answered_again_after_a_minute(world: World) -> None:
    mention = f"<@{world.env.backend.bot_user.id}> hello?"
    await world.visitor.send(world.lobby, mention)
    await world.visitor.send(world.lobby, mention)
    await world.env.advance_time(60)
    await world.visitor.send(world.lobby, mention)

    invitation = words("entry.public")["en"]
    assert [m.content for m in world.lobby.history()] == [mention, invitation, mention, mention, invitation]
    assert world.events == []


async def test_talk_among_people_is_not_answered(world: World) -> None:
    await world.visitor.send(world.lobby, "hello?")
    await world.visitor.send(world.lobby, f"<@{world.agent.id}> hello?")

    assert len(world.lobby.history()) == 2


async def test_a_mention_where_the_bot_may_not_write_is_left(world: World) -> None:
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    await world.visitor.send(world.lobby, f"<@{world.env.backend.bot_user.id}> hello?")

    assert len(world.lobby.history()) == 1
