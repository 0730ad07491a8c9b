"""Every setting there is, with its default and the reason it exists; the documentation is checked against it.

A part of the bot receives its own section, never the whole. Sections are frozen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr

from bot.config import values
from bot.config.clocks import Clocks
from bot.config.desk import Desk, Team
from bot.config.heartbeat import Heartbeat
from bot.config.identity import Identity
from bot.config.messengers import Discord, Exchange, StaffChannel, Telegram
from bot.config.on_call import OnCall
from bot.config.privacy import Privacy
from bot.config.section import Section, why


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
    teams: dict[str, Team] = {}  # noqa: RUF012 – pydantic gives every reading its own.
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
    on_call: OnCall = OnCall()

    def secrets(self) -> list[str]:
        """Every secret value that must never be written anywhere, for the log's scrubber."""
        sections = [section for _, section in self if isinstance(section, Section)]
        held = [value for section in sections for _, value in section if isinstance(value, SecretStr)]
        found = [value.get_secret_value() for value in held]
        if self.telegram.webhook_url and not self.telegram.webhook_secret:
            found.append(self.telegram.shared_secret())
        password = urlsplit(self.store.url.get_secret_value()).password if self.store.url else None
        return [*found, password, unquote(password)] if password else found

    def telegram_teams(self) -> dict[str, str]:
        """The groups that teams have of their own, each with the setting that names it."""
        teams = self.teams.items()
        return {team.telegram_chat: f"teams.{name}.telegram_chat" for name, team in teams if team.telegram_chat}

    def discord_teams(self) -> dict[str, StaffChannel]:
        """The channels that teams have of their own."""
        return {
            team.discord_channel: StaffChannel(
                team.discord_role or self.discord.staff_role, f"teams.{name}.discord_channel"
            )
            for name, team in self.teams.items()
            if team.discord_channel
        }

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
