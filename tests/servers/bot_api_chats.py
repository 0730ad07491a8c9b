"""Methods of the fake Bot API on forum topics, members and the bot itself."""

import json
import re

from tests.servers.bot_api_calls import Call, refuse
from tests.servers.bot_api_messages import Method
from tests.servers.bot_api_objects import Chat, Membership, Topic, Wire, without_none
from tests.servers.bot_api_world import World

TOPIC_NAME_LIMIT = 128
ICON_COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
# The first icons the platform offers, as custom emoji ids.
ICONS = {
    "5434144690511290129": "📰",
    "5312536423851630001": "💡",
    "5312016608254762256": "⚡️",
    "5377544228505134960": "🎙",
    "5418085807791545980": "🔝",
    "5237699328843200968": "✅",
    "5238156910363950406": "✍️",
    "5350452584119279096": "☕️",
    "5433614043006903194": "📆",
    "5357315181649076022": "📁",
    "5379748062124056162": "❗️",
    "5377316857231450742": "❓",
}
_LIMITS = {"description": 512, "short_description": 120, "name": 64}


def create_forum_topic(world: World, call: Call) -> Wire:
    chat = _forum(world, call, "create a topic")
    name, color, icon = _name(call), call.number("icon_color"), _icon(call)
    if color is not None and color not in ICON_COLORS:
        refuse("invalid icon color specified")
    topic = world.open_topic(chat, world.bot, name, color or ICON_COLORS[0], icon)
    return {"message_thread_id": topic.id, **topic.wire()}


def edit_forum_topic(world: World, call: Call) -> bool:
    chat, topic = _own_or_managed(world, call)
    name = _name(call) if "name" in call.params else topic.name
    icon = _icon(call) if "icon_custom_emoji_id" in call.params else topic.icon
    if (name, icon) == (topic.name, topic.icon):
        refuse("TOPIC_NOT_MODIFIED")
    changed = without_none(
        name=name if name != topic.name else None, icon_custom_emoji_id=icon if icon != topic.icon else None
    )
    topic.name, topic.icon = name, icon
    world.post(chat, world.bot, topic=topic, service={"forum_topic_edited": changed})
    return True


def close_forum_topic(world: World, call: Call) -> bool:
    return _switch(world, call, closed=True)


def reopen_forum_topic(world: World, call: Call) -> bool:
    return _switch(world, call, closed=False)


def _switch(world: World, call: Call, *, closed: bool) -> bool:
    chat, topic = _own_or_managed(world, call)
    if topic.is_closed is closed:
        refuse("TOPIC_NOT_MODIFIED")
    topic.is_closed = closed
    world.post(chat, world.bot, topic=topic, service={f"forum_topic_{'closed' if closed else 'reopened'}": {}})
    return True


def delete_forum_topic(world: World, call: Call) -> bool:
    chat = _forum(world, call, "delete messages")
    topic = _topic(call, chat)
    drop_topic(world, topic)
    return True


def drop_topic(world: World, topic: Topic) -> None:
    """Delete a topic with everything in it; no update tells the bot."""
    del topic.chat.topics_by_id[topic.id]
    world.remove([message for message in topic.chat.history if message.topic is topic])


def get_forum_topic_icon_stickers(world: World, call: Call) -> list[Wire]:
    shape: Wire = {
        "type": "custom_emoji",
        "width": 100,
        "height": 100,
        "is_animated": True,
        "is_video": False,
    }
    return [
        shape | {"file_id": f"CAAC{id_}", "file_unique_id": f"AgAD{id_}", "emoji": emoji, "custom_emoji_id": id_}
        for id_, emoji in ICONS.items()
    ]


def _forum(world: World, call: Call, what: str, *, even_so: bool = False) -> Chat:
    chat = world.writable_chat(call.json("chat_id"))
    if not chat.is_forum:
        refuse("the chat is not a forum")
    if not even_so and not world.bot_in(chat).may_manage_topics:
        refuse(f"not enough rights to {what}")
    return chat


def _own_or_managed(world: World, call: Call) -> tuple[Chat, Topic]:
    """The creator of a topic needs no right to change it."""
    topics = world.chat(call.json("chat_id")).topics_by_id
    topic = topics.get(call.number("message_thread_id") or 0)
    chat = _forum(world, call, "manage topics", even_so=topic is not None and topic.creator is world.bot)
    return chat, _topic(call, chat)


def _topic(call: Call, chat: Chat) -> Topic:
    return chat.topics_by_id.get(call.number("message_thread_id") or 0) or refuse("TOPIC_ID_INVALID")


def _name(call: Call) -> str:
    name = call.text("name").strip()
    if not name:
        refuse("topic name is empty")
    if len(name) > TOPIC_NAME_LIMIT:
        refuse("topic name is too long")
    return name


def _icon(call: Call) -> str:
    icon = call.text("icon_custom_emoji_id")
    if icon and icon not in ICONS:
        refuse("DOCUMENT_INVALID")
    return icon


def get_chat(world: World, call: Call) -> Wire:
    chat = world.chat(call.json("chat_id"))
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    full: Wire = {
        "accent_color_id": 3,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }
    if chat.person is None:
        world.check_membership(chat)
        full["permissions"] = {"can_send_messages": True, "can_manage_topics": False}
    return chat.wire() | full


def get_chat_member(world: World, call: Call) -> Wire:
    chat, user_id = world.chat(call.json("chat_id")), call.number("user_id")
    if chat.person is None:
        world.check_membership(chat)
    if user_id in chat.members:
        return chat.members[user_id].wire()
    account = world.accounts.get(user_id or 0) or refuse("PARTICIPANT_ID_INVALID")
    is_own = chat.person is not None and user_id in (chat.id, world.bot.id)
    return Membership(account, "member" if is_own else "left").wire()


def get_chat_administrators(world: World, call: Call) -> list[Wire]:
    """Administrators without bots: other bots are left out unless asked for, this one is always there."""
    chat = world.chat(call.json("chat_id"))
    if chat.person is not None:
        refuse("there are no administrators in the private chat")
    world.check_membership(chat)
    with_bots = call.flag("return_bots")
    admins = [member for member in chat.members.values() if member.is_admin]
    return [m.wire() for m in admins if with_bots or not m.account.is_bot or m.account is world.bot]


def get_me(world: World, call: Call) -> Wire:
    flags = (
        "supports_inline_queries can_connect_to_business has_main_web_app has_topics_enabled supports_guest_queries "
        "allows_users_to_create_topics can_manage_bots supports_join_request_queries can_read_all_group_messages"
    )
    return world.bot.wire() | {"can_join_groups": True} | dict.fromkeys(flags.split(), False)


def set_my_commands(world: World, call: Call) -> bool:
    commands, key = call.objects("commands"), _audience(call)
    if len(commands) > 100:
        refuse("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "")):
            refuse("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= 256:
            refuse("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[key] = commands
    world.changed()
    return True


def get_my_commands(world: World, call: Call) -> list[Wire]:
    return world.commands.get(_audience(call), [])


def delete_my_commands(world: World, call: Call) -> bool:
    world.commands.pop(_audience(call), None)
    world.changed()
    return True


def _audience(call: Call) -> tuple[str, str]:
    scope = call.json("scope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True), call.text("language_code")


def set_my(what: str) -> Method:
    """Return the method that sets one text of the bot's own profile."""

    def set_text(world: World, call: Call) -> bool:
        text = call.text(what)
        if len(text) > _LIMITS[what]:
            refuse(f"bot {what.replace('_', ' ')} is too long")
        world.descriptions[what, call.text("language_code")] = text
        world.changed()
        return True

    return set_text


def get_my(what: str) -> Method:
    """Return the method that reads one text of the bot's own profile; another language's where there is none."""

    def get_text(world: World, call: Call) -> Wire:
        texts = world.descriptions
        return {what: texts.get((what, call.text("language_code"))) or texts.get((what, ""), "")}

    return get_text


METHODS: dict[str, Method] = {
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": close_forum_topic,
    "reopenForumTopic": reopen_forum_topic,
    "deleteForumTopic": delete_forum_topic,
    "getForumTopicIconStickers": get_forum_topic_icon_stickers,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyDescription": set_my("description"),
    "setMyShortDescription": set_my("short_description"),
    "setMyName": set_my("name"),
    "getMyDescription": get_my("description"),
    "getMyShortDescription": get_my("short_description"),
}
