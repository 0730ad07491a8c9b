"""The page as a world: its own server over real sockets, asked and told over HTTP as a browser would."""

import asyncio
import html
import io
import itertools
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from bot.app import Parts
from bot.model import PlatformName
from bot.platforms.web import WebPlatform
from bot.ports import Platform
from bot.store.room import SqlRoom
from bot.understanding.redaction import mask
from bot.web.server import Server, serve
from tests.stage.world import Seen, World

Json = dict[str, Any]


class WebWorld:
    """A browser with both sides of the page open."""

    desk_chat = WebPlatform.staff_chat

    def __init__(self, language: str, folder: Path) -> None:
        self.account = (PlatformName.WEB, "")
        self.name = ""
        self._language = language
        self._folder = folder
        self._numbers = itertools.count(1)
        self._page: WebPlatform | None = None
        self._server: Server | None = None
        self._browser: aiohttp.ClientSession | None = None

    def platform(self, parts: Parts) -> Platform:
        languages = {code: one.name for code, one in parts.learned.knowledge.languages.items()}
        self._page = WebPlatform(
            room=SqlRoom(parts.store.engine, parts.clock), clock=parts.clock, folder=self._folder,
            mask=lambda text: mask(text).text, texts=lambda _: {"page.guest": "Guest"}, languages=languages,
        )  # fmt: skip
        return self._page

    async def says(self, text: str) -> None:
        await self._post_form("/api/requester/messages", {"text": text})

    async def sends_picture(self, data: bytes, caption: str) -> None:
        await self._post_form("/api/requester/messages", {"text": caption}, data)

    async def sends_file(self, data: bytes, name: str, caption: str) -> None:
        await self._post_form("/api/requester/messages", {"text": caption}, data, name)

    async def presses(self, label: str) -> None:
        message, pressed = _button(await self._requester_messages(), label)
        await self._post("/api/requester/presses", {"data": pressed, "message": message})

    async def agent_says(self, agent: str, text: str) -> None:
        fields = {"text": text, "agent": agent.lower(), "thread": await self._thread()}
        await self._post_form("/api/staff/messages", fields)

    async def agent_sends_file(self, agent: str, data: bytes, name: str, caption: str) -> None:
        fields = {"text": caption, "agent": agent.lower(), "thread": await self._thread()}
        await self._post_form("/api/staff/messages", fields, data, name)

    async def agent_presses(self, agent: str, label: str) -> None:
        thread = await self._thread()
        _, pressed = _button(await self._messages("/api/staff/messages", thread=thread), label)
        await self._post("/api/staff/presses", {"data": pressed, "agent": agent.lower(), "thread": thread})

    async def requester_view(self) -> list[Seen]:
        return [
            _seen(one) for one in await self._requester_messages() if not one.get("own") and not one.get("deleted")
        ]

    async def requester_reactions(self) -> list[str]:
        own = [one for one in await self._requester_messages() if one.get("own")]
        return [reaction for one in own for reaction in one["reactions"]]

    async def desk_view(self) -> list[Seen]:
        thread = await self._thread()
        return [_seen(one) for one in await self._messages("/api/staff/messages", thread=thread)] if thread else []

    def problems(self) -> list[str]:
        return []

    async def open(self) -> None:
        """Load the page, which makes this browser a requester."""
        assert self._page is not None
        self._server = await serve("127.0.0.1", 0, self._page.routes(), metrics=str, is_healthy=lambda: True)
        self._browser = aiohttp.ClientSession(self._server.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
        session = await self._get("/api/session")
        self.name = session["requester"]["name"]
        self.account = (PlatformName.WEB, session["requester"]["id"])

    async def close(self) -> None:
        if self._browser:
            await self._browser.close()
        if self._server:
            await self._server.close()

    async def _thread(self) -> str:
        threads = (await self._get("/api/staff/threads"))["threads"]
        named = [one for one in threads if one["title"]]
        return max(named, key=lambda one: one["at"])["thread"] if named else ""

    async def _requester_messages(self) -> list[Json]:
        return await self._messages("/api/requester/messages")

    async def _messages(self, path: str, **query: str) -> list[Json]:
        found = await self._get(path, **query)
        assert not found["more"], "transcripts fit on one page of history"
        messages: list[Json] = found["messages"]
        return messages

    async def _get(self, path: str, **query: str) -> Json:
        if self._browser is None:
            await self.open()
        assert self._browser is not None
        async with self._browser.get(path, params=query, headers={"Accept-Language": self._language}) as response:
            assert response.status == 200, await response.text()
            found: Json = await response.json()
            return found

    async def _post(self, path: str, fields: dict[str, str]) -> None:
        common = self._common()
        await self._until_taken(path, lambda: {"json": {**fields, **common}})

    async def _post_form(
        self, path: str, fields: dict[str, str], file: bytes = b"", name: str = "screen.png"
    ) -> None:
        common = self._common()

        def body() -> dict[str, Any]:
            # A form is sent as multipart, which the page does too, only when a part says so.
            form = aiohttp.FormData({**fields, **common}, default_to_multipart=True)
            if file:
                form.add_field("file", io.BytesIO(file), filename=name, content_type="image/png")
            return {"data": form}

        await self._until_taken(path, body)

    async def _until_taken(self, path: str, body: Callable[[], dict[str, Any]]) -> None:
        """Post until the bot behind the page has started, as the page itself does."""
        if self._browser is None:
            await self.open()
        assert self._browser is not None
        while True:
            async with self._browser.post(path, **body()) as response:
                if response.status != 503:
                    assert response.status == 200, await response.text()
                    return
            await asyncio.sleep(0.01)

    def _common(self) -> dict[str, str]:
        return {"id": f"post-{next(self._numbers):08}", "language": self._language}


def _button(messages: list[Json], label: str) -> tuple[str, str]:
    """The newest message that has such a button, and what the button carries."""
    for message in reversed(messages):
        for row in message.get("buttons", ()):
            for button in row:
                if button["label"] == label:
                    return message["id"], button["data"]
    raise AssertionError(f"there is no button {label}")


def _seen(message: Json) -> Seen:
    text = message.get("text")
    if text is None:
        text = html.unescape(re.sub(r"<[^>]+>", " ", message["html"]))
    heading = message["name"] if message["name"] and not message["own"] else ""
    labels = tuple(button["label"] for row in message["buttons"] for button in row)
    return Seen(
        f"{heading} {text}", labels, tuple(message["reactions"]), len(message["files"]), tuple(message["calls"])
    )


@asynccontextmanager
async def open_world(*, language: str) -> AsyncIterator[World]:
    with TemporaryDirectory() as folder:
        world = WebWorld(language, Path(folder))
        try:
            yield world
        finally:
            await world.close()
