"""A platform as a story of crashes needs it: who wrote what where, and a server that can kill."""

from collections.abc import Callable
from typing import Protocol

from aiohttp import web

from tests.crash.program import Trap, When
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_http import break_connection
from tests.servers.bot_api_objects import Message as TelegramMessage
from tests.servers.bot_api_people import Person as TelegramPerson

GROUP, AGENT, FIRST = -1_001_500_000_001, 5_300_000_000, 5_300_000_001


class Place(Protocol):
    """One platform: requesters by name, a thread for each ticket, one agent."""

    name: str
    trap: Trap

    def settings(self) -> dict[str, object]: ...
    def arrives(self, name: str) -> None:
        """Somebody new, who has not written yet."""
        ...

    async def writes(self, name: str, text: str) -> None: ...
    async def agent_writes(self, title: str, text: str) -> None:
        """In the newest thread with this title."""
        ...

    def chat(self, name: str) -> list[str]:
        """What the bot has said to a requester."""
        ...

    def threads(self) -> list[tuple[str, list[str]]]:
        """Each thread's title, and what the bot has said in it."""
        ...

    def marked(self) -> set[str]:
        """The texts of the agent under which the bot has put a mark."""
        ...

    def problems(self) -> list[str]: ...
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


class Telegram:
    """A group with topics."""

    name = "telegram"

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

    async def agent_writes(self, title: str, text: str) -> None:
        topic = [topic for topic in self._desk.topics if topic.name == title][-1]
        await self._agent.writes_in(self._desk, topic, text)

    def chat(self, name: str) -> list[str]:
        return self._said(self._people[name].chat.messages)

    def threads(self) -> list[tuple[str, list[str]]]:
        return [(topic.name, self._said(topic.messages)) for topic in self._desk.topics]

    def marked(self) -> set[str]:
        return {message.text for message in self._desk.messages if message.reactions}

    def problems(self) -> list[str]:
        return self._server.problems

    async def until(self, predicate: Callable[[], object], timeout: float) -> None:
        await self._server.until(predicate, timeout)

    async def stop(self) -> None:
        await self._server.stop()

    def _said(self, messages: list[TelegramMessage]) -> list[str]:
        return [message.text for message in messages if message.sender is self._server.world.bot]


async def telegram() -> Telegram:
    return Telegram(await KillingBotApi.start())
