"""The two platforms as a story of crashes needs them: who wrote what where, and a server that can kill."""

import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from aiohttp import web

from tests.crash.program import Trap, When
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_faults import Kind as TelegramKind
from tests.servers.bot_api_http import break_connection
from tests.servers.bot_api_objects import Message as TelegramMessage
from tests.servers.bot_api_people import Person as TelegramPerson
from tests.servers.discord_faults import Call
from tests.servers.discord_faults import Kind as DiscordKind
from tests.servers.discord_objects import Message as DiscordMessage
from tests.servers.discord_objects import Place as DeskKind
from tests.servers.discord_people import Person as DiscordPerson
from tests.servers.discord_rest import Route
from tests.servers.discord_socket import FakeDiscord

_FOR_EVER, _TRIED, _OUTAGE_SECONDS = 1_000_000, 4, 30.0
GROUP, AGENT, FIRST = -1_001_500_000_001, 5_300_000_000, 5_300_000_001


class Thread(NamedTuple):
    """A ticket's thread, and what the bot has said in it; its title changes with the ticket."""

    id: int
    title: str
    texts: list[str]

    @property
    def number(self) -> int:
        """The ticket's."""
        found = re.search(r"#(\d+)", self.title)
        assert found
        return int(found[1])

    @property
    def name(self) -> str:
        """The requester's: behind it stands who has the ticket."""
        return self.title.partition(" → ")[0].split()[-1]


class Place(Protocol):
    """One platform: requesters by name, a thread for each ticket, one agent."""

    name: str
    trap: Trap
    repeats_once: bool
    """Whether a crash may repeat what was being sent, since nobody can ask the platform for it."""

    def settings(self) -> dict[str, object]: ...
    def arrives(self, name: str) -> None:
        """Somebody new, who has not written yet."""
        ...

    async def writes(self, name: str, text: str) -> None: ...
    async def agent_writes(self, thread: int, text: str) -> None:
        """In the thread of this number."""
        ...

    def chat(self, name: str) -> list[str]:
        """What the bot has said to a requester."""
        ...

    def threads(self) -> list[Thread]:
        """Every thread there is, the oldest first."""
        ...

    def marked(self) -> set[str]:
        """The texts of the agent under which the bot has put a mark."""
        ...

    def problems(self) -> list[str]: ...
    def fails(self, how: int | str, times: int) -> None:
        """The next messages of the bot meet this: a status, "reset" (nothing is done) or "lost" (only the answer)."""
        ...

    async def is_out(self, meanwhile: Callable[[], Awaitable[None]]) -> None:
        """Nothing at all works while something happens, and until the bot has tried more than once."""
        ...

    def is_connected(self) -> bool:
        """Whether the platform has seen the bot."""
        ...

    async def until(self, predicate: Callable[[], object], timeout: float) -> None: ...
    async def stop(self) -> None: ...


class KillingBotApi(FakeBotApi):
    """Telegram, which kills whoever asks at the wrong moment."""

    def __init__(self) -> None:
        super().__init__()
        self.trap = Trap()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if self.trap.springs(When.HEARD):
            return break_connection(request)
        answer = await super()._answer(request)
        self.trap.springs(When.DONE)
        return answer


class KillingDiscord(FakeDiscord):
    """Discord, which does the same."""

    def __init__(self, desk: DeskKind = DeskKind.FORUM) -> None:
        super().__init__(desk)
        self.trap = Trap()

    async def _answer(self, route: Route, call: Call, request: web.Request) -> web.StreamResponse:
        if self.trap.springs(When.HEARD):
            return web.Response(status=500)
        answer = await super()._answer(route, call, request)
        self.trap.springs(When.DONE)
        return answer


class Telegram:
    """A group with topics."""

    name = "telegram"
    repeats_once = True

    def __init__(self, server: KillingBotApi) -> None:
        self._server = server
        self.trap = server.trap
        self._agent = server.user(AGENT, "Mika")
        self._desk = server.forum_group(GROUP, "Desk", admins=[self._agent])
        self._people: dict[str, TelegramPerson] = {}

    def settings(self) -> dict[str, object]:
        return {"telegram": {"token": self._server.token, "staff_chat": str(GROUP), "api_base_url": self._server.url}}

    def arrives(self, name: str) -> None:
        self._people[name] = self._server.user(FIRST + len(self._people), name)

    async def writes(self, name: str, text: str) -> None:
        await self._people[name].sends(text)

    async def agent_writes(self, thread: int, text: str) -> None:
        [topic] = [topic for topic in self._desk.topics if topic.id == thread]
        await self._agent.writes_in(self._desk, topic, text)

    def chat(self, name: str) -> list[str]:
        return self._said(self._people[name].chat.messages)

    def threads(self) -> list[Thread]:
        return [Thread(topic.id, topic.name, self._said(topic.messages)) for topic in self._desk.topics]

    def marked(self) -> set[str]:
        return {message.text for message in self._desk.messages if message.reactions}

    def problems(self) -> list[str]:
        return self._server.problems

    def fails(self, how: int | str, times: int) -> None:
        self._server.fail_next("sendMessage", TelegramKind(how) if isinstance(how, str) else how, times)

    async def is_out(self, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._server.fail_next("*", TelegramKind.RESET, _FOR_EVER)
        await meanwhile()
        await self.until(lambda: self._server.faults.left < _FOR_EVER - _TRIED, _OUTAGE_SECONDS)
        self._server.faults.ordered.clear()

    def is_connected(self) -> bool:
        return bool(self._server.calls_of("getUpdates"))

    async def until(self, predicate: Callable[[], object], timeout: float) -> None:
        await self._server.until(predicate, timeout)

    async def stop(self) -> None:
        await self._server.stop()

    def _said(self, messages: list[TelegramMessage]) -> list[str]:
        return [message.text for message in messages if message.sender is self._server.world.bot]


class Discord:
    """A server with a forum."""

    name = "discord"
    repeats_once = False

    def __init__(self, server: KillingDiscord) -> None:
        self._server = server
        self.trap = server.trap
        self._agent = server.user("Mika", is_staff=True)
        self._people: dict[str, DiscordPerson] = {}

    def settings(self) -> dict[str, object]:
        return {"discord": self._server.settings()}

    def arrives(self, name: str) -> None:
        self._people[name] = self._server.user(name)

    async def writes(self, name: str, text: str) -> None:
        await self._people[name].sends(text)

    async def agent_writes(self, thread: int, text: str) -> None:
        await self._agent.writes_in(self._server.world.channel(thread), text)

    def chat(self, name: str) -> list[str]:
        return self._said(self._people[name].chat.messages)

    def threads(self) -> list[Thread]:
        return [Thread(one.id, one.name, self._said(one.messages)) for one in self._server.world.threads()]

    def marked(self) -> set[str]:
        messages = (message for thread in self._server.world.threads() for message in thread.messages)
        return {message.text for message in messages if message.marks}

    def problems(self) -> list[str]:
        return self._server.problems

    def fails(self, how: int | str, times: int) -> None:
        self._server.fail_next("create_message", DiscordKind(how) if isinstance(how, str) else how, times)

    async def is_out(self, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._server.gateway.is_out = True
        self._server.gateway.cut()
        self._server.fail_next("*", DiscordKind.RESET, _FOR_EVER)
        await meanwhile()
        await self.until(lambda: self._server.faults.left < _FOR_EVER - _TRIED, _OUTAGE_SECONDS)
        self._server.faults.ordered.clear()
        self._server.gateway.is_out = False

    def is_connected(self) -> bool:
        return self._server.gateway.is_connected

    async def until(self, predicate: Callable[[], object], timeout: float) -> None:
        await self._server.until(predicate, timeout)

    async def stop(self) -> None:
        await self._server.stop()

    def _said(self, messages: list[DiscordMessage]) -> list[str]:
        return [message.shown for message in messages if message.author is self._server.world.bot]


async def telegram() -> Place:
    return Telegram(await KillingBotApi.start())


async def discord() -> Place:
    return Discord(await KillingDiscord.start())


OPEN: dict[str, Callable[[], Awaitable[Place]]] = {"telegram": telegram, "discord": discord}
