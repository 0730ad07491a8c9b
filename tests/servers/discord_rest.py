"""The fake Discord's operations on channels, messages and threads: what each does and says."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import unquote

from tests.servers.discord_faults import ApiError, Call
from tests.servers.discord_gateway import DIRECT_REACTIONS, GUILD_REACTIONS, GUILDS
from tests.servers.discord_objects import (
    IS_COMPONENTS_V2,
    TEXT_DISPLAY,
    THREADS,
    Channel,
    Message,
    Place,
    Wire,
    parts_of,
)
from tests.servers.discord_world import World

TEXT_LIMIT, COMPONENTS_TEXT_LIMIT = 2000, 4000
CLASSIC = (1, 2, 3, 5, 6, 7, 8)
"""Action rows, buttons and menus; everything else makes the message one of components."""


class Route(NamedTuple):
    """One operation: its name in Discord's reference, its address, and what it does (status, body)."""

    name: str
    method: str
    path: str
    act: Callable[[World, Call], tuple[int, Any]]


def create_message(world: World, call: Call) -> tuple[int, Any]:
    channel = world.channel(call.number("channel"))
    if channel.person is not None and not channel.person.takes_dms:
        raise ApiError(403, 50007, "Cannot send messages to this user")
    if channel.kind is Place.FORUM:
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    return 200, post(world, channel, call).wire()


def post(world: World, channel: Channel, call: Call, *, id: int = 0, body: Wire | None = None) -> Message:
    """The bot's message as a body describes it, after Discord's own checks."""
    body = call.body if body is None else body
    check_body(body, call)
    reference = body.get("message_reference") or {}
    answered = channel.find(int(reference["message_id"])) if reference else None
    if reference and answered is None and reference.get("fail_if_not_exists", True):
        raise ApiError(400, 50035, "Invalid Form Body", errors={"message_reference": "Unknown message"})
    return world.post(
        channel, world.bot, body.get("content") or "", id=id, reply_to=answered,
        components=body.get("components") or [], files=world.store(channel, call.uploads),
        nonce=body.get("nonce"), enforce_nonce=bool(body.get("enforce_nonce")), flags=body.get("flags") or 0,
        embeds=body.get("embeds") or [],
    )  # fmt: skip


def check_body(body: Wire, call: Call, flags: int = 0) -> None:
    """`flags` are those the message has already; that it consists of components is for good."""
    components = [*parts_of(body.get("components") or [])]
    if (flags | (body.get("flags") or 0)) & IS_COMPONENTS_V2:
        if body.get("content") or body.get("embeds"):
            raise ApiError(400, 50035, "Invalid Form Body", errors={"content": "Not with IS_COMPONENTS_V2."})
        if sum(len(part["content"]) for part in components if part["type"] == TEXT_DISPLAY) > COMPONENTS_TEXT_LIMIT:
            raise ApiError(400, 50035, "Invalid Form Body", errors={"components": "4000 characters of text at most."})
    elif any(part["type"] not in CLASSIC for part in components):
        raise ApiError(400, 50035, "Invalid Form Body", errors={"components": "Only with IS_COMPONENTS_V2."})
    if len(body.get("content") or "") > TEXT_LIMIT:
        raise ApiError(400, 50035, "Invalid Form Body", errors={"content": "Must be 2000 or fewer in length."})
    if len(str(body.get("nonce") or "")) > 25:
        raise ApiError(400, 50035, "Invalid Form Body", errors={"nonce": "Must be 25 or fewer in length."})
    if not (body.get("content") or body.get("components") or body.get("embeds") or call.uploads):
        raise ApiError(400, 50006, "Cannot send an empty message")


def get_messages(world: World, call: Call) -> tuple[int, Any]:
    """Newest first; `after` gives the oldest ones behind it, `before` the newest ones ahead of it."""
    channel = world.channel(call.number("channel"))
    messages = sorted(channel.messages, key=lambda message: message.id)
    limit = int(call.query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise ApiError(400, 50035, "Invalid Form Body", errors={"limit": "1 to 100"})
    if "after" in call.query:
        messages = [one for one in messages if one.id > int(call.query["after"])][:limit]
    else:
        messages = [one for one in messages if one.id < int(call.query.get("before", 1 << 63))][-limit:]
    return 200, [message.wire() for message in reversed(messages)]


def get_message(world: World, call: Call) -> tuple[int, Any]:
    return 200, _message(world, call).wire()


def edit_message(world: World, call: Call) -> tuple[int, Any]:
    message = _message(world, call)
    if message.author is not world.bot:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    _must_be_open(message.channel)
    change(world, message, call)
    return 200, message.wire()


def change(world: World, message: Message, call: Call) -> None:
    """What is named in the body becomes so; all else stays."""
    body = call.body
    remains: Wire = {"content": message.text, "components": message.components}
    remains |= body
    check_body(remains, call, message.flags)
    message.text, message.components = remains["content"] or "", remains["components"] or []
    message.flags |= (body.get("flags") or 0) & IS_COMPONENTS_V2
    message.edited_at = world.now()
    world.tell_message("MESSAGE_UPDATE", message)


def delete_message(world: World, call: Call) -> tuple[int, Any]:
    message = _message(world, call)
    if message.author is not world.bot and message.channel.person is not None:
        raise ApiError(403, 50003, "Cannot execute action on a DM channel")
    _must_be_open(message.channel)
    message.channel.messages.remove(message)
    world.tell_deleted(message)
    return 204, None


def add_reaction(world: World, call: Call) -> tuple[int, Any]:
    message = _message(world, call)
    _must_be_open(message.channel)
    mark = (world.bot.id, unquote(call.ids["emoji"]))
    if mark not in message.reactions:
        message.reactions.append(mark)
        _tell_reaction(world, "MESSAGE_REACTION_ADD", message, mark[1])
    return 204, None


def remove_reaction(world: World, call: Call) -> tuple[int, Any]:
    message = _message(world, call)
    mark = (world.bot.id, unquote(call.ids["emoji"]))
    if mark not in message.reactions:
        raise ApiError(404, 10014, "Unknown Emoji")
    message.reactions.remove(mark)
    _tell_reaction(world, "MESSAGE_REACTION_REMOVE", message, mark[1])
    return 204, None


def _tell_reaction(world: World, name: str, message: Message, emoji: str) -> None:
    channel = message.channel
    told: Wire = {"user_id": str(world.bot.id), "channel_id": str(channel.id), "message_id": str(message.id)}
    told |= {"emoji": {"id": None, "name": emoji}, "type": 0, "burst": False}
    told |= {} if channel.person else {"guild_id": str(world.guild_id)}
    world.gateway.tell(name, DIRECT_REACTIONS if channel.person else GUILD_REACTIONS, lambda _: told)
    world.changed()


def start_thread_from_message(world: World, call: Call) -> tuple[int, Any]:
    message = _message(world, call)
    if message.id in world.channels:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    # Such a thread has the id of its message.
    return 201, world.open_thread(message.channel, world.bot, call.body["name"], message.id).wire()


def start_thread(world: World, call: Call) -> tuple[int, Any]:
    """A post in a forum, its first message with it, or a thread of its own in a text channel."""
    parent = world.channel(call.number("channel"))
    name = call.body["name"]
    if not 1 <= len(name) <= 100:
        raise ApiError(400, 50035, "Invalid Form Body", errors={"name": "1 to 100"})
    if parent.kind is not Place.FORUM:
        kind = Place(call.body.get("type", Place.PRIVATE_THREAD))
        return 201, world.open_thread(parent, world.bot, name, kind=kind).wire()
    body = call.body.get("message") or {}
    check_body(body, call)
    thread = world.open_thread(parent, world.bot, name, tags=_known_tags(parent, call.body.get("applied_tags") or []))
    # The first message of a post has the post's id.
    message = post(world, thread, call, id=thread.id, body=body)
    return 201, thread.wire() | {"message": message.wire()}


def get_channel(world: World, call: Call) -> tuple[int, Any]:
    return 200, world.channel(call.number("channel")).wire()


def modify_channel(world: World, call: Call) -> tuple[int, Any]:
    channel = world.channel(call.number("channel"))
    body = call.body
    if channel.is_archived and body.get("archived", True):
        raise ApiError(400, 50083, "Thread is archived")
    channel.name = body.get("name", channel.name)
    channel.is_archived = body.get("archived", channel.is_archived)
    channel.is_locked = body.get("locked", channel.is_locked)
    channel.tags = _known_tags(channel.parent, body.get("applied_tags", channel.tags))
    if channel.is_thread:
        world.tell_thread("THREAD_UPDATE", channel)
    elif "available_tags" in body:
        channel.offered = [tag | {"id": str(tag.get("id") or world.snowflake())} for tag in body["available_tags"]]
        world.gateway.tell("CHANNEL_UPDATE", GUILDS, lambda _: channel.wire())
        world.changed()
    return 200, channel.wire()


def _known_tags(forum: Channel | None, tags: list[str]) -> list[str]:
    offered = {tag["id"] for tag in forum.offered} if forum else set()
    if not offered.issuperset(tags):
        raise ApiError(400, 10087, "Unknown Tag")
    return tags


def trigger_typing(world: World, call: Call) -> tuple[int, Any]:
    world.channel(call.number("channel"))
    return 204, None


def list_active_threads(world: World, call: Call) -> tuple[int, Any]:
    threads = [one.wire() for one in world.channels.values() if one.is_thread and not one.is_archived]
    return 200, {"threads": threads, "members": [], "has_more": False}


def list_archived_threads(world: World, call: Call) -> tuple[int, Any]:
    parent = world.channel(call.number("channel"))
    kind = Place.PRIVATE_THREAD if call.path.endswith("private") else Place.PUBLIC_THREAD
    found = [one for one in world.channels.values() if one.parent is parent and one.kind is kind and one.is_archived]
    limit = int(call.query.get("limit", 50))
    newest = [one.wire() for one in reversed(found)]
    return 200, {"threads": newest[:limit], "members": [], "has_more": len(newest) > limit}


def join_thread(world: World, call: Call) -> tuple[int, Any]:
    thread = world.channel(call.number("channel"))
    if thread.kind not in THREADS:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    person = world.bot if call.ids["user"] == "@me" else world.accounts[call.number("user")]
    if person not in thread.members:
        thread.members.append(person)
    return 204, None


def create_dm(world: World, call: Call) -> tuple[int, Any]:
    person = world.accounts.get(int(call.body["recipient_id"]))
    if person is None or person.is_bot:
        raise ApiError(400, 50033, "Invalid Recipient(s)")
    return 200, world.direct(person).wire()


def _message(world: World, call: Call) -> Message:
    return world.message(world.channel(call.number("channel")), call.number("message"))


def _must_be_open(channel: Channel) -> None:
    if channel.is_archived:
        raise ApiError(400, 50083, "Thread is archived")


ROUTES = (
    Route("create_message", "POST", "/channels/{channel}/messages", create_message),
    Route("get_messages", "GET", "/channels/{channel}/messages", get_messages),
    Route("get_message", "GET", "/channels/{channel}/messages/{message}", get_message),
    Route("edit_message", "PATCH", "/channels/{channel}/messages/{message}", edit_message),
    Route("delete_message", "DELETE", "/channels/{channel}/messages/{message}", delete_message),
    Route("add_reaction", "PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me", add_reaction),
    Route(
        "remove_reaction", "DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me", remove_reaction
    ),
    Route(
        "start_thread_from_message",
        "POST",
        "/channels/{channel}/messages/{message}/threads",
        start_thread_from_message,
    ),
    Route("start_thread", "POST", "/channels/{channel}/threads", start_thread),
    Route("get_channel", "GET", "/channels/{channel}", get_channel),
    Route("modify_channel", "PATCH", "/channels/{channel}", modify_channel),
    Route("trigger_typing", "POST", "/channels/{channel}/typing", trigger_typing),
    Route("list_active_threads", "GET", "/guilds/{guild}/threads/active", list_active_threads),
    Route("list_archived_threads", "GET", "/channels/{channel}/threads/archived/public", list_archived_threads),
    Route("list_archived_threads", "GET", "/channels/{channel}/threads/archived/private", list_archived_threads),
    Route("join_thread", "PUT", "/channels/{channel}/thread-members/{user}", join_thread),
    Route("create_dm", "POST", "/users/@me/channels", create_dm),
)
