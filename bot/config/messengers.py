"""The settings of whom the bot speaks for and of the two messengers it speaks in."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Annotated, NamedTuple

from pydantic import Field

from bot.config import values
from bot.config.section import Section, why

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

    def staff_chats(self, teams: Mapping[str, str]) -> dict[str, str]:
        """The desk's group and those of `teams`, each with the setting that names it."""
        return {**({self.staff_chat: "telegram.staff_chat"} if self.staff_chat else {}), **teams}

    def shared_secret(self) -> str:
        """What the webhook is protected with; the same after every restart."""
        if self.webhook_secret:
            return self.webhook_secret.get_secret_value()
        token = self.token.get_secret_value() if self.token else ""
        return hmac.digest(token.encode(), b"telegram webhook secret", "sha256").hex()


class StaffChannel(NamedTuple):
    """The role that makes an agent in a staff channel, everyone who sees it if there is none, and the setting that
    names the channel."""

    role: str | None
    setting: str


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

    def staff_channels(self, teams: Mapping[str, StaffChannel]) -> dict[str, StaffChannel]:
        """The desk's channel and those of `teams`, by their ids."""
        own = StaffChannel(self.staff_role, "discord.staff_channel")
        return {**({self.staff_channel: own} if self.staff_channel else {}), **teams}
