"""What every sending method has in common: text, topic, the message answered, buttons; and their limits."""

import re
from typing import Any

from tests.servers.bot_api_calls import Call, refuse
from tests.servers.bot_api_objects import Chat, Message, Topic, Wire
from tests.servers.bot_api_text import (
    CAPTION_LIMIT,
    TEXT_LIMIT,
    UnreadableText,
    found_entities,
    parse_html,
    trimmed,
    utf16_length,
)
from tests.servers.bot_api_world import World

BUTTON_DATA_LIMIT = 64
BUTTONS_LIMIT = 100
_ACTION_NAMES = """
    url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat
    switch_inline_query_chosen_chat copy_text callback_game pay
"""
_BUTTON_ACTIONS = frozenset(_ACTION_NAMES.split())


def envelope(world: World, call: Call, chat: Chat) -> dict[str, Any]:
    """Return the fields of the new message that do not depend on what is sent, or refuse as the platform does."""
    reply_to, quote = _answered(world, call, chat)
    topic = thread(world, chat, call.number("message_thread_id"))
    if topic is None and reply_to is not None:
        topic = reply_to.topic
    markup, keyboard = reply_markup(call)
    return {
        "topic": topic,
        "reply_to": reply_to,
        "quote": quote,
        "markup": markup,
        "keyboard": keyboard,
        "is_silent": call.flag("disable_notification"),
        "is_protected": call.flag("protect_content"),
    }


def thread(world: World, chat: Chat, thread_id: int | None) -> Topic | None:
    """Return the topic meant; the General topic has no id when one sends to it, and 1 is refused like any other."""
    if thread_id is None:
        return None
    topic = chat.topics_by_id.get(thread_id)
    if topic is None:
        refuse("message thread not found")
    if topic.is_closed and not world.bot_in(chat).may_manage_topics:
        refuse("TOPIC_CLOSED")
    return topic


def message_text(world: World, call: Call) -> dict[str, Any]:
    """Return the text and entities of a text message within its limit."""
    text, entities = formatted(world, call.text("text"), call.text("parse_mode"), call.objects("entities"))
    if not text:
        refuse("message text is empty")
    return {"text": text, "entities": entities}


def caption(world: World, call: Call) -> dict[str, Any]:
    """Return the caption and its entities within their limit."""
    return caption_of(world, call.text("caption"), call.text("parse_mode"), call.objects("caption_entities"))


def caption_of(world: World, source: str, parse_mode: str, given: list[Wire]) -> dict[str, Any]:
    """Return a caption (also one inside an album) and its entities within their limit."""
    text, entities = formatted(world, source, parse_mode, given)
    if utf16_length(text) > CAPTION_LIMIT:
        refuse("message caption is too long")
    return {"text": text, "entities": entities}


def too_long(text: str) -> bool:
    """Tell whether a text is over the limit of a message: 4096 UTF-16 units after parsing."""
    return utf16_length(text) > TEXT_LIMIT


def formatted(world: World, source: str, parse_mode: str, given: list[Wire]) -> tuple[str, list[Wire]]:
    """Return the text as people see it and its entities."""
    if parse_mode == "":
        text = trimmed(source)
        _check_entities(source, given)
        return text, found_entities(text, given)
    if parse_mode.lower() != "html":
        # A mode the fake cannot read must not look as if the platform had refused it.
        world.problems.append(f"parse_mode {parse_mode!r} is not imitated; only HTML and plain text are")
        refuse("unsupported parse_mode")
    try:
        text, entities = parse_html(source)
    except UnreadableText as error:
        refuse(f"can't parse entities: {error}")
    return text, found_entities(text, entities)


def _check_entities(text: str, entities: list[Wire]) -> None:
    for entity in entities:
        if entity["offset"] < 0 or entity["offset"] + entity["length"] > utf16_length(text):
            refuse("entity bounds are out of the text")


def _answered(world: World, call: Call, chat: Chat) -> tuple[Message | None, Wire | None]:
    parameters = call.json("reply_parameters")
    if parameters is None:
        return None, None
    if not isinstance(parameters, dict) or "message_id" not in parameters:
        refuse("can't parse reply parameters JSON object")
    if parameters.get("chat_id", chat.id) != chat.id:
        world.problems.append("a reply to a message of another chat is not imitated")
        refuse("message to be replied not found")
    message = chat.find(parameters["message_id"])
    if message is None and not parameters.get("allow_sending_without_reply"):
        refuse("message to be replied not found")
    return message, _quote(world, parameters, message)


def _quote(world: World, parameters: Wire, message: Message | None) -> Wire | None:
    if "quote" not in parameters or message is None:
        return None
    mode, given = parameters.get("quote_parse_mode", ""), parameters.get("quote_entities", [])
    text, _ = formatted(world, parameters["quote"], mode, given)
    if not text or text not in message.text:
        refuse("QUOTE_TEXT_INVALID")
    return {
        "text": text,
        "position": utf16_length(message.text[: message.text.index(text)]),
        "is_manual": True,
    }


def reply_markup(call: Call) -> tuple[Wire | None, Wire | None]:
    """Return the inline buttons and the reply keyboard of a request; at most one of them is there."""
    markup = call.json("reply_markup")
    if markup is None:
        return None, None
    if not isinstance(markup, dict):
        refuse("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return None, markup
    return _inline(markup), None


def inline_markup(call: Call) -> Wire | None:
    """Return the inline buttons of an edit; an edit that names none takes the old ones away."""
    markup, keyboard = reply_markup(call)
    if keyboard is not None:
        refuse("inline keyboard expected")
    return markup


def _inline(markup: Wire) -> Wire | None:
    rows = [row for row in markup["inline_keyboard"] if row]
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTONS_LIMIT:
        refuse("reply markup is too long")
    for button in buttons:
        _check_button(button)
    return {"inline_keyboard": rows} if rows else None


def _check_button(button: Wire) -> None:
    actions = _BUTTON_ACTIONS & button.keys()
    if not button.get("text", "").strip():
        refuse("inline keyboard button text is empty")
    if len(actions) != 1:
        refuse("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= BUTTON_DATA_LIMIT:
        refuse("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?://[^\s/]+\.[^\s/]+|tg://)", button["url"]):
        refuse(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
