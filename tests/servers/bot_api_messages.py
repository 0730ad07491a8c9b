"""Methods of the fake Bot API on messages: send, edit, delete, copy, forward, react, answer a pressed button."""

from collections.abc import Callable
from typing import Any

from telegram.constants import ReactionEmoji

from tests.servers.bot_api_calls import Call, refuse
from tests.servers.bot_api_envelope import caption, envelope, inline_markup, message_text, thread, too_long
from tests.servers.bot_api_objects import Chat, Message, Wire
from tests.servers.bot_api_text import utf16_length
from tests.servers.bot_api_world import World

Method = Callable[[World, Call], Any]

DELETABLE_SECONDS = 48 * 3600
# Not published; pressed buttons cannot be answered after a short while.
CALLBACK_SECONDS = 60
_ANSWER_LIMIT = 200
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_EMOJIS = frozenset(emoji.value.replace("\ufe0f", "") for emoji in ReactionEmoji)
_ACTION_NAMES = """
    typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker
    find_location record_video_note upload_video_note
"""
_ACTIONS = frozenset(_ACTION_NAMES.split())


def send_message(world: World, call: Call) -> Wire:
    chat = world.writable_chat(call.json("chat_id"))
    content = message_text(world, call)
    if too_long(content["text"]):
        refuse("message is too long")
    preview = call.json("link_preview_options")
    fields = envelope(world, call, chat)
    return world.post(chat, world.bot, link_preview=preview, **content, **fields).wire()


def edit_message_text(world: World, call: Call) -> Wire:
    message = _editable(world, call)
    if message.is_media or message.service or message.other:
        refuse("there is no text in the message to edit")
    content = message_text(world, call)
    if too_long(content["text"]):
        refuse("MESSAGE_TOO_LONG")
    preview = call.json("link_preview_options")
    if preview is not None:
        message.link_preview = preview
    return _edited(world, message, content["text"], content["entities"], inline_markup(call))


def edit_message_caption(world: World, call: Call) -> Wire:
    message = _editable(world, call)
    if not message.is_media:
        refuse("there is no caption in the message to edit")
    content = caption(world, call)
    return _edited(world, message, content["text"], content["entities"], inline_markup(call))


def edit_message_reply_markup(world: World, call: Call) -> Wire:
    message = _editable(world, call)
    return _edited(world, message, message.text, message.entities, inline_markup(call))


def _editable(world: World, call: Call) -> Message:
    if call.text("inline_message_id"):
        world.problems.append("inline messages are not imitated")
    chat = world.writable_chat(call.json("chat_id"))
    message = chat.find(call.number("message_id") or 0)
    if message is None:
        refuse("message to edit not found")
    if message.sender is not world.bot:
        refuse("message can't be edited")
    return message


def _edited(world: World, message: Message, text: str, entities: list[Wire], markup: Wire | None) -> Wire:
    if (text, entities, markup) == (message.text, message.entities, message.markup):
        refuse(_NOT_MODIFIED)
    if text != message.text:
        message.versions.append(message.text)
    message.text, message.entities, message.markup = text, entities, markup
    message.edit_date = int(world.now())
    world.changed()
    return message.wire()


def delete_message(world: World, call: Call) -> bool:
    chat = world.writable_chat(call.json("chat_id"))
    message = chat.find(call.number("message_id") or 0)
    if message is None:
        refuse("message to delete not found")
    _check_deletable(world, chat, message)
    world.remove([message])
    return True


def delete_messages(world: World, call: Call) -> bool:
    """Delete several; ids that do not exist are skipped, as the platform does."""
    chat = world.writable_chat(call.json("chat_id"))
    found = [message for id_ in call.json("message_ids") or [] if (message := chat.find(id_))]
    for message in found:
        _check_deletable(world, chat, message)
    world.remove(found)
    return True


def _check_deletable(world: World, chat: Chat, message: Message) -> None:
    may = message.sender is world.bot or chat.person is not None or world.bot_in(chat).is_admin
    if not may or "forum_topic_created" in message.service:
        refuse("message can't be deleted")
    is_old = world.now() - message.date > DELETABLE_SECONDS
    if is_old and not world.bot_in(chat).is_admin:
        refuse("message can't be deleted for everyone")


def copy_message(world: World, call: Call) -> Wire:
    chat = world.writable_chat(call.json("chat_id"))
    original = _original(world, call, "copied", "message to copy not found")
    fields = envelope(world, call, chat)
    content: dict[str, Any] = {"text": original.text, "entities": original.entities}
    if "caption" in call.params and original.is_media:
        content = caption(world, call)
    copy = world.post(chat, world.bot, file=original.file, other=original.other, **content, **fields)
    return {"message_id": copy.id}


def forward_message(world: World, call: Call) -> Wire:
    chat = world.writable_chat(call.json("chat_id"))
    original = _original(world, call, "forwarded", "message to forward not found")
    origin = original.forward_origin or {
        "type": "user",
        "date": original.date,
        "sender_user": original.sender.wire(),
    }
    copy = world.post(
        chat,
        world.bot,
        file=original.file,
        other=original.other,
        text=original.text,
        entities=original.entities,
        forward_origin=origin,
        topic=thread(world, chat, call.number("message_thread_id")),
        is_silent=call.flag("disable_notification"),
        is_protected=call.flag("protect_content"),
    )
    return copy.wire()


def _original(world: World, call: Call, verb: str, not_found: str) -> Message:
    source = world.chat(call.json("from_chat_id"))
    original = source.find(call.number("message_id") or 0)
    if original is None:
        refuse(not_found)
    if original.service or original.is_protected:
        refuse(f"message can't be {verb}")
    return original


def set_message_reaction(world: World, call: Call) -> bool:
    chat = world.writable_chat(call.json("chat_id"))
    message = chat.find(call.number("message_id") or 0)
    if message is None:
        refuse("message to react not found")
    reactions = call.objects("reaction")
    call.flag("is_big")
    if len(reactions) > 1:
        refuse("REACTIONS_TOO_MANY")
    emojis = [reaction.get("emoji", "") for reaction in reactions]
    if any(emoji.replace("\ufe0f", "") not in _EMOJIS for emoji in emojis):
        refuse("REACTION_INVALID")
    message.reactions_by[world.bot.id] = emojis
    world.changed()
    return True


def answer_callback_query(world: World, call: Call) -> bool:
    press = world.presses.get(call.text("callback_query_id"))
    if press is None or world.now() - press.at > CALLBACK_SECONDS:
        refuse("query is too old and response timeout expired or query ID is invalid")
    text = call.text("text")
    if utf16_length(text) > _ANSWER_LIMIT:
        refuse("MESSAGE_TOO_LONG")
    call.number("cache_time")
    press.answers.append((text, call.flag("show_alert")))
    world.changed()
    return True


def send_chat_action(world: World, call: Call) -> bool:
    """Show "typing …"; the platform checks no topic here, not even a deleted one or General's 1."""
    chat = world.writable_chat(call.json("chat_id"))
    if call.text("action") not in _ACTIONS:
        refuse("wrong parameter action in request")
    chat.actions.append((call.text("action"), call.number("message_thread_id")))
    world.changed()
    return True


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "setMessageReaction": set_message_reaction,
    "answerCallbackQuery": answer_callback_query,
    "sendChatAction": send_chat_action,
}
