"""The demo as a program on its own, and people in front of its page: what they do, and what they see."""

import asyncio
import os
import re
import shutil
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import ConsoleMessage, Dialog, FilePayload, Locator, Page, expect

from bot.actions import Text, Value
from bot.config import load
from bot.operations.exchange import said_settings
from bot.operations.knowledge import learn
from bot.wording import Wording

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or ""
CHROMIUM_ARGUMENTS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESKTOP, PHONE = (1280, 800), (390, 844)
START_SECONDS = 30

_READ = """messages => messages.map(message => {
  const textsOf = selector => [...message.querySelectorAll(selector)].map(node => node.innerText.trim());
  return {
    own: message.classList.contains("own"), text: textsOf(".text").join(), buttons: textsOf(".buttons button"),
    reactions: textsOf(".reactions span"), files: message.querySelectorAll(".files a").length,
  };
})"""

Json = dict[str, Any]


class Say(Protocol):
    """What the bot says under a key, as it reads on the page: `say("ticket.opened", number=1)`."""

    def __call__(self, key: str, language: str = "en", /, **values: Value) -> str: ...


def read_words(cache: Path) -> Say:
    """The words of the knowledge base, without their Markdown."""
    knowledge = learn(ROOT / "knowledge_base", cache).knowledge
    settings = load(None, {})
    wording = Wording(knowledge, {code: said_settings(settings, code) for code in knowledge.languages})

    def say(key: str, language: str = "en", /, **values: Value) -> str:
        return wording.plain(Text(key, values), language).replace("`", "")

    return say


class Demo:
    """`support-bot demo` as a newcomer starts it, except that it may be killed and started again."""

    def __init__(self, folder: Path, cache: Path, settings: Mapping[str, str] | None = None) -> None:
        """`settings` are environment variables of the bot."""
        self.url = ""
        self._settings = settings or {}
        self._folder = folder
        self._cache = cache
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it where it was before, or on any free port; return when it says its address."""
        port = self.url.rpartition(":")[2].strip("/") or "0"
        self._process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("support-bot")), "demo", "--no-browser",
            "--port", port, "--store", str(self._folder / "demo.sqlite3"),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            cwd=self._folder, env=self._environment(),
        )  # fmt: skip
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), START_SECONDS)
        address = re.search(rb"http://127\.0\.0\.1:\d+/", line)
        assert address, line.decode() + (await self._process.stdout.read()).decode()
        self.url = address[0].decode()

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> str:
        """End it and return all that it has complained about."""
        process, self._process = self._process, None
        if process is None:
            return ""
        process.send_signal(how)
        said, _ = await process.communicate()
        return said.decode()

    def _environment(self) -> Mapping[str, str]:
        """This one's without any settings of the bot, and the folders the tests have."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
        places = {"BOT_KNOWLEDGE__PATH": str(ROOT / "knowledge_base"), "BOT_STORE__CACHE": str(self._cache)}
        return {**own, **places, **self._settings}


class Side:
    """One of the two chats as the person in front of it sees it; remembers what that person has said."""

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.input = root.get_by_role("textbox")
        self.messages = root.locator(".message")
        self.heard = root.locator(".message:not(.own)")
        self.own = root.locator(".message.own")
        self.said: list[str] = []

    async def says(self, text: str) -> None:
        await self.input.fill(text)
        await self.input.press("Enter")
        self.said.append(text)

    async def presses(self, label: str) -> None:
        """Press the newest button of that name which can be pressed."""
        await self.button(label).click()

    def button(self, label: str) -> Locator:
        buttons = self.root.locator(".buttons")
        return buttons.get_by_role("button", name=label, exact=True, disabled=False).last

    async def chooses(self, label: str) -> None:
        """Press a button whose label then stands in the chat as the requester's own words."""
        await self.presses(label)
        self.said.append(label)

    async def picks(self, *files: str | Path | FilePayload) -> None:
        """Choose files to send with the next message."""
        await self.root.locator(".pick-files").set_input_files(list(files))  # type: ignore[arg-type]

    async def hears(self, *texts: str) -> None:
        """Wait until the newest message that came in says all of this."""
        for text in texts:
            await expect(self.heard.last).to_contain_text(text)

    async def transcript(self) -> list[Json]:
        """Everything as it can be read now."""
        found: list[Json] = await self.messages.evaluate_all(_READ)
        return found

    async def words(self) -> list[str]:
        """What the person has said, as the chat shows it."""
        return [one["text"] for one in await self.transcript() if one["own"]]


class Visitor:
    """One browser with the page open; `problems` is everything a developer would have found in its console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requester = Side(page.locator("#requester"))
        self.staff = Side(page.locator("#thread"))
        self.threads = page.locator("#threads button")
        self.problems: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("dialog", self._on_dialog)

    async def open(self, url: str) -> None:
        await self.page.add_init_script(
            "addEventListener('securitypolicyviolation', event => console.error('blocked', event.blockedURI))"
        )
        await self.page.goto(url)
        await self.is_ready()

    async def is_ready(self) -> None:
        """Wait until the history is shown and changes are listened to."""
        await expect(self.requester.root.locator(".log")).to_have_attribute("aria-busy", "false")
        await expect(self.page.locator("#threads button").first).to_be_attached()

    async def reload(self) -> None:
        await self.page.reload()
        await self.is_ready()

    async def is_agent(self, agent: str) -> None:
        """Answer as this agent from now on."""
        await self.page.locator("#agent").select_option(label=agent)

    async def turns_to(self, tab: str) -> None:
        """On a phone: look at the other chat."""
        await self.page.locator(f".tabs [data-tab={tab}]").click()

    def badge(self, tab: str) -> Locator:
        return self.page.locator(f".tabs [data-tab={tab}] .badge")

    def forgive_the_network(self) -> None:
        """Forget what the browser says by itself about a server that is away."""
        self.problems[:] = [one for one in self.problems if "Failed to load resource: net::ERR_" not in one]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type}: {message.text}")

    async def _on_dialog(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        await dialog.dismiss()
