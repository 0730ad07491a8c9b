"""The fake Bot API, driven by the real python-telegram-bot: private talk, buttons, edits, and their limits."""

from collections.abc import AsyncIterator

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import BadRequest, EndPointNotFound, Forbidden, InvalidToken, TelegramError

from tests.servers.bot_api import FakeBotApi, running_bot_api
from tests.servers.bot_api_media import png

ADA = 5_300_000_001
PHOTO = png()


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with running_bot_api() as server:
        yield server


@pytest.fixture
async def bot(server: FakeBotApi) -> AsyncIterator[Bot]:
    async with Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url) as bot:
        yield bot


def buttons(**labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data)] for label, data in labels.items()])


async def test_bot_learns_who_it_is_and_a_wrong_token_is_refused(server: FakeBotApi, bot: Bot) -> None:
    assert (bot.id, bot.username, bot.bot.can_read_all_group_messages) == (6123456789, "fake_support_bot", False)
    stranger = Bot("6123456789:wrong", base_url=server.base_url)
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()


async def test_private_talk_is_seen_on_both_sides(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada", "de")
    await ada.sends("/start dep_USDT")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.from_user is not None
    assert (update.message.text, update.message.from_user.language_code) == ("/start dep_USDT", "de")
    assert update.message.entities[0].type == "bot_command"

    sent = await bot.send_message(ADA, "<b>Hallo</b> &lt;Ada&gt; 😀 <i>du</i>", parse_mode="HTML")
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [("bold", 0, 5), ("italic", 15, 2)]
    assert [message.text for message in ada.chat.messages] == ["/start dep_USDT", "Hallo <Ada> 😀 du"]


async def test_html_becomes_the_entities_people_see(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    await ada.sends("hi")
    source = (
        '<a href="https://x.example/?a=1&amp;b=2">link</a> <tg-spoiler>s</tg-spoiler> <code>c</code>'
        '\n<pre><code class="language-py">x &gt; 1</code></pre>\n<blockquote expandable>q</blockquote> t.me@x.example'
    )
    sent = await bot.send_message(ADA, source, parse_mode="HTML")
    entities = [(e.type, sent.parse_entity(e), e.url or e.language) for e in sent.entities]
    assert entities == [
        ("text_link", "link", "https://x.example/?a=1&b=2"),
        ("spoiler", "s", None),
        ("code", "c", None),
        ("pre", "x > 1", "py"),
        ("expandable_blockquote", "q", None),
        ("email", "t.me@x.example", None),
    ]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("ä<u>x</b>", 'Unmatched end tag at byte offset 6, expected "</u>", found "</b>"'),
        ("x</i>", "Unexpected end tag at byte offset 1"),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_broken_html_is_refused_in_the_platforms_words(
    server: FakeBotApi, bot: Bot, source: str, sentence: str
) -> None:
    ada = server.user(ADA, "Ada")
    await ada.sends("hi")
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(ADA, source, parse_mode="HTML")
    # python-telegram-bot changes the case of every sentence.
    assert refused.value.message.lower() == f"can't parse entities: {sentence}".lower()


async def test_text_limits_count_utf16_units_after_parsing(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    await ada.sends("hi")
    sent = await bot.send_message(ADA, f"<b>{'😀' * 2048}</b>", parse_mode="HTML")
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(ADA, "😀" * 2048 + "x")
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.edit_message_text("x" * 4097, ADA, sent.message_id)
    for empty in ("", " \n ", "<b></b>"):
        with pytest.raises(BadRequest, match="Message text is empty"):
            await bot.send_message(ADA, empty, parse_mode="HTML")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(ADA, PHOTO, caption="😀" * 512 + "x")
    assert len(ada.chat.messages) == 2


async def test_pressed_button_arrives_and_its_answer_is_shown(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    await ada.sends("hi")
    await bot.send_message(ADA, "Which?", reply_markup=buttons(Deposit="v1.a.1.0", Withdrawal="v1.a.1.1"))
    question = ada.chat.messages[-1]
    assert question.buttons == [["Deposit"], ["Withdrawal"]]

    press = await ada.presses(question, "Withdrawal")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.message.message_id, query.from_user.id) == ("v1.a.1.1", question.id, ADA)
    assert not press.is_answered
    await query.answer("One moment", show_alert=True)
    assert (press.is_answered, press.answers) == (True, [("One moment", True)])

    server.advance(120)
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer()
    with pytest.raises(AssertionError, match="No button 'Refund'"):
        await ada.presses(question, "Refund")


async def test_button_on_a_deleted_message_still_sends_its_data(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    await ada.sends("hi")
    sent = await bot.send_message(ADA, "Which?", reply_markup=buttons(Deposit="v1.a.1.0"))
    question = ada.chat.messages[-1]
    await bot.delete_message(ADA, sent.message_id)
    ada.presses_old(question, "v1.a.1.0")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.message.is_accessible) == ("v1.a.1.0", False)


@pytest.mark.parametrize(
    ("button", "sentence"),
    [
        (InlineKeyboardButton("x", callback_data="é" * 32 + "x"), "Button_data_invalid"),
        (InlineKeyboardButton("x", callback_data=""), "Button_data_invalid"),
        (InlineKeyboardButton("x"), "text buttons are unallowed in the inline keyboard"),
        (InlineKeyboardButton("x", url="no address"), "wrong http url"),
        (InlineKeyboardButton(" ", callback_data="x"), "button text is empty"),
    ],
)
async def test_bad_buttons_are_refused(
    server: FakeBotApi, bot: Bot, button: InlineKeyboardButton, sentence: str
) -> None:
    ada = server.user(ADA, "Ada")
    await ada.sends("hi")
    with pytest.raises(BadRequest, match=sentence):
        await bot.send_message(ADA, "x", reply_markup=InlineKeyboardMarkup([[button]]))


async def test_edits_change_what_is_seen_and_take_the_buttons_away(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    await ada.sends("hi")
    sent = await bot.send_message(ADA, "one", reply_markup=buttons(Go="go"))
    shown = ada.chat.messages[-1]
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("one", ADA, sent.message_id, reply_markup=buttons(Go="go"))
    await bot.edit_message_text("two", ADA, sent.message_id)
    assert (shown.text, shown.buttons, shown.versions) == ("two", [], ["one"])
    await bot.edit_message_reply_markup(ADA, sent.message_id, reply_markup=buttons(Back="b"))
    assert shown.buttons == [["Back"]]
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(ADA, sent.message_id, reply_markup=buttons(Back="b"))
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", ADA, 999_999)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", ADA, ada.chat.messages[0].id)


async def test_deleting_follows_the_platforms_rules(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    secret = await ada.sends("my seed phrase")
    old = await ada.sends("old")
    await bot.delete_message(ADA, secret.id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(ADA, secret.id)
    server.advance(49 * 3600)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(ADA, old.id)
    late = [await ada.sends("a"), await ada.sends("b")]
    await bot.delete_messages(ADA, [*(message.id for message in late), 999_999])
    assert [message.text for message in ada.chat.messages] == ["old"]


async def test_replies_and_quotes_point_at_what_they_answer(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    asked = await ada.sends("Where is my deposit?")
    await bot.send_message(ADA, "Here", reply_parameters=ReplyParameters(asked.id, quote="my deposit"))
    answer = ada.chat.messages[-1]
    assert answer.reply_to is asked
    assert answer.quote == {"text": "my deposit", "position": 9, "is_manual": True}
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(ADA, "x", reply_parameters=ReplyParameters(999_999))
    with pytest.raises(BadRequest, match="Quote_text_invalid"):
        await bot.send_message(ADA, "x", reply_parameters=ReplyParameters(asked.id, quote="other"))
    free = ReplyParameters(999_999, allow_sending_without_reply=True)
    assert (await bot.send_message(ADA, "x", reply_parameters=free)).reply_to_message is None
    await ada.replies(answer, "Thanks")
    update = (await bot.get_updates())[-1]
    assert update.message is not None
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.message_id == answer.id


async def test_chat_actions_and_keyboards_are_seen(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    await ada.sends("hi")
    await bot.send_chat_action(ADA, "typing")
    assert ada.chat.actions == [("typing", None)]
    await bot.send_message(ADA, "pick", reply_markup=ReplyKeyboardMarkup([["Yes", "No"]]))
    keyboard = ada.chat.messages[-1].keyboard
    assert keyboard is not None
    assert keyboard["keyboard"] == [[{"text": "Yes"}, {"text": "No"}]]


async def test_bots_profile_is_kept_by_language_and_scope(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    await ada.sends("hi")
    commands = [BotCommand("start", "Begin")]
    await bot.set_my_commands(commands, language_code="de")
    await bot.set_my_commands([BotCommand("close", "Close")], scope=BotCommandScopeChat(ADA))
    assert await bot.get_my_commands(language_code="de") == tuple(commands)
    assert await bot.get_my_commands() == ()
    await bot.set_my_description("We never write first.", "en")
    await bot.set_my_short_description("Support")
    assert server.world.descriptions["description", "en"] == "We never write first."
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([BotCommand("Start!", "x")])


async def test_strangers_blockers_and_deleted_accounts_cannot_be_written_to(server: FakeBotApi, bot: Bot) -> None:
    ada, bob = server.user(ADA, "Ada"), server.user(ADA + 1, "Bob")
    server.group(-1001234567890, members=[bob])
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(ADA, "hi")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(-1009999999999, "hi")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(bob.id, "hi")
    await ada.sends("hi")
    await ada.blocks_bot()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ADA, "hi")
    await ada.sends("back again")
    await bot.send_message(ADA, "hi")
    changes = [update.my_chat_member for update in await bot.get_updates() if update.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]
    await ada.deletes_account()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(ADA, "hi")


async def test_unknown_methods_and_parameters_do_not_pass_unnoticed(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    await ada.sends("hi")
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendMesage", {"chat_id": ADA})
    assert "sendMesage: this fake has no such method" in server.problems
    await bot.send_message(ADA, "x", api_kwargs={"colour": "red"})
    assert "sendMessage.colour is not imitated" in server.problems
    with pytest.raises(BadRequest, match="Unsupported parse_mode"):
        await bot.send_message(ADA, "*x*", parse_mode="MarkdownV2")
    with pytest.raises(AssertionError, match="only HTML and plain text are"):
        server.assert_clean()
    server.problems.clear()


async def test_numbers_in_text_stay_text(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    await ada.sends("hi")
    await bot.send_message(ADA, "1234567890123456789012")
    await bot.send_message(ADA, '{"a": 1}')
    assert [message.text for message in ada.chat.messages[1:]] == ["1234567890123456789012", '{"a": 1}']
    with pytest.raises(TelegramError, match="Message text is empty"):
        await bot.send_message(ADA, "\n")
