"""A long two-sided conversation through many deaths of the program, and the account of it at the end.

Everybody's words carry a mark of their own, so that on the other side each can be found, counted and put in order.
"""

import asyncio
import contextlib
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.crash.places import Place, Thread
from tests.crash.program import Program, When

WALK = ("my deposit has not arrived", "crypto", "eth", "my own wallet", "erc20", "i dont know", "0.25", "today")
"""A checklist that ends in a ticket."""
_MARK = re.compile(r"\b[rs]\d+x\d+\b")
_NUMBER = re.compile(r"#(\d+)")
_WAITING = re.compile(r"\n+A first answer usually takes [^\n]*")
"""Said once enough people have been answered: whoever comes late hears it, whoever came early does not."""
_LONGEST_LIFE = 3.0
_PATIENCE, _LAST_LIVES = 18.0, 45
_NEWCOMERS = 0.4
"""How often somebody new comes in a life, and between two."""
_LIVES_OF_A_WALK = 12


@dataclass(slots=True)
class Requester:
    """Somebody who writes; `walked` counts the lines of the checklist, None for who asks for a person at once."""

    name: str
    number: int
    walks: bool = False
    walked: int | None = None
    marks: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    is_taken: bool = False


class Story:
    """Who wrote what, and when in the program's life: `when` says it for every mark."""

    def __init__(self, place: Place, program: Program, seed: int) -> None:
        self.place = place
        self.program = program
        self.chance = random.Random(seed)
        self.people: list[Requester] = []
        self.when: dict[str, str] = {}
        self.kills = 0

    # The acts

    async def begins(self) -> None:
        """Once undisturbed: who writes to a bot that was never connected cannot be heard on every platform."""
        await self.program.start()
        await self.place.until(self.place.is_connected, _PATIENCE)
        assert await self.program.stop() == 0, self.program.last_words()

    async def lives_and_dies(self, lives: int) -> None:
        """So many lives, each ended by a kill, with people writing before it and while nobody is there."""
        for life in range(lives):
            if life % _LIVES_OF_A_WALK == 0:
                self._newcomer(walks=True)
            await self.program.start()
            acting = asyncio.create_task(self._live())
            await self._killed()
            acting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await acting
            await self._while_down()

    async def _killed(self) -> None:
        seconds = _LONGEST_LIFE
        if self.chance.random() < 0.7:
            when = self.chance.choice([When.HEARD, When.DONE])
            self.place.trap.set(self.program, self.chance.randint(1, 30), when)
        else:
            seconds = self.chance.uniform(0.3, 2.5)
        try:
            async with asyncio.timeout(seconds):
                await self.program.ended()
        except TimeoutError:
            self.program.kill()
        self.place.trap.disarm()
        code = await self.program.ended()
        assert code == -9, f"It ended by itself, with {code}:\n{self.program.last_words()}"
        self.kills += 1

    async def _live(self) -> None:
        acts = [self._requester_act, self._staff_act, self._walk, self._requester_act, self._walk]
        if self.chance.random() < _NEWCOMERS:
            acts.append(self._comes)
        self.chance.shuffle(acts)
        for act in acts:
            await asyncio.sleep(self.chance.uniform(0.05, 0.5))
            await act("before")
        await self._walk_on()

    async def _while_down(self) -> None:
        await self._requester_act("down")
        await self._staff_act("down")
        if self.chance.random() < _NEWCOMERS:
            await self._comes("down")

    def _newcomer(self, *, walks: bool = False) -> Requester:
        number = len(self.people)
        person = Requester(f"Visitor{number}", number, walks, 0 if walks else None)
        self.people.append(person)
        self.place.arrives(person.name)
        return person

    async def _comes(self, when: str) -> None:
        person = self._newcomer()
        await self.place.writes(person.name, "/human")
        await self._writes(person, f"newcomer {when}")

    async def _requester_act(self, when: str) -> None:
        known = [person for person in self.people if person.walked is None]
        if known:
            await self._writes(self.chance.choice(known[-12:]), f"requester {when}")

    async def _writes(self, person: Requester, when: str) -> None:
        mark = f"r{person.number}x{len(person.marks)}"
        person.marks.append(mark)
        self.when[mark] = when
        await self.place.writes(person.name, f"here it is {mark}")

    async def _staff_act(self, when: str) -> None:
        """The agent takes a ticket that is there for sure, or answers in one that is taken."""
        threads = self._live_threads()
        known = [person for person in self.people if person.name in threads][-12:]
        if not known:
            return
        person = self.chance.choice(known)
        if not person.is_taken:
            person.is_taken = True
            await self.place.agent_writes(threads[person.name], "/take")
        mark = f"s{person.number}x{len(person.answers)}"
        person.answers.append(mark)
        self.when[mark] = f"staff {when}"
        await self.place.agent_writes(threads[person.name], f"/reply look at {mark}")

    async def _walk(self, when: str) -> None:
        """The next line of the checklist once the last one has been answered; at the end they have a ticket."""
        for person in self.people:
            if person.walked is None:
                continue
            if len(_without_repeats(self.place.chat(person.name))) < person.walked:
                continue
            if person.walked == len(WALK):
                person.walked = None
                await self._writes(person, f"requester {when}")
                continue
            person.walked += 1
            await self.place.writes(person.name, WALK[person.walked - 1])

    # The end

    async def comes_to_its_end(self) -> None:
        """Undisturbed until everything has arrived, stopped and started in good order meanwhile.

        The limits of a staff group are counted anew in each life, without which this would take many minutes.
        """
        self._newcomer(walks=True)
        for _ in range(_LAST_LIVES):
            await self.program.start()
            walking = asyncio.create_task(self._walk_on())
            with contextlib.suppress(AssertionError):
                await self.place.until(self._all_there, _PATIENCE)
            walking.cancel()
            assert await self.program.stop() == 0, self.program.last_words()
            if self._all_there():
                return

    async def _walk_on(self) -> None:
        while True:
            await self._walk("before")
            await asyncio.sleep(0.05)

    def _all_there(self) -> bool:
        walked = all(person.walked is None for person in self.people)
        return walked and not self.lost() and not self.unmarked()

    # The account

    def lost(self) -> list[str]:
        """The marks that nobody on the other side has ever seen."""
        seen = {mark for text in self._everything_said() for mark in _MARK.findall(text)}
        return [mark for mark in self.when if mark not in seen]

    def unmarked(self) -> list[str]:
        """Replies that arrived and of which the agent was not told so."""
        marked = {mark for text in self.place.marked() for mark in _MARK.findall(text)}
        return [mark for person in self.people for mark in person.answers if mark not in marked]

    def table(self) -> str:
        """How many were written and how many are lost, by when they were written."""
        lost = Counter(self.when[mark] for mark in self.lost())
        return "  ".join(f"{when}: {lost[when]}/{many}" for when, many in sorted(Counter(self.when.values()).items()))

    def out_of_order(self) -> list[str]:
        """Marks that overtook an earlier one of the same writer."""
        found = []
        for person in self.people:
            threads = [text for thread in self._threads_of(person) for text in thread.texts]
            for texts, marks in ((threads, person.marks), (self.place.chat(person.name), person.answers)):
                seen = list(dict.fromkeys(mark for text in texts for mark in _MARK.findall(text) if mark in marks))
                found += [f"{person.name}: {seen}"] if seen != [mark for mark in marks if mark in seen] else []
        return found

    def misdirected(self) -> list[str]:
        """Marks that came up in somebody else's place."""
        found = []
        for person in self.people:
            own = {*person.marks, *person.answers}
            texts = [
                *self.place.chat(person.name),
                *(text for thread in self._threads_of(person) for text in thread.texts),
            ]
            found += [mark for text in texts for mark in _MARK.findall(text) if mark not in own]
        return found

    def repeated(self) -> list[str]:
        """Messages of which every word had been there before."""
        found: list[str] = []
        seen: set[str] = set()
        for text in self._everything_said():
            marks = set(_MARK.findall(text))
            found += [text] if marks and marks <= seen else []
            seen |= marks
        for person in self.people:
            texts = [text for text in self.place.chat(person.name) if not _MARK.search(text)]
            found += [text for before, text in pairwise(texts) if before == text]
        return found

    def spare_threads(self) -> list[str]:
        """Threads beyond one for each ticket."""
        many = Counter(thread.number for thread in self.place.threads())
        return [f"#{number}" for number, times in many.items() for _ in range(times - 1)]

    def numbers(self) -> list[int]:
        """The numbers of all tickets."""
        return sorted({thread.number for thread in self.place.threads()})

    def walks(self) -> list[list[str]]:
        """What everybody who went through the checklist was told; whoever came last was not disturbed."""
        return [_walk_of(self.place.chat(person.name)) for person in self.people if person.walks]

    def _threads_of(self, person: Requester) -> list[Thread]:
        return [thread for thread in self.place.threads() if thread.name == person.name]

    def _live_threads(self) -> dict[str, int]:
        """Each requester's thread in which they have been heard, so that the bot surely knows it."""
        return {thread.name: thread.id for thread in self.place.threads() if any(map(_MARK.search, thread.texts))}

    def _everything_said(self) -> list[str]:
        threads = [text for thread in self.place.threads() for text in thread.texts]
        return [*threads, *(text for person in self.people for text in self.place.chat(person.name))]


def _without_repeats(texts: Sequence[str]) -> list[str]:
    return [text for n, text in enumerate(texts) if n == 0 or texts[n - 1] != text]


def _walk_of(texts: Sequence[str]) -> list[str]:
    """The answers to the lines of the checklist, without ticket number, time to wait and repeats."""
    return [_WAITING.sub("", _NUMBER.sub("#", text)) for text in _without_repeats(texts)][: len(WALK)]
