"""The browser, the program, and people who look at it."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.page.people import CHROMIUM, CHROMIUM_ARGUMENTS, DESKTOP, Demo, Say, Visitor, read_words

PATIENCE_MILLISECONDS = 10_000

expect.set_options(timeout=PATIENCE_MILLISECONDS)


class Visit(Protocol):
    """A new browser, which is a new requester, with the page open."""

    async def __call__(
        self, language: str = "en", *, size: tuple[int, int] = DESKTOP, dark: bool = False
    ) -> Visitor: ...


@pytest.fixture(scope="package")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="package")
def say(cache: Path) -> Say:
    return read_words(cache)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def chromium() -> AsyncIterator[Browser]:
    if not CHROMIUM:
        sentence = "The tests of the demo page need Chromium, and there is none on this machine."
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="package")
async def demo(chromium: Browser, tmp_path: Path, cache: Path) -> AsyncIterator[Demo]:
    """The running program, which must have had nothing to complain about when it ends."""
    demo = Demo(tmp_path, cache)
    try:
        await demo.start()
        yield demo
    finally:
        complaints = await demo.stop()
    assert complaints == ""


@pytest_asyncio.fixture(loop_scope="package")
async def visit(chromium: Browser, demo: Demo) -> AsyncIterator[Visit]:
    """Opens browsers, in none of which anything may have gone wrong when the test ends."""
    visitors: list[Visitor] = []
    async with AsyncExitStack() as stack:
        yield partial(_visit, stack, visitors, chromium, demo)
        assert [problem for visitor in visitors for problem in visitor.problems] == []


async def _visit(
    stack: AsyncExitStack,
    visitors: list[Visitor],
    chromium: Browser,
    demo: Demo,
    language: str = "en",
    *,
    size: tuple[int, int] = DESKTOP,
    dark: bool = False,
) -> Visitor:
    width, height = size
    context = await chromium.new_context(
        viewport={"width": width, "height": height},
        locale={"en": "en-GB", "ja": "ja-JP"}[language],
        color_scheme="dark" if dark else "light",
        has_touch=width < height,
    )
    stack.push_async_callback(context.close)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    visitor = Visitor(await context.new_page())
    visitors.append(visitor)
    await visitor.open(demo.url)
    return visitor
