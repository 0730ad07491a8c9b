"""What the bot says of itself, and how it behaves among strangers."""

import json
from collections.abc import Mapping

from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_people import Person
from tests.unit.platforms.telegram.stage import GROUP, Stage

PUBLIC = -1_001_500_000_009
WORDS = {
    "bot.description": {"en": "Tell me", "ja": "どうぞ"},
    "bot.short_description": {"en": "Support", "ja": "窓口"},
    "public.invite": {"en": "In private, please: {link}", "ja": "個別にどうぞ：{link}"},
}
PRIVATE = json.dumps({"type": "all_private_chats"})
DESK = json.dumps({"chat_id": GROUP, "type": "chat"}, sort_keys=True)


def words(key: str) -> Mapping[str, str]:
    if key.startswith("command."):
        return {"en": f"Does {key}", "ja": f"{key} をする"}
    return WORDS[key]


async def introduced(stage: Stage, ada: Person) -> None:
    stage.words = words
    stage.build()
    await ada.sends("hello")
    looked, world = len(stage.server.calls_of("getMyCommands")), stage.server.world
    async with stage.running():
        await stage.until_confirmed()
        await stage.server.until(lambda: len(stage.server.calls_of("getMyCommands")) >= looked + 4)
        await stage.server.until(lambda: (DESK, "") in world.commands)


async def test_commands_are_listed_in_every_language_and_staff_commands_for_staff_alone(
    stage: Stage, server: FakeBotApi, ada: Person
) -> None:
    await introduced(stage, ada)
    commands = server.world.commands
    assert set(commands) == {(PRIVATE, "en"), (PRIVATE, "ja"), (PRIVATE, ""), (DESK, "")}
    assert commands[PRIVATE, "ja"][0] == {"command": "start", "description": "command.start をする"}
    assert commands[PRIVATE, ""][0] == {"command": "start", "description": "Does command.start"}
    assert {one["command"] for one in commands[DESK, ""]} >= {"take", "canned"}
    assert "take" not in {one["command"] for one in commands[PRIVATE, "en"]}
    assert server.world.descriptions["description", "ja"] == "どうぞ"


async def test_nothing_is_set_again_at_the_next_start(stage: Stage, server: FakeBotApi, ada: Person) -> None:
    await introduced(stage, ada)
    count = len(server.calls_of("setMyCommands")) + len(server.calls_of("setMyDescription"))
    await introduced(stage, ada)
    assert len(server.calls_of("setMyCommands")) + len(server.calls_of("setMyDescription")) == count > 0


async def test_nobody_waits_for_it(stage: Stage, server: FakeBotApi, ada: Person) -> None:
    gate = server.hold_next("getMyCommands")
    await ada.sends("hello")
    stage.words = words
    stage.build()
    async with stage.running():
        await server.until(lambda: server.calls_of("getMyCommands"))
        await stage.until_events(1)
        assert server.world.commands == {}
        gate.set()


async def test_what_has_to_wait_is_done_later_and_what_is_refused_is_left_out(
    stage: Stage, server: FakeBotApi, ada: Person
) -> None:
    server.fail_next("setMyCommands", 429, retry_after=3600)
    server.fail_next("setMyDescription", 500)
    server.fail_next("setMyDescription", 400)
    await introduced(stage, ada)
    first, second = stage.pauses
    assert first > 3600
    assert second <= 1
    assert set(server.world.commands) == {(PRIVATE, "en"), (PRIVATE, "ja"), (PRIVATE, ""), (DESK, "")}
    assert {code for what, code in server.world.descriptions if what == "description"} == {"ja", ""}


async def test_a_public_group_gets_a_link_for_a_command_or_a_mention_and_nothing_else(
    stage: Stage, server: FakeBotApi, ada: Person
) -> None:
    group = server.group(PUBLIC, members=[ada])
    name = server.world.bot.username
    stage.words = words
    stage.build()
    async with stage.running():
        for text in ("my deposit is missing", "/start@another_bot", "/start", "/start", f"hello @{name}"):
            await ada.writes_in(group, None, text)
        await stage.until_confirmed()
        stage.clock.microseconds += 61_000_000
        await ada.writes_in(group, None, f"hello @{name}")
        await stage.until_confirmed()

    said = [message.text for message in group.messages if message.sender is server.world.bot]
    assert said == [f"個別にどうぞ：https://t.me/{name}?start=group"] * 2
    assert stage.events == []


async def test_every_staff_chat_has_the_commands_of_staff(stage: Stage, server: FakeBotApi, ada: Person) -> None:
    server.forum_group(GROUP - 7, members=[], admins=[ada])
    stage.team_chats = {str(GROUP - 7): "teams.security.telegram_chat"}
    stage.words = words
    stage.build()
    there = json.dumps({"chat_id": GROUP - 7, "type": "chat"}, sort_keys=True)
    async with stage.running():
        await server.until(lambda: {(DESK, ""), (there, "")} <= set(server.world.commands))
    assert server.world.commands[there, ""] == server.world.commands[DESK, ""]
