"""The people and their Telegram, in the process that measures."""

import asyncio
import time
from collections.abc import Mapping

from _marks import ROOT, Marks, Running, running_bot

from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_calls import ApiError, Call
from tests.servers.bot_api_objects import Chat
from tests.servers.bot_api_people import Person

__all__ = ["ROOT", "Person", "Running", "Town", "running_bot"]

_TOO_MANY = 429
GROUP, AGENT, FIRST = -1_001_500_000_001, 5_100_000_001, 5_300_000_001


class Town(Marks, FakeBotApi):
    """A staff group with topics, in which marks are seen; `refused` is what met a limit."""

    def __init__(self) -> None:
        super().__init__()
        self.world.spec = None
        self.seconds_of_a_call = 0.0
        self.refused_at: list[float] = []
        self.counted: list[float] = []
        self.told: set[int] = set()
        self.desk: Chat = self.forum_group(GROUP, "Desk", admins=[agent := self.user(AGENT, "Mika")])
        self.agent = agent
        self.people: list[Person] = []

    def environment(self) -> Mapping[str, str]:
        return {"BENCH_TOKEN": self.token, "BENCH_URL": self.url, "BENCH_GROUP": str(GROUP)}

    def is_connected(self) -> bool:
        return self.world.updates.is_polled

    async def _do(self, call: Call) -> object:
        if self.seconds_of_a_call and call.method != "getUpdates":
            await asyncio.sleep(self.seconds_of_a_call)
        # Kept for tests, which are short.
        self.calls.clear()
        try:
            result = await super()._do(call)
        except ApiError as error:
            if error.code == _TOO_MANY:
                self.refused += 1
                self.refused_at.append(time.perf_counter())
            raise
        self.served += 1
        if call.method.startswith(("send", "edit")) and call.method != "editForumTopic":
            self.counted.append(time.perf_counter())
        if call.method == "sendMessage":
            self._note(call)
        return result

    def _note(self, call: Call) -> None:
        chat = call.params.get("chat_id")
        if chat == GROUP:
            self.note(str(call.params.get("text")))
        else:
            self.told.add(int(str(chat)))

    def people_arrive(self, many: int) -> list[Person]:
        """So many new people, who have not written yet."""
        came = [self.user(FIRST + len(self.people) + number, "Aiko") for number in range(many)]
        self.people += came
        return came

    async def writes(self, person: Person, text: str = "") -> str:
        """Write a text with a mark of its own, and return the mark."""
        mark = self.write(person.id - FIRST)
        await person.sends(text or f"here it is {mark}")
        return mark

    async def open_tickets(self, people: list[Person]) -> None:
        """Everybody has a ticket, and somebody of the desk has taken it."""
        for person in people:
            await person.sends("/human")
            before = len(self.desk.topics)
            await self.holds(lambda before=before: len(self.desk.topics) > before)  # type: ignore[misc]
            topic = self.desk.topics[-1]
            await self.holds(lambda topic=topic: topic.messages)  # type: ignore[misc]
            await self.agent.writes_in(self.desk, topic, "/take")
        await self.quiet()
