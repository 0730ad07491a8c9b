"""The fake Bot API's groups and forum topics, driven by the real python-telegram-bot."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot, Message, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.servers.bot_api import FakeBotApi, running_bot_api
from tests.servers.bot_api_media import png

DESK = -1002345678901
EVERYTHING = ["message", "edited_message", "chat_member", "my_chat_member", "message_reaction"]


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with running_bot_api() as server:
        yield server


@pytest.fixture
async def bot(server: FakeBotApi) -> AsyncIterator[Bot]:
    async with Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url) as bot:
        yield bot


async def newest(bot: Bot) -> Message:
    message = (await bot.get_updates())[-1].effective_message
    assert isinstance(message, Message)
    return message


async def test_topic_lives_from_opening_to_deletion(server: FakeBotApi, bot: Bot) -> None:
    desk = server.forum_group(DESK)
    opened = await bot.create_forum_topic(DESK, "#1 Ada", icon_custom_emoji_id="5312536423851630001")
    topic = desk.topic("#1 Ada")
    assert (topic.id, topic.icon) == (opened.message_thread_id, "5312536423851630001")
    await bot.send_message(DESK, "card", message_thread_id=topic.id)
    assert [message.text for message in topic.messages] == ["card"]

    with pytest.raises(BadRequest, match="Topic_not_modified"):
        await bot.edit_forum_topic(DESK, topic.id, name="#1 Ada")
    await bot.edit_forum_topic(DESK, topic.id, name="#1 Ada (solved)")
    assert desk.topic("#1 Ada (solved)") is topic
    await bot.close_forum_topic(DESK, topic.id)
    with pytest.raises(BadRequest, match="Topic_not_modified"):
        await bot.close_forum_topic(DESK, topic.id)
    await bot.send_message(DESK, "an administrator still writes", message_thread_id=topic.id)
    await bot.reopen_forum_topic(DESK, topic.id)
    assert not topic.is_closed
    await bot.delete_forum_topic(DESK, topic.id)
    assert desk.topics == []
    assert desk.history == []


async def test_deleted_topic_and_general_as_1_are_not_found(server: FakeBotApi, bot: Bot) -> None:
    lena = server.user(5_400_000_001, "Lena")
    desk = server.forum_group(DESK, admins=[lena])
    topic = await lena.opens_topic(desk, "#2")
    await lena.deletes_topic(topic)
    for thread_id in (topic.id, 1):
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(DESK, "x", message_thread_id=thread_id)
    for act in (bot.close_forum_topic, bot.edit_forum_topic, bot.delete_forum_topic):
        with pytest.raises(BadRequest, match="Topic_id_invalid"):
            await act(DESK, topic.id)
    await bot.send_chat_action(DESK, "typing", message_thread_id=topic.id)
    with pytest.raises(AssertionError, match="was deleted"):
        await lena.writes_in(desk, topic, "x")


async def test_bot_hears_of_topics_it_opened_itself(server: FakeBotApi, bot: Bot) -> None:
    """The platform sends a bot its own topic service messages; a desk that counts them as staff text is wrong."""
    server.forum_group(DESK)
    opened = await bot.create_forum_topic(DESK, "#3")
    await bot.send_message(DESK, "card", message_thread_id=opened.message_thread_id)
    await bot.close_forum_topic(DESK, opened.message_thread_id)
    messages = [update.message for update in await bot.get_updates()]
    assert [bool(message and message.from_user and message.from_user.id == bot.id) for message in messages] == [
        True,
        True,
    ]
    assert [bool(message and message.forum_topic_created) for message in messages] == [True, False]


async def test_staff_message_in_a_topic_carries_the_topic_and_its_opening(server: FakeBotApi, bot: Bot) -> None:
    lena = server.user(5_400_000_001, "Lena")
    desk = server.forum_group(DESK, members=[lena])
    topic = await lena.opens_topic(desk, "#4")
    await lena.writes_in(desk, topic, "// a note")
    message = await newest(bot)
    assert (message.text, message.message_thread_id, message.is_topic_message) == ("// a note", topic.id, True)
    assert message.chat.is_forum
    assert message.reply_to_message is not None
    assert message.reply_to_message.forum_topic_created is not None

    first = await lena.writes_in(desk, None, "in General")
    message = await newest(bot)
    assert (message.message_thread_id, message.is_topic_message) == (None, None)
    await lena.replies(first, "a reply in General")
    message = await newest(bot)
    assert (message.message_thread_id, message.is_topic_message) == (first.id, None)


async def test_answer_to_a_topic_message_lands_in_its_topic(server: FakeBotApi, bot: Bot) -> None:
    lena = server.user(5_400_000_001, "Lena")
    desk = server.forum_group(DESK, admins=[lena])
    topic = await lena.opens_topic(desk, "#5")
    asked = await lena.writes_in(desk, topic, "hm?")
    await bot.send_message(DESK, "here", reply_parameters=ReplyParameters(asked.id))
    await bot.send_photo(DESK, png(), message_thread_id=topic.id)
    assert [(message.text, message.topic) for message in topic.messages] == [
        ("hm?", topic),
        ("here", topic),
        ("", topic),
    ]


async def test_closed_topic_takes_only_those_who_may_manage_it(server: FakeBotApi, bot: Bot) -> None:
    lena, max_ = server.user(5_400_000_001, "Lena"), server.user(5_400_000_002, "Max")
    desk = server.forum_group(DESK, admins=[lena], members=[max_])
    topic = await lena.opens_topic(desk, "#6")
    await lena.closes_topic(topic)
    with pytest.raises(AssertionError, match="is closed"):
        await max_.writes_in(desk, topic, "x")
    await lena.sets_bot_rights(desk, "administrator")
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(DESK, "x", message_thread_id=topic.id)
    with pytest.raises(BadRequest, match="Not enough rights to create a topic"):
        await bot.create_forum_topic(DESK, "#7")


async def test_anonymous_admins_and_channels_speak_through_telegrams_accounts(server: FakeBotApi, bot: Bot) -> None:
    lena, max_ = server.user(5_400_000_001, "Lena"), server.user(5_400_000_002, "Max")
    desk = server.forum_group(DESK, admins=[lena], members=[max_])
    channel = server.channel(-1003456789012, "News")
    topic = await lena.opens_topic(desk, "#8")
    await lena.writes_in(desk, topic, "from nobody", anonymous=True)
    message = await newest(bot)
    assert message.from_user is not None
    assert message.sender_chat is not None
    assert (message.from_user.id, message.sender_chat.id) == (1087968824, DESK)
    await max_.writes_in(desk, None, "from a channel", as_channel=channel)
    message = await newest(bot)
    assert message.from_user is not None
    assert message.sender_chat is not None
    assert (message.from_user.id, message.sender_chat.id) == (136817688, channel.id)
    with pytest.raises(AssertionError, match="Only administrators write anonymously"):
        await max_.writes_in(desk, None, "x", anonymous=True)


async def test_plain_group_has_no_topics_and_works_by_replies(server: FakeBotApi, bot: Bot) -> None:
    lena = server.user(5_400_000_001, "Lena")
    group = server.group(-1004567890123, "Plain", members=[lena])
    with pytest.raises(BadRequest, match="The chat is not a forum"):
        await bot.create_forum_topic(group.id, "#9")
    card = await bot.send_message(group.id, "#9 card")
    shown = group.messages[-1]
    await lena.replies(shown, "answer")
    message = await newest(bot)
    assert message.reply_to_message is not None
    assert message.reply_to_message.message_id == card.message_id
    assert not message.is_topic_message


async def test_upgraded_group_says_where_it_went(server: FakeBotApi, bot: Bot) -> None:
    lena = server.user(5_400_000_001, "Lena")
    group = server.group(-456789012, "Plain", admins=[lena])
    await bot.send_message(group.id, "before")
    bigger = await lena.upgrades(group, -1004567890123)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "after")
    assert moved.value.new_chat_id == bigger.id
    heard = [update.message for update in await bot.get_updates()]
    assert [(m and m.migrate_to_chat_id, m and m.migrate_from_chat_id) for m in heard] == [
        (bigger.id, None),
        (None, group.id),
    ]
    await bot.send_message(bigger.id, "after")


async def test_bot_without_admin_rights_hears_only_what_is_meant_for_it(server: FakeBotApi, bot: Bot) -> None:
    lena = server.user(5_400_000_001, "Lena")
    group = server.group(-1004567890123, members=[lena])
    await lena.sets_bot_rights(group, "member")
    await bot.send_message(group.id, "card")
    await lena.writes_in(group, None, "among ourselves")
    await lena.writes_in(group, None, "/close")
    await lena.replies(group.messages[0], "answer")
    heard = [update.message.text for update in await bot.get_updates() if update.message]
    assert heard == ["/close", "answer"]
    await lena.sets_bot_rights(group, "kicked")
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(group.id, "x")
    await lena.sets_bot_rights(group, "left")
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.get_chat(group.id)


async def test_members_come_and_go_in_sight_of_the_bot(server: FakeBotApi, bot: Bot) -> None:
    lena, max_ = server.user(5_400_000_001, "Lena"), server.user(5_400_000_002, "Max")
    desk = server.forum_group(DESK, admins=[lena])
    assert (await bot.get_chat_member(DESK, max_.id)).status == "left"
    await bot.get_updates(allowed_updates=EVERYTHING)
    await max_.joins(desk)
    assert (await bot.get_chat_member(DESK, max_.id)).status == "member"
    await lena.promotes(desk, max_)
    admins = await bot.get_chat_administrators(DESK)
    assert {admin.user.id for admin in admins} == {bot.id, lena.id, max_.id}
    await lena.demotes(desk, max_)
    await max_.leaves(desk)
    changes = [update.chat_member for update in await bot.get_updates() if update.chat_member]
    assert [(c.from_user.id, c.old_chat_member.status, c.new_chat_member.status) for c in changes] == [
        (max_.id, "left", "member"),
        (lena.id, "member", "administrator"),
        (lena.id, "administrator", "member"),
        (max_.id, "member", "left"),
    ]
    with pytest.raises(BadRequest, match="Participant_id_invalid"):
        await bot.get_chat_member(DESK, 42)
    with pytest.raises(AssertionError, match="is not in"):
        await max_.writes_in(desk, None, "x")


async def test_edits_and_reactions_of_people_reach_the_bot_and_deletions_do_not(server: FakeBotApi, bot: Bot) -> None:
    lena = server.user(5_400_000_001, "Lena")
    desk = server.forum_group(DESK, admins=[lena])
    await bot.get_updates(allowed_updates=EVERYTHING)
    topic = await lena.opens_topic(desk, "#10")
    typed = await lena.writes_in(desk, topic, "answr")
    await lena.edits(typed, "answer")
    await lena.reacts(typed, "👀")
    await lena.reacts(typed, None)
    await lena.deletes(typed)
    updates = (await bot.get_updates())[2:]
    assert [update.edited_message.text for update in updates if update.edited_message] == ["answer"]
    reactions = [update.message_reaction for update in updates if update.message_reaction]
    assert [(len(r.old_reaction), len(r.new_reaction)) for r in reactions] == [(0, 1), (1, 0)]
    assert len(updates) == 3
    assert topic.messages == []


async def test_only_the_platforms_own_emojis_are_reactions(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(5_300_000_001, "Ada")
    message = await ada.sends("hi")
    await bot.set_message_reaction(ada.id, message.id, "👍")
    assert message.reactions == ["👍"]
    with pytest.raises(BadRequest, match="Reaction_invalid"):
        await bot.set_message_reaction(ada.id, message.id, "✅")
    await bot.set_message_reaction(ada.id, message.id)
    assert message.reactions == []


async def test_chat_and_icons_are_described(server: FakeBotApi, bot: Bot) -> None:
    server.forum_group(DESK, "Support desk")
    chat = await bot.get_chat(DESK)
    assert (chat.type, chat.title, chat.is_forum) == ("supergroup", "Support desk", True)
    icons = await bot.get_forum_topic_icon_stickers()
    assert "✅" in [icon.emoji for icon in icons]
    with pytest.raises(BadRequest, match="Document_invalid"):
        await bot.create_forum_topic(DESK, "x", icon_custom_emoji_id="1")
    with pytest.raises(BadRequest, match="Topic name is too long"):
        await bot.create_forum_topic(DESK, "x" * 129)
