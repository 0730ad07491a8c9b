"""A team with a channel of its own: who is an agent in one channel may be nobody in another."""

import pytest
from structlog.testing import capture_logs

from bot.events import StaffWrote
from bot.model import ChatRef, Standing
from bot.outgoing import DeliveryKind
from bot.ports import NeverDelivered
from tests.unit.platforms.discord.test_catchup import away
from tests.unit.platforms.discord.world import DISCORD, TEAM_SETTING, World

pytestmark = pytest.mark.parametrize("desk_kind", ["text"])


@pytest.fixture
def has_team() -> bool:
    return True


def standings(world: World) -> list[tuple[str, str, Standing]]:
    return [(e.agent.name, e.chat.chat_id, e.agent.standing) for e in world.events if isinstance(e, StaffWrote)]


async def test_the_role_of_the_channel_makes_an_agent_of_it(world: World) -> None:
    for member in (world.agent, world.sue):
        for place in (world.staff, world.team):
            await member.send(place, "/queue")

    desk, team = str(world.staff.id), str(world.team.id)
    assert standings(world) == [
        ("Ann", desk, Standing.MEMBER),
        ("Ann", team, Standing.OUTSIDER),
        ("Sue", desk, Standing.OUTSIDER),
        ("Sue", team, Standing.MEMBER),
    ]


async def test_a_ticket_of_the_team_has_its_thread_in_the_teams_channel(world: World) -> None:
    team = ChatRef(DISCORD, str(world.team.id))
    receipt = await world.deliver(DeliveryKind.OPEN_THREAD, team, "The card", title="#8 Takeover", ticket_id=8)
    assert receipt.thread is not None
    (thread,) = world.team.threads

    await world.sue.send(thread, "I am on it")

    assert (world.event.chat, world.event.agent.standing) == (receipt.thread, Standing.MEMBER)
    assert receipt.thread == ChatRef(DISCORD, str(world.team.id), str(thread.id))


async def test_what_both_channels_said_meanwhile_is_read(world: World) -> None:
    await away(world)
    await world.env.advance_time(1)
    for place, member in ((world.staff, world.agent), (world.team, world.sue)):
        world.env.backend.create_message(place.id, member.id, "/queue")

    await world.reconnect()

    assert sorted(standings(world)) == [
        ("Ann", str(world.staff.id), Standing.MEMBER), ("Sue", str(world.team.id), Standing.MEMBER)
    ]  # fmt: skip


async def test_a_slash_command_counts_with_the_rights_of_its_channel(world: World) -> None:
    await world.agent.slash(world.team, "queue")
    await world.sue.slash(world.team, "queue")

    assert [agent for agent, *_ in standings(world)] == ["Ann", "Sue"]
    assert [standing for *_, standing in standings(world)] == [Standing.OUTSIDER, Standing.MEMBER]


async def test_a_teams_agent_may_post_a_panel(world: World) -> None:
    await world.sue.slash(world.lobby, "panel")

    assert len(world.lobby.history()) == 1


async def test_a_team_channel_that_is_gone_names_its_own_setting(world: World) -> None:
    team = ChatRef(DISCORD, str(world.team.id))
    with capture_logs() as lines:
        world.env.backend.delete_channel(world.team.id)
        await world.env.settle()
        with pytest.raises(NeverDelivered, match=rf"correct {TEAM_SETTING}"):
            await world.send("hello", team)

    missing = [line for line in lines if line["event"] == "staff_channel_not_found"]
    assert [line["do"] for line in missing] == [f"correct {TEAM_SETTING}"]


async def test_a_right_is_missed_in_each_channel_by_itself(world: World) -> None:
    with capture_logs() as lines:
        await world.withhold(world.team, "manage_threads")
        await world.withhold(world.staff, "manage_threads")

    missing = [line["channel"] for line in lines if line["event"] == "staff_channel_permissions_missing"]
    assert missing == [str(world.team.id), str(world.staff.id)]
