"""The page on a phone and on a desk, by day and by night, for people who see it and people who have it read out."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.page.conftest import Visit
from tests.page.people import DESKTOP, PHONE, Say, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

ENDLESS = "https://explorer.example/tx/" + "0123456789abcdef" * 12
CONTROLS = {"button", "textbox", "combobox", "link", "image", "log", "navigation", "heading", "alert", "region"}
MAY_BE_EMPTY = {"alert"}
MOST_STOPS = 40
MANY = 70
ENOUGH_CONTRAST = 4.5

TYPE_FAST = "(line, texts) => texts.forEach(text => { line.value = text; line.form.requestSubmit(); })"

FOCUSED = """() => {
  const node = document.activeElement;
  const style = getComputedStyle(node);
  const box = node.getBoundingClientRect();
  return {
    name: node === document.body ? "" : `${node.tagName} ${node.id} ${node.className} ${node.textContent}`.trim(),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    inside: box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth,
  };
}"""

# Every text that can be read now, with the contrast to what is painted behind it.
CONTRASTS = """() => {
  const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const paint = (...colours) => {
    brush.clearRect(0, 0, 1, 1);
    for (const colour of colours) { brush.fillStyle = colour; brush.fillRect(0, 0, 1, 1); }
    return [...brush.getImageData(0, 0, 1, 1).data];
  };
  const brightness = ([red, green, blue]) => [red, green, blue]
    .map(part => part / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = node => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) layers.unshift(getComputedStyle(one).backgroundColor);
    return layers;
  };
  const contrast = (node, colour) => {
    const both = [paint(...behind(node)), paint(...behind(node), colour)].map(brightness);
    const [lower, higher] = both.sort((one, other) => one - other);
    return (higher + 0.05) / (lower + 0.05);
  };
  const isRead = node => node.checkVisibility() && !node.closest(":disabled, .for-readers, .pending")
    && [...node.childNodes].some(child => child.nodeType === Node.TEXT_NODE && /[\\p{L}\\p{N}]/u.test(child.data));
  const texts = [...document.body.querySelectorAll("*")].filter(isRead);
  const lines = [...document.querySelectorAll("textarea")].filter(node => node.checkVisibility());
  return [
    ...texts.map(node => [node.textContent.slice(0, 60), contrast(node, getComputedStyle(node).color)]),
    ...lines.map(node => [node.placeholder, contrast(node, getComputedStyle(node, "::placeholder").color)]),
  ];
}"""

SCREENS = pytest.mark.parametrize(
    ("size", "dark", "language"),
    [(DESKTOP, False, "en"), (DESKTOP, True, "ja"), (PHONE, False, "en"), (PHONE, True, "ja")],
    ids=["desktop-light-en", "desktop-dark-ja", "phone-light-en", "phone-dark-ja"],
)


@SCREENS
async def test_every_screen_can_be_read_and_used(
    visit: Visit, say: Say, size: tuple[int, int], dark: bool, language: str
) -> None:
    """Nothing runs out at the side, one can always write, everything has a name, and nothing is too faint."""
    visitor = await visit(language, size=size, dark=dark)
    requester, staff = visitor.requester, visitor.staff
    await _looks_right(visitor, requester.input)
    await requester.says("/start")
    await expect(requester.button(say("topic.security", language))).to_be_visible()
    await _looks_right(visitor, requester.input)
    await requester.says("/human")
    await requester.says(ENDLESS)
    await requester.hears(say("intake.account_id_refused", language))
    await _looks_right(visitor, requester.input)
    if size == PHONE:
        await visitor.turns_to("staff")
        await _looks_right(visitor, visitor.threads.first)
        await visitor.threads.first.click()
    await staff.hears(ENDLESS)
    await staff.says(ENDLESS)
    await expect(staff.button(say("button.send"))).to_be_visible()
    await _looks_right(visitor, staff.input)


async def _looks_right(visitor: Visitor, needed: Locator) -> None:
    page = visitor.page
    await expect(needed).to_be_in_viewport(ratio=1)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    wide = "logs => logs.filter(log => log.scrollWidth > log.clientWidth).length"
    assert await page.locator(".log").evaluate_all(wide) == 0, "a chat scrolls sideways"
    assert await _nameless(page) == []
    faint = [
        (text, round(contrast, 2)) for text, contrast in await page.evaluate(CONTRASTS) if contrast < ENOUGH_CONTRAST
    ]
    assert faint == []


async def _nameless(page: Page) -> list[str]:
    """What assistive technology would read out as just "button"."""
    session = await page.context.new_cdp_session(page)
    nodes = (await session.send("Accessibility.getFullAXTree"))["nodes"]
    await session.detach()
    return [
        node["role"]["value"]
        for node in nodes
        if not node["ignored"]
        and node["role"]["value"] in CONTROLS - MAY_BE_EMPTY
        and not node.get("name", {}).get("value", "").strip()
    ]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    visit: Visit, say: Say, size: tuple[int, int]
) -> None:
    visitor = await visit(size=size)
    await visitor.requester.says("/start")
    await expect(visitor.requester.button(say("button.human"))).to_be_visible()
    await visitor.reload()
    stops: list[str] = []
    for _ in range(MOST_STOPS):
        await visitor.page.keyboard.press("Tab")
        focused = await visitor.page.evaluate(FOCUSED)
        if not focused["name"] or focused["name"] in stops:
            break
        assert focused["ring"], f"no focus ring: {focused['name']}"
        assert focused["inside"], f"focused out of sight: {focused['name']}"
        stops.append(focused["name"])

    reached = "\n".join(stops)
    for stop in ("SELECT language", "BUTTON new-person", "TEXTAREA", "send", "attach", say("button.human")):
        assert stop in reached


async def test_a_question_is_asked_and_answered_by_keyboard_alone(visit: Visit, say: Say) -> None:
    visitor = await visit()
    await visitor.requester.root.locator(".start").focus()
    await visitor.page.keyboard.press("Enter")
    visitor.requester.said.append("/start")
    human = visitor.requester.button(say("button.human"))
    await human.focus()
    await visitor.page.keyboard.press("Space")
    visitor.requester.said.append(say("button.human"))
    await visitor.requester.hears(say("ticket.opened", number=1))
    await expect(visitor.requester.input).to_be_focused()
    assert await visitor.requester.words() == visitor.requester.said


async def test_a_phone_shows_one_side_and_counts_what_is_new_at_the_other(visit: Visit, say: Say) -> None:
    visitor = await visit(size=PHONE)
    requester, staff = visitor.requester, visitor.staff
    await expect(staff.root).to_be_hidden()
    await requester.says("/human")
    await requester.hears(say("ticket.opened", number=1))
    await expect(visitor.badge("staff")).to_have_text("1")
    await expect(requester.input).to_be_visible()
    await visitor.turns_to("staff")
    await expect(requester.root).to_be_hidden()
    await visitor.threads.first.click()
    await expect(visitor.badge("staff")).to_be_hidden()
    await staff.says("/take")
    await staff.hears(say("desk.taken", name="Mika"))
    await staff.says("Hello")
    await expect(visitor.badge("requester")).to_have_text("1")
    await visitor.page.get_by_role("button", name=say("page.back")).click()
    await expect(visitor.threads.first).to_be_visible()
    await visitor.turns_to("requester")
    await expect(visitor.badge("requester")).to_be_hidden()
    await requester.hears("Hello")


async def test_whoever_reads_further_up_is_left_there_and_told(visit: Visit, say: Say) -> None:
    """Also with more messages than one page of history holds."""
    visitor = await visit()
    requester = visitor.requester
    await requester.says("/human")
    await requester.hears(say("ticket.opened", number=1))
    await visitor.staff.says("/take")
    await visitor.staff.hears(say("desk.taken", name="Mika"))
    lines = [f"this is line number {number}" for number in range(MANY)]
    await requester.input.evaluate(TYPE_FAST, lines)
    requester.said += lines
    await visitor.staff.hears(lines[-1])
    await visitor.reload()
    log, newer = requester.root.locator(".log"), requester.root.locator(".newer")
    await expect(requester.own.last).to_be_in_viewport()
    await expect(requester.own.last).to_contain_text(lines[-1])
    await requester.root.get_by_role("button", name=say("page.earlier")).click()
    await expect(requester.own).to_have_count(len(requester.said))
    assert await requester.words() == requester.said
    await log.evaluate("log => { log.scrollTop = 0 }")
    await expect(requester.own.first).to_be_in_viewport()
    await visitor.staff.says("something new")
    await expect(newer).to_be_visible()
    await expect(requester.own.first).to_be_in_viewport()
    await newer.click()
    await expect(requester.heard.last).to_be_in_viewport()
    await expect(newer).to_be_hidden()
