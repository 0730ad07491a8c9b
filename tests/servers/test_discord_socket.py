"""The fake Discord seen through the real client library: what a bot does on it, and what a test can break."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.servers.discord_faults import Kind
from tests.servers.discord_objects import Place
from tests.servers.discord_socket import FakeDiscord, running_discord
from tests.servers.discord_world import NONCE_SECONDS


@pytest.fixture
async def server() -> AsyncIterator[FakeDiscord]:
    async with running_discord() as server:
        yield server


class Heard(discord.Client):
    """A bot that notes what it hears."""

    def __init__(self, *, content: bool = True) -> None:
        intents = discord.Intents.default()
        intents.message_content = content
        super().__init__(intents=intents, max_messages=None, chunk_guilds_at_startup=False)
        self.messages: list[tuple[str, str]] = []
        self.events: list[str] = []
        self.pressed: list[discord.Interaction] = []

    async def on_message(self, message: discord.Message) -> None:
        self.messages.append((message.author.name, message.content))

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        self.events.append(f"edited {event.message.content}")

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        self.events.append("deleted")

    async def on_thread_create(self, thread: discord.Thread) -> None:
        self.events.append(f"thread {thread.name}")

    async def on_resumed(self) -> None:
        self.events.append("resumed")

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.pressed.append(interaction)


@asynccontextmanager
async def connected(server: FakeDiscord, *, content: bool = True, token: str = "") -> AsyncIterator[Heard]:
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = server.api_base_url, yarl.URL(server.gateway_url)
    client = Heard(content=content)
    try:
        async with client:
            running = asyncio.create_task(client.start(token or server.token))
            ready = asyncio.create_task(client.wait_until_ready())
            await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                ready.cancel()
                await running
            yield client
        await running
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


async def soon(predicate: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not predicate():  # noqa: ASYNC110 - the client's lists change without telling anybody.
            await asyncio.sleep(0.005)


async def test_messages_edits_and_deletions_are_heard(server: FakeDiscord) -> None:
    bob = server.user("Bob")
    async with connected(server) as client:
        message = await bob.sends("hello")
        await bob.edits(message, "hello there")
        await bob.deletes(message)
        await soon(lambda: len(client.events) == 2)

    assert client.messages == [("bob", "hello")]
    assert client.events == ["edited hello there", "deleted"]


async def test_forum_post_has_the_id_of_its_first_message_and_takes_files(server: FakeDiscord) -> None:
    async with connected(server) as client:
        forum = client.get_channel(server.world.desk.id)
        assert isinstance(forum, discord.ForumChannel)
        post = await forum.create_thread(name="#1", content="card", file=discord.File(io.BytesIO(b"png"), "a.png"))
        assert post.thread.id == post.message.id
        assert await post.message.attachments[0].read() == b"png"
        await post.message.add_reaction("✅")
        await post.message.edit(content="new card")
        await post.thread.edit(archived=True)
        with pytest.raises(discord.HTTPException, match="archived"):
            await post.message.edit(content="no")
        assert [thread.name async for thread in forum.archived_threads()] == ["#1"]
        await post.thread.send("back")
        assert [thread.name for thread in await forum.guild.active_threads()] == ["#1"]

    (thread,) = server.world.threads()
    assert [(one.text, one.marks) for one in thread.messages] == [("new card", ["✅"]), ("back", [])]


async def test_threads_below_a_message_and_the_history_in_pages() -> None:
    async with running_discord(Place.TEXT) as server, connected(server) as client:
        desk = client.get_channel(server.world.desk.id)
        assert isinstance(desk, discord.TextChannel)
        card = await desk.send("card")
        thread = await card.create_thread(name="#1")
        assert thread.id == card.id
        sent = [await thread.send(str(number)) for number in range(5)]
        assert [one.content async for one in thread.history(after=sent[1])] == ["2", "3", "4"]
        assert [one.content async for one in thread.history(before=sent[2], limit=2)] == ["1", "0"]
        await sent[0].delete()
        assert [one.content async for one in thread.history(limit=1, oldest_first=True)] == ["1"]
        with pytest.raises(discord.NotFound):
            await thread.fetch_message(sent[0].id)


async def test_nonce_is_enforced_for_five_minutes_only(server: FakeDiscord) -> None:
    bob = server.user("Bob")
    async with connected(server) as client:
        chat = client.get_partial_messageable(bob.chat.id)
        first = await chat.send("once", nonce="7")
        assert (await chat.send("once", nonce="7")).id == first.id
        server.advance(NONCE_SECONDS + 1)
        assert (await chat.send("once", nonce="7")).id != first.id

    assert [message.text for message in bob.chat.messages] == ["once", "once"]


async def test_lost_connection_is_resumed_and_nothing_is_missed(server: FakeDiscord) -> None:
    bob = server.user("Bob")
    async with connected(server) as client:
        await bob.sends("1")
        await soon(lambda: client.messages)
        server.gateway.cut()
        await bob.sends("2")
        await soon(lambda: "resumed" in client.events)
        server.gateway.asks_to_reconnect()
        await soon(lambda: client.events.count("resumed") == 2)
        await bob.sends("3")
        await soon(lambda: len(client.messages) == 3)

    assert [text for _, text in client.messages] == ["1", "2", "3"]
    assert (server.gateway.identified, server.gateway.resumed) == (1, 2)


async def test_without_the_intent_only_what_is_meant_for_the_bot_can_be_read(server: FakeDiscord) -> None:
    ann = server.user("Ann", is_staff=True)
    async with connected(server, content=False) as client:
        await ann.writes_in(server.world.lobby, "between us")
        await ann.writes_in(server.world.lobby, f"<@{server.world.bot.id}> for you")
        await ann.sends("in private")
        await soon(lambda: len(client.messages) == 3)

    assert [text for _, text in client.messages] == ["", f"<@{server.world.bot.id}> for you", "in private"]


async def test_refused_intent_and_token_end_the_connection(server: FakeDiscord) -> None:
    server.gateway.grants_content = False
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(server):
            pass
    with pytest.raises(discord.LoginFailure):
        async with connected(server, token="another"):
            pass


async def test_buttons_commands_and_forms_are_answered_in_time(server: FakeDiscord) -> None:
    bob = server.user("Bob")
    async with connected(server) as client:
        tree = discord.app_commands.CommandTree(client)
        tree.add_command(discord.app_commands.Command(name="help", description="Help", callback=_help))
        await tree.sync()
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Form", custom_id="x"))
        await client.get_partial_messageable(bob.chat.id).send("press", view=view)
        pressed = await bob.presses(bob.chat.messages[0], "Form")
        await soon(lambda: client.pressed)
        modal = discord.ui.Modal(title="Form", custom_id="form")
        modal.add_item(discord.ui.Label(text="What", component=discord.ui.TextInput(custom_id="what")))
        await client.pressed[0].response.send_modal(modal)
        with pytest.raises(discord.HTTPException, match="already been acknowledged"):
            await client.pressed[0].client.http.request(
                Route("POST", f"/interactions/{pressed.id}/{pressed.token}/callback"), json={"type": 6}
            )
        await bob.submits(pressed, what="lost")
        asked = await bob.runs("help")
        await soon(lambda: asked.answer and asked.answer.text)
        await client.get_partial_messageable(bob.chat.id).typing()

    assert [message.text for message in bob.chat.messages] == ["press", "here you are"]


async def _help(interaction: discord.Interaction) -> None:
    await interaction.response.defer(thinking=True)
    await interaction.followup.send("here you are")


async def test_limits_and_faults_happen_as_ordered(server: FakeDiscord) -> None:
    bob = server.user("Bob")
    async with connected(server) as client:
        chat = client.get_partial_messageable(bob.chat.id)
        server.fail_next("create_message", 503)
        with pytest.raises(discord.DiscordServerError):
            await chat.send("1")
        server.fail_next("create_message", 429, retry_after=0.01)
        await chat.send("2")
        server.fail_next("create_message", Kind.LOST)
        with pytest.raises(OSError, match="reset"):
            await chat.send("3", nonce="3")
        await chat.send("3", nonce="3")
        server.limits.a_channel, server.limits.channel_seconds = 1, 0.2
        await chat.send("4")
        await chat.send("5")

    assert [message.text for message in bob.chat.messages] == ["2", "3", "4", "5"]
    assert [call.status for call in server.calls_of("create_message")][:2] == [503, 429]
