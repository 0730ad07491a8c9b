"""From the settings to what decisions are made by."""

from functools import partial

from bot.config import Settings
from bot.desk.clocks import ClockPolicy
from bot.desk.hours import Hours
from bot.dialogue.context import Policy
from bot.model import ChatRef, PlatformName, TicketPriority
from bot.operations.exchange import said_settings
from bot.support import Rules
from bot.timing import ClockName
from bot.understanding.account_codes import AccountCodes


def rules_of(settings: Settings, desk_chat: ChatRef | None) -> Rules:
    """The settings that decisions are made by."""
    desk = settings.desk
    hours = Hours(
        timezone=desk.timezone,
        ranges_on=lambda weekday: [(one.opens, one.closes) for one in desk.hours.on(weekday)],
        holidays=frozenset(desk.holidays),
    )
    policy = Policy(
        is_account_id=settings.exchange.is_account_id,
        default_language=settings.support.default_language,
        require_kyc=settings.support.require_kyc,
        close_after_hours=desk.close_after_hours,
        verified_hours=settings.identity.verified_hours,
        export_delay_hours=settings.privacy.export_delay_hours,
        erase_delay_hours=settings.privacy.erase_delay_hours,
        tickets_days=settings.privacy.tickets_days,
        texts_days=settings.privacy.texts_days,
    )
    return Rules(
        policy=policy,
        hours=hours,
        clocks=_clocks(settings, hours),
        desk_chat=desk_chat,
        desk_language=desk.language,
        close_after_hours=desk.close_after_hours,
        capacity=desk.capacity,
        rest_after_hours=desk.rest_after_hours,
        settings=partial(said_settings, settings),
        codes=_codes_of(settings),
        can_look_up=settings.identity.lookup_url is not None,
    )


def _codes_of(settings: Settings) -> AccountCodes | None:
    """What reads the codes that prove an account; None where there are none."""
    secret = settings.identity.secret
    return AccountCodes(secret.get_secret_value().encode()) if secret else None


def _clocks(settings: Settings, hours: Hours) -> ClockPolicy:
    return ClockPolicy(
        hours=hours,
        targets={
            name: {priority: getattr(getattr(settings.clocks, name), priority) for priority in TicketPriority}
            for name in ClockName
        },
        remind_after_hours=settings.clocks.remind_after_hours,
        close_silent_after_hours=settings.clocks.close_silent_after_hours,
    )


def desk_chat_of(settings: Settings) -> ChatRef | None:
    """Where staff work, by the settings; None where nobody is at the desk."""
    match settings.desk.platform:
        case "telegram" if settings.telegram.staff_chat:
            return ChatRef(PlatformName.TELEGRAM, str(settings.telegram.staff_chat))
        case "discord" if settings.discord.staff_channel:
            return ChatRef(PlatformName.DISCORD, settings.discord.staff_channel)
        case _:
            return None
