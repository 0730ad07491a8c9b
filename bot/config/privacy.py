"""The settings of what is kept, how long, and how soon people get what they ask for about it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.config import values
from bot.config.section import Section, why

Days = Annotated[values.Whole, Field(ge=1, le=36500)]
Hours = Annotated[values.Whole, Field(ge=0, le=720)]


class Privacy(Section):
    """What is kept of people, and how long."""

    export_delay_hours: Annotated[
        Hours, why("Hours between asking for one's data and getting it, in which it can be cancelled.")
    ] = 24
    erase_delay_hours: Annotated[
        Hours, why("Hours between asking for everything to be erased and erasing it, in which it can be cancelled.")
    ] = 72
    tickets_days: Annotated[
        Days, why("Days after which everything personal in a finished ticket is erased; its number stays.")
    ] = 400
    texts_days: Annotated[
        Days, why("Days after which what belongs to no ticket is erased, such as questions without an answer.")
    ] = 90
    events_days: Annotated[
        Days, why("Days for which the keys of events are kept, so that none is handled twice; they hold no text.")
    ] = 30
    audit_days: Annotated[
        Days,
        why(
            "Days for which it is kept who of staff did what; twice as long as tickets, so that a complaint about"
            " the last one kept can still be looked into."
        ),
    ] = 800
