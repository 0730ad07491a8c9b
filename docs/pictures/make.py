"""Takes the pictures of the documentation anew: conversations at the running demo, in a real browser.

.venv/bin/python docs/pictures/make.py
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, async_playwright, expect

from tests.page.people import CHROMIUM, CHROMIUM_ARGUMENTS, DESKTOP, PHONE, Demo, Say, Visitor, read_words

FOLDER = Path(__file__).parent
LARGEST_PICTURE = 250_000


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said in one picture; with `note` it is one of the desk, with that note in it."""

    file: str
    language: str
    locale: str
    size: tuple[int, int]
    dark: bool
    complaint: str
    reply: str
    thanks: str = ""
    note: str = ""


TALKS = (
    Talk(
        file="demo-desktop.png",
        language="en",
        locale="en-US",
        size=DESKTOP,
        dark=False,
        complaint="i sent xrp from another exchange and it never came",
        reply="Hello! I found your transfer – only the tag is missing. Our payments team is crediting it now.",
    ),
    Talk(
        file="demo-phone-ja.png",
        language="ja",
        locale="ja-JP",
        size=PHONE,
        dark=True,
        complaint="リップルを送ったのに入金が反映されません",
        reply="お待たせしております。送金を確認できました。宛先タグがないため自動で反映されなかったようです。"
        "入金担当が反映の手続きを進めております。",
        thanks="ありがとうございます。よろしくお願いします！",
    ),
    Talk(
        file="desk-phone.png",
        language="en",
        locale="en-US",
        size=PHONE,
        dark=False,
        complaint="i sent xrp from another exchange and it never came",
        note="Payments found it: no tag. Two hours.",
        reply="Hello! I found your transfer. Our payments team is crediting it now.",
    ),
    Talk(
        file="desk-phone-ja.png",
        language="ja",
        locale="ja-JP",
        size=PHONE,
        dark=False,
        complaint="リップルを送ったのに入金が反映されません",
        note="入金担当に確認済み。タグなし、反映まで2時間ほど。",
        reply="お待たせしております。送金を確認できました。ただいま反映の手続きを進めております。",
    ),
)


async def main() -> None:
    with TemporaryDirectory() as folder:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
            for talk in TALKS:
                await _take(talk, browser, Path(folder) / talk.file)
            await browser.close()


async def _take(talk: Talk, browser: Browser, folder: Path) -> None:
    """Play the talk on a demo of its own and photograph it."""
    await asyncio.to_thread(folder.mkdir)
    demo = Demo(folder, folder / "cache", {"BOT_DESK__LANGUAGE": talk.language} if talk.note else {})
    await demo.start()
    try:
        width, height = talk.size
        context = await browser.new_context(
            viewport={"width": width, "height": height}, locale=talk.locale, has_touch=talk.size == PHONE,
            color_scheme="dark" if talk.dark else "light",
        )  # fmt: skip
        visitor = Visitor(await context.new_page())
        await visitor.open(demo.url)
        await _play(talk, visitor, read_words(folder / "cache"))
        await visitor.page.mouse.move(0, 0)
        await visitor.page.evaluate("document.activeElement.blur()")
        picture = await visitor.page.screenshot(path=FOLDER / talk.file, animations="disabled")
        assert len(picture) < LARGEST_PICTURE, f"{talk.file} has {len(picture)} bytes"
        print(f"{talk.file}: {len(picture) // 1000} kB")
    finally:
        print(await demo.stop(), end="")


async def _play(talk: Talk, visitor: Visitor, say: Say) -> None:
    requester, language = visitor.requester, talk.language

    def deposit(key: str) -> str:
        return say(f"checklist.deposit.{key}", language)

    await requester.says(talk.complaint)
    await _answer(visitor, deposit("kind.ask"), press=deposit("kind.option.crypto"))
    await _answer(visitor, deposit("asset.ask"), press="XRP")
    await _answer(visitor, deposit("sent_from.ask"), press=deposit("sent_from.option.exchange"))
    await _answer(visitor, deposit("network.ask"), press="XRP Ledger")
    await _answer(visitor, deposit("txid.ask"), press=say("button.human", language))
    await _answer(visitor, say("intake.account_id", language), text="12345678")
    await requester.hears(say("intake.screenshot", language))
    await _reply(talk, visitor, say)
    if talk.thanks:
        await requester.says(talk.thanks)
        await visitor.staff.hears(talk.thanks)


async def _reply(talk: Talk, visitor: Visitor, say: Say) -> None:
    if talk.size == PHONE:
        await visitor.turns_to("staff")
        await visitor.threads.first.click()
    desk_language = talk.language if talk.note else "en"
    await visitor.staff.presses(say("button.take", desk_language))
    await visitor.staff.hears(say("desk.taken", desk_language, name="Mika"))
    if talk.note:
        await visitor.staff.says(f"// {talk.note}")
        await expect(visitor.staff.own.last.locator(".reactions")).to_have_text("📝")
    await visitor.staff.says(talk.reply)
    await expect(visitor.staff.own.last.locator(".reactions")).to_have_text("✅")
    if talk.note:
        return
    if talk.size == PHONE:
        await visitor.turns_to("requester")
    await visitor.requester.hears(talk.reply)


async def _answer(visitor: Visitor, question: str, *, text: str = "", press: str = "") -> None:
    await visitor.requester.hears(question)
    if press:
        await visitor.requester.presses(press)
    else:
        await visitor.requester.says(text)


if __name__ == "__main__":
    asyncio.run(main())
