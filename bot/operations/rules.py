"""From the settings to what decisions are made by."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import partial

from bot.config import Desk, Settings, Team
from bot.config import Hours as Week
from bot.desk.clocks import ClockPolicy
from bot.desk.hours import Hours
from bot.desk.paging import PagingPolicy
from bot.dialogue.context import Policy
from bot.model import ChatRef, PlatformName, TicketPriority
from bot.operations.exchange import said_settings
from bot.ports import Store
from bot.staffing import StaffChats, TeamChat
from bot.support import Rules
from bot.timing import ClockName
from bot.understanding.account_codes import AccountCodes


def rules_of(settings: Settings, desks: StaffChats) -> Rules:
    """The settings that decisions are made by."""
    desk = settings.desk
    hours = _hours(desk.timezone, desk.hours, desk.holidays)
    policy = Policy(
        is_account_id=settings.exchange.is_account_id,
        default_language=settings.support.default_language,
        require_kyc=settings.support.require_kyc,
        close_after_hours=desk.close_after_hours,
        reopen_days=desk.reopen_days,
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
        paging=_paging(settings),
        desks=desks,
        desk_language=desk.language,
        close_after_hours=desk.close_after_hours,
        capacity=desk.capacity,
        reads_per_hour=desk.reads_per_hour,
        rest_after_hours=desk.rest_after_hours,
        settings=partial(said_settings, settings),
        codes=_codes_of(settings),
        can_look_up=settings.identity.lookup_url is not None,
    )


def _hours(timezone: str, week: Week, holidays: Iterable[date]) -> Hours:
    return Hours(
        timezone=timezone,
        ranges_on=lambda weekday: [(one.opens, one.closes) for one in week.on(weekday)],
        holidays=frozenset(holidays),
    )


def _team_hours(desk: Desk, team: Team) -> Hours:
    """The team's own hours, and for what it leaves open the desk's."""
    holidays = desk.holidays if team.holidays is None else team.holidays
    return _hours(team.timezone or desk.timezone, team.hours or desk.hours, holidays)


def _codes_of(settings: Settings) -> AccountCodes | None:
    """What reads the codes that prove an account; None where there are none."""
    secret = settings.identity.secret
    return AccountCodes(secret.get_secret_value().encode()) if secret else None


def _paging(settings: Settings) -> PagingPolicy | None:
    """Who is on call; which topics call them is the catalogue's to say."""
    on_call = settings.on_call
    if not on_call.is_set:
        return None
    return PagingPolicy(
        agents=on_call.agents, has_webhook=on_call.webhook_url is not None, repeat_minutes=on_call.repeat_minutes,
        leads_after=on_call.leads_after,
    )  # fmt: skip


def _clocks(settings: Settings, hours: Hours) -> ClockPolicy:
    return ClockPolicy(
        hours=hours,
        targets={
            name: {priority: getattr(getattr(settings.clocks, name), priority) for priority in TicketPriority}
            for name in ClockName
        },
        team_hours={name: _team_hours(settings.desk, team) for name, team in settings.teams.items()},
        remind_after_hours=settings.clocks.remind_after_hours,
        close_silent_after_hours=settings.clocks.close_silent_after_hours,
    )


def desks_of(settings: Settings) -> StaffChats:
    """Where staff work, by the settings; a team whose chat is not set is with the others."""
    match settings.desk.platform:
        case "telegram" if settings.telegram.staff_chat:
            platform, main = PlatformName.TELEGRAM, settings.telegram.staff_chat
            own = {name: team.telegram_chat for name, team in settings.teams.items()}
        case "discord" if settings.discord.staff_channel:
            platform, main = PlatformName.DISCORD, settings.discord.staff_channel
            own = {name: team.discord_channel for name, team in settings.teams.items()}
        case _:
            return StaffChats()
    teams = {
        name: TeamChat(ChatRef(platform, chat), settings.teams[name].languages) for name, chat in own.items() if chat
    }
    return StaffChats(ChatRef(platform, main), teams)


async def where_they_are_now(desks: StaffChats, store: Store) -> StaffChats:
    """The staff chats by the names that their platform has given them since they were set."""
    teams = {name: replace(team, chat=await store.moved(team.chat)) for name, team in desks.teams.items()}
    return StaffChats(await store.moved(desks.main) if desks.main else None, teams)
