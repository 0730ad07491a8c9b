"""What can be set about time: how soon people are answered, and how long somebody who is silent is waited for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.config import values
from bot.config.section import Section, why

Minutes = Annotated[values.Whole, Field(ge=1, le=60 * 24 * 365)]


class Target(Section):
    """Open minutes for tickets of each priority."""

    urgent: Minutes
    high: Minutes
    normal: Minutes
    low: Minutes

    def __str__(self) -> str:
        return ", ".join(f"{name} {minutes}" for name, minutes in self)


class FirstResponse(Target):
    urgent: Minutes = 15
    high: Minutes = 60
    normal: Minutes = 240
    low: Minutes = 480


class NextReply(Target):
    urgent: Minutes = 30
    high: Minutes = 60
    normal: Minutes = 240
    low: Minutes = 480


class RegularUpdate(Target):
    urgent: Minutes = 60
    high: Minutes = 240
    normal: Minutes = 480
    low: Minutes = 1440


class Resolution(Target):
    urgent: Minutes = 240
    high: Minutes = 480
    normal: Minutes = 1440
    low: Minutes = 2880


class Clocks(Section):
    """How soon what is to happen, in minutes of the desk's own hours; see docs/clocks.md."""

    first_response: Annotated[
        FirstResponse, why("Minutes until a person has answered, for each priority: urgent, high, normal, low.")
    ] = FirstResponse()
    next_reply: Annotated[NextReply, why("Minutes until a person has answered what was written later.")] = NextReply()
    regular_update: Annotated[
        RegularUpdate, why("Minutes until the next word to somebody who goes on waiting, also for a third party.")
    ] = RegularUpdate()
    resolution: Annotated[Resolution, why("Minutes until the ticket is solved.")] = Resolution()
    remind_after_hours: Annotated[
        values.Whole,
        why("Hours after which a requester who does not answer is reminded, once and never at night."),
        Field(ge=1),
    ] = 24
    close_silent_after_hours: Annotated[
        values.Whole,
        why(
            "Hours after that reminder until the ticket is closed; where money is at stake the desk is asked instead."
        ),
        Field(ge=1),
    ] = 72
