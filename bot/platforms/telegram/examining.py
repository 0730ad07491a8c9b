"""Telegram's part of `support-bot doctor`: looks, and takes nothing that waits for the bot."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from telegram import Bot, User, WebhookInfo
from telegram.constants import ChatAction, ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.config import Telegram
from bot.platforms.telegram.errors import why
from bot.platforms.telegram.requests import AiohttpRequest
from bot.platforms.telegram.rights import rights
from bot.ports import CheckUp


async def examine(settings: Telegram, team_chats: Mapping[str, str]) -> AsyncIterator[CheckUp]:
    """The token, what else uses it, and the staff chats with the bot's rights there; those of teams each with the
    setting that names it."""
    assert settings.token is not None
    request = AiohttpRequest(2, 10.0)
    token, address = settings.token.get_secret_value(), f"{settings.api_base_url}/bot"
    try:
        async for finding in _examine(Bot(token, base_url=address, request=request), settings, team_chats):
            yield finding
    finally:
        await request.shutdown()


async def _examine(bot: Bot, settings: Telegram, team_chats: Mapping[str, str]) -> AsyncIterator[CheckUp]:
    try:
        me = await bot.get_me()
    except InvalidToken:
        told = "refused; set BOT_TELEGRAM__TOKEN to the one @BotFather shows now"
        yield CheckUp("telegram token", is_ok=False, told=told)
        return
    except TelegramError as error:
        told = f"no answer ({why(error)}); check the network, the proxy and telegram.api_base_url"
        yield CheckUp("telegram", is_ok=False, told=told)
        return
    try:
        yield CheckUp("telegram token", is_ok=True, told=f"@{me.username}")
        yield _updates(await bot.get_webhook_info(), settings.webhook_url)
        for chat, setting in settings.staff_chats(team_chats).items():
            async for finding in _staff_chat(bot, me, chat, setting):
                yield finding
    except TelegramError as error:
        yield CheckUp("telegram", is_ok=False, told=f"{why(error)}; run this again")


def _updates(webhook: WebhookInfo, wanted: str | None) -> CheckUp:
    """While a webhook is set nothing can be polled; at its start the bot sets its own, or removes any."""
    subject, waiting = "telegram updates", f"{webhook.pending_update_count} waiting"
    if webhook.url and webhook.url != wanted:
        told = "another program has set a webhook; stop it: the bot takes its place when it starts"
        return CheckUp(subject, is_ok=False, told=told)
    if not webhook.url:
        more = "; the webhook is set when the bot starts" if wanted else ""
        return CheckUp(subject, is_ok=True, told=waiting + more)
    told = f"a webhook at {urlsplit(webhook.url).hostname}; {waiting}"
    if not webhook.last_error_message:
        return CheckUp(subject, is_ok=True, told=told)
    # The last error stays after all is well again; with nothing waiting it is history.
    told = f"{told}; Telegram's last error there: {webhook.last_error_message}"
    return CheckUp(subject, is_ok=not webhook.pending_update_count, told=told)


async def _staff_chat(bot: Bot, me: User, named: str, setting: str) -> AsyncIterator[CheckUp]:
    of_team = "" if setting == "telegram.staff_chat" else f" of {setting}"
    subject = f"telegram staff chat{of_team}"
    try:
        chat = await bot.get_chat(named)
        if chat.type == ChatType.GROUP:
            # Reading an abandoned group still works; only writing tells that it has become a supergroup.
            await bot.send_chat_action(chat.id, ChatAction.TYPING)
        own = await bot.get_chat_member(chat.id, me.id)
    except ChatMigrated as error:
        told = f"the group became a supergroup; set {setting} to {error.new_chat_id}, its new number"
        yield CheckUp(subject, is_ok=False, told=told)
        return
    except (BadRequest, Forbidden):
        told = f"{named} is not open to the bot; add it to that group, or correct {setting}"
        yield CheckUp(subject, is_ok=False, told=told)
        return
    if chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        yield CheckUp(subject, is_ok=False, told=f"{named} is a {chat.type} chat; {setting} must be a group")
        return
    yield CheckUp(subject, is_ok=True, told=f"{chat.title}; it takes 20 messages a minute over all topics")
    if chat.is_forum:
        yield CheckUp(f"telegram topics{of_team}", is_ok=True, told="on: each ticket gets a topic")
    else:
        told = "off: staff answer by replies; Topics, in the group's settings, would give each ticket its own place"
        yield CheckUp(f"telegram topics{of_team}", is_ok=True, told=told)
    for finding in rights(own, is_forum=bool(chat.is_forum), hears_all=bool(me.can_read_all_group_messages)):
        yield replace(finding, subject=finding.subject + of_team)
