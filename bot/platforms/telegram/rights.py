"""What the bot needs in the staff chat, to hear and to act there: one list for the doctor and the log."""

from collections.abc import Iterator

from telegram import ChatMember, ChatMemberAdministrator
from telegram.constants import ChatMemberStatus

from bot.ports import CheckUp

_RIGHTS = {"can_delete_messages": "Delete Messages"}
_RIGHTS_OVER_TOPICS = {"can_manage_topics": "Manage Topics"}
"""As Telegram's apps call them."""


def rights(own: ChatMember, *, is_forum: bool, hears_all: bool) -> Iterator[CheckUp]:
    """The bot's own standing looked at; `hears_all` is how @BotFather set its privacy mode."""
    if own.status in (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED):
        told = "add the bot to the staff chat again, and make it an administrator there"
        yield CheckUp("telegram hearing", is_ok=False, told=told)
        return
    yield _hearing(own.status, hears_all=hears_all)
    if isinstance(own, ChatMemberAdministrator):
        wanted = _RIGHTS | (_RIGHTS_OVER_TOPICS if is_forum else {})
        missing = [name for right, name in wanted.items() if not getattr(own, right, False)]
        told = f"give the bot the right to {', '.join(missing)}" if missing else "all that is needed"
        yield CheckUp("telegram rights", is_ok=not missing, told=told)


def _hearing(status: str, *, hears_all: bool) -> CheckUp:
    """An administrator hears everything; anybody else only with privacy mode off."""
    if status == ChatMemberStatus.ADMINISTRATOR:
        return CheckUp("telegram hearing", is_ok=True, told="the bot is an administrator and hears every message")
    told = "make the bot an administrator of the staff chat: it needs rights there, and hears every message then"
    more = "" if hears_all else "; its privacy mode is on, so it hears commands and replies alone now"
    return CheckUp("telegram hearing", is_ok=False, told=told + more)
