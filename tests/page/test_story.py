"""The whole story at both sides of one page: a question, a checklist, a person, an end."""

from dataclasses import dataclass

import pytest
from playwright.async_api import FilePayload, expect

from tests.page.conftest import Visit
from tests.page.people import Say, Visitor
from tests.stage.player import PICTURE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

SCREENSHOT: FilePayload = {"name": "screen.png", "mimeType": "image/png", "buffer": PICTURE}


@dataclass(frozen=True, slots=True)
class Story:
    """What this requester types; everything else is read from the knowledge base."""

    language: str
    greeting: str
    question: str
    complaint: str
    wrong_coin: str
    wallet: str
    network: str
    caption: str
    reply: str
    thanks: str


STORIES = [
    Story(
        language="en",
        greeting="Hello! I am the support assistant of Example Exchange.",
        question="how do i turn on 2fa",
        complaint="my deposit has not arrived",
        wrong_coin="usdt",
        wallet="my own wallet",
        network="erc20",
        caption="this is what I see",
        reply="Hello, I am looking into it.",
        thanks="thank you so much",
    ),
    Story(
        language="ja",
        greeting="こんにちは",
        question="2段階認証の設定方法を教えてください",
        complaint="入金が反映されません",
        wrong_coin="リップルです",
        wallet="自分のウォレット",
        network="ERC20",
        caption="この画面です",
        reply="お待たせしております。確認中です。",
        thanks="よろしくお願いします",
    ),
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.language)
async def test_a_deposit_from_the_first_word_to_the_rating(visit: Visit, say: Say, story: Story) -> None:
    """Without one reload, and everything is still there after one."""
    visitor = await visit(story.language)
    await visitor.page.evaluate("window.neverReloaded = true")
    await _asks(visitor, say, story)
    await _walks_through_the_checklist(visitor, say, story)
    await _is_handed_over(visitor, say, story)
    await _gets_an_answer(visitor, say, story)
    await _is_closed_and_rated(visitor, say, story)

    assert await visitor.page.evaluate("window.neverReloaded")
    assert await visitor.requester.words() == visitor.requester.said
    assert await visitor.staff.words() == visitor.staff.said
    before = [await visitor.requester.transcript(), await visitor.staff.transcript()]
    await visitor.reload()
    await expect(visitor.staff.own).to_have_count(len(visitor.staff.said))
    assert [await visitor.requester.transcript(), await visitor.staff.transcript()] == before


async def _asks(visitor: Visitor, say: Say, story: Story) -> None:
    requester, language = visitor.requester, story.language
    await requester.root.get_by_role("button", name=say("page.start", language), exact=True).click()
    requester.said.append("/start")
    await requester.hears(story.greeting)
    await expect(requester.button(say("topic.deposits", language))).to_be_visible()
    await requester.says(story.question)
    await requester.hears(say("faq.twofa_enable.answer", language).partition("\n")[0], say("helped.ask", language))
    for key in ("button.not_helped", "button.human", "button.helped"):
        await expect(requester.button(say(key, language))).to_be_visible()
    await requester.chooses(say("button.helped", language))
    await requester.hears(say("helped.thanks", language))


async def _walks_through_the_checklist(visitor: Visitor, say: Say, story: Story) -> None:
    requester, language = visitor.requester, story.language

    def ask(step: str) -> str:
        return say(f"checklist.deposit.{step}.ask", language)

    await requester.says(story.complaint)
    await requester.hears(ask("kind"))
    await requester.chooses(say("checklist.deposit.kind.option.crypto", language))
    await requester.hears(ask("asset"))
    await requester.says(story.wrong_coin)
    await requester.hears(ask("sent_from"))
    await requester.chooses(say("button.back", language))
    await requester.hears(ask("asset"))
    await requester.chooses("ETH")
    await requester.hears(ask("sent_from"))
    await requester.says(story.wallet)
    await requester.hears(ask("network"))
    await requester.says(story.network)
    await requester.hears(ask("txid"))


async def _is_handed_over(visitor: Visitor, say: Say, story: Story) -> None:
    requester, staff, language = visitor.requester, visitor.staff, story.language
    await expect(visitor.page.locator("#no-threads")).to_be_visible()
    await requester.chooses(say("button.human", language))
    await requester.hears(say("ticket.opened", language, number=1), say("intake.account_id", language))
    await expect(visitor.threads.first).to_contain_text("#1")
    await expect(visitor.page.locator("#thread-title")).to_contain_text("#1")
    for fact in ("ETH", "Ethereum (ERC20)", story.complaint):
        await expect(staff.heard.first).to_contain_text(fact)
    await requester.says("12345678")
    await requester.hears(say("intake.screenshot", language))
    await staff.hears("12345678")
    await requester.picks(SCREENSHOT)
    await requester.says(story.caption)
    await requester.hears(say("intake.done", language))
    await staff.hears(story.caption)
    picture = staff.heard.last.get_by_role("img", name="screen.png")
    await expect(picture).to_have_js_property("naturalWidth", 1)


async def _gets_an_answer(visitor: Visitor, say: Say, story: Story) -> None:
    requester, staff = visitor.requester, visitor.staff
    heard = await requester.heard.count()
    await staff.says(story.reply)
    await staff.hears(say("desk.draft"))
    await expect(requester.heard).to_have_count(heard)
    await staff.presses(say("button.send"))
    await requester.hears(story.reply, say("reply.author", story.language))
    await expect(staff.own.last.locator(".reactions")).to_have_text("✅")
    await requester.says(story.thanks)
    await staff.hears(story.thanks)
    await staff.says("// payments are slow today")
    await expect(staff.own.last.locator(".reactions")).to_have_text("📝")
    await visitor.is_agent("Ken")
    await staff.says("shall I take over?")
    await staff.hears(say("desk.taken_for_note", assignee="Mika"))
    await expect(staff.own.last).to_contain_text("Ken")
    await expect(requester.heard).to_have_count(heard + 1)


async def _is_closed_and_rated(visitor: Visitor, say: Say, story: Story) -> None:
    requester, staff, language = visitor.requester, visitor.staff, story.language
    await visitor.is_agent("Mika")
    await staff.says("/close")
    await staff.hears(say("desk.closed", name="Mika"))
    await expect(visitor.page.locator("#thread-state")).to_have_text(say("page.closed", language))
    await requester.hears(say("rating.ask", language, number=1))
    await expect(requester.heard.last.get_by_role("button")).to_have_text(["1", "2", "3", "4", "5"])
    await requester.chooses("5")
    await requester.hears(say("rating.thanks", language))
    await expect(staff.heard.first).to_contain_text("5 / 5")
