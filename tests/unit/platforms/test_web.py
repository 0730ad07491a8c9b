"""The page's platform, through its real routes, over a real store."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, ClientTimeout, CookieJar, FormData

from bot.events import ChoicePicked, MessageReceived, PlatformEvent, StaffPicked, StaffWrote
from bot.model import (
    Attachment,
    AttachmentKind,
    Button,
    ChatRef,
    Content,
    Markup,
    MessageRef,
    PlatformName,
    Standing,
    TicketStatus,
)
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.platforms.web import WebPlatform
from bot.platforms.web.files import LARGEST_FILE, clean_name
from bot.platforms.web.render import markdown_to_html
from bot.ports import Delivery, Handle, NeverDelivered, Receipt
from bot.store import SqlStore, open_store
from bot.store.room import SqlRoom
from bot.web import Server, serve
from tests.samples import png

STAFF = ChatRef(PlatformName.WEB, "staff")
PNG = png()
TEXTS = {"en": {"page.guest": "Guest", "page.title": "Demo", "other": "no"}, "ja": {"page.guest": "ゲスト"}}
SECRET = "hunter2"
Json = dict[str, Any]


class CountingClock:
    def __init__(self) -> None:
        self._ids = count(1)

    def now(self) -> int:
        return 1_700_000_000_000_000

    def new_id(self) -> int:
        return next(self._ids)


class Bot:
    """The page's other side: notes every event, like the store refuses one it has seen, and delivers."""

    def __init__(self, platform: WebPlatform) -> None:
        self.platform = platform
        self.events: list[PlatformEvent] = []
        self.failures = 0
        self._ids = count(1_000)
        self.here: Path = Path()

    async def handle(self, event: PlatformEvent) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is away")
        if event.key not in [seen.key for seen in self.events]:
            self.events.append(event)

    def outgoing(self, kind: DeliveryKind, chat: ChatRef, **more: Any) -> Outgoing:
        number = next(self._ids)
        return Outgoing(
            id=number, kind=kind, chat=chat, priority=Priority.REQUESTER, due_at=0, message_id=number, **more
        )  # fmt: skip

    async def deliver(self, outgoing: Outgoing, *links: MessageRef, quoted: MessageRef | None = None) -> Receipt:
        return await self.platform.deliver(Delivery(outgoing, links, quoted), self._fetch)

    async def send(self, chat: ChatRef, content: Content, **more: Any) -> MessageRef:
        receipt = await self.deliver(self.outgoing(DeliveryKind.SEND, chat, content=content, **more))
        return receipt.messages[0]

    async def open_thread(self, title: str = "#1", **more: Any) -> MessageRef:
        outgoing = self.outgoing(DeliveryKind.OPEN_THREAD, STAFF, title=title, content=Content(text="card"), **more)
        receipt = await self.deliver(outgoing)
        assert receipt.thread == receipt.messages[0].chat
        return receipt.messages[0]

    @asynccontextmanager
    async def _fetch(self, attachment: Attachment) -> AsyncIterator[Path]:
        yield self.here / attachment.handle


class Browser:
    """What the page's script does, without a browser."""

    def __init__(self, session: ClientSession) -> None:
        self.session = session
        self._ids = count(1)

    async def open(self, **headers: str) -> Json:
        return await self.ask("/api/session", **headers)

    async def ask(self, path: str, **headers: str) -> Json:
        async with self.session.get(path, headers=headers) as response:
            assert response.status == 200, await response.text()
            body: Json = await response.json()
            return body

    async def post(self, path: str, fields: Json) -> int:
        body = {"id": f"nonce-{next(self._ids):04}", **fields}
        async with self.session.post(path, json=body) as response:
            return response.status

    async def say(self, text: str = "", *, side: str = "requester", **more: Any) -> Json:
        async with self.session.post(f"/api/{side}/messages", data=self.form(text, **more)) as response:
            body: Json = await response.json(content_type=None) if response.status < 500 else {}
            return {"status": response.status, **body}

    def form(self, text: str, files: dict[str, bytes] | None = None, **fields: str) -> FormData:
        form = FormData(quote_fields=False, default_to_multipart=True)
        for name, value in {"id": f"nonce-{next(self._ids):04}", "text": text, **fields}.items():
            form.add_field(name, value)
        for name, body in (files or {}).items():
            form.add_field("file", BytesIO(body), filename=name, content_type="text/html")
        return form


class Stream:
    """One open stream of changes, read event by event."""

    def __init__(self, response: ClientResponse) -> None:
        self._response = response

    async def next(self) -> tuple[str, str, Json]:
        """Kind, id and value of the next event; comments and settings are passed over."""
        fields: dict[str, str] = {}
        while True:
            line = (await self._response.content.readline()).decode().rstrip("\n")
            if not line and "data" in fields:
                return fields["event"], fields.get("id", ""), json.loads(fields["data"])
            name, _, value = line.partition(": ")
            fields[name] = value

    async def rest(self) -> bytes:
        """What still comes until the server ends it."""
        return await self._response.content.read()

    async def texts(self, amount: int) -> list[str]:
        found = [await self.next() for _ in range(amount)]
        return [value.get("text") or value.get("html", "") for _, _, value in found]


@asynccontextmanager
async def streaming(browser: Browser, after: str = "0", last: str = "") -> AsyncIterator[Stream]:
    headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
    async with browser.session.get(f"/api/stream?after={after}", headers=headers) as response:
        assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        yield Stream(response)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(tmp_path / "support.sqlite3")
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> CountingClock:
    return CountingClock()


@pytest.fixture
def room(store: SqlStore, clock: CountingClock) -> SqlRoom:
    return SqlRoom(store.engine, clock)


@pytest.fixture
def platform(room: SqlRoom, clock: CountingClock, tmp_path: Path) -> WebPlatform:
    return WebPlatform(
        room=room, clock=clock, folder=tmp_path / "files", mask=lambda text: text.replace(SECRET, "•••"),
        texts=lambda language: TEXTS[language], languages={"en": "English", "ja": "日本語"},
    )  # fmt: skip


@asynccontextmanager
async def running(platform: WebPlatform, room: SqlRoom, handle: Handle) -> AsyncIterator[asyncio.Task[None]]:
    """The platform while it takes events; the room makes its changes in turn, so ours comes after its first one."""
    task = asyncio.create_task(platform.run(handle))
    await asyncio.sleep(0)
    await room.ensure_thread(STAFF)
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def bot(platform: WebPlatform, room: SqlRoom, tmp_path: Path) -> AsyncIterator[Bot]:
    made = Bot(platform)
    made.here = tmp_path
    async with running(platform, room, made.handle):
        yield made


@pytest.fixture
async def server(platform: WebPlatform) -> AsyncIterator[Server]:
    running = await serve("127.0.0.1", 0, platform.routes(), metrics=str, is_healthy=lambda: True)
    yield running
    await running.close()


@pytest.fixture
async def browser(server: Server) -> AsyncIterator[Browser]:
    jar = CookieJar(unsafe=True)  # Addresses are not names: without this it keeps no cookie of 127.0.0.1.
    async with ClientSession(server.url, cookie_jar=jar, timeout=ClientTimeout(20)) as session:
        yield Browser(session)


async def chat_of(browser: Browser) -> ChatRef:
    return ChatRef(PlatformName.WEB, (await browser.open())["requester"]["id"])


async def shown(browser: Browser, path: str = "/api/requester/messages") -> list[Json]:
    messages: list[Json] = (await browser.ask(path))["messages"]
    return messages


class TestRequester:
    async def test_a_new_browser_is_a_new_requester_with_a_cookie_scripts_cannot_read(
        self, bot: Bot, browser: Browser
    ) -> None:
        async with browser.session.get("/api/session") as response:
            cookie = response.headers["Set-Cookie"]
            first = await response.json()
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        token = cookie.split("=")[1].split(";")[0]
        assert token not in json.dumps(first)
        assert (await browser.open())["requester"] == first["requester"]
        assert await browser.post("/api/requester", {}) == 200
        assert (await browser.open())["requester"] != first["requester"]

    async def test_the_session_has_labels_in_the_language_of_the_browser(self, bot: Bot, browser: Browser) -> None:
        english = await browser.open()
        assert english["labels"] == {"guest": "Guest", "title": "Demo"}
        assert english["languages"] == {"en": "English", "ja": "日本語"}
        japanese = await browser.open(**{"Accept-Language": "fr,ja-JP;q=0.9,en;q=0.8"})
        assert japanese["language"] == "ja"
        assert japanese["requester"]["name"].startswith("ゲスト ")
        assert (await browser.ask("/api/session?language=ja"))["language"] == "ja"
        assert (await browser.ask("/api/session?language=../x"))["language"] == "en"

    async def test_a_message_becomes_an_event_and_stays_on_the_page(self, bot: Bot, browser: Browser) -> None:
        chat = await chat_of(browser)
        posted = await browser.say("入金まだ？ <b>", language="ja", id="nonce-abc")
        [event] = bot.events
        assert isinstance(event, MessageReceived)
        assert event.key == f"web:message:{chat.chat_id}:nonce-abc"
        assert (event.chat, event.text, event.sender.locale) == (chat, "入金まだ？ <b>", "ja")
        assert event.message.message_id == posted["id"]
        [message] = await shown(browser)
        assert message["text"] == "入金まだ？ <b>"
        assert "html" not in message
        assert message["own"]
        assert message["nonce"] == "nonce-abc"

    async def test_a_retried_post_is_one_message_and_one_event(self, bot: Bot, browser: Browser) -> None:
        await browser.open()
        first = await browser.say("hello", id="nonce-same")
        again = await browser.say("hello", id="nonce-same")
        assert first["id"] == again["id"]
        assert len(bot.events) == len(await shown(browser)) == 1

    async def test_what_could_not_be_committed_is_not_acknowledged(self, bot: Bot, browser: Browser) -> None:
        await browser.open()
        bot.failures = 1
        assert (await browser.say("hello", id="nonce-same"))["status"] == 500
        assert bot.events == []
        assert (await browser.say("hello", id="nonce-same"))["status"] == 200
        assert len(bot.events) == len(await shown(browser)) == 1

    async def test_before_the_bot_runs_the_page_is_told_to_try_again(
        self, platform: WebPlatform, browser: Browser
    ) -> None:
        await browser.open()
        assert (await browser.say("hello"))["status"] == 503

    async def test_a_secret_reaches_the_event_but_never_the_room(self, bot: Bot, browser: Browser) -> None:
        """The core must see it in order to warn; what is kept is masked already."""
        await browser.open()
        await browser.say(f"my password is {SECRET}", files={f"{SECRET}.txt": b"x"})
        [event] = bot.events
        assert isinstance(event, MessageReceived)
        assert SECRET in event.text
        assert SECRET not in json.dumps(await shown(browser))

    async def test_a_pressed_button_reads_as_what_was_said(self, bot: Bot, browser: Browser) -> None:
        chat = await chat_of(browser)
        prompt = await bot.send(chat, Content(text="Which?", buttons=((Button("Deposits", "v1.a.1.0"),),)))
        fields = {"data": "v1.a.1.0", "message": prompt.message_id, "language": "en", "id": "nonce-press"}
        for _ in range(2):
            assert await browser.post("/api/requester/presses", fields) == 200
        [event] = bot.events
        assert isinstance(event, ChoicePicked)
        assert (event.key, event.data) == (f"web:press:{chat.chat_id}:nonce-press", "v1.a.1.0")
        messages = await shown(browser)
        assert [message.get("text") for message in messages] == [None, "Deposits"]
        assert messages[1]["quoted"] == prompt.message_id

    async def test_a_made_up_button_is_handed_over_but_puts_no_words_into_the_chat(
        self, bot: Bot, browser: Browser
    ) -> None:
        chat = await chat_of(browser)
        prompt = await bot.send(chat, Content(text="Which?", buttons=((Button("Yes", "v1.a.1.0"),),)))
        await browser.post("/api/requester/presses", {"data": "t1.1.close", "message": prompt.message_id})
        assert len(bot.events) == len(await shown(browser)) == 1
        assert await browser.post("/api/requester/presses", {"data": "x" * 65}) == 400

    async def test_nobody_sees_another_requesters_chat(self, bot: Bot, browser: Browser) -> None:
        chat = await chat_of(browser)
        await bot.send(chat, Content(text="yours"))
        await browser.say("mine", files={"a.png": PNG})
        file = (await shown(browser))[1]["files"][0]["url"]
        await browser.post("/api/requester", {})
        assert await shown(browser) == []
        async with browser.session.get(file) as response:
            assert response.status == 404

    async def test_without_a_cookie_nothing_is_answered(self, bot: Bot, browser: Browser) -> None:
        for path in ("/api/requester/messages", "/api/stream"):
            async with browser.session.get(path) as response:
                assert response.status == 401


class TestRefusals:
    @pytest.mark.parametrize("nonce", ["", "short", "x" * 65, "nonce:abc:123", "nonce\nabcde"])
    async def test_an_odd_message_id_is_refused(self, bot: Bot, browser: Browser, nonce: str) -> None:
        await browser.open()
        assert (await browser.say("hello", id=nonce))["status"] == 400

    async def test_empty_and_too_long_texts_are_refused_with_a_reason(self, bot: Bot, browser: Browser) -> None:
        await browser.open()
        assert await browser.say("  ") == {"status": 400, "error": "bad_request"}
        assert await browser.say("あ" * 4001) == {"status": 413, "error": "too_long"}
        assert await browser.say("x" * 100_000) == {"status": 413, "error": "too_long"}
        assert (await browser.say("あ" * 4000))["status"] == 200

    async def test_a_body_of_another_kind_is_refused(self, bot: Bot, browser: Browser) -> None:
        await browser.open()
        for path, body in (("/api/requester/messages", b"{}"), ("/api/requester/presses", b"id=1")):
            headers = {"Content-Type": "text/plain"}
            async with browser.session.post(path, data=body, headers=headers) as response:
                assert response.status == 415
        for broken in (b"[1]", b"{", b'{"data": {}}', b"\xff"):
            headers = {"Content-Type": "application/json"}
            async with browser.session.post("/api/requester/presses", data=broken, headers=headers) as response:
                assert response.status == 400
        assert bot.events == []

    async def test_an_unknown_agent_or_thread_is_refused(self, bot: Bot, browser: Browser) -> None:
        assert (await browser.say("hello", side="staff", agent="root", thread=""))["status"] == 403
        assert (await browser.say("hello", side="staff", agent="mika", thread="404"))["status"] == 404
        assert await browser.post("/api/staff/presses", {"agent": "mika", "thread": "404", "data": "x"}) == 404


class TestStaff:
    async def test_agents_write_and_press_in_a_ticket_thread(self, bot: Bot, browser: Browser) -> None:
        card = await bot.open_thread("#7 Deposit")
        thread = card.chat.thread_id
        posted = await browser.say("on it", side="staff", agent="ken", thread=thread, id="nonce-1111")
        await browser.post("/api/staff/presses", {"agent": "mika", "thread": thread, "data": "t1.x.take"})
        wrote, picked = bot.events
        assert isinstance(wrote, StaffWrote)
        assert isinstance(picked, StaffPicked)
        assert (wrote.key, wrote.chat, wrote.text) == ("web:staff:ken:nonce-1111", card.chat, "on it")
        assert wrote.message.message_id == posted["id"]
        assert (wrote.agent.name, wrote.agent.standing) == ("Ken", Standing.MEMBER)
        assert (picked.agent.name, picked.agent.standing) == ("Mika", Standing.ADMINISTRATOR)
        assert (picked.chat, picked.data) == (card.chat, "t1.x.take")

    async def test_threads_are_listed_with_state_and_newest_message(self, bot: Bot, browser: Browser) -> None:
        card = await bot.open_thread("#7 Deposit")
        await bot.send(card.chat, Content(text="still there?", markup=Markup.PLAIN, author="Aiko"))
        general, thread = (await browser.ask("/api/staff/threads"))["threads"]
        assert (general["thread"], general["latest"]) == ("", None)
        assert (thread["title"], thread["closed"], thread["latest"]["name"]) == ("#7 Deposit", False, "Aiko")
        await bot.deliver(bot.outgoing(DeliveryKind.SHOW_STATUS, card.chat, status=TicketStatus.SOLVED))
        assert (await browser.ask("/api/staff/threads"))["threads"][1]["closed"]
        await bot.deliver(bot.outgoing(DeliveryKind.SHOW_STATUS, card.chat, status=TicketStatus.OPEN))
        assert not (await browser.ask("/api/staff/threads"))["threads"][1]["closed"]

    async def test_a_long_history_comes_in_parts(self, bot: Bot, browser: Browser) -> None:
        for n in range(70):
            await bot.send(STAFF, Content(text=str(n), markup=Markup.PLAIN))
        newest = await browser.ask("/api/staff/messages?thread=")
        assert newest["more"]
        earlier = await browser.ask(f"/api/staff/messages?thread=&before={newest['messages'][0]['id']}")
        assert not earlier["more"]
        texts = [message["text"] for message in earlier["messages"] + newest["messages"]]
        assert texts == [str(n) for n in range(70)]


class TestDeliveries:
    async def test_a_repeated_delivery_is_found_again(self, bot: Bot, browser: Browser) -> None:
        chat = await chat_of(browser)
        outgoing = bot.outgoing(DeliveryKind.SEND, chat, content=Content(text="once"))
        thread = bot.outgoing(DeliveryKind.OPEN_THREAD, STAFF, title="#1", content=Content(text="card"))
        assert await bot.platform.already_delivered(outgoing) is None
        for one in (outgoing, thread):
            first = await bot.deliver(one)
            assert await bot.deliver(one) == first
            assert await bot.platform.already_delivered(one) == first
        assert len(await shown(browser)) == 1
        assert len((await browser.ask("/api/staff/threads"))["threads"]) == 2

    async def test_edits_reactions_and_deletions_change_what_is_there(self, bot: Bot, browser: Browser) -> None:
        chat = await chat_of(browser)
        sent = await bot.send(chat, Content(text="old", buttons=((Button("Yes", "v1"),),)))
        edit = bot.outgoing(DeliveryKind.EDIT, chat, content=Content(text="*new*"))
        assert (await bot.deliver(edit, sent)).messages == (sent,)
        react = bot.outgoing(DeliveryKind.REACT, chat, target=sent, reaction="✅")
        for _ in range(2):
            await bot.deliver(react)
        [message] = await shown(browser)
        assert (message["html"], message["buttons"]) == ("<p><em>new</em></p>", [])
        assert (message["edited"], message["reactions"]) == (True, ["✅"])
        await bot.deliver(bot.outgoing(DeliveryKind.DELETE, chat), sent)
        assert await shown(browser) == []

    async def test_a_requesters_message_can_be_deleted_for_what_it_says(self, bot: Bot, browser: Browser) -> None:
        chat = await chat_of(browser)
        posted = await browser.say("words nobody may keep")
        target = MessageRef(chat, posted["id"])
        await bot.deliver(bot.outgoing(DeliveryKind.DELETE, chat, target=target))
        assert await shown(browser) == []

    async def test_a_reply_shows_what_it_answers(self, bot: Bot, browser: Browser) -> None:
        card = await bot.send(STAFF, Content(text="card"))
        outgoing = bot.outgoing(DeliveryKind.SEND, STAFF, content=Content(text="reply"))
        await bot.deliver(outgoing, quoted=card)
        assert (await shown(browser, "/api/staff/messages?thread="))[1]["quoted"] == card.message_id

    async def test_what_is_not_there_is_never_delivered(self, bot: Bot) -> None:
        gone = MessageRef(STAFF, "404")
        nowhere = ChatRef(PlatformName.WEB, "staff", "404")
        text = Content(text="x")
        for outgoing, links in (
            (bot.outgoing(DeliveryKind.SEND, nowhere, content=text), ()),
            (bot.outgoing(DeliveryKind.SEND, ChatRef(PlatformName.WEB, "elsewhere"), content=text), ()),
            (bot.outgoing(DeliveryKind.EDIT, STAFF, content=text), (gone,)),
            (bot.outgoing(DeliveryKind.EDIT, STAFF, content=text), ()),
            (bot.outgoing(DeliveryKind.REACT, STAFF, target=gone, reaction="✅"), ()),
            (bot.outgoing(DeliveryKind.SHOW_STATUS, nowhere), ()),
        ):
            with pytest.raises(NeverDelivered) as error:
                await bot.deliver(outgoing, *links)
            assert error.value.reason == "chat_gone"


class TestMarkdown:
    def test_our_markdown_is_rendered(self) -> None:
        html = markdown_to_html("**bold** `code`\nline\n\n1. one\n2. two\n\n[help](https://example.com/a?b=1&c=2)")
        assert "<strong>bold</strong> <code>code</code><br />\nline" in html
        assert "<ol>\n<li>one</li>\n<li>two</li>\n</ol>" in html
        link = '<a href="https://example.com/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">help</a>'
        assert link in html

    @pytest.mark.parametrize("scheme", ["https", "http", "mailto", "tg"])
    def test_links_of_known_kinds_are_links(self, scheme: str) -> None:
        assert f'href="{scheme}:' in markdown_to_html(f"[x]({scheme}:y)")

    @pytest.mark.parametrize(
        "hostile",
        [
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))", "[x](data:text/html,hi)", "[x](//evil.example)", "[x](/api/session)",
            "![x](https://evil.example/pixel.png)", "<javascript:alert(1)>", "[x](java&#115;cript:alert(1))",
            '[x](https://e.example/"onclick="alert(1))', "[x][y]\n\n[y]: javascript:alert(1)",
        ],
    )  # fmt: skip
    def test_nothing_else_gets_into_the_page(self, hostile: str) -> None:
        html = markdown_to_html(hostile)
        for tag in ("<script", "<img", '" onclick', 'href="javascript', 'href="data', 'href="/'):
            assert tag not in html.lower()

    async def test_other_peoples_text_is_never_html(self, bot: Bot, browser: Browser) -> None:
        chat = await chat_of(browser)
        await bot.send(chat, Content(text="**<b>hi</b>**", markup=Markup.PLAIN, author="<i>Mika</i>"))
        [message] = await shown(browser)
        assert message["text"] == "**<b>hi</b>**"
        assert message["name"] == "<i>Mika</i>"
        assert "html" not in message


class TestFiles:
    async def test_files_are_kept_whole_under_their_content(self, bot: Bot, browser: Browser, tmp_path: Path) -> None:
        await browser.open()
        page = b"<html><script>alert(1)</script></html>"
        posted = await browser.say("see", files={"../../領収書.png": PNG, "note.html": page, "a.txt": b"plain"})
        [event] = bot.events
        assert isinstance(event, MessageReceived)
        picture, html, text = event.attachments
        assert (picture.name, picture.content_type, picture.size) == ("領収書.png", "image/png", len(PNG))
        assert picture.kind is AttachmentKind.PHOTO
        assert picture.handle == sha256(PNG).hexdigest()
        assert html.kind is text.kind is AttachmentKind.DOCUMENT
        assert sorted(path.name for path in (tmp_path / "files").iterdir()) == sorted(
            one.handle for one in event.attachments
        )
        assert b"".join([piece async for piece in bot.platform.open_file(html)]) == page
        assert [file["picture"] for file in posted["files"]] == [True, False, False]

    async def test_only_pictures_are_shown_everything_else_is_a_download(self, bot: Bot, browser: Browser) -> None:
        """What a browser would run must never come from our origin as anything but bytes."""
        await browser.open()
        page = b"<html><script>alert(1)</script></html>"
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        posted = await browser.say("see", files={"a.png": PNG, "x;.html": page, "a.svg": svg})
        headers = []
        for file in posted["files"]:
            async with browser.session.get(file["url"]) as response:
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
                headers.append((response.content_type, response.headers["Content-Disposition"].split(";")[0]))
        assert headers == [
            ("image/png", "inline"),
            ("application/octet-stream", "attachment"),
            ("application/octet-stream", "attachment"),
        ]

    async def test_a_file_that_is_too_large_is_refused_and_not_kept(
        self, bot: Bot, browser: Browser, tmp_path: Path
    ) -> None:
        await browser.open()
        assert await browser.say("see", files={"big.bin": bytes(LARGEST_FILE + 1)}) == {
            "status": 413,
            "error": "too_large",
        }
        assert list((tmp_path / "files").iterdir()) == []
        assert bot.events == []
        assert (await browser.say("see", files={"fits.bin": bytes(LARGEST_FILE)}))["status"] == 200

    async def test_too_many_files_are_refused(self, bot: Bot, browser: Browser) -> None:
        await browser.open()
        files = {f"{n}.txt": b"x" for n in range(11)}
        assert await browser.say("see", files=files) == {"status": 413, "error": "too_many_files"}

    async def test_files_of_another_platform_are_copied_in(self, bot: Bot, browser: Browser, tmp_path: Path) -> None:
        chat = await chat_of(browser)
        (tmp_path / "from-telegram").write_bytes(PNG)
        (tmp_path / "huge").write_bytes(bytes(LARGEST_FILE + 1))
        foreign = Attachment(
            platform=PlatformName.TELEGRAM, kind=AttachmentKind.DOCUMENT, handle="from-telegram", name="a.png"
        )
        await bot.send(chat, Content(text="", attachments=(foreign,)))
        [message] = await shown(browser)
        async with browser.session.get(message["files"][0]["url"]) as response:
            assert await response.read() == PNG
        huge = Attachment(platform=PlatformName.DISCORD, kind=AttachmentKind.DOCUMENT, handle="huge", name="b")
        with pytest.raises(NeverDelivered) as error:
            await bot.send(chat, Content(text="", attachments=(huge,)))
        assert error.value.reason == "too_large"

    @pytest.mark.parametrize("handle", ["../support.sqlite3", "/etc/passwd", "", "a" * 64, "A" * 64])
    async def test_only_our_own_files_can_be_opened(self, bot: Bot, handle: str) -> None:
        attachment = Attachment(platform=PlatformName.WEB, kind=AttachmentKind.DOCUMENT, handle=handle, name="x")
        with pytest.raises(NeverDelivered):
            [piece async for piece in bot.platform.open_file(attachment)]

    @pytest.mark.parametrize("path", ["/files/404/0", "/files/x/0", "/files/1/-1", "/files/99999999999999999999/0"])
    async def test_files_that_are_not_there_are_not_found(self, bot: Bot, browser: Browser, path: str) -> None:
        async with browser.session.get(path) as response:
            assert response.status == 404

    def test_a_name_is_only_ever_shown(self) -> None:
        assert clean_name("..\\..\\evil\x00\u202egnp.exe\n") == "evilgnp.exe"
        assert len(clean_name("x" * 300 + ".png")) <= 120
        assert clean_name("x" * 300 + ".png").endswith(".png")


class TestStream:
    async def test_changes_come_as_they_happen_and_in_order(self, bot: Bot, browser: Browser) -> None:
        chat = await chat_of(browser)
        async with streaming(browser) as stream:
            assert (await stream.next())[0] == "thread"
            sent = await bot.send(chat, Content(text="one", markup=Markup.PLAIN))
            kind, _, message = await stream.next()
            assert (kind, message["id"], message["text"]) == ("message", sent.message_id, "one")
            card = await bot.open_thread("#1")
            kind, _, thread = await stream.next()
            assert (kind, thread["thread"], thread["title"]) == ("thread", card.chat.thread_id, "#1")
            assert (await stream.next())[2]["id"] == card.message_id
            await bot.deliver(bot.outgoing(DeliveryKind.DELETE, chat), sent)
            kind, _, gone = await stream.next()
            assert gone["deleted"]
            assert "text" not in gone

    async def test_a_reconnect_brings_what_was_missed_once(self, bot: Bot, browser: Browser) -> None:
        chat = await chat_of(browser)
        said = [Content(text=str(n), markup=Markup.PLAIN) for n in range(6)]
        revision = (await browser.ask("/api/requester/messages"))["revision"]
        await bot.send(chat, said[0])
        async with streaming(browser, revision) as stream:
            _, first_seen, value = await stream.next()
            assert value["text"] == "0"
        for content in said[1:4]:
            await bot.send(chat, content)
        async with streaming(browser, revision, last=first_seen) as stream:
            assert await stream.texts(3) == ["1", "2", "3"]
            await bot.send(chat, said[4])
            await bot.send(chat, said[5])
            assert await stream.texts(2) == ["4", "5"]

    async def test_other_requesters_chats_are_not_in_it(self, bot: Bot, browser: Browser) -> None:
        chat = await chat_of(browser)
        revision = (await browser.ask("/api/requester/messages"))["revision"]
        await bot.send(ChatRef(PlatformName.WEB, "r-somebodyelse"), Content(text="private", markup=Markup.PLAIN))
        await bot.send(chat, Content(text="mine", markup=Markup.PLAIN))
        async with streaming(browser, revision) as stream:
            assert await stream.texts(1) == ["mine"]

    async def test_a_view_can_be_asked_for_alone(self, bot: Bot, browser: Browser) -> None:
        chat = await chat_of(browser)
        await bot.send(chat, Content(text="requester", markup=Markup.PLAIN))
        await bot.send(STAFF, Content(text="staff", markup=Markup.PLAIN))
        async with browser.session.get("/api/stream?views=requester&after=0") as response:
            assert await Stream(response).texts(1) == ["requester"]
        async with browser.session.get("/api/stream?views=nothing") as response:
            assert response.status == 400

    async def test_typing_is_seen_at_the_other_end_of_the_ticket_only(self, bot: Bot, browser: Browser) -> None:
        chat = await chat_of(browser)
        card = await bot.open_thread(ticket_id=5)
        await bot.open_thread(ticket_id=6)
        await bot.send(chat, Content(text="handed over"), ticket_id=5)
        revision = (await browser.ask("/api/requester/messages"))["revision"]
        async with streaming(browser, revision) as stream:
            assert await browser.post("/api/typing", {"language": "en"}) == 200
            kind, event_id, typing = await stream.next()
            assert (kind, event_id) == ("typing", "")
            assert (typing["view"], typing["thread"]) == ("staff", card.chat.thread_id)
            assert typing["name"].startswith("Guest ")
            await browser.post("/api/typing", {"agent": "aoi", "thread": card.chat.thread_id})
            assert (await stream.next())[2] == {"view": "requester", "thread": "", "name": ""}

    async def test_stopping_the_platform_ends_the_streams(
        self, platform: WebPlatform, browser: Browser, room: SqlRoom
    ) -> None:
        async def handle(_event: PlatformEvent) -> None: ...

        await browser.open()
        async with running(platform, room, handle) as task, streaming(browser) as stream:
            assert (await stream.next())[0] == "thread"
            task.cancel()
            async with asyncio.timeout(3):
                assert await stream.rest() == b""


async def test_events_of_one_chat_are_handed_over_one_after_the_other(
    platform: WebPlatform, browser: Browser, room: SqlRoom
) -> None:
    busy: list[str] = []
    order: list[str] = []

    async def handle(event: PlatformEvent) -> None:
        assert isinstance(event, MessageReceived)
        busy.append(event.text)
        assert len(busy) == 1
        for _ in range(5):
            await asyncio.sleep(0)
        order.append(busy.pop())

    await browser.open()
    async with running(platform, room, handle):
        answers = await asyncio.gather(*(browser.say(str(n)) for n in range(6)))
    assert {answer["status"] for answer in answers} == {200}
    assert sorted(order) == list(map(str, range(6)))
