"""The adapter as the core sees it: connects, stays connected, delivers. Everything else is in its neighbours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import discord
import discord.client
import structlog
import yarl
from discord.backoff import ExponentialBackoff
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.config import Discord, StaffChannel
from bot.model import Attachment, AttachmentKind, ChatRef, PlatformName
from bot.outgoing import Outgoing
from bot.platforms.discord.client import Client
from bot.platforms.discord.files import download
from bot.platforms.discord.marks import Marks
from bot.platforms.discord.reconciling import already_delivered
from bot.platforms.discord.saying import Words
from bot.platforms.discord.sending import Sender
from bot.platforms.discord.staff import Staff
from bot.ports import CannotStart, Clock, Delivery, FetchFile, Handle, Receipt, Store, TryLater

log = structlog.get_logger(__name__)

_PORTAL = "https://discord.com/developers/applications"
_BAD_TOKEN = 4004
_BAD_INTENTS = 4014
# Refused for good: sharding demanded, an API version gone, intents that do not exist or are not granted.
_NEVER = frozenset({4010, 4011, 4012, 4013, _BAD_INTENTS})
_WITHOUT_CONTENT = (
    "The application does not have the Message Content intent, so the bot connects without it. Direct messages are "
    "read as always; in staff threads it reads what mentions it, replies that ping it, and slash commands."
)
_HAVING_IT = f"Switch it on at {_PORTAL} (Bot, Message Content Intent) and start again."
# Discord takes back the token of a bot that connects anew a thousand times a day.
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 300.0
LONGEST_RECONNECT_PAUSE = 60.0
_LASTING = 10 * 60 * 1_000_000
_LAST_TURNS = 10.0
_GATEWAY = DiscordWebSocket.DEFAULT_GATEWAY

Sleep = Callable[[float], Awaitable[None]]
NO_TEAM_CHANNELS: Mapping[str, StaffChannel] = {}


class _IntentRefused(Exception):
    """The application does not have the Message Content intent; everything else may still be had."""


class Pauses(ExponentialBackoff[bool]):
    """Before each try to connect: an outage must not last much longer for us than for Discord."""

    def delay(self) -> float:
        return min(float(super().delay()), LONGEST_RECONNECT_PAUSE)


class DiscordPlatform:
    """Discord for the core; one at a time in a process, since the library keeps its addresses in classes."""

    name = PlatformName.DISCORD

    def __init__(
        self,
        settings: Discord,
        store: Store,
        clock: Clock,
        words: Words,
        *,
        sleep: Sleep = asyncio.sleep,
        team_channels: Mapping[str, StaffChannel] = NO_TEAM_CHANNELS,
    ) -> None:
        """`team_channels` are staff channels beside the desk's."""
        self._settings = settings
        self._team_channels = team_channels
        self._store = store
        self._clock = clock
        self._words = words
        self._sleep = sleep
        self._client: Client | None = None
        self._answered_at: int | None = None
        self._marks = Marks(clock, words)

    async def run(self, handle: Handle) -> None:
        """Connect and hand over events until cancelled; CannotStart when trying again would not help."""
        token = self._settings.token
        if token is None:
            raise CannotStart("There is no Discord token; set discord.token or BOT_DISCORD__TOKEN.")
        pause = _FIRST_PAUSE
        while True:
            client = self.new_client(handle)
            began_at = self._clock.now()
            try:
                await self._connected(client, token.get_secret_value())
            except _IntentRefused:
                self._do_without_content()
                continue
            pause = _FIRST_PAUSE if self._clock.now() - began_at >= _LASTING else pause
            await self._sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    @property
    def has_answered(self) -> bool:
        """Whether Discord has taken the login."""
        return self._client is not None and self._client.user is not None

    @property
    def answered_at(self) -> int | None:
        """Now while the connection stands: the library ends one whose heartbeats are not answered."""
        client = self._client
        if client is not None and client.is_ready() and client.ws is not None and client.ws.open:
            self._answered_at = self._clock.now()
        return self._answered_at

    @property
    def is_caught_up(self) -> bool:
        """Whether everything from before the connection is handled, so that nothing has to wait for it."""
        return self._client is not None and self._client.catch_up.gates.are_open

    def new_client(self, handle: Handle) -> Client:
        """A client that is not connected yet and through which everything is sent from now on."""
        Route.BASE = self._settings.api_base_url
        gateway = self._settings.gateway_url
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway) if gateway else _GATEWAY
        # The library has no option for it, and its own pauses grow to a quarter of an hour.
        discord.client.ExponentialBackoff = Pauses  # type: ignore[assignment, attr-defined]
        # Otherwise each client warns operators that it cannot talk, which is none of its jobs.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        staff = Staff.of(self._settings, self._team_channels)
        self._client = Client(self._settings, staff, handle, self._words, self._store, self._clock, self._sleep)
        return self._client

    async def deliver(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        """Do what the row asks; raise TryLater or NeverDelivered, anything else is our bug."""
        return await Sender(self._logged_in(), self._settings, self._clock, self._marks).deliver(delivery, fetch)

    async def already_delivered(self, outgoing: Outgoing) -> Receipt | None:
        """Look whether a row interrupted by a crash did arrive; None when it did not, or nobody can know."""
        return await already_delivered(self._logged_in(), outgoing)

    async def show_at_work(self, chat: ChatRef, _kind: AttachmentKind) -> None:
        """Discord says "is typing" for all kinds."""
        await self._logged_in().get_partial_messageable(int(chat.thread_id or chat.chat_id)).typing()

    async def open_file(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The bytes of one of Discord's files, in pieces."""
        async for piece in download(self._logged_in(), attachment):
            yield piece

    async def _connected(self, client: Client, token: str) -> None:
        """From login until the connection is lost for good; what has begun is finished."""
        try:
            async with client:
                await client.start(token)
        except (discord.LoginFailure, discord.PrivilegedIntentsRequired, discord.ConnectionClosed) as error:
            if self._settings.message_content and _is_about_intents(error):
                raise _IntentRefused from error
            refusal = _refusal(error)
            if refusal is not None:
                raise CannotStart(refusal) from error
            log.warning("discord_connection_lost", error=type(error).__name__)
        except Exception as error:
            # Also an exception inside the library's parsers, which ends its loop.
            log.warning("discord_connection_lost", error=type(error).__name__, exc_info=error)
        finally:
            late = await client.finish(_LAST_TURNS)
            if late:
                log.error("discord_turns_cut_off", turns=late)

    def _do_without_content(self) -> None:
        """Until the process ends; after the next start the setting counts again."""
        log.warning("discord_message_content_off", what_works=_WITHOUT_CONTENT, to_have_it=_HAVING_IT)
        self._settings = self._settings.model_copy(update={"message_content": False})

    def _logged_in(self) -> Client:
        client = self._client
        if client is None or client.user is None or client.is_closed():
            raise TryLater("not connected to Discord")
        return client


def _refusal(error: Exception) -> str | None:
    """Why connecting again would not help, or None where it would."""
    code = error.code if isinstance(error, discord.ConnectionClosed) else None
    if isinstance(error, discord.LoginFailure) or code == _BAD_TOKEN:
        return f"Discord refused the token; copy it again from {_PORTAL} (Bot, Reset Token) to discord.token."
    if _is_about_intents(error):
        code = _BAD_INTENTS
    return f"Discord refused the connection for good (close code {code})." if code in _NEVER else None


def _is_about_intents(error: Exception) -> bool:
    """Whether Discord refused a privileged intent; of those, only Message Content is ever asked for."""
    return isinstance(error, discord.PrivilegedIntentsRequired) or (
        isinstance(error, discord.ConnectionClosed) and error.code == _BAD_INTENTS
    )
