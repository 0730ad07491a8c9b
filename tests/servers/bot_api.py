"""The fake Bot API server: real HTTP on a loopback socket in front of the state in `bot_api_world`.

A test plays the people, the bot under test talks to it with its real client library, and whatever either side
says that the published description does not allow is collected in `problems`.
"""

import asyncio
import contextlib
import traceback
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, Self

from aiohttp import web

from tests.servers import bot_api_chats, bot_api_media, bot_api_messages
from tests.servers.bot_api_calls import ApiError, Call
from tests.servers.bot_api_faults import Fault, Faults, Kind, RateLimits
from tests.servers.bot_api_http import break_connection, fail, read_call, respond
from tests.servers.bot_api_messages import Method
from tests.servers.bot_api_objects import Account, Chat, Membership, Wire
from tests.servers.bot_api_people import Person
from tests.servers.bot_api_webhook import Delivery
from tests.servers.bot_api_world import World
from tests.servers.specs import BotApiSpec

METHODS: dict[str, Method] = bot_api_messages.METHODS | bot_api_media.METHODS | bot_api_chats.METHODS


class FakeBotApi:
    """One bot's Telegram: its HTTP face for the bot, its people and groups for the test."""

    token = "6123456789:AAF0aWx1c3RyYXRpdmUtdG9rZW4tb25seTEy"

    def __init__(self) -> None:
        bot = Account(6123456789, "Support", username="fake_support_bot", is_bot=True)
        self.world = World(bot, BotApiSpec.find())
        self.limits = RateLimits()
        self.faults = Faults()
        self.calls: list[Call] = []
        self.url = ""
        self._delivery = Delivery(self.world)
        self._names = {name.lower(): name for name in (*METHODS, *self._delivery.methods)}
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1)

    # The server

    @classmethod
    async def start(cls) -> Self:
        """Listen on a free port of the loopback interface."""
        server = cls()
        await server._runner.setup()
        site = web.TCPSite(server._runner, "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{server._runner.addresses[0][1]}"
        return server

    async def stop(self) -> None:
        """Close the port; a long poll that is running is answered first."""
        await self._delivery.stop()
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """What `telegram.Bot` takes as `base_url`."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """What `telegram.Bot` takes as `base_file_url`."""
        return f"{self.url}/file/bot"

    # What a test sees and does

    @property
    def methods(self) -> set[str]:
        """The methods this fake serves."""
        return set(self._names.values())

    @property
    def problems(self) -> list[str]:
        """What the bot asked or the fake said against the published description, and what is not imitated."""
        return self.world.problems

    def assert_clean(self) -> None:
        """Fail on any problem, and on an ordered fault that never happened."""
        left = [f"{fault.kind} for {fault.method} never happened" for fault in self.faults.ordered if fault.times]
        if self.problems or left:
            raise AssertionError("\n".join([*self.problems, *left]))

    def user(
        self, id: int, first_name: str, language_code: str = "en", *, last_name: str = "", username: str = ""
    ) -> Person:
        """Add a person; the bot does not know them until they write."""
        return Person(self.world, self.world.account(Account(id, first_name, last_name, username, language_code)))

    def forum_group(self, id: int, title: str = "Desk", **people: Iterable[Person]) -> Chat:
        """Add a group with topics; see `group`."""
        group = self.group(id, title, **people)
        group.is_forum = True
        return group

    def group(
        self, id: int, title: str = "Group", *, members: Iterable[Person] = (), admins: Iterable[Person] = ()
    ) -> Chat:
        """Add a group in which the bot is an administrator who may manage topics (`sets_bot_rights` changes that).

        An id of the form -100… makes a supergroup, any other negative id a basic group.
        """
        kind = "supergroup" if id < -(10**12) else "group"
        group = self.world.chats[id] = Chat(id, kind, title)
        everybody = [Membership(self.world.bot, "administrator", can_manage_topics=True)]
        everybody += [Membership(person.account, "administrator", can_manage_topics=True) for person in admins]
        everybody += [Membership(person.account, "member") for person in members]
        group.members = {membership.account.id: membership for membership in everybody}
        return group

    def channel(self, id: int, title: str) -> Chat:
        """Add a channel the bot is not in, for people who write in groups in its name."""
        channel = self.world.chats[id] = Chat(id, "channel", title)
        return channel

    async def until(self, predicate: Callable[[], Any], timeout: float = 5.0) -> Any:
        """Wait until the predicate is truthy and return what it said; looked at again after every change."""
        return await self.world.until(predicate, timeout)

    def advance(self, seconds: float) -> None:
        """Move the platform's clock: rate windows pass, old updates and pressed buttons expire."""
        self.world.elapsed += seconds
        self.world.changed()

    def fail_next(
        self,
        method: str,
        kind: Kind | int,
        times: int = 1,
        *,
        retry_after: int = 1,
        description: str = "",
        when: Callable[[Call], bool] = lambda _call: True,
    ) -> None:
        """Make the next requests of a method (`*` any, `download` a file) fail: an error code, RESET or LOST."""
        self.faults.ordered.append(Fault(method, kind, times, retry_after, description, when))

    def hold_next(self, method: str, *, when: Callable[[Call], bool] = lambda _call: True) -> asyncio.Event:
        """Keep the next request of a method waiting, nothing done yet, until the returned event is set."""
        gate = asyncio.Event()
        self.faults.ordered.append(Fault(method, Kind.HELD, 1, 0, "", when, gate))
        return gate

    def calls_of(self, method: str) -> list[Call]:
        """Return every request of this method so far, also those that were refused or met a fault."""
        return [call for call in self.calls if call.method == method]

    # HTTP

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=bot_api_media.UPLOAD_LIMIT)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request)
            call = await read_call(request, self._names)
        except ApiError as error:
            return respond(error.wire(), error.code)
        self.calls.append(call)
        self._check_request(call)
        fault = self.faults.take(call)
        self.world.changed()
        if fault is not None and fault.gate is not None:
            await fault.gate.wait()
            fault = None
        if fault is not None and fault.kind is not Kind.LOST:
            return fail(request, fault, call)
        answer, status = await self._outcome(call)
        self.world.changed()
        return break_connection(request) if fault is not None else respond(answer, status)

    async def _outcome(self, call: Call) -> tuple[Wire, int]:
        try:
            call.result = await self._do(call)
        except ApiError as error:
            call.error = str(error)
            return error.wire(), error.code
        except Exception:
            # A fault of the fake itself must fail the test, not look like one of Telegram's bad moments.
            self.problems.append(f"the fake failed in {call.method}:\n{traceback.format_exc()}")
            return ApiError(500, "Internal Server Error").wire(), 500
        self._check_answer(call)
        return {"ok": True, "result": call.result}, 200

    async def _do(self, call: Call) -> object:
        if call.method in self._delivery.methods:
            return await self._delivery.methods[call.method](call)
        if call.method not in METHODS:
            raise ApiError(404, "")
        self.limits.check(call, self.world.now())
        return METHODS[call.method](self.world, call)

    def _check_request(self, call: Call) -> None:
        if call.method not in METHODS and call.method not in self._delivery.methods:
            self.problems.append(f"{call.method}: this fake has no such method")
        if self.world.spec is not None:
            self.problems.extend(self.world.spec.check_request(call.method, call.checkable()))

    def _check_answer(self, call: Call) -> None:
        self.problems.extend(f"{call.method}.{name} is not imitated" for name in call.unread())
        if self.world.spec is not None:
            found = self.world.spec.check_answer(call.method, call.result)
            self.problems.extend(f"the fake's own answer: {problem}" for problem in found)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request)
        except ApiError as error:
            return respond(error.wire(), error.code)
        call = Call("download", {"path": request.match_info["path"]})
        self.calls.append(call)
        fault = self.faults.take(call)
        if fault is not None:
            return fail(request, fault, call)
        found = (file for file in self.world.files.values() if file.path == request.match_info["path"])
        file = next(found, None)
        if file is None or len(file.content) > bot_api_media.DOWNLOAD_LIMIT:
            return respond(ApiError(404, "").wire(), 404)
        return web.Response(body=file.content, content_type="application/octet-stream")

    def _check_token(self, request: web.Request) -> None:
        if request.match_info["token"] != self.token:
            raise ApiError(401, "")


@contextlib.asynccontextmanager
async def running_bot_api() -> AsyncIterator[FakeBotApi]:
    """Run a server for one test; a test that ends well still fails on problems found on the way."""
    server = await FakeBotApi.start()
    try:
        yield server
    finally:
        await server.stop()
    server.assert_clean()
