"""What answers say of the exchange: the operator's own values, as they stand in Markdown in a language."""

from collections.abc import Iterator
from itertools import groupby

from bot.config import Desk, Settings
from bot.wording import escape

DAYS = 7


def said_settings(settings: Settings, language: str) -> dict[str, str]:
    """The values of the placeholders that every text may use."""
    exchange = settings.exchange
    return {
        "exchange": escape(exchange.name),
        "help_center": exchange.help_center or "",
        "forum": exchange.forum or "",
        "email": escape(exchange.email or ""),
        "status_page": exchange.status_page or "",
        "social": ", ".join(f"[{escape(name)}]({link})" for name, link in exchange.social.items()),
        "hours": ", ".join(_week(settings.desk, language)) + f" ({settings.desk.timezone})",
    }


def _week(desk: Desk, language: str) -> Iterator[str]:
    """Days with the same hours are named together: "Mon-Fri 09:00-18:00"."""
    from babel import Locale

    names = Locale.parse(language.replace("-", "_")).days["format"]["abbreviated"]
    for hours, days in groupby(range(DAYS), key=lambda day: _ranges(desk, day)):
        same = list(days)
        first, last = names[same[0]], names[same[-1]]
        yield f"{first if len(same) == 1 else f'{first}–{last}'} {hours}"


def _ranges(desk: Desk, weekday: int) -> str:
    ranges = [f"{_clock(one.opens)}–{_clock(one.closes)}" for one in desk.hours.on(weekday)]
    return " ".join(ranges) or "–"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
