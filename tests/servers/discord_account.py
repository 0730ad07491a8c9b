"""The fake Discord's operations on the bot itself, its commands and what it answers to interactions."""

from typing import Any

from tests.servers.discord_faults import ApiError, Call
from tests.servers.discord_objects import EPHEMERAL, LOADING, Message, Wire
from tests.servers.discord_rest import Route, change, check_body
from tests.servers.discord_world import Interaction, World

_ANSWER_SECONDS, _TOKEN_SECONDS = 3.0, 900.0
_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE, _MODAL = 4, 5, 6, 7, 9


def get_current_user(world: World, call: Call) -> tuple[int, Any]:
    return 200, world.bot.wire() | {"verified": True, "mfa_enabled": True, "locale": "en-US", "email": None}


def get_application(world: World, call: Call) -> tuple[int, Any]:
    person = world.accounts[world.bot.id].wire() | {"bot": False, "username": "owner"}
    return 200, {
        "id": str(world.application_id), "name": world.bot.name, "icon": None, "description": "", "type": None,
        "bot_public": False, "bot_require_code_grant": False, "verify_key": "0" * 64, "flags": world.flags,
        "flags_new": str(world.flags), "eligible_oauth2_scopes": ["bot", "applications.commands"],
        "summary": "", "hook": True, "owner": person, "team": None, "bot": world.bot.wire(), "redirect_uris": [],
        "interactions_endpoint_url": None, "role_connections_verification_url": None, "rpc_origins": [],
        "approximate_guild_count": 1, "approximate_user_install_count": 0, "explicit_content_filter": 0,
        "approximate_user_authorization_count": 0, "max_participants": None, "integration_types_config": {},
    }  # fmt: skip


def get_gateway(world: World, call: Call) -> tuple[int, Any]:
    url = world.url.replace("http", "ws", 1) + "/gateway"
    if call.name == "get_gateway":
        return 200, {"url": url}
    limit = {"total": 1000, "remaining": 999, "reset_after": 1000, "max_concurrency": 1}
    return 200, {"url": url, "shards": 1, "session_start_limit": limit}


def set_commands(world: World, call: Call) -> tuple[int, Any]:
    """Replace all commands of one place."""
    place = call.ids.get("guild", "")
    known = {command["name"]: command["id"] for command in world.commands.get(place, [])}
    made = []
    for command in call.body["commands"]:
        more: Wire = {"id": known.get(command["name"]) or str(world.snowflake()), "version": "1", "nsfw": False}
        more |= {"application_id": str(world.application_id), "default_member_permissions": None}
        given = {key: value for key, value in command.items() if value is not None}
        made.append({"type": 1, "description": "", "dm_permission": True} | given | more)
        made[-1] |= {"guild_id": place} if place else {}
    world.commands[place] = made
    return 200, made


def get_commands(world: World, call: Call) -> tuple[int, Any]:
    return 200, world.commands.get(call.ids.get("guild", ""), [])


def get_guild(world: World, call: Call) -> tuple[int, Any]:
    if call.number("guild") != world.guild_id:
        raise ApiError(404, 10004, "Unknown Guild")
    return 200, _public_guild(world)


def get_member(world: World, call: Call) -> tuple[int, Any]:
    account = world.accounts.get(call.number("user"))
    if account is None:
        raise ApiError(404, 10007, "Unknown Member")
    return 200, account.member() | {"user": account.wire()}


def _public_guild(world: World) -> Wire:
    inside = ("voice_states", "presences", "members", "channels", "threads", "joined_at", "large", "unavailable")
    more = {"region": "us", "max_members": 500000, "widget_enabled": False, "widget_channel_id": None, "nsfw": False}
    more |= {"max_presences": None, "max_video_channel_users": 25, "max_stage_video_channel_users": 50}
    more |= {"home_header": None, "hub_type": None, "safety_alerts_channel_id": None, "premium_subscription_count": 0}
    return {key: value for key, value in world.guild().items() if key not in inside} | more


# Interactions


def respond(world: World, call: Call) -> tuple[int, Any]:
    """The first answer, for which there are three seconds."""
    interaction = world.interactions.get(call.ids["token"])
    if interaction is None or world.now() - interaction.at > _ANSWER_SECONDS:
        raise ApiError(404, 10062, "Unknown interaction")
    if interaction.acknowledged:
        raise ApiError(400, 40060, "Interaction has already been acknowledged.")
    kind, body = call.body["type"], call.body.get("data") or {}
    interaction.acknowledged = kind
    if kind == _MESSAGE:
        interaction.answer = _say(world, interaction, call, body)
    elif kind == _DEFERRED:
        interaction.answer = _say(world, interaction, call, {"flags": LOADING | (body.get("flags") or 0)})
    elif kind == _UPDATE and interaction.message is not None:
        call.body = body
        change(world, interaction.message, call)
    elif kind == _MODAL:
        interaction.modal = body
    world.changed()
    if call.query.get("with_response") not in ("true", "1"):
        return 204, None
    return 200, _response(interaction, kind)


def _response(interaction: Interaction, kind: int) -> Wire:
    told: Wire = {"id": str(interaction.id), "type": interaction.kind}
    answer = interaction.answer
    if answer is None:
        return {"interaction": told}
    told |= {"response_message_id": str(answer.id), "response_message_loading": bool(answer.flags & LOADING)}
    told |= {"response_message_ephemeral": bool(answer.flags & EPHEMERAL)}
    # The message itself is there only when this is what made it.
    resource = {"resource": {"type": kind, "message": answer.wire()}} if kind == _MESSAGE else {}
    return {"interaction": told} | resource


def follow_up(world: World, call: Call) -> tuple[int, Any]:
    """A later answer; the first one takes the place of "is thinking…"."""
    interaction = _open(world, call)
    check_body(call.body, call)
    waiting = interaction.answer
    if waiting is not None and waiting.flags & LOADING:
        waiting.flags &= ~LOADING
        change(world, waiting, call)
        waiting.flags |= EPHEMERAL if waiting in interaction.whispers else 0
        waiting.files = world.store(waiting.channel, call.uploads)
        return 200, waiting.wire()
    return 200, _say(world, interaction, call, call.body).wire()


def edit_answer(world: World, call: Call) -> tuple[int, Any]:
    message = _answer(world, call)
    message.flags &= ~LOADING
    change(world, message, call)
    return 200, message.wire()


def delete_answer(world: World, call: Call) -> tuple[int, Any]:
    interaction, message = _open(world, call), _answer(world, call)
    if message in interaction.whispers:
        interaction.whispers.remove(message)
    else:
        message.channel.messages.remove(message)
        world.tell_deleted(message)
    if interaction.answer is message:
        interaction.answer = None
    world.changed()
    return 204, None


def _say(world: World, interaction: Interaction, call: Call, body: Wire) -> Message:
    """Into the channel, or as a whisper only the person sees and no channel keeps."""
    flags = body.get("flags") or 0
    fields: Wire = {"components": body.get("components") or [], "flags": flags, "interaction": interaction.id}
    fields |= {"embeds": body.get("embeds") or [], "files": world.store(interaction.channel, call.uploads)}
    text = body.get("content") or ""
    if not flags & EPHEMERAL:
        return world.post(interaction.channel, world.bot, text, **fields)
    whisper = Message(id=world.snowflake(), channel=interaction.channel, author=world.bot, text=text, **fields)
    interaction.whispers.append(whisper)
    world.changed()
    return whisper


def _open(world: World, call: Call) -> Interaction:
    interaction = world.interactions.get(call.ids["token"])
    if interaction is None:
        raise ApiError(404, 10015, "Unknown Webhook")
    if world.now() - interaction.at > _TOKEN_SECONDS:
        raise ApiError(401, 50027, "Invalid Webhook Token")
    return interaction


def _answer(world: World, call: Call) -> Message:
    interaction = _open(world, call)
    said = [*interaction.channel.messages, *interaction.whispers]
    wanted = call.ids.get("answer", "@original")
    original = str(interaction.answer.id) if interaction.answer else ""
    number = original if wanted == "@original" else wanted
    message = next((one for one in said if str(one.id) == number), None)
    if message is None:
        raise ApiError(404, 10008, "Unknown Message")
    return message


ROUTES = (
    Route("get_current_user", "GET", "/users/@me", get_current_user),
    Route("get_application", "GET", "/oauth2/applications/@me", get_application),
    Route("get_application", "GET", "/applications/@me", get_application),
    Route("get_gateway", "GET", "/gateway", get_gateway),
    Route("get_gateway_bot", "GET", "/gateway/bot", get_gateway),
    Route("set_commands", "PUT", "/applications/{application}/commands", set_commands),
    Route("set_commands", "PUT", "/applications/{application}/guilds/{guild}/commands", set_commands),
    Route("get_commands", "GET", "/applications/{application}/commands", get_commands),
    Route("get_commands", "GET", "/applications/{application}/guilds/{guild}/commands", get_commands),
    Route("get_guild", "GET", "/guilds/{guild}", get_guild),
    Route("get_member", "GET", "/guilds/{guild}/members/{user}", get_member),
    Route("respond", "POST", "/interactions/{interaction}/{token}/callback", respond),
    Route("follow_up", "POST", "/webhooks/{application}/{token}", follow_up),
    Route("edit_answer", "PATCH", "/webhooks/{application}/{token}/messages/{answer}", edit_answer),
    Route("delete_answer", "DELETE", "/webhooks/{application}/{token}/messages/{answer}", delete_answer),
)
