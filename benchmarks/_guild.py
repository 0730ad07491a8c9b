"""The people and their Discord, in the process that measures."""

from collections.abc import Mapping

from _marks import Marks
from aiohttp import web

from tests.servers.discord_faults import Call
from tests.servers.discord_objects import Channel, Place
from tests.servers.discord_people import Person
from tests.servers.discord_rest import Route
from tests.servers.discord_socket import FakeDiscord

__all__ = ["Guild", "Person"]

_SAYS = ("create_message", "start_thread")


class Guild(Marks, FakeDiscord):
    """A server with a forum for staff; a mark is seen once the bot has said it, to whichever side."""

    def __init__(self, desk: Place = Place.FORUM) -> None:
        super().__init__(desk)
        self.spec = None
        self.agent = self.user("Mika", is_staff=True)
        self.people: list[Person] = []

    def environment(self) -> Mapping[str, str]:
        settings = self.settings()
        return {
            "BENCH_TOKEN": self.token, "BENCH_URL": self.api_base_url, "BENCH_GATEWAY": self.gateway_url,
            "BENCH_GUILD": settings["guild"], "BENCH_GROUP": settings["staff_channel"],
            "BENCH_ROLE": settings["staff_role"],
        }  # fmt: skip

    def is_connected(self) -> bool:
        return self.gateway.is_connected

    async def _answer(self, route: Route, call: Call, request: web.Request) -> web.StreamResponse:
        # Kept for tests, which are short.
        self.calls.clear()
        answer = await super()._answer(route, call, request)
        self.served += 1
        if call.name in _SAYS and call.status < 300:
            said = call.body.get("message") or call.body
            self.note(said.get("content") or "")
        return answer

    def people_arrive(self, many: int) -> list[Person]:
        """So many new people, who have not written yet."""
        came = [self.user(f"Aiko{len(self.people) + number}") for number in range(many)]
        self.people += came
        return came

    def thread(self, person: Person) -> Channel | None:
        """The newest thread with this person's name, which who took the ticket may follow."""
        threads = (one for one in reversed(self.world.threads()) if person.account.name in one.name.split())
        return next(threads, None)

    async def writes(self, person: Person) -> str:
        """A requester writes; returns the mark."""
        mark = self.write(self.people.index(person))
        await person.sends(f"here it is {mark}")
        return mark

    async def answers(self, person: Person) -> str:
        """The agent writes in their thread; returns the mark."""
        mark = self.write(self.people.index(person))
        thread = self.thread(person)
        assert thread is not None
        await self.agent.writes_in(thread, f"/reply look at {mark}")
        return mark

    async def open_tickets(self, people: list[Person]) -> None:
        """Everybody has a ticket, and somebody of the desk has taken it."""
        for person in people:
            await person.sends("/human")
            await self.holds(lambda person=person: self.thread(person))  # type: ignore[misc]
            thread = self.thread(person)
            assert thread is not None
            await self.quiet(0.2)
            await self.agent.writes_in(thread, "/take")
        await self.quiet()
