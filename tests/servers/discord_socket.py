"""The fake Discord as one server on loopback: REST and gateway in front of the state in `discord_world`.

A test plays the people, the bot under test talks to it with its real client library, and whatever either side says
that the published description does not allow is collected in `problems`.
"""

import contextlib
import json
import socket
import struct
import traceback
from collections.abc import AsyncIterator, Callable, Iterable
from functools import partial
from typing import Any, Self
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

from tests.servers import discord_account, discord_rest
from tests.servers.discord_faults import ApiError, Call, Fault, Faults, Kind, RateLimits, too_many_requests
from tests.servers.discord_objects import Place, Wire
from tests.servers.discord_people import Person
from tests.servers.discord_rest import Route
from tests.servers.discord_world import TOKEN, World
from tests.servers.specs import DiscordSpec

ROUTES = (*discord_rest.ROUTES, *discord_account.ROUTES)
_BASE = "/api/v10"
_UPLOAD_LIMIT = 26 * 1024 * 1024
_PUBLIC = ("respond", "follow_up", "edit_answer", "delete_answer")
_PAGE = "<html><head><title>{0}</title></head><body>{0}</body></html>"


class FakeDiscord:
    """One bot's Discord: its REST and gateway for the bot, its people and channels for the test."""

    token = TOKEN

    def __init__(self, desk: Place = Place.FORUM) -> None:
        self.world = World(desk)
        self.gateway = self.world.gateway
        self.spec = DiscordSpec.find()
        self.faults = Faults()
        self.limits = RateLimits()
        self.calls: list[Call] = []
        self.url = ""
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1)

    @classmethod
    async def start(cls, desk: Place = Place.FORUM, port: int = 0) -> Self:
        """Listen on the loopback interface, on any free port unless one is named."""
        server = cls(desk)
        await server.listen(port)
        return server

    async def listen(self, port: int = 0) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = self.world.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self.gateway.stop()
        await self._runner.cleanup()

    @property
    def api_base_url(self) -> str:
        """What `discord.api_base_url` is set to."""
        return self.url + _BASE

    @property
    def gateway_url(self) -> str:
        """What `discord.gateway_url` is set to."""
        return self.url.replace("http", "ws", 1) + "/gateway"

    def settings(self) -> dict[str, str]:
        """The section `discord` of a bot's settings."""
        return {
            "token": self.token, "guild": str(self.world.guild_id), "staff_channel": str(self.world.desk.id),
            "staff_role": str(self.world.staff_role), "api_base_url": self.api_base_url,
            "gateway_url": self.gateway_url,
        }  # fmt: skip

    # What a test sees and does

    @property
    def problems(self) -> list[str]:
        """What the bot asked or the fake answered against the published description."""
        return self.world.problems

    def assert_clean(self) -> None:
        """Fail on any problem, and on an ordered fault that never happened."""
        left = [f"{fault.kind} for {fault.name} never happened" for fault in self.faults.ordered if fault.times]
        if self.problems or left:
            raise AssertionError("\n".join([*self.problems, *left]))

    def user(self, name: str, *, is_staff: bool = False, locale: str = "en-US") -> Person:
        """Add a person; who is staff has the role and sees the staff channel."""
        return Person(self.world, self.world.account(name, [self.world.staff_role] if is_staff else (), locale))

    async def until(self, predicate: Callable[[], Any], timeout: float = 5.0) -> Any:
        """Wait until the predicate is truthy and return what it said; looked at again after every change."""
        return await self.world.until(predicate, timeout)

    def advance(self, seconds: float) -> None:
        """Move the platform's clock: windows pass, nonces are forgotten, interactions and sessions expire."""
        self.world.elapsed += seconds
        self.world.changed()

    def fail_next(
        self,
        name: str,
        kind: Kind | int,
        times: int = 1,
        *,
        retry_after: float = 1.0,
        when: Callable[[Call], bool] = lambda _call: True,
    ) -> None:
        """Make the next requests of an operation (`*` any) fail: an error status, RESET or LOST."""
        self.faults.ordered.append(Fault(name, kind, times, retry_after, when))

    def calls_of(self, name: str) -> list[Call]:
        """Return every request of this operation so far, also those that were refused or met a fault."""
        return [call for call in self.calls if call.name == name]

    # HTTP

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=_UPLOAD_LIMIT)
        for route in ROUTES:
            app.router.add_route(route.method, _BASE + route.path, partial(self._take, route))
        app.router.add_get("/gateway", self.gateway.answer)
        app.router.add_get("/gateway/", self.gateway.answer)
        app.router.add_get("/attachments/{path:.+}", self._download)
        app.router.add_route("*", "/{path:.*}", self._unknown)
        return app

    async def _take(self, route: Route, request: web.Request) -> web.StreamResponse:
        call = await _read(route, request)
        if route.name not in _PUBLIC and request.headers.get("Authorization") != f"Bot {self.token}":
            return _respond(401, {"message": "401: Unauthorized", "code": 0})
        return await self._answer(route, call, request)

    async def _answer(self, route: Route, call: Call, request: web.Request) -> web.StreamResponse:
        """One request from being heard to being answered."""
        self.calls.append(call)
        self._check_request(call)
        fault = self.faults.take(call)
        self.world.changed()
        if fault is not None and fault.kind is not Kind.LOST:
            return _fail(request, fault, call)
        status, body, headers = self._outcome(route, call)
        call.status, call.result = status, body
        self.world.changed()
        return _break_connection(request) if fault is not None else _respond(status, body, headers)

    def _outcome(self, route: Route, call: Call) -> tuple[int, Any, dict[str, str]]:
        headers: dict[str, str] = {}
        try:
            headers = self.limits.check(call, self.world.now())
            status, body = route.act(self.world, call)
        except ApiError as error:
            return error.status, error.body, headers
        except Exception:
            # A fault of the fake itself must fail the test, not look like one of Discord's bad moments.
            self.problems.append(f"the fake failed in {call.name}:\n{traceback.format_exc()}")
            return 500, {"message": "500: Internal Server Error", "code": 0}, headers
        self._check_answer(call, status, body)
        return status, body, headers

    def _check_request(self, call: Call) -> None:
        if self.spec is not None:
            body = call.body.get("commands", call.body) if call.name == "set_commands" else call.body
            checked = _with_text_ids(body) if call.has_body else None
            self.problems.extend(self.spec.check_request(call.method, call.path, checked))

    def _check_answer(self, call: Call, status: int, body: Any) -> None:
        if self.spec is not None:
            found = self.spec.check_response(call.method, call.path, status, body)
            self.problems.extend(f"the fake's own answer: {problem}" for problem in found)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        file = self.world.files.get(request.path)
        return web.Response(body=file.content, content_type=file.content_type) if file else web.Response(status=404)

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        self.problems.append(f"{request.method} {request.path}: this fake has no such operation")
        return _respond(404, {"message": "404: Not Found", "code": 0})


async def _read(route: Route, request: web.Request) -> Call:
    body: Any = None
    uploads: list[tuple[str, str, bytes]] = []
    if request.content_type.startswith("multipart/"):
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            content = bytes(await part.read())
            if part.name == "payload_json":
                body = json.loads(content)
            elif part.filename is not None:
                uploads.append((part.filename, part.headers.get("Content-Type", ""), content))
    elif request.can_read_body and (raw := await request.read()):
        body = json.loads(raw)
    has_body = body is not None
    body = {"commands": body} if isinstance(body, list) else body or {}
    ids = {key: unquote(value) for key, value in request.match_info.items()}
    return Call(route.name, route.method, request.path, ids, dict(request.query), body, uploads, has_body)


def _with_text_ids(body: Any) -> Any:
    """The library writes these ids as numbers, and Discord takes them although its description wants text."""
    if not isinstance(body, dict):
        return body
    body = dict(body)
    if "message_reference" in body:
        reference: Iterable[tuple[str, Any]] = body["message_reference"].items()
        body["message_reference"] = {key: str(value) if key.endswith("_id") else value for key, value in reference}
    if "attachments" in body:
        body["attachments"] = [file | {"id": str(file["id"])} for file in body["attachments"]]
    if isinstance(body.get("message"), dict):
        body["message"] = _with_text_ids(body["message"])
    return body


def _respond(status: int, body: Any = None, headers: dict[str, str] | None = None) -> web.Response:
    """Exactly `application/json`, without which the library takes a body for text; Via, or a 429 is Cloudflare's."""
    headers = {"Via": "1.1 google"} | (headers or {})
    if body is None:
        return web.Response(status=status, headers=headers)
    if status == 429:
        headers |= {"Retry-After": str(body["retry_after"]), "X-RateLimit-Scope": "user"}
        headers |= {"X-RateLimit-Global": "true"} if body["global"] else {}
    content: Wire = {"headers": headers | {"Content-Type": "application/json"}}
    return web.Response(status=status, body=json.dumps(body).encode(), **content)


def _fail(request: web.Request, fault: Fault, call: Call) -> web.StreamResponse:
    """Do what an ordered fault says; nothing has been done for the request."""
    if isinstance(fault.kind, Kind):
        return _break_connection(request)
    call.status = fault.kind
    if fault.kind == 429:
        return _respond(429, too_many_requests(fault.retry_after).body)
    if fault.kind in (502, 503, 504):
        # The proxies in front of Discord answer with a page, not with JSON.
        return web.Response(status=fault.kind, text=_PAGE.format(fault.kind), content_type="text/html")
    return _respond(fault.kind, {"message": f"{fault.kind}: ordered by the test", "code": 0})


def _break_connection(request: web.Request) -> web.StreamResponse:
    """Break the connection with a reset, so that no client takes it for the end of an answer."""
    transport = request.transport
    if transport is not None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=500)


@contextlib.asynccontextmanager
async def running_discord(desk: Place = Place.FORUM) -> AsyncIterator[FakeDiscord]:
    """Run a server for one test; a test that ends well still fails on problems found on the way."""
    server = await FakeDiscord.start(desk)
    try:
        yield server
    finally:
        await server.stop()
    server.assert_clean()
