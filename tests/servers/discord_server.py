"""A Discord server in memory, driven by simcord: staff channel, people, files, and what the bot asks of it."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import discord
import simcord
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from simcord.backend import cdn as simcord_cdn
from simcord.http import router
from simcord.http.routes import messages

from bot.config import Discord
from tests.servers.specs import DiscordSpec


def _history(ctx: router.RequestContext) -> Any:
    """Discord answers `after` with what follows next; simcord with the newest."""
    if "after" not in ctx.params:
        return messages.get_history(ctx)
    limit = int(ctx.params.get("limit", 50))
    ctx.params["limit"] = "1000000"
    return messages.get_history(ctx)[-limit:]


router._ROUTES["GET"].insert(0, (["channels", "{channel_id}", "messages"], _history))


class DiscordServer:
    """One server with a role for staff and their channel: a "forum", a "text" or a "voice" channel."""

    def __init__(self, env: simcord.Env, desk_kind: str) -> None:
        self.env = env
        self.guild = env.create_guild("Example Exchange")
        self.role = self.guild.create_role("support")
        make = {
            "forum": self.guild.create_forum_channel,
            "text": self.guild.create_text_channel,
            "voice": self.guild.create_voice_channel,
        }[desk_kind]
        self.staff = make("desk")

    def settings(self, changed: Mapping[str, object] | None = None) -> Discord:
        """What an operator would write down for this server."""
        fields: dict[str, object] = {
            "token": SecretStr("x"),
            "guild": str(self.guild.id),
            "staff_channel": str(self.staff.id),
            "staff_role": str(self.role.id),
        }
        return Discord.model_validate(fields | dict(changed or {}))

    def joins(self, name: str, *roles: simcord.RoleHandle) -> simcord.MemberActor:
        """Somebody new in the server, shown by that name."""
        return self.guild.add_member(self.env.create_user(name.lower(), global_name=name), roles=roles)

    def problems(self) -> list[str]:
        """What the client has asked for against the published description of the API."""
        spec = DiscordSpec.find()
        if spec is None:
            return []
        sent = self.env.http_requests
        return [problem for r in sent for problem in spec.check_request(r.method, r.path, _with_text_ids(r.json))]


def text_of(message: discord.Message) -> str:
    """What people read of a message, that of its components included."""
    texts = [one.content for one in _parts(message.components) if isinstance(one, discord.TextDisplay)]
    return "\n".join(text for text in (message.content, *texts) if text)


def labels_of(message: discord.Message) -> tuple[str, ...]:
    """Its buttons."""
    return tuple(one.label or "" for one in _parts(message.components) if isinstance(one, discord.Button))


def _parts(components: Iterable[Any]) -> Iterator[Any]:
    """Every component, those inside others included."""
    for one in components:
        yield one
        yield from _parts(getattr(one, "children", ()))


def _with_text_ids(body: Any) -> Any:
    """The library writes these ids as numbers, and Discord takes them although its description wants text."""
    if not isinstance(body, dict):
        return body
    body = dict(body)
    if "message_reference" in body:
        reference = body["message_reference"].items()
        body["message_reference"] = {key: str(value) if key.endswith("_id") else value for key, value in reference}
    if "attachments" in body:
        body["attachments"] = [file | {"id": str(file["id"])} for file in body["attachments"]]
    return body


@asynccontextmanager
async def files_served(env: simcord.Env) -> AsyncIterator[None]:
    """A file server for what people send while the block runs; simcord's own addresses lead nowhere."""

    async def serve(request: web.Request) -> web.Response:
        if request.path.endswith("broken.png"):
            return web.Response(status=503)
        blob = env.backend.cdn.get(str(request.url))
        return web.Response(body=blob) if blob is not None else web.Response(status=404)

    application = web.Application()
    application.router.add_get("/{path:.*}", serve)
    nowhere = simcord_cdn.CDN_BASE
    async with TestServer(application) as server:
        simcord_cdn.CDN_BASE = str(server.make_url("")).rstrip("/")
        try:
            yield
        finally:
            simcord_cdn.CDN_BASE = nowhere
