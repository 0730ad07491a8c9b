"""What the bot lacks in the staff channel is said in the log when it is so, and once."""

from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.unit.platforms.discord.world import World

Lines = Sequence[MutableMapping[str, Any]]


@pytest.fixture
def logged() -> Iterator[Lines]:
    with capture_logs() as lines:
        yield lines


def told(logged: Lines) -> list[tuple[str, Sequence[str]]]:
    about = [line for line in logged if str(line["event"]).startswith("staff_channel_")]
    return [(line["event"].removeprefix("staff_channel_"), line.get("permissions", ())) for line in about]


async def test_a_right_that_is_taken_away_and_given_back_is_said_each_time_once(world: World, logged: Lines) -> None:
    await world.withhold(world.staff, "manage_threads")
    await world.withhold(world.lobby, "add_reactions")
    await world.withhold(world.staff)

    assert told(logged) == [("permissions_missing", ("Manage Threads",)), ("permissions_complete", ())]


async def test_a_staff_channel_that_is_deleted_is_said(world: World, logged: Lines) -> None:
    world.env.backend.delete_channel(world.lobby.id)
    world.env.backend.delete_channel(world.staff.id)
    await world.env.settle()

    assert told(logged) == [("not_found", ())]


@pytest.mark.parametrize("changed", [{"staff_channel": None}])
async def test_without_a_staff_channel_nothing_is_missing(world: World, logged: Lines) -> None:
    await world.withhold(world.staff, "manage_threads")

    assert told(logged) == []
