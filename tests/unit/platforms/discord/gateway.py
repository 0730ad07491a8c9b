"""A Discord that can be connected to, for what simcord leaves out: login, the socket, and being turned away."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

BOT: dict[str, Any] = {"id": "10", "username": "desk", "discriminator": "0", "avatar": None, "bot": True}


class Gateway:
    """Logs everybody in unless told otherwise; `script` says what happens on each connection, in order."""

    def __init__(self) -> None:
        self.login_status = 200
        self.script: list[int | str] = []
        self.identified = 0
        self.closed = 0
        self.address = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Gateway"]:
        application = web.Application()
        application.router.add_get("/api/users/@me", self._me)
        application.router.add_get("/api/oauth2/applications/@me", self._application)
        application.router.add_put("/api/applications/{tail:.*}", self._commands)
        application.router.add_get("/socket/", self._socket)
        async with TestServer(application) as server:
            self.address = str(server.make_url("")).rstrip("/")
            yield self

    async def _me(self, request: web.Request) -> web.Response:
        if request.headers["Authorization"] != "Bot good" or self.login_status != 200:
            return _json({"message": "401: Unauthorized", "code": 0}, max(self.login_status, 401))
        return _json(BOT)

    async def _application(self, request: web.Request) -> web.Response:
        return _json(
            {"id": "11", "name": "desk", "description": "", "icon": None, "bot_public": False, "flags": 0}
            | {"bot_require_code_grant": False, "verify_key": "", "team": None, "rpc_origins": [], "owner": BOT}
        )

    async def _commands(self, request: web.Request) -> web.Response:
        return _json([])

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 45000}, "s": None, "t": None})
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT and json.loads(frame.data)["op"] == 2:
                    self.identified += 1
                    await self._act(socket, self.script.pop(0) if self.script else "ready")
        finally:
            self.closed += 1
        return socket

    async def _act(self, socket: web.WebSocketResponse, act: int | str) -> None:
        match act:
            case int():
                await socket.close(code=act)
            case "nonsense":
                # An event with nothing in it, as a change of the platform would look to the library's parsers.
                await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": {}})
            case _:
                await self._welcome(socket)

    async def _welcome(self, socket: web.WebSocketResponse) -> None:
        ready = {
            "v": 10,
            "user": BOT,
            "guilds": [],
            "session_id": "s",
            "resume_gateway_url": self.address.replace("http", "ws") + "/socket/",
            "application": {"id": "11", "flags": 0},
        }
        await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": ready})
        author = {"id": "20", "username": "bob", "discriminator": "0", "avatar": None}
        message: dict[str, Any] = {
            "id": "30",
            "channel_id": "40",
            "author": author,
            "content": "hello",
            "timestamp": "2026-01-01T00:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "type": 0,
        }
        await socket.send_json({"op": 0, "t": "MESSAGE_CREATE", "s": 2, "d": message})


def _json(body: Any, status: int = 200) -> web.Response:
    # The library reads a body as JSON only when nothing follows the media type.
    return web.Response(body=json.dumps(body), status=status, headers={"Content-Type": "application/json"})
