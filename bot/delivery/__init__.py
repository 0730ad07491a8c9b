"""What was decided leaves from here, and what is due comes in: the outbox, its pace, and timers, in one loop."""

from bot.delivery.backlog import Spell
from bot.delivery.courier import Courier
from bot.delivery.files import MEGABYTE
from bot.delivery.pacing import LIMITS, Limits, Pacing
from bot.delivery.screening import Screening

__all__ = ["LIMITS", "MEGABYTE", "Courier", "Limits", "Pacing", "Screening", "Spell"]
