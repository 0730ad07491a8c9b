"""The page itself: nothing lost, nothing run that strangers typed, readable on any screen and by anybody."""

import signal
from itertools import product
from pathlib import Path
from urllib.parse import urljoin

import pytest
from aiohttp import ClientSession
from playwright.async_api import FilePayload, Request, expect

from tests.page.conftest import Visit
from tests.page.people import Demo, Say, Visitor
from tests.stage.player import PICTURE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "[press me](javascript:alert(1)) ![look](http://evil.example/pixel.png)",
    "<a href='javascript:alert(1)'>&lt;b&gt;</a> **bold** `code`",
)
HOSTILE_FILE: FilePayload = {
    "name": '"><img src=x onerror=alert(1)>.txt',
    "mimeType": "text/html",
    "buffer": b"words",
}
FOREIGN = (("Origin", "http://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"))
MADE_OF_WORDS = """() => [
  ...document.querySelectorAll("script:not([src='/page/page.js']), [onerror], a[href^='javascript'], iframe"),
  ...[...document.images].filter(image => new URL(image.src).origin !== origin),
].map(node => node.outerHTML)"""


async def open_ticket(visitor: Visitor, say: Say, number: int = 1) -> None:
    """Ask for a person and get past the questions meanwhile."""
    await visitor.requester.says("something quite unheard of")
    await visitor.requester.hears(say("unknown"))
    await visitor.requester.chooses(say("button.human"))
    await visitor.requester.hears(say("ticket.opened", number=number))
    await expect(visitor.page.locator("#thread-title")).to_contain_text(f"#{number}")
    for key in ("intake.screenshot", "intake.done"):
        await visitor.requester.chooses(say("button.skip"))
        await visitor.requester.hears(say(key))


async def test_a_killed_server_comes_back_and_the_talk_goes_on_where_it_was(
    demo: Demo, visit: Visit, say: Say
) -> None:
    """What was written meanwhile waits visibly, and arrives once."""
    visitor = await visit()
    requester = visitor.requester
    await requester.says("my deposit has not arrived")
    await requester.chooses(say("checklist.deposit.kind.option.crypto"))
    await requester.hears(say("checklist.deposit.asset.ask"))
    before = await requester.transcript()
    offline = visitor.page.get_by_role("alert").filter(has_text=say("page.offline"))
    await expect(offline).to_be_hidden()

    await demo.stop(signal.SIGKILL)
    await expect(offline).to_be_visible()
    await requester.says("ETH")
    await expect(requester.own.last.locator(".note")).to_have_text(say("page.sending"))
    await demo.start()

    await requester.hears(say("checklist.deposit.sent_from.ask"))
    await expect(offline).to_be_hidden()
    assert (await requester.transcript())[: len(before)] == before
    assert await requester.words() == requester.said
    await requester.chooses(say("checklist.deposit.sent_from.option.wallet"))
    await requester.hears(say("checklist.deposit.network.ask"))
    await visitor.reload()
    assert await requester.words() == requester.said
    visitor.forgive_the_network()


async def test_a_ticket_survives_a_killed_server(demo: Demo, visit: Visit, say: Say) -> None:
    visitor = await visit()
    await open_ticket(visitor, say)
    await visitor.staff.says("/take")
    await visitor.staff.hears(say("desk.taken", name="Mika"))

    await demo.stop(signal.SIGKILL)
    await expect(visitor.page.locator("#offline")).to_be_visible()
    await visitor.staff.says("I am on it")
    await demo.start()

    await visitor.requester.hears("I am on it")
    await expect(visitor.staff.own.last.locator(".reactions")).to_have_text("✅")
    await visitor.requester.says("thanks")
    await visitor.staff.hears("thanks")
    assert await visitor.staff.words() == visitor.staff.said
    assert await visitor.requester.words() == visitor.requester.said
    visitor.forgive_the_network()


async def test_what_strangers_type_is_shown_and_never_run(visit: Visit, say: Say) -> None:
    """In both chats, on the card, in the title, in previews and as file names."""
    visitor = await visit()
    requester, staff = visitor.requester, visitor.staff
    await requester.says(HOSTILE[0])
    await requester.hears(say("unknown"))
    await requester.chooses(say("button.human"))
    await requester.hears(say("ticket.opened", number=1))
    await expect(staff.heard.first).to_contain_text(HOSTILE[0])
    for text in HOSTILE:
        await requester.says(text)
        await staff.hears(text)
        await expect(visitor.threads.first).to_contain_text(text)
    await requester.picks(HOSTILE_FILE)
    await requester.says("my file")
    await expect(requester.own.last.get_by_role("link")).to_contain_text(HOSTILE_FILE["name"])
    # Nothing is passed on under a name that is more than a name.
    await expect(staff.heard.last.get_by_role("link")).to_contain_text("img src=x onerror=alert(1).txt")
    await staff.says("/take")
    for text in HOSTILE:
        await staff.says(text)
        await requester.hears(text)

    assert await visitor.page.evaluate(MADE_OF_WORDS) == []
    await visitor.reload()
    await expect(staff.own).to_have_count(len(staff.said))
    assert await requester.words() == requester.said
    assert await staff.words() == staff.said
    assert await visitor.page.evaluate(MADE_OF_WORDS) == []


async def test_a_seed_phrase_is_shown_to_nobody(visit: Visit, say: Say) -> None:
    phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    visitor = await visit()
    await open_ticket(visitor, say)
    await visitor.requester.says(f"my phrase is {phrase}")
    await expect(visitor.requester.heard.last).to_contain_text(say("secret.removed").partition("(")[0])
    await visitor.requester.says("sorry")
    await visitor.staff.hears("sorry")
    await visitor.reload()

    for side in (visitor.requester, visitor.staff):
        await expect(side.root).to_contain_text("sorry")
        await expect(side.root).not_to_contain_text("sausage")


async def test_no_other_name_for_this_machine_and_no_other_site_gets_anything(demo: Demo) -> None:
    asked = ("/", "/api/session", "/api/staff/threads", "/api/stream?views=staff", "/files/1/0", "/metrics")
    posted = ("/api/requester", "/api/requester/messages", "/api/staff/messages", "/api/staff/presses", "/api/typing")
    async with ClientSession(demo.url) as session:
        for path, host in product(asked, ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "")):
            async with session.get(path, headers={"Host": host}) as response:
                assert response.status == 421, (path, host)
                assert "Set-Cookie" not in response.headers
        for path, header in product(posted, FOREIGN):
            async with session.post(path, data="{}", headers=dict([header])) as response:
                assert response.status == 403, (path, header)


async def test_enter_that_ends_a_composition_sends_nothing(visit: Visit, say: Say) -> None:
    visitor = await visit("ja")
    line = visitor.requester.input
    await line.fill("にゅうきん")
    for event in ({"isComposing": True}, {"keyCode": 229}):
        await line.dispatch_event("keydown", {"key": "Enter", "bubbles": True, "cancelable": True, **event})
    await line.press("Shift+Enter")
    await expect(line).to_have_value("にゅうきん\n")
    await expect(visitor.requester.own).to_have_count(0)
    await visitor.requester.says("こんにちは")
    await visitor.requester.hears(say("greeting", "ja").partition("\n")[0])
    assert await visitor.requester.words() == ["こんにちは"]


async def test_two_browsers_see_only_their_own_requesters_chat(visit: Visit, say: Say) -> None:
    one, other = await visit(), await visit("ja")
    await open_ticket(one, say)
    await one.requester.picks({"name": "mine.png", "mimeType": "image/png", "buffer": PICTURE})
    await one.requester.says("mine alone")
    await one.staff.hears("mine alone")
    await other.requester.says("わたしだけの話")
    await other.requester.hears(say("unknown", "ja"))

    assert await one.requester.words() == one.requester.said
    assert await other.requester.words() == other.requester.said
    await expect(other.threads.first).to_contain_text("#1")
    file = urljoin(one.page.url, await one.requester.own.last.get_by_role("link").get_attribute("href"))
    assert (await one.page.request.get(file)).status == 200
    assert (await other.page.request.get(file)).status == 404


async def test_a_new_person_starts_with_an_empty_chat(visit: Visit, say: Say) -> None:
    visitor = await visit()
    name = visitor.page.locator("#requester-name")
    was = await name.inner_text()
    await visitor.requester.says("hi")
    await visitor.requester.hears("Example Exchange")
    await visitor.page.get_by_role("button", name=say("page.new_person")).click()
    await expect(visitor.requester.messages).to_have_count(0)
    await expect(name).not_to_have_text(was)


async def test_a_language_can_be_chosen_in_the_middle_of_a_talk(visit: Visit, say: Say) -> None:
    visitor = await visit()
    await visitor.requester.says("hi")
    await visitor.requester.hears("Example Exchange")
    await visitor.page.locator("#language").select_option("ja")
    await visitor.requester.hears(say("language.chosen", "ja", language="日本語"))
    await expect(visitor.page.locator("html")).to_have_attribute("lang", "ja")
    await expect(visitor.page.locator("#staff-heading")).to_have_text(say("page.staff_heading", "ja"))
    await visitor.reload()
    await expect(visitor.page.locator("#staff-heading")).to_have_text(say("page.staff_heading", "ja"))


async def test_each_side_sees_that_the_other_is_typing(visit: Visit, say: Say) -> None:
    """The requester never learns which agent it is, nor that there are notes and commands."""
    visitor = await visit()
    pings: list[Request] = []
    visitor.page.on("request", lambda request: pings.append(request) if "/api/typing" in request.url else None)
    await open_ticket(visitor, say)
    pings.clear()
    await visitor.requester.input.press_sequentially("hel")
    dots = visitor.staff.root.locator(".typing")
    await expect(dots).to_contain_text("Guest ")
    await visitor.requester.says("hello")
    await visitor.staff.hears("hello")
    await expect(dots).to_be_hidden()
    pings.clear()
    await visitor.staff.input.press_sequentially("// no")
    await visitor.staff.input.fill("")
    await visitor.staff.input.press_sequentially("ok")
    dots = visitor.requester.root.locator(".typing")
    await expect(dots).to_have_text(say("page.typing", name=say("page.staff_tab")))
    assert len(pings) == 1
    await visitor.staff.says("/take")
    await visitor.staff.hears(say("desk.taken", name="Mika"))
    await visitor.staff.says("ok")
    await visitor.requester.hears("ok")
    await expect(dots).to_be_hidden()


async def test_a_file_that_is_too_large_is_refused_before_it_is_sent(visit: Visit, say: Say, tmp_path: Path) -> None:
    visitor = await visit()
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    await visitor.requester.picks(large)
    problem = visitor.requester.root.get_by_role("alert")
    await expect(problem).to_contain_text("large.bin")
    await expect(problem).to_contain_text(say("page.too_large", limit="20 MB"))
    await expect(visitor.requester.root.locator(".chosen li")).to_have_count(0)
    few: FilePayload = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"}
    await visitor.requester.picks(*[few] * 11)
    await expect(visitor.requester.root.locator(".chosen li")).to_have_count(10)
    await expect(problem).to_contain_text("10")
    await visitor.requester.root.get_by_role("button", name=say("page.remove_file", name="a.txt")).first.click()
    await expect(visitor.requester.root.locator(".chosen li")).to_have_count(9)
