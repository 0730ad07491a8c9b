"""What can be set about the sign of life that the bot gives to a watcher elsewhere."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.config import values
from bot.config.section import Section, why


class Heartbeat(Section):
    """An address that is asked for as long as messages really flow; see docs/operating.md."""

    url: Annotated[
        values.Link | None,
        why("An address of a monitoring service, asked for while messages flow; silence is the alarm."),
    ] = None
    minutes: Annotated[
        values.Whole,
        why("Minutes between two of these, and how long a part may be silent until they stop."),
        Field(ge=1, le=60),
    ] = 5
