"""The settings of where and when staff work."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from bot.config import values
from bot.config.section import Section, why

Platform: TypeAlias = Literal["telegram", "discord", "web", "console"]


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
    reopen_days: Annotated[
        values.Whole,
        why("Days for which a requester can go on with a ticket that is done; later, a new ticket follows it."),
        Field(ge=0, le=365),
    ] = 7
    capacity: Annotated[
        values.Whole,
        why("How many tickets that wait for an answer an agent is given at a time, unless they say otherwise."),
        Field(ge=1, le=100),
    ] = 5
    reads_per_hour: Annotated[
        values.Whole,
        why("How often an hour an agent can have more of somebody shown than the card does."),
        Field(ge=1, le=1000),
    ] = 60
    rest_after_hours: Annotated[
        values.Whole,
        why(
            "Hours after which, on Discord, the thread of a ticket that waits for others is archived till it is used."
        ),
        Field(ge=1),
    ] = 48

    def is_holiday(self, day: date) -> bool:
        """Whether the desk is closed on that whole day."""
        return day in self.holidays


class Team(Section):
    """Where and when one team works; what is not set is as for the whole desk."""

    telegram_chat: Annotated[
        values.TelegramChat | None,
        why("The team's own staff group on Telegram, by number or @name; without it, the team is in the desk's."),
    ] = None
    discord_channel: Annotated[
        values.DiscordId | None,
        why("The id of the team's own staff channel on Discord; without it, the team is in the desk's."),
    ] = None
    discord_role: Annotated[
        values.DiscordId | None,
        why("The id of the role that makes an agent in that channel; without it, discord.staff_role does."),
    ] = None
    languages: Annotated[
        tuple[values.Language, ...],
        why("The languages whose tickets go to the team's own chat; without any, all of them do."),
    ] = ()
    timezone: Annotated[
        values.TimeZone | None, why("The time zone of the team's hours and holidays; without it, the desk's.")
    ] = None
    hours: Annotated[Hours | None, why("When the team answers; without them, when the desk does.")] = None
    holidays: Annotated[
        tuple[values.Holiday, ...] | None,
        why("Dates on which the team does not answer; without them, the desk's."),
    ] = None
