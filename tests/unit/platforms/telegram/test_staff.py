"""Who counts as staff is what Telegram says now, and nobody becomes staff by a name or a channel."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import structlog

from bot.events import StaffPicked, StaffWrote
from bot.model import Button, ChatRef, Content, PlatformName, Standing
from bot.outgoing import DeliveryKind
from bot.platforms.telegram.staff import FRESH_MICROSECONDS
from bot.ports import CannotStart
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_calls import Call
from tests.servers.bot_api_objects import Chat, Membership
from tests.servers.bot_api_people import Person
from tests.unit.platforms.telegram.stage import ADA, BOB, GROUP, Stage, desk


def standings(stage: Stage) -> list[Standing]:
    return [event.agent.standing for event in stage.events if isinstance(event, StaffWrote | StaffPicked)]


def questions(server: FakeBotApi, user_id: int) -> int:
    """How often the bot asked what somebody is."""
    return sum(call.params["user_id"] == user_id for call in server.calls_of("getChatMember"))


def is_about(user_id: int) -> Callable[[Call], bool]:
    return lambda call: call.params["user_id"] == user_id


async def test_members_and_administrators_are_told_apart(
    running: Stage, group: Chat, bob: Person, eve: Person
) -> None:
    await bob.writes_in(group, None, "I am a member")
    await eve.writes_in(group, None, "I am an administrator")
    await running.until_confirmed()
    assert standings(running) == [Standing.MEMBER, Standing.ADMINISTRATOR]


async def test_anonymous_administrator_is_nobody_in_particular(running: Stage, group: Chat, eve: Person) -> None:
    await eve.writes_in(group, None, "/close", anonymous=True)
    await running.until_confirmed()
    assert standings(running) == [Standing.ANONYMOUS]


async def test_channel_that_speaks_in_the_group_is_not_staff(
    running: Stage, server: FakeBotApi, group: Chat, eve: Person
) -> None:
    """Even when an administrator is behind it: anybody can give a channel any name."""
    channel = server.channel(-1_001_500_000_077, "Support")
    await eve.writes_in(group, None, "/close", as_channel=channel)
    await running.until_confirmed()
    (event,) = running.events
    assert isinstance(event, StaffWrote)
    assert (event.agent.user_id, event.agent.standing) == (str(channel.id), Standing.OUTSIDER)


async def test_other_bots_are_ignored(running: Stage, server: FakeBotApi, group: Chat) -> None:
    other = server.user(5_300_000_009, "Other bot")
    other.account.is_bot = True
    group.members[other.id] = Membership(other.account, "administrator")
    await other.writes_in(group, None, "/close")
    await running.until_confirmed()
    assert running.events == []


async def test_standing_is_asked_once_in_ten_minutes(
    running: Stage, server: FakeBotApi, group: Chat, bob: Person
) -> None:
    for count, later in enumerate([0, FRESH_MICROSECONDS - 1, 1], start=1):
        running.clock.microseconds += later
        await bob.writes_in(group, None, "hello")
        await running.until_events(count)
    assert questions(server, BOB) == 2


async def test_news_of_a_member_counts_at_once_and_needs_no_question(
    running: Stage, server: FakeBotApi, group: Chat, bob: Person, eve: Person
) -> None:
    await bob.writes_in(group, None, "as a member")
    await running.until_events(1)
    await eve.promotes(group, bob)
    await bob.writes_in(group, None, "as an administrator")
    await eve.demotes(group, bob)
    await bob.writes_in(group, None, "as a member again")
    await running.until_events(3)
    assert standings(running)[1:] == [Standing.ADMINISTRATOR, Standing.MEMBER]
    assert questions(server, BOB) <= 1


async def test_who_has_left_may_press_but_is_an_outsider(
    running: Stage, server: FakeBotApi, group: Chat, bob: Person
) -> None:
    """The buttons of a group stay on the screens of those who were thrown out."""
    card = Content(text="card", buttons=((Button("Take", "t1.1.take"),),))
    await running.deliver(DeliveryKind.SEND, desk(), content=card)
    await bob.writes_in(group, None, "hello")
    await running.until_events(1)
    await bob.leaves(group)
    await bob.presses(group.messages[0], "Take")
    await running.until_events(2)
    assert standings(running) == [Standing.MEMBER, Standing.OUTSIDER]


async def test_stranger_is_an_outsider(running: Stage, server: FakeBotApi, group: Chat, ada: Person) -> None:
    card = Content(text="card", buttons=((Button("Take", "t1.1.take"),),))
    await running.deliver(DeliveryKind.SEND, desk(), content=card)
    await ada.presses(group.messages[0], "Take")
    await running.until_events(1)
    assert standings(running) == [Standing.OUTSIDER]


async def test_nobody_is_staff_when_telegram_will_not_say(
    running: Stage, server: FakeBotApi, group: Chat, bob: Person
) -> None:
    server.fail_next("getChatMember", 400, description="Bad Request: member list is inaccessible", when=is_about(BOB))
    await bob.writes_in(group, None, "/close")
    await running.until_events(1)
    assert standings(running) == [Standing.OUTSIDER]


@pytest.mark.parametrize("fault", [500, 429])
async def test_message_waits_when_the_question_fails(
    running: Stage, server: FakeBotApi, group: Chat, bob: Person, fault: int
) -> None:
    """An agent's answer must not be turned away because Telegram had a bad moment."""
    server.fail_next("getChatMember", fault, when=is_about(BOB))
    await bob.writes_in(group, None, "my answer")
    await running.until_events(1)
    assert standings(running) == [Standing.MEMBER]
    assert len(running.pauses) == 1


async def test_requesters_are_served_while_a_standing_cannot_be_asked(
    running: Stage, server: FakeBotApi, group: Chat, bob: Person, ada: Person
) -> None:
    server.fail_next("getChatMember", 500, times=3, when=is_about(BOB))
    await bob.writes_in(group, None, "my answer")
    await ada.sends("hello")
    await running.until_events(2)
    assert [event.chat.chat_id for event in running.events] == [str(ADA), str(GROUP)]


async def test_staff_chat_may_be_given_by_name(stage: Stage, server: FakeBotApi, group: Chat, bob: Person) -> None:
    group.username = "desk_of_example"
    stage.staff_chat = "@desk_of_example"
    stage.build()
    async with stage.running():
        await bob.writes_in(group, None, "hello")
        await stage.until_events(1)
    assert stage.events[0].chat == desk()


async def test_desk_moves_along_when_its_group_gets_topics(stage: Stage, server: FakeBotApi, eve: Person) -> None:
    """Switching topics on gives a basic group a new number; until the settings know it, both must work."""
    basic = server.group(-42, admins=[eve])
    stage.staff_chat = "-42"
    stage.build()
    async with stage.running():
        await eve.writes_in(basic, None, "before")
        await stage.until_events(1)
        forum = await eve.upgrades(basic, GROUP - 1)
        await eve.writes_in(forum, None, "after")
        await stage.until_events(2)
        old = ChatRef(PlatformName.TELEGRAM, "-42")
        receipt = await stage.deliver(DeliveryKind.OPEN_THREAD, old, title="#42", content=Content(text="card"))
    assert receipt.thread == ChatRef(PlatformName.TELEGRAM, str(forum.id), str(forum.topic("#42").id))

    stage.build()
    async with stage.running():
        await eve.writes_in(forum, None, "after a restart")
        await stage.until_events(3)
    assert [event.chat.chat_id for event in stage.events] == ["-42", str(forum.id), str(forum.id)]


async def test_the_new_number_is_kept_whoever_learned_it_and_the_operator_is_reminded(
    stage: Stage, server: FakeBotApi, eve: Person
) -> None:
    basic = server.group(-42, admins=[eve])
    stage.staff_chat = "-42"
    stage.build()
    async with stage.running():
        await eve.writes_in(basic, None, "before")
        await stage.until_events(1)
        forum = await eve.upgrades(basic, GROUP - 1)
        old, new = (ChatRef(PlatformName.TELEGRAM, str(group.id)) for group in (basic, forum))
        content = Content(text="card")
        receipt = await stage.deliver(DeliveryKind.OPEN_THREAD, old, title="#42", content=content)
    assert receipt.thread == replace(new, thread_id=str(forum.topic("#42").id))
    assert await stage.store.moved(old) == new

    refused = [call for call in server.calls if call.error]
    stage.build()
    with structlog.testing.capture_logs() as lines:
        async with stage.running():
            await eve.writes_in(forum, None, "after a restart")
            await stage.until_events(2)
            await stage.deliver(DeliveryKind.SEND, old, content=content, id=2)
    assert [call for call in server.calls if call.error] == refused
    assert [line["do"] for line in lines if line["event"] == "telegram_staff_chat_moved"] == [
        f"set telegram.staff_chat to {forum.id}"
    ]


async def test_bot_tells_the_operator_what_it_lacks_in_the_staff_chat(
    stage: Stage, server: FakeBotApi, group: Chat, eve: Person
) -> None:
    """A bot that is no administrator hears almost nothing in a group, without any error."""
    await eve.sets_bot_rights(group, "administrator", can_manage_topics=False)
    with structlog.testing.capture_logs() as lines:
        async with stage.running():
            await stage.until_confirmed()
            for status in ("member", "kicked", "administrator"):
                await eve.sets_bot_rights(group, status, can_manage_topics=True)
                await stage.until_confirmed()
    said = [line["do"] for line in lines if line["log_level"] == "error"]
    # What was changed before the start is seen at it, and then told by Telegram too.
    assert list(dict.fromkeys(said)) == [
        "give the bot the right to Manage Topics",
        "make the bot an administrator of the staff chat: it needs rights there, and hears every message then; its"
        " privacy mode is on, so it hears commands and replies alone now",
        "add the bot to the staff chat again, and make it an administrator there",
    ]


TEAM = GROUP - 7


@pytest.fixture
def team(server: FakeBotApi, stage: Stage, bob: Person, ada: Person) -> Chat:
    """Bob leads a team in a group of its own, of which Ada is a member; the desk's group knows her not."""
    stage.team_chats = {str(TEAM): "teams.security.telegram_chat"}
    stage.build()
    return server.forum_group(TEAM, members=[ada], admins=[bob])


async def test_what_somebody_is_in_one_staff_chat_they_are_not_in_another(
    stage: Stage, group: Chat, team: Chat, bob: Person, ada: Person
) -> None:
    async with stage.running():
        for place in (group, team):
            await bob.writes_in(place, None, "hello")
        await ada.writes_in(team, None, "hello")
        await stage.until_events(3)
    written = [event for event in stage.events if isinstance(event, StaffWrote)]
    assert {(event.chat.chat_id, event.agent.user_id): event.agent.standing for event in written} == {
        (str(GROUP), str(BOB)): Standing.MEMBER,
        (str(TEAM), str(BOB)): Standing.ADMINISTRATOR,
        (str(TEAM), str(ADA)): Standing.MEMBER,
    }


async def test_news_of_one_staff_chat_say_nothing_of_another(
    stage: Stage, group: Chat, team: Chat, bob: Person, eve: Person
) -> None:
    async with stage.running():
        await bob.writes_in(group, None, "one")
        await bob.writes_in(team, None, "two")
        await stage.until_events(2)
        await bob.leaves(group)
        await bob.writes_in(team, None, "three")
        await stage.until_events(3)
    assert standings(stage)[-1] is Standing.ADMINISTRATOR


async def test_a_team_chat_that_is_closed_to_the_bot_ends_the_start(stage: Stage) -> None:
    stage.team_chats = {"-1009999999999": "teams.security.telegram_chat"}
    stage.build()
    with pytest.raises(CannotStart, match=r"or correct teams\.security\.telegram_chat"):
        await stage.run()


async def test_the_operator_is_reminded_of_the_right_setting_when_a_team_moves(
    stage: Stage, server: FakeBotApi, eve: Person
) -> None:
    basic = server.group(-42, admins=[eve])
    stage.team_chats = {"-42": "teams.security.telegram_chat"}
    stage.build()
    with structlog.testing.capture_logs() as lines:
        async with stage.running():
            await eve.writes_in(basic, None, "before")
            await stage.until_events(1)
            forum = await eve.upgrades(basic, TEAM)
            await eve.writes_in(forum, None, "after")
            await stage.until_events(2)
    assert [line["do"] for line in lines if line["event"] == "telegram_staff_chat_moved"] == [
        f"set teams.security.telegram_chat to {TEAM}"
    ]
