"""Discord's part of `support-bot doctor`: looks over REST alone, so no event of the running bot is taken."""

import contextlib
from collections.abc import AsyncIterator, Mapping

import aiohttp
import discord
from discord.http import Route

from bot.config import Discord, StaffChannel
from bot.platforms.discord.errors import MOST_THREADS
from bot.platforms.discord.marks import MOST_TAGS
from bot.platforms.discord.permissions import can_make_tags, missing_of
from bot.platforms.discord.staff import Staff
from bot.ports import CheckUp

_PORTAL = "https://discord.com/developers/applications"
_NEARLY_USED_UP = MOST_THREADS * 80 // 100
_WORKS = "staff press [Reply] on a ticket's card, use commands, mention the bot or reply to it with the ping on"


async def examine(settings: Discord, teams: Mapping[str, StaffChannel]) -> AsyncIterator[CheckUp]:
    """The token, the intent, the server, and the staff channels with the bot's permissions there."""
    assert settings.token is not None
    Route.BASE = settings.api_base_url
    client = discord.Client(intents=discord.Intents.none())
    try:
        await client.login(settings.token.get_secret_value())
        yield CheckUp("discord token", is_ok=True, told=str(client.user))
        yield await _intent(client, settings)
        async for finding in _staff_channels(client, Staff.of(settings, teams)):
            yield finding
    except discord.LoginFailure:
        told = f"refused; copy it again from {_PORTAL} (Bot, Reset Token) to BOT_DISCORD__TOKEN"
        yield CheckUp("discord token", is_ok=False, told=told)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        told = f"no answer ({type(error).__name__}); check the network, the proxy and discord.api_base_url"
        yield CheckUp("discord", is_ok=False, told=told)
    finally:
        with contextlib.suppress(aiohttp.ClientError, OSError):
            await client.close()


async def _intent(client: discord.Client, settings: Discord) -> CheckUp:
    flags = (await client.application_info()).flags
    is_on = flags.gateway_message_content or flags.gateway_message_content_limited
    subject = "discord message content"
    if is_on == settings.message_content:
        told = "on" if is_on else f"off, and set so: {_WORKS}"
        return CheckUp(subject, is_ok=True, told=told)
    if is_on:
        return CheckUp(subject, is_ok=True, told="on, but not used: discord.message_content is false")
    mend = f"to have it read everything, switch it on at {_PORTAL} (Bot, Message Content Intent) and start again"
    return CheckUp(subject, is_ok=True, told=f"off: {_WORKS}; {mend}")


def _tags(forum: discord.ForumChannel, can_make: bool, of_team: str) -> CheckUp:
    """Tickets do as well without tags, so this is never trouble."""
    count = len(forum.available_tags)
    if count >= MOST_TAGS:
        told = f"{count}, as many as there may be; delete some for those that tickets lack"
    elif can_make:
        told = f"{count} of {MOST_TAGS}; those that tickets lack are made"
    else:
        told = f"{count}; tickets get those that are there: to have the others made, give the bot Manage Channels"
    return CheckUp(f"discord tags{of_team}", is_ok=True, told=f"{told} in #{forum.name}")


def _threads(active: int) -> CheckUp:
    told = f"{active:,} of {MOST_THREADS:,} are active in the server"
    is_ok = active < _NEARLY_USED_UP
    mend = "" if is_ok else "; beyond that tickets wait: close solved ones, and let other threads be archived earlier"
    return CheckUp("discord threads", is_ok=is_ok, told=told + mend)


async def _staff_channels(client: discord.Client, staff: Staff) -> AsyncIterator[CheckUp]:
    """Each of them, and what they have in common: their server."""
    if not staff.channels:
        return
    try:
        guild = await client.fetch_guild(int(staff.guild))
        own = await guild.fetch_member(client.user.id) if client.user else None
    except (discord.NotFound, discord.Forbidden):
        told = "the server is not open to the bot; invite it to that server, or correct discord.guild"
        yield CheckUp("discord staff channel", is_ok=False, told=told)
        return
    assert own is not None
    for id, known in staff.channels.items():
        async for finding in _staff_channel(guild, own, id, known):
            yield finding
    yield _threads(len(await guild.active_threads()))


async def _staff_channel(
    guild: discord.Guild, own: discord.Member, id: str, known: StaffChannel
) -> AsyncIterator[CheckUp]:
    of_team = "" if known.setting == "discord.staff_channel" else f" of {known.setting}"
    subject = f"discord staff channel{of_team}"
    try:
        channel = await guild.fetch_channel(int(id))
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):
        told = f"not open to the bot; let it view the channel, or correct discord.guild and {known.setting}"
        yield CheckUp(subject, is_ok=False, told=told)
        return
    if not isinstance(channel, discord.ForumChannel | discord.TextChannel):
        told = f"{channel} is neither a forum nor a text channel; correct {known.setting}"
        yield CheckUp(subject, is_ok=False, told=told)
        return
    is_forum = isinstance(channel, discord.ForumChannel)
    kind = "forum" if is_forum else "text channel"
    yield CheckUp(subject, is_ok=True, told=f"#{channel.name}, a {kind}")
    missing = missing_of(channel.permissions_for(own), is_forum=is_forum)
    told = f"give the bot in #{channel.name}: {', '.join(missing)}" if missing else "all that is needed"
    yield CheckUp(f"discord permissions{of_team}", is_ok=not missing, told=told)
    if isinstance(channel, discord.ForumChannel):
        yield _tags(channel, can_make_tags(channel.permissions_for(own)), of_team)
    if known.role and guild.get_role(int(known.role)) is None:
        told = "the server has no such role; correct it in the settings"
        yield CheckUp(f"discord staff role{of_team}", is_ok=False, told=told)
