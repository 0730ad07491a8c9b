"""Plays a transcript on the real bot between two worlds, and holds everything seen against what was written."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.actions import Text
from bot.app import Bot, running
from bot.config import load
from bot.model import Ticket
from bot.staffing import StaffChats
from bot.wording import Wording
from tests.codes import account_code
from tests.samples import png, zipped
from tests.servers.exchange import saying, serving
from tests.stage.passing import PassingTime
from tests.stage.transcripts import Act, Scene, Sight, Transcript
from tests.stage.world import Blocking, OpenWorld, Seen, World

PATIENCE_SECONDS = 10.0
PICTURE = png()
LARGE = PICTURE + bytes(3 * 1024 * 1024 // 2)
ARCHIVE = zipped(**{"statement.pdf": b"not one"})


async def play(transcript: Transcript, requesters: OpenWorld, desks: OpenWorld | None, folder: Path) -> None:
    """Play every scene; with `desks` None both sides are in one world."""
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(requesters(language=transcript.language))
        there = await stack.enter_async_context(desks(language="en")) if desks else here
        environment = {
            "BOT_STORE__PATH": str(folder / "store.sqlite3"),
            "BOT_STORE__CACHE": str(folder.parent / "cache"),
            **transcript.settings,
        }
        if transcript.exchange is not None:
            secret = environment["BOT_IDENTITY__SECRET"].encode()
            exchange = await stack.enter_async_context(serving(secret, saying(transcript.exchange)))
            environment["BOT_IDENTITY__LOOKUP_URL"] = exchange.url
        settings = load(None, environment)
        worlds = [here] if here is there else [here, there]
        time = PassingTime(transcript.begins)
        bot = await stack.enter_async_context(
            running(
                settings,
                lambda parts: [world.platform(parts) for world in worlds],
                StaffChats(there.desk_chat),
                limits={},
                clock_above=time.clock,
            )
        )
        stage = Stage(bot, here, there, transcript.language, time)
        for number, scene in enumerate(transcript.scenes, 1):
            await stage.play(scene, f"{transcript.name}, scene {number}: {scene.act.who} {scene.act.what}")
    assert [problem for world in worlds for problem in world.problems()] == []


class Stage:
    """The bot between its two sides, and what has been seen so far."""

    def __init__(self, bot: Bot, requesters: World, desk: World, language: str, time: PassingTime) -> None:
        self._bot = bot
        self._requesters = requesters
        self._desk = desk
        self._language = language
        self._time = time
        self._said: list[str] = []
        self._on_desk: list[str] = []
        self._reactions = 0
        self._acknowledged: list[str] = []
        secret = bot.parts.settings.identity.secret
        self._code = account_code(secret.get_secret_value().encode(), "12345678") if secret else ""

    async def play(self, scene: Scene, title: str) -> None:
        """Do the act, wait until what should be seen is seen, then make sure that nothing else is."""
        await self._act(scene.act)
        if scene.act.who in ("Mika", "Ken", "Mallory"):
            self._on_desk.append(_words(scene.act.what))
        elif scene.act.who == "Mika sends":
            self._on_desk.append(_shown(_words(scene.act.what), (), 1))
        for sight in scene.sights:
            self._expect(sight)
        wanted = ("\n".join(self._said), "\n".join(self._on_desk))
        seen = await self._eventually(wanted)
        assert seen[0].splitlines() == wanted[0].splitlines(), f"{title}: the requester's chat differs"
        assert seen[1].splitlines() == wanted[1].splitlines(), f"{title}: the thread differs"
        for sight in scene.sights:
            await self._look(sight, title)

    async def _act(self, act: Act) -> None:
        who, _, verb = act.who.partition(" ")
        act = replace(act, what=act.what.replace("{code}", self._code))
        match who:
            case "requester":
                await self._requesters.says(act.what)
            case "press":
                await self._requesters.presses(self._label(act.what, self._language))
            case "picture":
                await self._requesters.sends_picture(PICTURE, act.what)
            case "archive":
                await self._requesters.sends_file(ARCHIVE, "statement.pdf", act.what)
            case "passes":
                self._time.passes(act.what)
                self._bot.courier.wake()
            case "blocks" | "unblocks":
                assert isinstance(self._requesters, Blocking), "name the `requesters` of such a transcript"
                await self._requesters.blocks(is_blocked=who == "blocks")
            case _ if verb == "presses":
                await self._desk.agent_presses(who, self._label(act.what, "en"))
            case _ if verb == "sends":
                await self._desk.agent_sends_file(who, LARGE, "screen.png", act.what)
            case _:
                await self._desk.agent_says(who, act.what)

    def _expect(self, sight: Sight) -> None:
        match sight.where:
            case "bot":
                self._said.append(self._line(sight, self._language))
            case "desk":
                self._on_desk.append(self._line(sight, "en"))
            case "gone":
                self._on_desk.clear()
            case _:
                pass

    def _line(self, sight: Sight, language: str) -> str:
        buttons = [_words(self._label(label, language)) for label in sight.buttons]
        return _shown(_words(self._text(sight.what, language)), buttons, sight.files)

    def _text(self, what: Any, language: str) -> str:
        match what:
            case str():
                platform = self._say(Text(f"platform.{self._requesters.account[0]}"), "en")
                return what.replace("{platform}", platform).replace("{name}", self._requesters.name)
            case {"author": author, "text": text}:
                return f"{self._say(Text(author), language)} {text}"
            case list():
                return " ".join(self._part(part, language) for part in what)
            case _:
                raise AssertionError(f"not a text: {what}")

    def _part(self, part: Any, language: str) -> str:
        if isinstance(part, str):
            return self._say(Text(part), language)
        key, values = next(iter(part.items()))
        return self._say(Text(key, {name: self._value(value) for name, value in values.items()}), language)

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict) and "at" in value:
            return self._time.moment(value["day"], value["at"])
        if isinstance(value, dict):
            key, values = next(iter(value.items()))
            return Text(key, {name: self._value(one) for name, one in values.items()})
        is_key = isinstance(value, str) and any(value in texts for texts in self._wording.knowledge.texts.values())
        return Text(value) if is_key else value

    @property
    def _wording(self) -> Wording:
        return self._bot.support.brain.wording

    def _say(self, text: Text, language: str) -> str:
        return self._wording.say(text, language)

    def _label(self, label: str, language: str) -> str:
        known = any(label in texts for texts in self._wording.knowledge.texts.values())
        return self._wording.plain(Text(label), language) if known else label

    async def _eventually(self, wanted: tuple[str, str]) -> tuple[str, str]:
        """Both chats once they read as wanted and nothing more is under way, or as they are when patience ends."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            seen = await self._seen()
            if seen == wanted:
                await self._bot.courier.settled()
                seen = await self._seen()
            if seen == wanted or asyncio.get_running_loop().time() > deadline:
                return seen
            await asyncio.sleep(0.01)

    async def _seen(self) -> tuple[str, str]:
        said = await self._requesters.requester_view()
        thread = await self._desk.desk_view()
        # The first message of the thread is the card: it changes all the time and has a sight of its own.
        return _lines(said), _lines(thread[1:])

    async def _look(self, sight: Sight, title: str) -> None:
        match sight.where:
            case "card":
                wanted = _words(self._text(sight.what, "en"))
                assert await self._soon(lambda view: bool(view) and _words(view[0].text) == wanted), (
                    f"{title}: the card reads {[seen.text for seen in await self._desk.desk_view()][:1]}"
                )
            case "reaction":
                self._reactions += 1
                wanted_count = self._reactions
                assert await self._soon(lambda view: sum(len(seen.reactions) for seen in view) == wanted_count), (
                    f"{title}: no new reaction"
                )
            case "acknowledged":
                self._acknowledged.append(sight.what)
                assert await self._soon_shown(self._acknowledged), f"{title}: no new reaction for the requester"
            case "calls":
                wanted_calls = tuple(sight.what)
                assert await self._soon(lambda view: bool(view) and view[-1].calls == wanted_calls), (
                    f"{title}: called are {[seen.calls for seen in await self._desk.desk_view()][-1:]}"
                )
            case "ticket":
                await self._check_ticket(sight.what, title)
            case _:
                pass

    async def _soon_shown(self, reactions: list[str]) -> bool:
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while await self._requesters.requester_reactions() != reactions:
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(0.01)
        return True

    async def _soon(self, holds: Any) -> bool:
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while not holds(await self._desk.desk_view()):
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(0.01)
        return True

    async def _check_ticket(self, wanted: dict[str, Any], title: str) -> None:
        ticket = await self._newest_ticket()
        assert ticket is not None, f"{title}: there is no ticket"
        found = {
            "number": ticket.number,
            "status": str(ticket.status),
            "assignee": ticket.assignee.name if ticket.assignee else None,
            "rating": ticket.rating,
            "subject": ticket.subject,
        }
        assert {key: found[key] for key in wanted} == wanted, title

    async def _newest_ticket(self) -> Ticket | None:
        store = self._bot.parts.store
        requester_id = await store.find_requester(*self._requesters.account)
        tickets = await store.tickets_of(requester_id) if requester_id else []
        return tickets[0] if tickets else None


def _lines(seen: Sequence[Seen]) -> str:
    return "\n".join(_shown(_words(one.text), [_words(label) for label in one.buttons], one.files) for one in seen)


def _shown(words: str, buttons: Iterable[str], files: int) -> str:
    return words + "".join(f" [{button}]" for button in buttons) + " [file]" * files


def _words(text: str) -> str:
    """The text without anything a platform may render differently: markup signs, line breaks, numbering."""
    text = re.sub(r"\]\((?:https?://|mailto:)[^)]*\)|\]\(\)", "]", text)
    text = re.sub(r"(?m)^\s*\d+\.\s", "", text)
    return "".join(re.findall(r"\w", text.replace("_", "")))
