"""Every setting there is, with its default and the reason it exists; the documentation is checked against it.

A part of the bot receives its own section, never the whole. Sections are frozen.
"""

from __future__ import annotations

import hmac
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeAlias
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr

from bot.config import values
from bot.config.clocks import Clocks
from bot.config.heartbeat import Heartbeat
from bot.config.identity import Identity
from bot.config.privacy import Privacy
from bot.config.section import Section, why

Platform: TypeAlias = Literal["telegram", "discord", "web", "console"]

MAX_ACCOUNT_ID = 64


class Exchange(Section):
    """Whom the bot speaks for."""

    name: Annotated[values.Text, why("The name people read in answers: whose desk this is.")] = "Example Exchange"
    help_center: Annotated[values.Link | None, why("The help centre, linked where it says more.")] = None
    forum: Annotated[values.Link | None, why("The forum, offered where other users can help.")] = None
    email: Annotated[values.Email | None, why("For people who lose access to the chat itself.")] = None
    status_page: Annotated[values.Link | None, why("Shown first while an incident is going on.")] = None
    social: Annotated[
        dict[str, values.Link],
        why("Official accounts by name, so that people can tell them from impostors."),
    ] = {}  # noqa: RUF012 – pydantic gives every section its own.
    account_id_pattern: Annotated[
        values.RegularExpression,
        why("A regular expression for a whole account id, so that slips are caught while people type."),
    ] = "[0-9]{6,12}"

    def is_account_id(self, text: str) -> bool:
        """Whether the whole text has the form of an account id of this exchange."""
        return len(text) <= MAX_ACCOUNT_ID and re.fullmatch(self.account_id_pattern, text) is not None


class Telegram(Section):
    """The Telegram bot."""

    token: Annotated[
        values.Token | None,
        why("The bot's token from @BotFather; safer in BOT_TELEGRAM__TOKEN or in token_file."),
    ] = None
    token_file: Annotated[
        values.FilePath | None,
        why("A file with nothing but the token, as container and systemd secrets provide it."),
    ] = None
    staff_chat: Annotated[
        values.TelegramChat | None,
        why("The private group where staff answer, by number or @name; its topics are used if it has them."),
    ] = None
    api_base_url: Annotated[values.ApiUrl, why("Changed only for a Bot API server of your own.")] = (
        "https://api.telegram.org"
    )
    webhook_url: Annotated[
        values.WebhookUrl | None,
        why("The public https address to which Telegram posts updates; without it, the bot fetches them."),
    ] = None
    webhook_secret: Annotated[
        values.WebhookSecret | None,
        why("What Telegram shows with each update it posts; without it, one is derived from the token."),
    ] = None
    webhook_secret_file: Annotated[values.FilePath | None, why("A file with nothing but the webhook's secret.")] = (
        None
    )

    def shared_secret(self) -> str:
        """What the webhook is protected with; the same after every restart."""
        if self.webhook_secret:
            return self.webhook_secret.get_secret_value()
        token = self.token.get_secret_value() if self.token else ""
        return hmac.digest(token.encode(), b"telegram webhook secret", "sha256").hex()


class Discord(Section):
    """The Discord bot."""

    token: Annotated[
        values.Token | None,
        why("The bot's token from the developer portal; safer in BOT_DISCORD__TOKEN or in token_file."),
    ] = None
    token_file: Annotated[
        values.FilePath | None,
        why("A file with nothing but the token, as container and systemd secrets provide it."),
    ] = None
    guild: Annotated[
        values.DiscordId | None,
        why("The id of the server that has the staff channel; needed with staff_channel."),
    ] = None
    staff_channel: Annotated[
        values.DiscordId | None,
        why("The id of the forum or text channel where staff answer; each ticket gets a thread there."),
    ] = None
    staff_role: Annotated[
        values.DiscordId | None,
        why("The id of the role that makes an agent; without it, everyone who sees the staff channel is one."),
    ] = None
    api_base_url: Annotated[values.ApiUrl, why("Changed only for a proxy of your own.")] = (
        "https://discord.com/api/v10"
    )
    gateway_url: Annotated[
        values.SocketUrl | None, why("Set only for a proxy of your own; otherwise Discord names it.")
    ] = None
    message_content: Annotated[
        bool,
        why("Whether to ask for the Message Content intent; without it, staff use commands and mention the bot."),
    ] = True
    catch_up_days: Annotated[
        int,
        Field(ge=0, le=365),
        why("After an interruption, chats of those who wrote within so many days are read for what came meanwhile."),
    ] = 30


class Hours(Section):
    """When people are at the desk, by day of the week; a day left out is open all day."""

    monday: values.Day = values.ALL_DAY
    tuesday: values.Day = values.ALL_DAY
    wednesday: values.Day = values.ALL_DAY
    thursday: values.Day = values.ALL_DAY
    friday: values.Day = values.ALL_DAY
    saturday: values.Day = values.ALL_DAY
    sunday: values.Day = values.ALL_DAY

    def on(self, weekday: int) -> tuple[values.OpenRange, ...]:
        """The open ranges of a weekday in order, Monday being 0; empty when closed."""
        week = (self.monday, self.tuesday, self.wednesday, self.thursday, self.friday)
        return (*week, self.saturday, self.sunday)[weekday]


class Desk(Section):
    """Where and when staff work."""

    platform: Annotated[
        Platform | None,
        why("Where staff work: telegram, discord, web or console; unset, it is where a staff chat is set."),
    ] = None
    language: Annotated[values.Text, why("The language of cards, notices and prepared texts for staff.")] = "en"
    timezone: Annotated[
        values.TimeZone, why("The time zone of hours and holidays, by its IANA name such as Asia/Tokyo.")
    ] = "UTC"
    hours: Annotated[
        Hours,
        why(
            "When staff answer, so that people know when to expect one. Each day has a range, a list of"
            " ranges, or closed; a day left out is open all day."
        ),
    ] = Hours()
    holidays: Annotated[
        tuple[values.Holiday, ...], why("Dates on which the desk is closed whatever its hours say.")
    ] = ()
    close_after_hours: Annotated[
        values.Whole,
        why("Hours after which a solved ticket is closed for good."),
        Field(ge=1),
    ] = 72
    capacity: Annotated[
        values.Whole,
        why("How many tickets that wait for an answer an agent is given at a time, unless they say otherwise."),
        Field(ge=1, le=100),
    ] = 5

    def is_holiday(self, day: date) -> bool:
        """Whether the desk is closed on that whole day."""
        return day in self.holidays


class Store(Section):
    """Where everything is kept."""

    path: Annotated[values.FilePath, why("The SQLite file; it belongs on a local disk, and in your backups.")] = Path(
        "data/support.sqlite3"
    )
    url: Annotated[
        values.DatabaseUrl | None,
        why("A PostgreSQL address to use instead; it holds a password, so it is safer in BOT_STORE__URL."),
    ] = None
    cache: Annotated[
        values.FilePath, why("A folder for files that can be made again, such as the checked knowledge.")
    ] = Path("data/cache")


class Knowledge(Section):
    """What the bot knows."""

    path: Annotated[values.FilePath, why("The folder of answers and checklists that the support team edits.")] = Path(
        "knowledge_base"
    )


class Support(Section):
    """How people are helped."""

    default_language: Annotated[
        values.Language, why("The language to use when neither the text nor the platform tells.")
    ] = "en"
    require_kyc: Annotated[
        bool, why("Whether people are helped to finish their identity verification before other topics.")
    ] = False


class Files(Section):
    """What people may send, and who looks at it."""

    largest_mb: Annotated[
        values.Whole,
        why("The largest file that is passed on, in megabytes; a larger one is refused before it is fetched."),
        Field(ge=1, le=50),
    ] = 20
    clamd: Annotated[
        values.ScannerAddress | None,
        why("A ClamAV daemon that looks at every file: the path of its socket, or host:port on this machine."),
    ] = None


class Web(Section):
    """The small web server for webhooks, health and metrics."""

    host: Annotated[
        values.Text, why("The address to listen on; the default can be reached from this machine only.")
    ] = "127.0.0.1"
    port: Annotated[
        values.Whole, why("The port to listen on; 0 takes any free one and prints it."), Field(ge=0, le=65535)
    ] = 8080


class Logs(Section):
    """What is written about the work; never what people wrote."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"],
        why("The least important lines to write: debug, info, warning or error."),
    ] = "info"
    format: Annotated[
        Literal["console", "json"], why("console is for people, json for programs that collect logs.")
    ] = "console"


class Settings(Section):
    """All settings, checked and complete."""

    exchange: Exchange = Exchange()
    telegram: Telegram = Telegram()
    discord: Discord = Discord()
    desk: Desk = Desk()
    clocks: Clocks = Clocks()
    store: Store = Store()
    knowledge: Knowledge = Knowledge()
    support: Support = Support()
    identity: Identity = Identity()
    files: Files = Files()
    privacy: Privacy = Privacy()
    web: Web = Web()
    logs: Logs = Logs()
    heartbeat: Heartbeat = Heartbeat()

    def secrets(self) -> list[str]:
        """Every secret value that must never be written anywhere, for the log's scrubber."""
        held = [value for _, section in self for _, value in section if isinstance(value, SecretStr)]
        found = [value.get_secret_value() for value in held]
        if self.telegram.webhook_url and not self.telegram.webhook_secret:
            found.append(self.telegram.shared_secret())
        password = urlsplit(self.store.url.get_secret_value()).password if self.store.url else None
        return [*found, password, unquote(password)] if password else found

    def unready(self) -> list[str]:
        """What still keeps the bot from serving people, one sentence each; empty when it can start."""
        staffed = {"telegram": self.telegram.staff_chat, "discord": self.discord.staff_channel}
        tokens = {"telegram": self.telegram.token, "discord": self.discord.token}
        sentences = [
            f"{name} has a staff chat but no token: set BOT_{name.upper()}__TOKEN or {name}.token_file."
            for name, chat in staffed.items()
            if chat and not tokens[name]
        ]
        if self.desk.platform is None:
            sentences.append("Tickets would reach nobody: set telegram.staff_chat or discord.staff_channel.")
        return sentences
